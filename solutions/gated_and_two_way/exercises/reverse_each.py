"""Ask for sequences reversed, each within its own length."""

from __future__ import annotations

from grader.authoring import Challenge, Draw, array, edit

from . import draws
from .assignment import A
from .draws import Drawn

SHORTEST = Challenge("sequences of one step", {"T_x": 4}, more={"length": 1})
ALL_FULL = Challenge("no padding", {"T_x": 4}, more={"length": 4})
ONE_FEATURE = Challenge("n = 1", {"n": 1, "T_x": 3})


@A.exercise()
def reverse_each(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    T_x, n, m = draw.sizes(T_x=(4, 6), n=(2, 7), m=(3, 7))
    lengths = draws.lengths(draw, m, T_x)
    lengths[:] = draw.challenge.more.get("length", lengths)
    return draw.normal(n, m, T_x), lengths


reverse_each.returns(x_reversed=array(8, "(n, m, T_x)", main=True))
reverse_each.untouched(1)
reverse_each.cases(
    *draws.USUAL, draws.ONE_EXAMPLE, draws.ONE_STEP, ALL_FULL, SHORTEST, ONE_FEATURE, *draws.STORED
)

COPY = "x_reversed = x.copy()"
LOOP = "for i, length in enumerate(lengths):"
WRITE = "x_reversed[:, i, :length] = x[:, i, :length][:, ::-1]"
RETURN = "return x_reversed"

reverse_each.mistake(
    "padding-first",
    "the whole time axis is reversed, and the padding comes first",
    "How long is each sequence, and what stands behind it in the same row?",
    edit(WRITE, "x_reversed[:, i] = x[:, i, ::-1]"),
)
reverse_each.mistake(
    "padding-lost",
    "zeros stand where the padding was",
    "What does the docstring say of what stands behind a sequence?",
    edit(COPY, "x_reversed = np.zeros_like(x)"),
)
reverse_each.mistake(
    "one-length-for-all",
    "every sequence is reversed within the first one's length",
    "Whose length belongs to which example?",
    edit(WRITE, WRITE.replace(":length", ": lengths[0]")),
)
reverse_each.mistake(
    "longest-length-for-all",
    "every sequence is reversed within the last one's length",
    "Whose length belongs to which example?",
    edit(WRITE, WRITE.replace(":length", ": lengths[-1]")),
)
reverse_each.mistake(
    "one-step-too-short",
    "the last step of every sequence stays behind",
    "A slice ends before its end: how many steps does x[:, i, :length] hold?",
    edit(WRITE, WRITE.replace(":length", ": length - 1")),
)
reverse_each.mistake(
    "one-step-too-long",
    "the first padding is reversed with the sequence",
    "A slice ends before its end: how many steps does x[:, i, :length] hold?",
    edit(WRITE, WRITE.replace(":length", ": length + 1")),
)
reverse_each.mistake(
    "examples-reversed",
    "the examples change places, and time does not",
    "Which axis is time?",
    edit(RETURN, "return x[:, ::-1].copy()"),
)
reverse_each.mistake(
    "features-reversed",
    "the features of each step change places, and time does not",
    "Which of the two axes that are left is time?",
    edit(WRITE, WRITE.replace("[:, ::-1]", "[::-1]")),
)
reverse_each.mistake(
    "features-reversed-as-well",
    "the features are reversed as well as the steps",
    "Which of the two axes that are left is time, and which one keeps its order?",
    edit(WRITE, WRITE.replace("[:, ::-1]", "[::-1, ::-1]")),
)
reverse_each.mistake(
    "overwritten-while-read",
    "sequences are reversed into themselves, step by step, so that a half of each is lost",
    "Has a step been overwritten already when it is read?",
    edit(
        WRITE,
        "for t in range(length):\n"
        "            x_reversed[:, i, t] = x_reversed[:, i, length - 1 - t]",
    ),
)
reverse_each.mistake(
    "rolled-to-the-front",
    "everything is reversed and then moved to the front by the longest padding",
    "Each sequence has a padding of its own length.",
    edit(RETURN, "return np.roll(x[:, :, ::-1], min(lengths) - x.shape[2], axis=2)"),
)
reverse_each.mistake(
    "padding-reversed-too",
    "the padding is reversed as well, behind its sequence",
    "What does the docstring say of what stands behind a sequence?",
    edit(WRITE, WRITE + "\n        x_reversed[:, i, length:] = x[:, i, length:][:, ::-1]"),
)
reverse_each.mistake(
    "first-sequence-for-all",
    "every example holds the first sequence",
    "Which example is read, and which is written?",
    edit(WRITE, WRITE.replace("= x[:, i,", "= x[:, 0,")),
)
reverse_each.mistake(
    "first-step-kept",
    "the first step keeps its place, and the others are reversed behind it",
    "Which step does the reader from the right read first?",
    edit(WRITE, "x_reversed[:, i, 1:length] = x[:, i, 1:length][:, ::-1]"),
)
reverse_each.mistake(
    "ends-exchanged",
    "the first and the last step change places, and those between stay",
    "Where does the second step of a sequence of four belong?",
    edit(WRITE, "x_reversed[:, i, [0, length - 1]] = x[:, i, [length - 1, 0]]"),
)
reverse_each.mistake(
    "last-sequence-not-reversed",
    "the last example is left as it was",
    "How many examples are there, and what is the index of the last?",
    edit(LOOP, "for i, length in enumerate(lengths[:-1]):"),
)
reverse_each.mistake(
    "not-reversed",
    "nothing is reversed",
    "Which step of a slice makes it run backwards?",
    edit(WRITE, WRITE.replace("[:, ::-1]", "")),
)
reverse_each.mistake(
    "list-of-sequences",
    "a list of sequences of different lengths is returned",
    "The docstring gives the shape of what is returned.",
    edit(RETURN, "return [x[:, i, :n][:, ::-1] for i, n in enumerate(lengths)]"),
)
reverse_each.mistake(
    "returns-nothing",
    "nothing is returned, whether x is changed or not",
    "Is x to be changed, or a new array to be made and handed back?",
    edit(RETURN, "pass"),
)
