"""Ask for one step back through the RNN."""

from __future__ import annotations

from functools import partial

import numpy as np

from grader.authoring import (
    Case,
    Check,
    Exercise,
    Forward,
    Functions,
    Mistake,
    Wiring,
    automatic_gradients,
    numeric_gradients,
)

from . import draws, forward_passes, shapes


def cases(rng: np.random.Generator, functions: Functions) -> list[Case]:
    """Draw the hidden cases."""
    made = []
    for draw in draws.draw(rng, draws.CELL_BACKWARD, draws.CELL_LETTERS):
        inputs = draw.rnn_cell_inputs()
        cache = functions["rnn_cell_forward"](*inputs)[2]
        forward = Forward("rnn_cell_forward", inputs, pick=2, into=1)
        made.append(draw.case((draw.values("n_a", "m"), cache), forward))
    return made


# Which gradient belongs to which argument of the forward function.
WIRING = Wiring(
    {0: 0}, {"dxt": (0, None), "da_prev": (1, None), **shapes.weights(shapes.RNN_WEIGHTS, 2)}
)

UNPACK = "a_next, a_prev, xt, parameters = cache"
DZ = "dz = (1 - a_next**2) * da_next"
DXT = "dxt = Wax.T @ dz"
DA_PREV = "da_prev = Waa.T @ dz"
DWAX = "dWax = dz @ xt.T"
DWAA = "dWaa = dz @ a_prev.T"
DBA = "dba = np.sum(dz, axis=1, keepdims=True)"
RETURN = 'return {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}'

