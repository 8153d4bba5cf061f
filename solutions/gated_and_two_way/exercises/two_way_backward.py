"""Ask for the way back through two readers."""

from __future__ import annotations

from grader.authoring import Draw, array, edit, tree

from . import draws, equivalents, forward_passes, shapes
from .assignment import A
from .draws import Drawn


@A.exercise(calls=["gru_backward", "reverse_each"], more_questions=4)
def two_way_backward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.LETTERS)
    caches = draw.cached("two_way_forward", draws.two_way_inputs(draw), "caches")
    return draws.doubled(draw, "m", "T_x"), caches


two_way_backward.returns_dictionary(
    ("dx", "da0", "dleft", "dright"),
    dx=array(7, shapes.INPUTS, main=True),
    da0=array(2, shapes.TWO_FIRST),
    dleft=tree(3),
    dright=tree(3),
)
two_way_backward.untouched(1)
two_way_backward.equations(dx=24, da0=25)
two_way_backward.cases(*draws.BACKWARD)
two_way_backward.gradient(
    forward="two_way_forward", upstream={"da": "a"}, traced=forward_passes.two_way
)

UNPACK = "caches_left, caches_right, lengths = caches"
HALF = "n_a = len(da) // 2"
LEFT = "dleft = gru_backward(da[:n_a], caches_left)"
RIGHT = "dright = gru_backward(reverse_each(da[n_a:], lengths), caches_right)"
DX = 'dx = dleft.pop("dx") + reverse_each(dright.pop("dx"), lengths)'
DA0 = 'da0 = np.concatenate([dleft.pop("da0"), dright.pop("da0")], axis=0)'
RETURN = 'return {"dx": dx, "da0": da0, "dleft": dleft, "dright": dright}'

