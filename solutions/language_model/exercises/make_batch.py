"""Ask for words as inputs, targets and a mask."""

from __future__ import annotations

from typing import Any

from grader.authoring import Challenge, Draw, array, edit

from . import draws
from .assignment import A

TWO_LETTERS = Challenge("n_x = 2", {"n_x": 2})
ONE_LENGTH = Challenge("words of one letter", {"T_x": 2})
MANY = Challenge("many words", {"n_x": 27, "m": 20, "T_x": 12})


@A.exercise()
def make_batch(draw: Draw) -> tuple[Any, ...]:
    """Draw the arguments of a case."""
    n_x, m, T_x = draw.sizes(n_x=(5, 9), m=(3, 6), T_x=(4, 7))
    letters = draws.alphabet(draw, n_x)
    return draws.words(draw, letters, m, T_x), letters


make_batch.returns(
    x=array(4, "(n_x, m, T_x)", main=True),
    y=array(6, "(n_x, m, T_x)", main=True),
    mask=array(3, "(m, T_x)"),
)
make_batch.untouched(1)
make_batch.equations(y=1, x=2, mask=3)
make_batch.cases("usual", "again", draws.ONE_EXAMPLE, TWO_LETTERS, ONE_LENGTH, MANY)

LENGTH = "T_x = max(len(word) for word in words) + 1"
X_ONE = "x[k, i, t + 1] = 1"
Y_ONE = "y[k, i, t] = 1"
END = "y[0, i, len(word)] = 1"
MASK = "mask[i, : len(word) + 1] = 1"
RETURN = "return x, y, mask"

