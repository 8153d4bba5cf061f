"""Ask where in its bar each note starts."""

from __future__ import annotations

from grader.authoring import Challenge, Draw, array, edit

from . import draws
from .assignment import A

UPBEAT = Challenge("an upbeat")
OTHER = Challenge("another upbeat")
NO_UPBEAT = Challenge("no upbeat", more={"upbeat": 0})
ONE_NOTE = Challenge("T_x = 1", {"T_x": 1})
FOUR_QUARTERS = Challenge("bars of four quarters", {"bar": 8, "T_x": 13})
LONG_NOTES = Challenge("notes longer than a bar", {"bar": 3, "T_x": 9})
MANY = Challenge("many notes", {"T_x": 40})


@A.exercise()
def beat_position(draw: Draw) -> draws.Drawn:
    """Draw the arguments of a case: no two lengths in a row add up to a bar too often."""
    bar, T_x = draw.sizes(bar=(5, 7), T_x=(11, 15))
    lengths = draw.rng.integers(1, 5, size=T_x).tolist()
    # Half a bar before the bar line is as far as half a bar behind it.
    upbeats = [eighths for eighths in range(1, bar) if 2 * eighths != bar]
    upbeat = int(draw.challenge.more.get("upbeat", draw.rng.choice(upbeats)))
    return lengths, bar, upbeat


beat_position.returns(beats=array(8, "(bar, T_x)", main=True))
beat_position.untouched(1)
beat_position.cases(UPBEAT, OTHER, NO_UPBEAT, ONE_NOTE, FOUR_QUARTERS, LONG_NOTES, MANY)

BEATS = "beats = np.zeros((bar, len(lengths)))"
START = "start = -upbeat"
LOOP = "for t, length in enumerate(lengths):"
WRITE = "beats[start % bar, t] = 1"
MOVE = "start = start + length"
RETURN = "return beats"

beat_position.mistake(
    "upbeat-ignored",
    "the first note stands at a bar line, upbeat or not",
    "Where does a tune with an upbeat of two eighths begin, in a bar of eight?",
    edit(START, "start = 0"),
)
beat_position.mistake(
    "upbeat-added",
    "the upbeat moves everything the wrong way",
    "Does an upbeat come before or behind the bar line?",
    edit(START, "start = upbeat"),
)
beat_position.mistake(
    "where-the-note-ends",
    "the position is that at which the note ends",
    "Is a note's own length among those that come before it?",
    edit(WRITE, "beats[(start + length) % bar, t] = 1"),
)
beat_position.mistake(
    "where-the-note-before-starts",
    "the position is that of the note before",
    "Which note starts where this one ends?",
    edit(WRITE, "beats[(start - (lengths[t - 1] if t else 0)) % bar, t] = 1"),
)
beat_position.mistake(
    "notes-counted",
    "notes are counted, and not eighths",
    "How many eighths does a half note take?",
    edit(MOVE, "start = start + 1"),
)
beat_position.mistake(
    "no-bars",
    "nothing starts anew at a bar line",
    "What does equation (8) do with whole bars?",
    edit(WRITE, "if 0 <= start < bar:\n            beats[start, t] = 1"),
)
beat_position.mistake(
    "stays-in-the-last-eighth",
    "behind the first bar all notes stand at its end",
    "What does equation (8) do with whole bars?",
    edit(WRITE, "beats[min(max(start, 0), bar - 1), t] = 1"),
)
beat_position.mistake(
    "bars-of-eight",
    "every bar has eight eighths",
    "Which argument says how long a bar is?",
    edit(WRITE, "beats[start % 8 % bar, t] = 1"),
)
beat_position.mistake(
    "bars-of-four",
    "every bar has four eighths",
    "Which argument says how long a bar is?",
    edit(WRITE, "beats[start % 4 % bar, t] = 1"),
)
beat_position.mistake(
    "bar-one-too-short",
    "a bar has one eighth less than it should have",
    "Which positions are there in a bar of six eighths?",
    edit(WRITE, "beats[start % (bar - 1), t] = 1"),
)
beat_position.mistake(
    "counted-from-one",
    "positions count from 1",
    "Which number has the first eighth of a bar?",
    edit(WRITE, "beats[(start + 1) % bar, t] = 1"),
)
beat_position.mistake(
    "counted-in-quarters",
    "positions count quarters",
    "In which unit are lengths and bars?",
    edit(WRITE, "beats[start // 2 % bar, t] = 1"),
)
beat_position.mistake(
    "counted-down",
    "positions count what is left of the bar",
    "Is it the eighths since the bar line, or those until the next?",
    edit(WRITE, "beats[bar - 1 - start % bar, t] = 1"),
)
beat_position.mistake(
    "starts-anew-behind-each-bar-line",
    "a note that goes over a bar line is cut off there",
    "Where does the note behind start, if this one lasts past the bar line?",
    edit(
        MOVE,
        "start = start + length if start % bar + length < bar else start - start % bar + bar",
    ),
)
beat_position.mistake(
    "lengths-for-starts",
    "the length of a note is taken for its position",
    "What has to be added up?",
    edit(WRITE, "beats[length % bar, t] = 1"),
)
beat_position.mistake(
    "all-eighths-before",
    "the eighths before it are marked as well",
    "How many ones does a column hold?",
    edit(WRITE, "beats[: start % bar + 1, t] = 1"),
)
beat_position.mistake(
    "as-long-as-it-sounds",
    "all eighths are marked while the note sounds",
    "How many ones does a column hold?",
    edit(WRITE, "for k in range(length):\n            beats[(start + k) % bar, t] = 1"),
)
beat_position.mistake(
    "all-notes-of-a-row",
    "a position is marked for all notes at once",
    "Into which column does note t write?",
    edit(WRITE, "beats[start % bar] = 1"),
)
beat_position.mistake(
    "bar-lines-alone",
    "only notes at a bar line are marked",
    "Which notes have a position?",
    edit(WRITE, "beats[0, t] = start % bar == 0"),
)
beat_position.mistake(
    "last-note-missing",
    "the last note has no position",
    "How many notes are there?",
    edit(LOOP, "for t, length in enumerate(lengths[:-1]):"),
)
beat_position.mistake(
    "notes-along-the-rows",
    "notes lie along the rows, and positions along the columns",
    "What does a column stand for in this course?",
    edit(RETURN, "return beats.T"),
)
beat_position.mistake(
    "numbers-for-columns",
    "the positions are numbers, and no one-hot columns",
    "What shape does the docstring give?",
    edit(RETURN, "return beats.argmax(axis=0) * 1.0"),
)
beat_position.mistake(
    "share-of-the-bar",
    "the position is a share of the bar, one number a note",
    "What shape does the docstring give?",
    edit(RETURN, "return beats.argmax(axis=0)[None] / bar"),
)
beat_position.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
