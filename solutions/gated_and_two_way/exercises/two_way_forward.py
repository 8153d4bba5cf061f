"""Ask for two readers of one sequence."""

from __future__ import annotations

from grader.authoring import Draw, array, edit, tree

from . import draws, equivalents, shapes
from .assignment import A
from .draws import Drawn


@A.exercise(calls=["gru_forward", "reverse_each"], more_questions=4)
def two_way_forward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.LETTERS)
    return draws.two_way_inputs(draw)


two_way_forward.returns(
    a=array(10, shapes.TWO_STATES, main=True),
    caches=tree(3, ("caches_left", "caches_right", "lengths")),
)
two_way_forward.untouched(1)
two_way_forward.equations(a_left=19, a=21)
two_way_forward.cases(*draws.FORWARD)

HALF = "n_a = len(a0) // 2"
LEFT = "a_left, caches_left = gru_forward(x, a0[:n_a], left)"
RIGHT = "a_right, caches_right = gru_forward(reverse_each(x, lengths), a0[n_a:], right)"
STACK = "a = np.concatenate([a_left, reverse_each(a_right, lengths)], axis=0)"
CACHES = "caches = (caches_left, caches_right, lengths)"
RETURN = "return a, caches"

two_way_forward.mistake(
    "second-half-not-put-back",
    "the states of the reader from the right are not put back in order",
    "In whose order does the second reader return its states?",
    edit(STACK, "a = np.concatenate([a_left, a_right], axis=0)"),
)
two_way_forward.mistake(
    "forward-half-twice",
    "the reader from the left stands in both halves",
    "Which two arrays are stacked?",
    edit(STACK, "a = np.concatenate([a_left, a_left], axis=0)"),
)
two_way_forward.mistake(
    "halves-swapped",
    "the halves have changed places",
    "Which reader's states stand above, as the docstring has it?",
    edit(STACK, "a = np.concatenate([reverse_each(a_right, lengths), a_left], axis=0)"),
)
two_way_forward.mistake(
    "last-step-of-both",
    "the last step of both halves is taken for the whole",
    "The docstring gives the shape of a: how many steps does it hold?",
    edit(RETURN, "return a[:, :, -1], caches"),
)
two_way_forward.mistake(
    "padding-first",
    "the reader from the right begins with the padding",
    "Reversing the whole axis puts the padding first: which function of yours avoids that?",
    edit(RIGHT, RIGHT.replace("reverse_each(x, lengths)", "x[:, :, ::-1]")),
    edit(STACK, "a = np.concatenate([a_left, a_right[:, :, ::-1]], axis=0)"),
)
two_way_forward.mistake(
    "put-back-with-the-padding",
    "the states of the second reader are put back as if there were no padding",
    "What was reversed within its length is put back by the same function.",
    edit(STACK, "a = np.concatenate([a_left, a_right[:, :, ::-1]], axis=0)"),
)
two_way_forward.mistake(
    "added-not-stacked",
    "the two readers' states are added",
    "The docstring gives the shape of a: how many rows does it have?",
    edit(STACK, "a = a_left + reverse_each(a_right, lengths)"),
)
two_way_forward.mistake(
    "averaged-not-stacked",
    "the mean of the two readers' states is taken",
    "The docstring gives the shape of a: how many rows does it have?",
    edit(STACK, "a = (a_left + reverse_each(a_right, lengths)) / 2"),
)
two_way_forward.mistake(
    "stacked-along-time",
    "the second reader's states are put behind the first one's, along time",
    "Along which axis do the rows of a state lie?",
    edit(STACK, STACK.replace("axis=0", "axis=2")),
)
two_way_forward.mistake(
    "stacked-along-examples",
    "the second reader's states are put beside the first one's, as if they were more examples",
    "Along which axis do the rows of a state lie?",
    edit(STACK, STACK.replace("axis=0", "axis=1")),
)
two_way_forward.mistake(
    "x-not-reversed",
    "both readers come from the left",
    "What does the second reader get to read?",
    edit(RIGHT, RIGHT.replace("reverse_each(x, lengths)", "x")),
    edit(STACK, "a = np.concatenate([a_left, a_right], axis=0)"),
)
two_way_forward.mistake(
    "x-not-reversed-states-are",
    "the second reader comes from the left, and its states are reversed",
    "What does the second reader get to read?",
    edit(RIGHT, RIGHT.replace("reverse_each(x, lengths)", "x")),
)
two_way_forward.mistake(
    "examples-reversed",
    "the examples are reversed for the second reader, and not their time steps",
    "Which axis of x is time?",
    edit(RIGHT, RIGHT.replace("reverse_each(x, lengths)", "x[:, ::-1]")),
    edit(STACK, "a = np.concatenate([a_left, a_right[:, ::-1]], axis=0)"),
)
two_way_forward.mistake(
    "same-parameters-for-both",
    "both readers use the parameters left",
    "How many sets of parameters are there, and who uses which?",
    edit(RIGHT, RIGHT.replace("a0[n_a:], right", "a0[n_a:], left")),
)
two_way_forward.mistake(
    "parameters-swapped",
    "the readers have each other's parameters",
    "How many sets of parameters are there, and who uses which?",
    edit(LEFT, LEFT.replace("a0[:n_a], left", "a0[:n_a], right")),
    edit(RIGHT, RIGHT.replace("a0[n_a:], right", "a0[n_a:], left")),
)
two_way_forward.mistake(
    "first-states-swapped",
    "the readers have each other's first state",
    "Which rows of a0 belong to which reader?",
    edit(LEFT, LEFT.replace("a0[:n_a]", "a0[n_a:]")),
    edit(RIGHT, RIGHT.replace("a0[n_a:]", "a0[:n_a]")),
)
two_way_forward.mistake(
    "same-first-state-for-both",
    "both readers start from the upper half of a0",
    "Which rows of a0 belong to which reader?",
    edit(RIGHT, RIGHT.replace("a0[n_a:]", "a0[:n_a]")),
)
two_way_forward.mistake(
    "starts-from-zeros",
    "the second reader starts from zeros",
    "Which rows of a0 belong to which reader?",
    edit(RIGHT, RIGHT.replace("a0[n_a:]", "np.zeros_like(a0[n_a:])")),
)
two_way_forward.mistake(
    "starts-where-the-first-ended",
    "the second reader starts from the state in which the first one ended",
    "Do the two readers know of each other?",
    edit(RIGHT, RIGHT.replace("a0[n_a:]", "a_left[:, :, -1]")),
)
two_way_forward.mistake(
    "reads-the-first-ones-states-in-reverse",
    "the second half is the first one's states in reverse",
    "What does the second reader read: the inputs, or what the first one made of them?",
    edit(STACK, STACK.replace("a_right", "a_left")),
)
two_way_forward.mistake(
    "features-of-states-reversed",
    "the second reader's units are reversed along with its steps",
    "Which axis of the states is put back in order?",
    edit(
        STACK,
        STACK.replace("reverse_each(a_right, lengths)", "reverse_each(a_right, lengths)[::-1]"),
    ),
)
two_way_forward.mistake(
    "halves-interleaved",
    "the rows of the two readers take turns",
    "The docstring says where each reader's rows stand: above, and below.",
    edit(
        STACK,
        "a = np.stack([a_left, reverse_each(a_right, lengths)], axis=1)"
        ".reshape(2 * n_a, *a_left.shape[1:])",
    ),
)
two_way_forward.mistake(
    "caches-of-one-reader",
    "the second reader's caches are those of the first",
    "What does the way back need from each reader?",
    edit(CACHES, "caches = (caches_left, caches_left, lengths)"),
)
two_way_forward.mistake(
    "caches-swapped",
    "the two readers' caches have changed places",
    "The docstring says what caches is made of, and in which order.",
    edit(CACHES, "caches = (caches_right, caches_left, lengths)"),
)
two_way_forward.mistake(
    "caches-put-back-in-order",
    "the second reader's caches are reversed",
    "gru_backward takes the caches as gru_forward made them: in whose order is that?",
    edit(CACHES, "caches = (caches_left, caches_right[::-1], lengths)"),
)
two_way_forward.mistake(
    "caches-without-lengths",
    "the lengths are missing from caches",
    "The docstring says what caches is made of.",
    edit(CACHES, "caches = (caches_left, caches_right)"),
)
two_way_forward.mistake(
    "returns-both-halves",
    "the two readers' states are returned as a pair",
    "The docstring gives the shape of a: one array, with twice the rows.",
    edit(RETURN, "return (a_left, reverse_each(a_right, lengths)), caches"),
)
two_way_forward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)

two_way_forward.equivalent(
    equivalents.DEFAULT,
    "keyword: a = np.concatenate([a_left, reverse_each(a_right, lengths)])",
)
