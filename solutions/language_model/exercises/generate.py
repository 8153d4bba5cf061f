"""Ask for a word, written by a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring import Challenge, Draw, edit, text

from . import draws, writing
from .assignment import A

USUAL = Challenge("an LSTM", more={"gates": 4, "temperature": 0.8})
RNN = Challenge("an RNN", more={"gates": 1, "temperature": 1.3})
CUT = Challenge("no end mark in time", more={"gates": 4, "temperature": 1.0, "cut": True})
EMPTY = Challenge("the end mark first", more={"gates": 4, "temperature": 1.2, "length": 0})
ONE = Challenge("a word of one letter", more={"gates": 1, "temperature": 0.9, "length": 1})
LONG = Challenge("a long word", more={"gates": 4, "temperature": 1.1, "length": 12})
SPARE = 3  # throws behind the end mark
SIZE = 5.0  # of the weights: what was read before changes the prediction a good deal


@A.exercise(calls=["sample_index"], more_questions=SPARE)
def generate(draw: Draw) -> tuple[Any, ...]:
    """Draw the arguments of a case: throws that spell a word of a certain length."""
    n_x, n_a = draw.sizes(n_x=(6, 8), n_a=(4, 9))
    more = draw.challenge.more
    length = int(more.get("length", draw.rng.integers(8, 11)))
    letters, temperature = draws.alphabet(draw, n_x), more["temperature"]
    for _ in range(100):
        parameters = draws.network(draw, more["gates"], n_x, n_a, SIZE)
        try:
            thrown = writing.throws(draw.rng, parameters, length, temperature)
        except ValueError:  # the end mark is out of reach at some step: another network
            continue
        spare = draw.rng.random(SPARE).tolist()
        uniforms = thrown[:-1] if "cut" in more else [*thrown, *spare]
        return parameters, letters, np.array(uniforms), temperature
    raise ValueError("no network writes such a word")


generate.returns(word=text(11, main=True))
generate.untouched(1)
generate.equations(yt_pred=19)
generate.cases(USUAL, RNN, CUT, EMPTY, ONE, LONG)

generate.equivalent(
    "zeros add nothing, in however many columns, and only the first is read",
    "shorter: xt = np.zeros((len(letters),))",
    "constant: xt = np.zeros((len(letters), 2))",
)
generate.equivalent(
    "one number comes back, which is the first and the last",
    "constant: index = sample_index(yt_pred, np.array([u]), temperature)[-1]",
)
generate.equivalent(
    "NumPy compares with a list as with an array",
    "call: index = sample_index(yt_pred, [u], temperature)[0]",
)

XT = "xt = np.zeros((len(letters), 1))"
LOOP = "for u in uniforms:"
STEP = "yt_pred, state = step(xt, state, parameters)"
SAMPLE = "index = sample_index(yt_pred, np.array([u]), temperature)[0]"
END = "if index == 0:\n            break"
WRITE = "word += letters[index]"
FEED = "xt = one_hot([index], len(letters))"
RETURN = "return word"

generate.mistake(
    "state-not-carried",
    "every step starts from an empty memory",
    "What does one step hand on to the next, besides the letter?",
    edit(STEP, "yt_pred, _ = step(xt, state, parameters)"),
)
generate.mistake(
    "letter-not-fed-back",
    "the network never reads what it has written",
    "What is the input of the second step?",
    edit(FEED, "pass"),
)
generate.mistake(
    "probabilities-fed-back",
    "the next input is the prediction, and no letter",
    "What has the network seen as an input when it was trained?",
    edit(FEED, "xt = yt_pred"),
)
generate.mistake(
    "likeliest-fed-back",
    "the next input is the likeliest letter, and not the one that was drawn",
    "Which letter stands in the word, and which does the network read?",
    edit(FEED, "xt = one_hot([np.argmax(yt_pred)], len(letters))"),
)
generate.mistake(
    "likeliest-written",
    "the likeliest letter is written, and the drawn one is read",
    "Which letter belongs into the word?",
    edit(WRITE, "word += letters[np.argmax(yt_pred)]"),
)
generate.mistake(
    "end-mark-kept",
    "the end mark is a part of the word",
    "What does the docstring say of the end mark?",
    edit(END, "if index == 0:\n            word += letters[0]\n            break"),
)
generate.mistake(
    "goes-on-after-the-end-mark",
    "the writing goes on behind the end mark",
    "When is a word over?",
    edit(END, "if index == 0:\n            xt = one_hot([0], len(letters))\n            continue"),
)
generate.mistake(
    "end-mark-not-looked-for",
    "the end mark is a letter like any other",
    "When is a word over?",
    edit(END, "pass"),
)
generate.mistake(
    "same-throw-at-every-step",
    "every step uses the first uniform number",
    "How many uniform numbers are there, and for what?",
    edit(SAMPLE, "index = sample_index(yt_pred, uniforms[:1], temperature)[0]"),
)
generate.mistake(
    "misses-the-last-throw",
    "the last uniform number is never used",
    "How many letters may the word have?",
    edit(LOOP, "for u in uniforms[:-1]:"),
)
generate.mistake(
    "skips-the-first-throw",
    "the first uniform number is never used",
    "Which number belongs to the first letter?",
    edit(LOOP, "for u in uniforms[1:]:"),
)
generate.mistake(
    "begins-with-the-end-mark",
    "the first input is the one-hot of the end mark",
    "What was the first input in training, as equation (2) has it?",
    edit(XT, "xt = one_hot([0], len(letters))"),
)
generate.mistake(
    "begins-with-ones",
    "the first input is a column of ones",
    "What was the first input in training, as equation (2) has it?",
    edit(XT, "xt = np.ones((len(letters), 1))"),
)
generate.mistake(
    "temperature-forgotten",
    "the temperature is ignored",
    "Which argument has not been used?",
    edit(SAMPLE, "index = sample_index(yt_pred, np.array([u]), 1.0)[0]"),
)
generate.mistake(
    "no-draw",
    "the likeliest letter is taken at every step",
    "What are the uniform numbers for?",
    edit(SAMPLE, "index = np.argmax(yt_pred[:, 0])"),
)
generate.mistake(
    "temperature-applied-twice",
    "the temperature acts twice",
    "Which function already knows of the temperature?",
    edit(
        SAMPLE,
        "p = yt_pred ** (1 / temperature)\n"
        "        index = sample_index(p / np.sum(p), np.array([u]), temperature)[0]",
    ),
)
generate.mistake(
    "fed-one-step-late",
    "each letter is read one step later than it should be",
    "Which letter is the input of step t + 1?",
    edit(FEED, "xt, waiting = waiting, one_hot([index], len(letters))"),
    edit(XT, "xt = waiting = np.zeros((len(letters), 1))"),
)
generate.mistake(
    "letters-added-up",
    "the input holds all letters so far",
    "How many ones does an input column hold?",
    edit(FEED, "xt = xt + one_hot([index], len(letters))"),
)
generate.mistake(
    "written-from-the-right",
    "new letters are put before the word",
    "At which end does a word grow?",
    edit(WRITE, "word = letters[index] + word"),
)
generate.mistake(
    "last-letter-only",
    "only the last letter is kept",
    "What becomes of the letters before when a new one is written?",
    edit(WRITE, "word = letters[index]"),
)
generate.mistake(
    "ends-at-the-last-letter",
    "the last letter of the alphabet is taken for the end mark",
    "At which place of the alphabet does the end mark stand?",
    edit("if index == 0:", "if index == len(letters) - 1:"),
)
generate.mistake(
    "numbers-for-letters",
    "indices are returned in the place of letters",
    "What does the docstring say that a word is?",
    edit('word = ""', "word = []"),
    edit(WRITE, "word.append(int(index))"),
)
generate.mistake(
    "list-of-letters",
    "a list of letters is returned in the place of one text",
    "What does the docstring say that a word is?",
    edit('word = ""', "word = []"),
    edit(WRITE, "word.append(letters[index])"),
)
generate.mistake(
    "state-read-twice",
    "each step is taken twice, with the same letter",
    "How often does the network read a letter?",
    edit(STEP, "_, state = step(xt, state, parameters)\n        " + STEP),
)
generate.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