MISTAKES = (
    Mistake(
        "tanh-derivative-dropped",
        "the derivative of tanh is missing",
        "What does the chain rule put between da_next and the sum inside tanh?",
        ((DZ, "dz = da_next"),),
    ),
    Mistake(
        "da-next-unused",
        "da_next has no influence",
        "The chain rule multiplies the derivative of tanh by what arrives from above.",
        ((DZ, "dz = 1 - a_next**2"),),
    ),
    Mistake(
        "tanh-taken-twice",
        "tanh is taken of a_next once more",
        "a_next is already a tanh: write the derivative in terms of a_next itself.",
        ((DZ, "dz = (1 - np.tanh(a_next) ** 2) * da_next"),),
    ),
    Mistake(
        "derivative-at-a-prev",
        "the derivative of tanh is taken at a_prev",
        "Which state came out of this step's tanh?",
        ((DZ, "dz = (1 - a_prev**2) * da_next"),),
    ),
    Mistake(
        "derivative-at-da-next",
        "the derivative of tanh is taken at da_next",
        "The derivative depends on what the forward step computed, not on a gradient.",
        ((DZ, "dz = (1 - da_next**2) * da_next"),),
    ),
    Mistake(
        "no-square",
        "the square is missing from the derivative of tanh",
        "Differentiate tanh once more on paper.",
        ((DZ, "dz = (1 - a_next) * da_next"),),
    ),
    Mistake(
        "plus-for-minus",
        "the derivative of tanh has a plus for a minus",
        "A saturated tanh passes hardly any gradient: which sign gives that?",
        ((DZ, "dz = (1 + a_next**2) * da_next"),),
    ),
    Mistake(
        "sigmoid-derivative",
        "the derivative of sigmoid is used",
        "Which activation made a_next? Its derivative is a different one.",
        ((DZ, "dz = a_next * (1 - a_next) * da_next"),),
    ),
    Mistake(
        "missing-parentheses",
        "parentheses are missing around the derivative of tanh",
        "Which factors does da_next multiply?",
        ((DZ, "dz = 1 - a_next**2 * da_next"),),
    ),
    Mistake(
        "inputs-without-tanh-derivative",
        "dxt and da_prev are computed from da_next directly",
        "The way back to xt and a_prev leads through tanh as well.",
        ((DXT, "dxt = Wax.T @ da_next"), (DA_PREV, "da_prev = Waa.T @ da_next")),
    ),
    Mistake(
        "weights-without-tanh-derivative",
        "dWax and dWaa are computed from da_next directly",
        "The way back to the weights leads through tanh as well.",
        ((DWAX, "dWax = da_next @ xt.T"), (DWAA, "dWaa = da_next @ a_prev.T")),
    ),
    Mistake(
        "bias-without-tanh-derivative",
        "dba is computed from da_next directly",
        "The way back to the bias leads through tanh as well.",
        ((DBA, "dba = np.sum(da_next, axis=1, keepdims=True)"),),
    ),
    Mistake(
        "Waa-not-transposed",
        "Waa is not transposed in da_prev",
        "Waa is square, so its shape does not help: compare with dxt.",
        ((DA_PREV, "da_prev = Waa @ dz"),),
    ),
    Mistake(
        "dWaa-from-a-next",
        "dWaa is computed with a_next",
        "Which state did Waa multiply in the forward step?",
        ((DWAA, "dWaa = dz @ a_next.T"),),
    ),
    Mistake(
        "dWaa-transposed",
        "dWaa is transposed",
        "dWaa is square, so its shape does not help: compare with dWax.",
        ((DWAA, "dWaa = a_prev @ dz.T"),),
    ),
    Mistake(
        "dWax-transposed",
        "dWax is transposed",
        "A gradient has the shape of what it belongs to.",
        ((DWAX, "dWax = xt @ dz.T"),),
    ),
    Mistake(
        "averages-over-examples",
        "the gradients of the weights and the bias are divided by m",
        "The examples' gradients are added up here; a mean would belong to the loss.",
        (
            (DWAX, "dWax = dz @ xt.T / xt.shape[1]"),
            (DWAA, "dWaa = dz @ a_prev.T / xt.shape[1]"),
            (DBA, "dba = np.mean(dz, axis=1, keepdims=True)"),
        ),
    ),
    Mistake(
        "dba-mean",
        "dba is a mean over the examples",
        "The bias acts on every example: how do their gradients combine?",
        ((DBA, "dba = np.mean(dz, axis=1, keepdims=True)"),),
    ),
    Mistake(
        "dba-without-keepdims",
        "dba has lost its second axis",
        "A gradient has the shape of what it belongs to, and ba is a column.",
        ((DBA, "dba = np.sum(dz, axis=1)"),),
    ),
    Mistake(
        "dba-wrong-axis",
        "dba is summed over the hidden units",
        "Which axis runs over the examples?",
        ((DBA, "dba = np.sum(dz, axis=0, keepdims=True)"),),
    ),
    Mistake(
        "dba-one-number",
        "dba is summed over both axes",
        "A gradient has the shape of what it belongs to, and ba has one entry a unit.",
        ((DBA, "dba = np.sum(dz, keepdims=True)"),),
    ),
    Mistake(
        "dba-not-summed",
        "dba is not summed over the examples",
        "The bias acts on every example: how do their gradients combine?",
        ((DBA, "dba = dz"),),
    ),
    Mistake(
        "cache-in-other-order",
        "a_next and a_prev change places when the cache is unpacked",
        "In which order did rnn_cell_forward put its cache together?",
        ((UNPACK, "a_prev, a_next, xt, parameters = cache"),),
    ),
    Mistake(
        "wrong-keys",
        "the dictionary has the key dx in place of dxt",
        "The docstring lists the keys; the next function looks for them.",
        ((RETURN, RETURN.replace('"dxt"', '"dx"')),),
    ),
    Mistake(
        "returns-nothing",
        "nothing is returned",
        "How does a Python function hand back its results?",
        ((RETURN, "pass"),),
    ),
)

# Numbers that the published version of the exercise prints; students meet them on the web.
PUBLISHED = {
    "dxt[1][2]": "-0.4605641030588796",
    "da_prev[2][3]": "0.08429686538067718",
    "dWax[3][1]": "0.3930818739219304",
    "dWaa[1][2]": "-0.2848395578696067",
    "dba[4]": "0.80517166",
}

EXERCISE = Exercise(
    name="rnn_cell_backward",
    arguments=("da_next", "cache"),
    returns=("dxt", "da_prev", "dWax", "dWaa", "dba"),
    checks=(
        Check("dxt", 2, shapes.INPUT, main=True),
        Check("da_prev", 3, shapes.STATE, main=True),
        Check("dWax", 2, "(n_a, n_x)"),
        Check("dWaa", 1, "(n_a, n_a)"),
        Check("dba", 1, shapes.BIAS),
        shapes.UNTOUCHED,
    ),
    cases=cases,
    mistakes=MISTAKES,
    numeric=partial(numeric_gradients, wiring=WIRING),
    automatic=partial(automatic_gradients, traced=forward_passes.rnn_cell, wiring=WIRING),
    returns_dict=True,
    published=PUBLISHED,
)
