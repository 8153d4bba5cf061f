"""Ask for tunes as inputs, targets and a mask."""

from __future__ import annotations

from grader.authoring import Challenge, Draw, array, edit

from . import draws
from .assignment import A

NO_UPBEATS = Challenge("no upbeats", more={"no_upbeats": True})
ONE_NOTE = Challenge("tunes of one note", {"T_x": 2})
MANY = Challenge("many tunes", {"n_y": 24, "m": 9, "T_x": 14})


@A.exercise(calls=["beat_position"])
def encode_tunes(draw: Draw) -> draws.Drawn:
    """Draw the arguments of a case: tunes of different lengths, upbeats that differ."""
    n_y, m, T_x, bar = draw.sizes(n_y=(7, 9), m=(3, 4), T_x=(5, 8), bar=(5, 7))
    draw.dims["n_x"] = n_y + bar
    vocabulary = draws.vocabulary(draw, n_y)
    first, *others = draw.rng.permutation(bar).tolist()
    upbeats = [first or 1, *(others[i % len(others)] for i in range(m - 1))]
    if "no_upbeats" in draw.challenge.more:
        upbeats = [0] * m
    return draws.tunes(draw, vocabulary, m, T_x), upbeats, vocabulary, bar


encode_tunes.returns(
    x=array(6, "(n_x, m, T_x)", main=True),
    y=array(4, "(n_y, m, T_x)", main=True),
    mask=array(3, "(m, T_x)"),
)
encode_tunes.untouched(1)
encode_tunes.equations(y=9, x=10)
encode_tunes.cases("usual", "again", draws.ONE_EXAMPLE, NO_UPBEATS, ONE_NOTE, MANY)

encode_tunes.equivalent(
    "there are as many upbeats as tunes",
    "name: n_y, m = (len(vocabulary), len(upbeats))",
)

LENGTH = "T_x = max(len(notes) for notes in tunes) + 1"
X = "x = np.zeros((n_y + bar, m, T_x))"
Y = "y = np.zeros((n_y, m, T_x))"
MASK_ZEROS = "mask = np.zeros((m, T_x))"
LOOP = "for i, notes in enumerate(tunes):"
ENDED = "ended = [*notes, vocabulary[0]]"
T_I = "T_i = len(ended)"
TARGET = "y[vocabulary.index(note), i, t] = 1"
UPPER = "x[:n_y, i, 1:T_i] = y[:, i, : T_i - 1]"
LENGTHS = "lengths = [note[1] for note in ended]"
LOWER = "x[n_y:, i, :T_i] = beat_position(lengths, bar, upbeats[i])"
MASK = "mask[i, :T_i] = 1"
RETURN = "return x, y, mask"