two_way_backward.mistake(
    "da-not-reversed",
    "the second half of da goes to the reader from the right without being reversed",
    "In whose order does the second reader's gru_backward expect its gradients?",
    edit(RIGHT, "dright = gru_backward(da[n_a:], caches_right)"),
)
two_way_backward.mistake(
    "dx-not-put-back",
    "the second reader's dx is not put back in order",
    "In whose order does the second reader's gru_backward return dx?",
    edit(DX, 'dx = dleft.pop("dx") + dright.pop("dx")'),
)
two_way_backward.mistake(
    "neither-reversed",
    "nothing is reversed on the way back",
    "Lay Figure 6 beside Figure 7: where does the way there reverse something?",
    edit(RIGHT, "dright = gru_backward(da[n_a:], caches_right)"),
    edit(DX, 'dx = dleft.pop("dx") + dright.pop("dx")'),
)
two_way_backward.mistake(
    "padding-first",
    "the whole time axis is reversed, padding and all",
    "The way there reversed each sequence within its length: which function does that?",
    edit(RIGHT, "dright = gru_backward(da[n_a:, :, ::-1], caches_right)"),
    edit(DX, 'dx = dleft.pop("dx") + dright.pop("dx")[:, :, ::-1]'),
)
two_way_backward.mistake(
    "dx-of-the-left-reader-only",
    "dx is that of the reader from the left alone",
    "How many readers have read x?",
    edit(DX, 'dx = dleft.pop("dx")\n    dright.pop("dx")'),
)
two_way_backward.mistake(
    "dx-of-the-right-reader-only",
    "dx is that of the reader from the right alone",
    "How many readers have read x?",
    edit(DX, 'dleft.pop("dx")\n    dx = reverse_each(dright.pop("dx"), lengths)'),
)
two_way_backward.mistake(
    "dx-stacked",
    "the two gradients of x are stacked",
    "A gradient has the shape of what it belongs to: how many rows does x have?",
    edit(
        DX,
        'dx = np.concatenate([dleft.pop("dx"), reverse_each(dright.pop("dx"), lengths)], axis=0)',
    ),
)
two_way_backward.mistake(
    "dx-averaged",
    "dx is the mean of the two readers' gradients",
    "A value that is used twice gets two gradients: how do they combine?",
    edit(DX, 'dx = (dleft.pop("dx") + reverse_each(dright.pop("dx"), lengths)) / 2'),
)
two_way_backward.mistake(
    "dx-of-the-left-reader-reversed",
    "the reversed dx is that of the reader from the left",
    "Which of the two readers lives in reversed time?",
    edit(DX, 'dx = reverse_each(dleft.pop("dx"), lengths) + dright.pop("dx")'),
)
two_way_backward.mistake(
    "halves-swapped",
    "the halves of da go to each other's readers",
    "Which rows of da belong to which reader?",
    edit(LEFT, LEFT.replace("da[:n_a]", "da[n_a:]")),
    edit(RIGHT, RIGHT.replace("da[n_a:]", "da[:n_a]")),
)
two_way_backward.mistake(
    "upper-half-for-both",
    "both readers get the upper half of da",
    "Which rows of da belong to which reader?",
    edit(RIGHT, RIGHT.replace("da[n_a:]", "da[:n_a]")),
)
two_way_backward.mistake(
    "rows-taken-in-turns",
    "da is cut by every second row, and not in halves",
    "How were the two readers' states stacked?",
    edit(LEFT, LEFT.replace("da[:n_a]", "da[::2]")),
    edit(RIGHT, RIGHT.replace("da[n_a:]", "da[1::2]")),
)
two_way_backward.mistake(
    "same-caches-twice",
    "both readers go back by the left one's caches",
    "Each reader has caches of its own: which are they?",
    edit(RIGHT, RIGHT.replace("caches_right", "caches_left")),
)
two_way_backward.mistake(
    "caches-swapped",
    "the readers go back by each other's caches",
    "In which order does two_way_forward return the caches?",
    edit(UNPACK, "caches_right, caches_left, lengths = caches"),
)
two_way_backward.mistake(
    "caches-reversed",
    "the second reader's caches are reversed before it goes back",
    "gru_backward takes the caches as gru_forward made them.",
    edit(RIGHT, RIGHT.replace("caches_right)", "caches_right[::-1])")),
)
two_way_backward.mistake(
    "da0-swapped",
    "the gradients of the two first states have changed places",
    "Which rows of a0 belong to which reader?",
    edit(DA0, 'da0 = np.concatenate([dright.pop("da0"), dleft.pop("da0")], axis=0)'),
)
two_way_backward.mistake(
    "da0-added",
    "the gradients of the two first states are added",
    "The two readers start from states of their own: what is the shape of a0?",
    edit(DA0, 'da0 = dleft.pop("da0") + dright.pop("da0")'),
)
two_way_backward.mistake(
    "da0-stacked-beside",
    "the gradients of the two first states stand side by side",
    "A gradient has the shape of what it belongs to: along which axis is a0 stacked?",
    edit(DA0, DA0.replace("axis=0", "axis=1")),
)
two_way_backward.mistake(
    "parameters-gradients-added",
    "the gradients of both readers' parameters are added",
    "Do the two readers share their parameters?",
    edit(
        RETURN,
        "both = {name: dleft[name] + dright[name] for name in dleft}\n"
        '    return {"dx": dx, "da0": da0, "dleft": both, "dright": both}',
    ),
)
two_way_backward.mistake(
    "parameters-gradients-swapped",
    "dleft and dright have changed places",
    "Which reader's gradients belong under which key?",
    edit(RETURN, 'return {"dx": dx, "da0": da0, "dleft": dright, "dright": dleft}'),
)
two_way_backward.mistake(
    "left-gradients-twice",
    "the left reader's gradients stand under both keys",
    "Which reader's gradients belong under which key?",
    edit(RETURN, RETURN.replace('"dright": dright', '"dright": dleft')),
)
two_way_backward.mistake(
    "wrong-keys",
    "the dictionary does not have the keys dleft and dright",
    "The docstring says under which keys the gradients of each reader lie.",
    edit(RETURN, 'return {"dx": dx, "da0": da0, "left": dleft, "right": dright}'),
)
two_way_backward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)

two_way_backward.equivalent(
    equivalents.DEFAULT,
    "keyword: da0 = np.concatenate([dleft.pop('da0'), dright.pop('da0')])",
)
