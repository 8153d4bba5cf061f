"""Ask for a tune, written by a network."""

from __future__ import annotations

import numpy as np

from grader.authoring import Challenge, Draw, edit, ints, tree

from . import draws, throwing
from .assignment import A

USUAL = Challenge("an LSTM", more={"gates": 4, "temperature": 0.7, "share": 0.8})
RNN = Challenge("an RNN", more={"gates": 1, "temperature": 1.4, "share": 0.9})
CUT = Challenge(
    "no end mark in time", more={"gates": 4, "temperature": 1.0, "share": 0.85, "cut": True}
)
EMPTY = Challenge(
    "the end mark first", more={"gates": 4, "temperature": 1.2, "share": 1.0, "length": 0}
)
ONE = Challenge("one note", more={"gates": 1, "temperature": 0.9, "share": 0.95, "length": 1})
SPARE = 3  # throws behind the end mark
SIZE = 5.0  # of the weights: what was read before changes the scores a good deal
LEAST, MOST = 8, 13  # notes
MOST_NETWORKS = 5_000  # some sixty are tried as a rule, and now and then some hundreds


@A.exercise(calls=["temper", "keep_likeliest"], more_questions=SPARE)
def compose(draw: Draw) -> draws.Drawn:
    """Draw the arguments of a case: throws that write a tune of several bars."""
    n_y, n_a, bar = draw.sizes(n_y=(7, 9), n_a=(4, 6), bar=(5, 7))
    more = draw.challenge.more
    fixed, ends = more.get("length"), "cut" not in more
    least, most = (LEAST, MOST) if fixed is None else (fixed, fixed)
    temperature, share = more["temperature"], more["share"]
    for _ in range(MOST_NETWORKS):
        vocabulary = draws.vocabulary(draw, n_y)
        parameters = draws.network(draw, more["gates"], n_y + bar, n_a, n_y, SIZE)
        composer = throwing.Composer(draw.rng, parameters, vocabulary, bar, temperature, share)
        try:
            thrown = composer.throws(least, most if ends else least, ends)
        except throwing.NoThrow:  # out of reach at some step: another network
            continue
        spare = draw.rng.random(SPARE).tolist()
        uniforms = [*thrown, *spare] if ends else thrown
        return parameters, vocabulary, bar, np.array(uniforms), temperature, share
    raise ValueError("no network writes such a tune")


compose.returns(notes=tree(14, main=True), beats=ints(5))
compose.untouched(1)
compose.equations(xt=16, scores=17, q=18)
compose.cases(USUAL, RNN, CUT, EMPTY, ONE)

compose.equivalent(
    "both lists are empty, and it is all one which is which",
    "order: beats, notes = ([], [])",
)
compose.equivalent("it is the default", "keyword: xt = np.concatenate([before, beat])")

LISTS = "notes, beats = [], []"
FIRST = "n_y, position = len(vocabulary), 0"
BEFORE = "before = np.zeros((n_y, 1))"
LOOP = "for u in uniforms:"
BEAT = "beat = one_hot([position], bar)"
XT = "xt = np.concatenate([before, beat], axis=0)"
STEP = "scores, state = step(xt, state, parameters)"
Q = "q = keep_likeliest(temper(scores, temperature), share)"
DRAW = "k = drawn(q, u)"
END = "if k == 0:\n            break"
WRITE = "notes.append(vocabulary[k])"
NOTE_BEAT = "beats.append(position)"
FEED = "before = one_hot([k], n_y)"
MOVE = "position = (position + vocabulary[k][1]) % bar"
RETURN = "return notes, beats"