encode_tunes.mistake(
    "no-shift",
    "the note above the beat is the one that is to be predicted",
    "What has the network seen when it is asked for a note: that note, or the one before?",
    edit(UPPER, "x[:n_y, i, :T_i] = y[:, i, :T_i]"),
)
encode_tunes.mistake(
    "shifted-the-other-way",
    "the input is the note behind the target",
    "Which of the two is ahead: what is shown, or what is asked for?",
    edit(UPPER, "x[:n_y, i, : T_i - 1] = y[:, i, 1:T_i]"),
)
encode_tunes.mistake(
    "first-input-is-the-end-mark",
    "the first note before is the end mark",
    "What comes before the first note of a tune, as equation (10) has it?",
    edit(UPPER, "x[:n_y, i, 1:T_i] = y[:, i, : T_i - 1]\n        x[0, i, 0] = 1"),
)
encode_tunes.mistake(
    "no-end-mark",
    "no target is the end mark, and tunes have no end",
    "How would a network that was trained on this know where a tune stops?",
    edit(ENDED, "ended = [*notes]"),
)
encode_tunes.mistake(
    "end-mark-as-an-input",
    "the end mark is an input as well as a target",
    "Is there anything to predict after the end mark?",
    edit(UPPER, "x[:n_y, i, 1 : T_i + 1] = y[:, i, : min(T_i, T_x - 1)]"),
)
encode_tunes.mistake(
    "one-step-too-many",
    "there is one step more than the longest tune needs",
    "Count the columns that the longest tune fills, end mark included.",
    edit(LENGTH, "T_x = max(len(notes) for notes in tunes) + 2"),
)
encode_tunes.mistake(
    "padding-says-end-mark",
    "the targets behind a tune are end marks",
    "What does the docstring say of the targets behind the end mark?",
    edit(MASK, "mask[i, :T_i] = 1\n        y[0, i, T_i:] = 1"),
)
encode_tunes.mistake(
    "mask-of-ones",
    "the mask is 1 everywhere",
    "Which steps of a short tune ask for nothing?",
    edit(MASK, "mask[i] = 1"),
)
encode_tunes.mistake(
    "mask-without-the-end-mark",
    "the mask leaves the end mark out",
    "Is the end mark something that the network should learn to predict?",
    edit(MASK, "mask[i, : T_i - 1] = 1"),
)
encode_tunes.mistake(
    "mask-from-the-notes-before",
    "the mask is 1 where there is a note before",
    "At the first step there is no note before: does that step ask for nothing?",
    edit(MASK, "mask[i, 1:T_i] = 1"),
)
encode_tunes.mistake(
    "mask-upside-down",
    "the mask is 1 on what is left over",
    "Which of the two does the mask mark: what counts, or what does not?",
    edit(MASK, "mask[i, T_i:] = 1"),
)
encode_tunes.mistake(
    "no-beat",
    "the lower rows of the input stay zero",
    "What stands below the note before?",
    edit(LOWER, "pass"),
)
encode_tunes.mistake(
    "beat-above-the-note",
    "the beat stands above the note before",
    "Which part of the input has the upper rows?",
    edit(UPPER, "x[bar:, i, 1:T_i] = y[:, i, : T_i - 1]"),
    edit(LOWER, "x[:bar, i, :T_i] = beat_position(lengths, bar, upbeats[i])"),
)
encode_tunes.mistake(
    "beat-of-the-note-before",
    "the beat is that of the note before",
    "Whose start does the lower part of the input tell?",
    edit(LOWER, "x[n_y:, i, 1:T_i] = beat_position(lengths[:-1], bar, upbeats[i])"),
)
encode_tunes.mistake(
    "beat-of-the-note-behind",
    "the beat is that of the note behind the target, which tells the target's length",
    "What must the network not be told?",
    edit(LOWER, "x[n_y:, i, : T_i - 1] = beat_position(lengths, bar, upbeats[i])[:, 1:]"),
)
encode_tunes.mistake(
    "no-beat-for-the-end-mark",
    "the step of the end mark is told no beat",
    "Where does the end mark start, as equation (10) has it?",
    edit(LOWER, "x[n_y:, i, : T_i - 1] = beat_position(lengths[:-1], bar, upbeats[i])"),
)
encode_tunes.mistake(
    "beat-goes-on-behind-the-end",
    "the beat goes on behind the end mark",
    "What does the docstring say of the inputs behind the end mark?",
    edit(
        LOWER,
        "lengths = lengths + [1] * (T_x - T_i)\n"
        "        x[n_y:, i] = beat_position(lengths, bar, upbeats[i])",
    ),
)
encode_tunes.mistake(
    "upbeats-forgotten",
    "every tune begins at a bar line",
    "Which argument has not been used?",
    edit(LOWER, "x[n_y:, i, :T_i] = beat_position(lengths, bar, 0)"),
)
encode_tunes.mistake(
    "first-upbeat-for-all",
    "all tunes have the upbeat of the first one",
    "Whose upbeat belongs to which tune?",
    edit(LOWER, "x[n_y:, i, :T_i] = beat_position(lengths, bar, upbeats[0])"),
)
encode_tunes.mistake(
    "pitches-for-lengths",
    "the beat is computed from pitches",
    "Which of a note's two numbers is its length?",
    edit(LENGTHS, "lengths = [note[0] for note in ended]"),
)
encode_tunes.mistake(
    "last-tune-only",
    "only the last tune is filled in",
    "When are the three arrays made: once, or anew for every tune?",
    edit(MASK, MASK + "\n        x[:, :i], y[:, :i], mask[:i] = 0, 0, 0"),
)
encode_tunes.mistake(
    "first-tune-for-all",
    "every tune is the first one",
    "Which tune does each turn of the loop look at?",
    edit(ENDED, "ended = [*tunes[0], vocabulary[0]][:T_x]"),
)
encode_tunes.mistake(
    "vocabulary-sorted",
    "notes are numbered by their place in a sorted vocabulary",
    "The argument says which note has which number; is it sorted?",
    edit(TARGET, "y[sorted(vocabulary).index(note), i, t] = 1"),
)
encode_tunes.mistake(
    "end-mark-last",
    "the end mark is the last entry of the vocabulary",
    "At which place of the vocabulary does the end mark stand?",
    edit(TARGET, "y[(vocabulary.index(note) - 1) % n_y, i, t] = 1"),
)
encode_tunes.mistake(
    "pitch-alone",
    "notes of one pitch and different lengths are taken for one",
    "What is an entry of the vocabulary: a pitch, or a pitch with a length?",
    edit(TARGET, "y[[pitch for pitch, _ in vocabulary].index(note[0]), i, t] = 1"),
)
encode_tunes.mistake(
    "backwards",
    "tunes are written from their last note to their first",
    "Which note of a tune comes at the first step?",
    edit(ENDED, "ended = [*reversed(notes), vocabulary[0]]"),
)
encode_tunes.mistake(
    "tunes-and-steps-exchanged",
    "tunes lie along the last axis, and steps along the one before",
    "In which order do the axes come: numbers, then tunes or steps?",
    edit(RETURN, "return x.transpose(0, 2, 1), y.transpose(0, 2, 1), mask.T"),
)
encode_tunes.mistake(
    "tunes-first",
    "tunes come first and numbers second",
    "Which axis of a batch is the first in this course, and what lies along it?",
    edit(RETURN, "return x.transpose(1, 0, 2), y.transpose(1, 0, 2), mask"),
)
encode_tunes.mistake(
    "beat-among-the-targets",
    "the targets hold the beat as well",
    "What is the network to predict?",
    edit(RETURN, "return x, np.concatenate([y, x[n_y:]]), mask"),
)
encode_tunes.mistake(
    "targets-first",
    "inputs and targets are returned in the other order",
    "In which order does the docstring list the three?",
    edit(RETURN, "return y, x, mask"),
)
encode_tunes.mistake(
    "mask-forgotten",
    "no mask is returned",
    "How many things does the docstring list?",
    edit(RETURN, "return x, y"),
)
encode_tunes.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