make_batch.mistake(
    "no-shift",
    "inputs and targets stand at the same step",
    "What has the network seen when it is asked for a letter: that letter, or the one before?",
    edit(X_ONE, "x[k, i, t] = 1"),
)
make_batch.mistake(
    "first-input-is-the-end-mark",
    "the first input is the one-hot of the end mark",
    "What comes before the first letter of a word, as equation (2) has it?",
    edit(END, "y[0, i, len(word)] = 1\n        x[0, i, 0] = 1"),
)
make_batch.mistake(
    "shifted-the-other-way",
    "the targets come one step later than the inputs",
    "Which of the two is ahead: what is shown, or what is asked for?",
    edit(Y_ONE, "y[k, i, t + 1] = 1"),
    edit(X_ONE, "x[k, i, t] = 1"),
    edit(END, "y[0, i, 0] = 1"),
)
make_batch.mistake(
    "no-end-mark",
    "no target is the end mark",
    "How would a network that was trained on this know where a word stops?",
    edit(END, "pass"),
)
make_batch.mistake(
    "end-mark-as-an-input",
    "the end mark is an input as well as a target",
    "Is there anything to predict after the end mark?",
    edit(
        END,
        "y[0, i, len(word)] = 1\n        if len(word) + 1 < T_x:\n"
        "            x[0, i, len(word) + 1] = 1",
    ),
)
make_batch.mistake(
    "no-room-for-the-end-mark",
    "there is no step for the end mark of the longest word",
    "The word of the most letters needs one step more than it has letters: what for?",
    edit(LENGTH, "T_x = max(len(word) for word in words)"),
    edit(X_ONE, "x[k, i, min(t + 1, T_x - 1)] = 1"),
    edit(END, "y[0, i, min(len(word), T_x - 1)] = 1"),
)
make_batch.mistake(
    "as-long-as-the-first-word",
    "there are as many steps as the first word needs",
    "Which of the words decides how many steps the batch has?",
    edit(LENGTH, "T_x = len(words[0]) + 1"),
    edit("enumerate(word)", "enumerate(word[: T_x - 1])"),
    edit(END, "y[0, i, min(len(word), T_x - 1)] = 1"),
)
make_batch.mistake(
    "one-step-too-many",
    "there is one step more than the longest word needs",
    "Count the boxes that the longest word fills, end mark included.",
    edit(LENGTH, "T_x = max(len(word) for word in words) + 2"),
)
make_batch.mistake(
    "padding-says-end-mark",
    "the targets behind a word are end marks",
    "What does the docstring say of the targets behind the end mark?",
    edit(END, "y[0, i, len(word) :] = 1"),
)
make_batch.mistake(
    "padding-is-an-input",
    "the inputs behind a word are end marks",
    "What does a column of the inputs hold where a word is over?",
    edit(END, "y[0, i, len(word)] = 1\n        x[0, i, len(word) + 1 :] = 1"),
)
make_batch.mistake(
    "mask-of-ones",
    "the mask is 1 everywhere",
    "Which steps of a short word ask for nothing?",
    edit(MASK, "mask[i] = 1"),
)
make_batch.mistake(
    "mask-without-the-end-mark",
    "the mask leaves the end mark out",
    "Is the end mark something that the network should learn to predict?",
    edit(MASK, "mask[i, : len(word)] = 1"),
)
make_batch.mistake(
    "mask-from-the-inputs",
    "the mask is 1 where there is an input",
    "At the first step the input is zeros: does that step ask for nothing?",
    edit(MASK, "mask[i, 1 : len(word) + 1] = 1"),
)
make_batch.mistake(
    "mask-upside-down",
    "the mask is 1 on what is left over",
    "Which of the two does the mask mark: what counts, or what does not?",
    edit(MASK, "mask[i, len(word) + 1 :] = 1"),
)
make_batch.mistake(
    "mask-one-too-long",
    "the mask goes one step beyond the end mark",
    "How many steps of a word of L letters ask for something?",
    edit(MASK, "mask[i, : len(word) + 2] = 1"),
)
make_batch.mistake(
    "last-word-only",
    "only the last word is filled in",
    "When are the three arrays made: once, or anew for every word?",
    edit("x = np.zeros((n_x, m, T_x))", "pass"),
    edit("y = np.zeros((n_x, m, T_x))", "pass"),
    edit("mask = np.zeros((m, T_x))", "pass"),
    edit(
        "for i, word in enumerate(words):",
        "for i, word in enumerate(words):\n        x = np.zeros((n_x, m, T_x))\n"
        "        y = np.zeros((n_x, m, T_x))\n        mask = np.zeros((m, T_x))",
    ),
)
make_batch.mistake(
    "words-and-steps-exchanged",
    "words lie along the last axis, and steps along the one before",
    "In which order do the axes come: letters, then words or steps?",
    edit(RETURN, "return x.transpose(0, 2, 1), y.transpose(0, 2, 1), mask.T"),
)
make_batch.mistake(
    "words-first",
    "words come first and letters second",
    "Which axis of a batch is the first in this course, and what lies along it?",
    edit(RETURN, "return x.transpose(1, 0, 2), y.transpose(1, 0, 2), mask"),
)
make_batch.mistake(
    "letters-last",
    "letters lie along the last axis",
    "Columns are examples: along which axis is a one-hot column written?",
    edit(RETURN, "return x.transpose(1, 2, 0), y.transpose(1, 2, 0), mask"),
)
make_batch.mistake(
    "numbers-for-columns",
    "the arrays hold the letters' numbers, and no one-hot columns",
    "How many numbers stand for one letter?",
    edit(RETURN, "return x.argmax(axis=0) * 1.0, y.argmax(axis=0) * 1.0, mask"),
)
make_batch.mistake(
    "written-backwards",
    "words are written from their last letter to their first",
    "Which letter of a word comes at the first step?",
    edit("enumerate(word)", "enumerate(reversed(word))"),
)
make_batch.mistake(
    "alphabet-sorted",
    "letters are numbered by their place in a sorted alphabet",
    "The argument says which letter has which number; is it in alphabetical order?",
    edit("letters.index(letter)", "(letters[0] + ''.join(sorted(letters[1:]))).index(letter)"),
)
make_batch.mistake(
    "end-mark-last",
    "the end mark is the last letter of the alphabet",
    "At which place of the alphabet does the end mark stand?",
    edit(END, "y[-1, i, len(word)] = 1"),
)
make_batch.mistake(
    "targets-first",
    "inputs and targets are returned in the other order",
    "In which order does the docstring list the three?",
    edit(RETURN, "return y, x, mask"),
)
make_batch.mistake(
    "mask-forgotten",
    "no mask is returned",
    "How many things does the docstring list?",
    edit(RETURN, "return x, y"),
)
make_batch.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
