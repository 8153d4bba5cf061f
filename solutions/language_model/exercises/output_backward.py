"""Ask for the way back through the output layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring import Challenge, Draw, array, edit

from . import draws
from .assignment import A

ONE_STEP = Challenge("T_x = 1", {"T_x": 1})
ONE_CLASS = Challenge("n_y = 1", {"n_y": 1})
LARGER = Challenge("a larger network", {"n_y": 27, "n_a": 40, "m": 9, "T_x": 12})


@A.exercise()
def output_backward(draw: Draw) -> tuple[Any, ...]:
    """Draw the arguments of a case."""
    n_y, n_a, m, T_x = draw.sizes(n_y=(3, 8), n_a=(3, 8), m=(2, 7), T_x=(3, 6))
    dz, a = _coarse(draw, n_y, m, T_x), _coarse(draw, n_a, m, T_x)
    shapes = {"Wya": (n_y, n_a), "by": (n_y, 1), "Wa": (n_a, n_a), "b": (n_a, 1)}
    return dz, a, draw.parameters(**shapes)


def _coarse(draw: Draw, *shape: int) -> Any:
    """Draw sixty-fourths: sums of their products are exact, whatever their order."""
    return draw.challenge.arrange(np.round(64 * draw.rng.normal(0, 0.5, shape)) / 64)


output_backward.returns(
    da=array(5, "(n_a, m, T_x)", main=True),
    dWya=array(4, "(n_y, n_a)", main=True),
    dby=array(2, "(n_y, 1)"),
)
output_backward.untouched(1)
output_backward.equations(da=8, dWya=9, dby=10)
output_backward.cases(*draws.USUAL, draws.ONE_EXAMPLE, ONE_STEP, ONE_CLASS, LARGER, *draws.STORED)

output_backward.equivalent(
    "every entry is written before it is read", "call: da = np.ones(a.shape)"
)
output_backward.equivalent("dz and a have as many steps", "name: for t in range(dz.shape[2]):")
output_backward.equivalent(
    "each step has a place of its own, and these sums do not depend on their order",
    "loop: for t in range(a.shape[2] - 1, -1, -1):",
)

LOOP = "for t in range(a.shape[2]):"
SLICE = "dzt = dz[:, :, t]"
DA = "da[:, :, t] = Wya.T @ dzt"
DWYA = "dWya += dzt @ a[:, :, t].T"
DBY = "dby += np.sum(dzt, axis=1, keepdims=True)"
RETURN = "return da, dWya, dby"

output_backward.mistake(
    "last-step-only",
    "only the last step is gone through",
    "At how many steps does the network predict something?",
    edit(LOOP, "for t in [a.shape[2] - 1]:"),
)
output_backward.mistake(
    "dby-without-keepdims",
    "dby has lost its second axis",
    "A gradient has the shape of what it belongs to, and by is a column.",
    edit(RETURN, "return da, dWya, dby[:, 0]"),
)
output_backward.mistake(
    "dWya-of-the-last-step",
    "dWya is that of the last step",
    "The same weights are used at every step: how do their gradients combine?",
    edit(DWYA, "dWya = dzt @ a[:, :, t].T"),
)
output_backward.mistake(
    "dby-of-the-last-step",
    "dby is that of the last step",
    "The same bias is used at every step: how do its gradients combine?",
    edit(DBY, "dby = np.sum(dzt, axis=1, keepdims=True)"),
)
output_backward.mistake(
    "dby-not-summed-over-examples",
    "dby keeps a column for every example",
    "The bias acts on every example: how do their gradients combine?",
    edit(RETURN, "return da, dWya, np.sum(dz, axis=2)"),
)
output_backward.mistake(
    "dby-keeps-the-steps",
    "dby keeps a column for every step",
    "The bias is the same at every step: how do their gradients combine?",
    edit(RETURN, "return da, dWya, np.sum(dz, axis=1)"),
)
output_backward.mistake(
    "dby-sums-classes",
    "dby is summed over the classes",
    "Which axis runs over the examples?",
    edit(RETURN, "return da, dWya, np.resize(np.sum(dz, axis=(0, 2)), (len(dz), 1))"),
)
output_backward.mistake(
    "dby-one-number",
    "dby has the same number for every class",
    "How many numbers does by have, and does each get a gradient of its own?",
    edit(DBY, "dby += np.sum(dzt)"),
)
output_backward.mistake(
    "no-transpose",
    "da is made with the weights read row by row, not transposed",
    "From n_y scores back to n_a hidden numbers: which way round does Wya lead there?",
    edit(DA, "da[:, :, t] = Wya.reshape(Wya.shape[1], -1) @ dzt"),
)
output_backward.mistake(
    "dWya-transposed",
    "dWya is transposed",
    "A gradient has the shape of what it belongs to.",
    edit(RETURN, "return da, dWya.T, dby"),
)
output_backward.mistake(
    "divided-by-words",
    "the gradients are divided by the number of words once more",
    "Where was the mean taken, and is that in dz already?",
    edit(SLICE, "dzt = dz[:, :, t] / dz.shape[1]"),
)
output_backward.mistake(
    "weights-divided-by-words",
    "dWya and dby are divided by the number of words once more",
    "Where was the mean taken, and is that in dz already?",
    edit(RETURN, "return da, dWya / dz.shape[1], dby / dz.shape[1]"),
)
output_backward.mistake(
    "mean-over-time",
    "dWya and dby are means over the steps",
    "Each step uses the weights once: do the shares of the steps add up, or average out?",
    edit(RETURN, "return da, dWya / dz.shape[2], dby / dz.shape[2]"),
)
output_backward.mistake(
    "axes-mixed-by-reshape",
    "a reshape has put steps in the place of words",
    "After a reshape, which of the two axes runs faster?",
    edit(RETURN, "return da.reshape(len(da), -1, a.shape[1]).transpose(0, 2, 1), dWya, dby"),
)
output_backward.mistake(
    "da-one-step-late",
    "da belongs to the hidden states of the step before",
    "Which hidden state was the prediction at t read from?",
    edit(RETURN, "return np.roll(da, 1, axis=2), dWya, dby"),
)
output_backward.mistake(
    "weights-one-step-late",
    "dWya pairs each dz with the hidden state of the step before",
    "Which hidden state was the prediction at t read from?",
    edit(DWYA, "dWya += dzt @ a[:, :, t - 1].T"),
)
output_backward.mistake(
    "da-flattened",
    "words and steps of da lie along one axis",
    "Which shape does the docstring give da?",
    edit(RETURN, "return da.reshape(len(da), -1), dWya, dby"),
)
output_backward.mistake(
    "dWya-of-one-word",
    "dWya is made of the first word only",
    "A product sums over what lies along the shared axis: which examples does it see?",
    edit(DWYA, "dWya += dzt[:, :1] @ a[:, :1, t].T"),
)
output_backward.mistake(
    "tanh-slope",
    "da is multiplied by the slope of tanh",
    "Is there a tanh between the hidden state and the scores?",
    edit(DA, "da[:, :, t] = (Wya.T @ dzt) * (1 - a[:, :, t] ** 2)"),
)
output_backward.mistake(
    "future-added",
    "da holds what later steps send back as well",
    "Which road does this function go, and which is left to the recurrent network?",
    edit(RETURN, "return np.cumsum(da[:, :, ::-1], axis=2)[:, :, ::-1], dWya, dby"),
)
output_backward.mistake(
    "same-for-all-steps",
    "every step of da is the sum over all steps",
    "Each hidden state is read at its own step: which dz does it feel?",
    edit(DA, "da[:, :, t] = Wya.T @ np.sum(dz, axis=2)"),
)
output_backward.mistake(
    "misses-first-step",
    "the loop begins one step late",
    "Which index does the first step have in Python?",
    edit(LOOP, "for t in range(1, a.shape[2]):"),
)
output_backward.mistake(
    "misses-last-step",
    "the loop ends one step early",
    "How many steps does a hold, and what is the last t?",
    edit(LOOP, "for t in range(a.shape[2] - 1):"),
)
output_backward.mistake(
    "weights-and-bias-exchanged",
    "dWya and dby are returned in the other order",
    "In which order does the docstring list the three?",
    edit(RETURN, "return da, dby, dWya"),
)
output_backward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