compose.mistake(
    "state-not-carried",
    "every step starts from an empty memory",
    "What does one step hand on to the next, besides the note and the position?",
    edit(STEP, "scores, _ = step(xt, state, parameters)"),
)
compose.mistake(
    "cell-state-not-carried",
    "only the hidden state is carried on, and the cell state is empty at every step",
    "What does `step` return as the state, and how much of it does the next step need?",
    edit(STEP, STEP + "\n        state = (state[0], new_state(parameters)[1])"),
)
compose.mistake(
    "beat-not-moved",
    "every note is written as if it stood at a bar line",
    "What moves the position on?",
    edit(MOVE, "pass"),
)
compose.mistake(
    "beat-moved-by-one",
    "the position moves on by one eighth a note",
    "How many eighths does a note take?",
    edit(MOVE, "position = (position + 1) % bar"),
)
compose.mistake(
    "beat-moved-by-the-pitch",
    "the position moves on by the pitch",
    "Which of a note's two numbers is its length?",
    edit(MOVE, "position = (position + vocabulary[k][0]) % bar"),
)
compose.mistake(
    "bars-of-four",
    "every bar has four eighths",
    "Which argument says how long a bar is?",
    edit(MOVE, "position = (position + vocabulary[k][1]) % 4 % bar"),
)
compose.mistake(
    "bar-lines-cut-notes",
    "a note that goes over a bar line is cut off there",
    "Where does the note behind start, if this one lasts past the bar line?",
    edit(
        MOVE,
        "position = position + vocabulary[k][1]\n"
        "        position = position if position < bar else 0",
    ),
)
compose.mistake(
    "beat-one-note-late",
    "the network is told where the note before started",
    "Whose start does the lower part of the input tell?",
    edit(FIRST, "n_y, position, told = len(vocabulary), 0, 0"),
    edit(BEAT, "beat = one_hot([told], bar)"),
    edit(MOVE, "told = position\n        " + MOVE),
)
compose.mistake(
    "no-beat",
    "the lower part of the input stays zero",
    "What stands below the note before?",
    edit(BEAT, "beat = np.zeros((bar, 1))"),
)
compose.mistake(
    "beat-above-the-note",
    "the beat stands above the note before",
    "Which part of the input has the upper rows?",
    edit(XT, "xt = np.concatenate([beat, before], axis=0)"),
)
compose.mistake(
    "where-notes-end",
    "the positions that are returned are those where notes end",
    "What does the docstring say of the positions?",
    edit(NOTE_BEAT, "beats.append((position + vocabulary[k][1]) % bar)"),
)
compose.mistake(
    "eighths-since-the-beginning",
    "the positions that are returned count from the beginning of the tune",
    "From where does a position in the bar count?",
    edit(NOTE_BEAT, "beats.append(sum(length for _, length in notes[:-1]))"),
)
compose.mistake(
    "note-not-fed-back",
    "the network never reads what it has written",
    "What is the note before, at the second step?",
    edit(FEED, "pass"),
)
compose.mistake(
    "probabilities-fed-back",
    "the note before is the column of probabilities, and no note",
    "What has the network seen as an input when it was trained?",
    edit(FEED, "before = q"),
)
compose.mistake(
    "likeliest-fed-back",
    "the note before is the likeliest one, and not the one that was drawn",
    "Which note stands in the tune, and which does the network read?",
    edit(FEED, "before = one_hot([np.argmax(q)], n_y)"),
)
compose.mistake(
    "likeliest-written",
    "the likeliest note is written, and the drawn one is read",
    "Which note belongs to the tune?",
    edit(WRITE, "notes.append(vocabulary[np.argmax(q)])"),
)
compose.mistake(
    "notes-added-up",
    "the input holds all notes so far",
    "How many ones does the upper part of the input hold?",
    edit(FEED, "before = before + one_hot([k], n_y)"),
)
compose.mistake(
    "no-draw",
    "the likeliest note is taken at every step",
    "What are the uniform numbers for?",
    edit(DRAW, "k = int(np.argmax(q))"),
)
compose.mistake(
    "same-throw-at-every-step",
    "every step uses the first uniform number",
    "How many uniform numbers are there, and for what?",
    edit(DRAW, "k = drawn(q, uniforms[0])"),
)
compose.mistake(
    "skips-the-first-throw",
    "the first uniform number is never used",
    "Which number belongs to the first note?",
    edit(LOOP, "for u in uniforms[1:]:"),
)
compose.mistake(
    "misses-the-last-throw",
    "the last uniform number is never used",
    "How many notes may the tune have?",
    edit(LOOP, "for u in uniforms[:-1]:"),
)
compose.mistake(
    "temperature-forgotten",
    "the temperature is ignored",
    "Which argument has not been used?",
    edit(Q, "q = keep_likeliest(temper(scores, 1.0), share)"),
)
compose.mistake(
    "temperature-applied-twice",
    "the temperature acts twice",
    "Which function already knows of the temperature?",
    edit(Q, "q = keep_likeliest(temper(scores / temperature, temperature), share)"),
)
compose.mistake(
    "nucleus-forgotten",
    "all notes may be drawn, and the share is ignored",
    "Which argument has not been used?",
    edit(Q, "q = temper(scores, temperature)"),
)
compose.mistake(
    "temperature-for-share",
    "temperature and share have changed places",
    "What does each of the two functions take?",
    edit(Q, "q = keep_likeliest(temper(scores, share), min(1.0, temperature))"),
)
compose.mistake(
    "nucleus-before-temperature",
    "the nucleus is taken of the probabilities at temperature 1",
    "In which order does equation (18) apply the two?",
    edit(
        Q,
        "q = keep_likeliest(temper(scores, 1.0), share) ** (1 / temperature)\n"
        "        q = q / np.sum(q)",
    ),
)
compose.mistake(
    "end-mark-kept",
    "the end mark is a part of the tune",
    "What does the docstring say of the end mark?",
    edit(END, "if k == 0:\n            notes.append(vocabulary[0])\n            break"),
)
compose.mistake(
    "goes-on-after-the-end-mark",
    "the writing goes on behind the end mark",
    "When is a tune over?",
    edit(END, "if k == 0:\n            before = one_hot([0], n_y)\n            continue"),
)
compose.mistake(
    "ends-at-the-last-entry",
    "the last entry of the vocabulary is taken for the end mark",
    "At which place of the vocabulary does the end mark stand?",
    edit("if k == 0:", "if k == n_y - 1:"),
)
compose.mistake(
    "begins-with-the-end-mark",
    "the first note before is the end mark",
    "What is the note before at the first step, as equation (16) has it?",
    edit(BEFORE, "before = one_hot([0], n_y)"),
)
compose.mistake(
    "written-from-the-right",
    "new notes are put before the tune",
    "At which end does a tune grow?",
    edit(WRITE, "notes.insert(0, vocabulary[k])"),
)
compose.mistake(
    "numbers-for-notes",
    "places in the vocabulary are returned, and not notes",
    "What does the docstring say that a tune is?",
    edit(WRITE, "notes.append(k)"),
)
compose.mistake(
    "pitches-for-notes",
    "only pitches are returned, without lengths",
    "What does the docstring say that a tune is?",
    edit(WRITE, "notes.append(vocabulary[k][0])"),
)
compose.mistake(
    "beats-forgotten",
    "only the notes are returned",
    "How many things does the docstring list?",
    edit(RETURN, "return notes"),
)
compose.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
