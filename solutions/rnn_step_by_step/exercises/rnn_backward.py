"""Ask for the way back through all steps of the RNN."""

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

from . import draws, equivalents, forward_passes, shapes


def cases(rng: np.random.Generator, functions: Functions) -> list[Case]:
    """Draw the hidden cases."""
    made = []
    for draw in draws.draw(rng, draws.BACKWARD, draws.LETTERS):
        inputs = draw.rnn_inputs()
        caches = functions["rnn_forward"](*inputs)[2]
        forward = Forward("rnn_forward", inputs, pick=2, into=1)
        made.append(draw.case((draw.values("n_a", "m", "T_x"), caches), forward))
    return made


# Which gradient belongs to which argument of the forward function.
WIRING = Wiring(
    {0: 0},
    {"dx": (0, None), "da0": (1, None), **shapes.weights(shapes.RNN_WEIGHTS, 2)},
    over_time=frozenset({"dx"}),
)

DX = "dx = np.zeros((x.shape[0], m, T_x), dtype=da.dtype)"
START = "da_prevt = np.zeros_like(a_prev)"
SIZES = "n_a, m, T_x = da.shape"
LOOP = "for t in reversed(range(T_x)):"
CALL = "rnn_cell_backward(da[:, :, t] + da_prevt, steps[t])"
STORE_DX = 'dx[:, :, t] = gradients["dxt"]'
CARRY = 'da_prevt = gradients["da_prev"]'
ADD_WAX = 'dWax += gradients["dWax"]'
ADD_WAA = 'dWaa += gradients["dWaa"]'
ADD_BA = 'dba += gradients["dba"]'
RETURN = 'return {"dx": dx, "da0": da_prevt, "dWax": dWax, "dWaa": dWaa, "dba": dba}'

MISTAKES = (
    Mistake(
        "drops-recurrent-term",
        "the gradient that comes back from step t + 1 is never added",
        "a<t> has two readers, the loss and the next step: what does each of them send back?",
        ((CALL, "rnn_cell_backward(da[:, :, t], steps[t])"),),
    ),
    Mistake(
        "upstream-only-at-last-step",
        "da is used at the last step only",
        "a<t> has two readers, the loss and the next step: what does each of them send back?",
        (
            (START, "da_prevt = da[:, :, T_x - 1]"),
            (CALL, "rnn_cell_backward(da_prevt, steps[t])"),
        ),
    ),
    Mistake(
        "recurrent-term-subtracted",
        "the gradient from step t + 1 is subtracted",
        "How do the gradients of several readers combine?",
        ((CALL, "rnn_cell_backward(da[:, :, t] - da_prevt, steps[t])"),),
    ),
    Mistake(
        "recurrent-term-accumulates",
        "da_prevt adds up over all later steps",
        "What step t sends back already holds what the steps after it sent.",
        ((CARRY, 'da_prevt = da_prevt + gradients["da_prev"]'),),
    ),
    Mistake(
        "forgets-reversed",
        "the steps are taken from the first to the last",
        "Which step's gradient must be known before step t can be done?",
        ((LOOP, "for t in range(T_x):"),),
    ),
    Mistake(
        "misses-first-step",
        "the loop leaves out step 0",
        "How many steps does da hold, and which is the last one on the way back?",
        ((LOOP, "for t in reversed(range(1, T_x)):"),),
    ),
    Mistake(
        "misses-last-step",
        "the loop leaves out the last step",
        "How many steps does da hold, and which is the first one on the way back?",
        ((LOOP, "for t in reversed(range(T_x - 1)):"),),
    ),
    Mistake(
        "da0-stays-zero",
        "da0 is never set",
        "What comes out of the first step on the way back?",
        ((RETURN, RETURN.replace("da_prevt", "np.zeros_like(a_prev)")),),
    ),
    Mistake(
        "da0-adds-upstream",
        "da of the first step is added to da0",
        "da[:, :, 0] belongs to the state after the first step, da0 to the state before it.",
        ((RETURN, RETURN.replace("da_prevt", "da_prevt + da[:, :, 0]")),),
    ),
    Mistake(
        "da0-is-upstream",
        "da0 is da of the first step",
        "da[:, :, 0] belongs to the state after the first step, da0 to the state before it.",
        ((RETURN, RETURN.replace("da_prevt", "da[:, :, 0]")),),
    ),
    Mistake(
        "da0-from-last-step",
        "da0 is what the last step sends back",
        "Which step reads a0?",
        (
            (CARRY, CARRY + '\n        da0 = gradients["da_prev"] if t == T_x - 1 else da0'),
            (RETURN, RETURN.replace("da_prevt", "da0")),
        ),
    ),
    Mistake(
        "passes-all-caches",
        "all caches are passed to rnn_cell_backward, not those of step t",
        "rnn_cell_backward does one step: which cache is its own?",
        ((CALL, "rnn_cell_backward(da[:, :, t] + da_prevt, caches)"),),
    ),
    Mistake(
        "cache-one-step-early",
        "step t uses the cache of step t - 1",
        "Which cache belongs to step t?",
        ((CALL, "rnn_cell_backward(da[:, :, t] + da_prevt, steps[t - 1])"),),
    ),
    Mistake(
        "upstream-one-step-early",
        "step t uses the upstream gradient of step t - 1",
        "Which slice of da belongs to step t?",
        ((CALL, "rnn_cell_backward(da[:, :, t - 1] + da_prevt, steps[t])"),),
    ),
    Mistake(
        "loops-over-all-caches",
        "the loop is as long as the caches and not as da",
        "The docstring says whose T_x is meant.",
        ((SIZES, "n_a, m, T_x = *da.shape[:2], len(steps)"),),
    ),
    Mistake(
        "misspelt-key",
        "gradients is asked for the key da_prevt",
        "rnn_cell_backward chooses the keys: look at the dictionary that it returns.",
        ((CARRY, 'da_prevt = gradients["da_prevt"]'),),
    ),
    Mistake(
        "weights-of-first-step-only",
        "the gradients of the weights and the bias are not added up over the steps",
        "The same weights act at every step: how do their gradients combine?",
        (
            (ADD_WAX, 'dWax = gradients["dWax"]'),
            (ADD_WAA, 'dWaa = gradients["dWaa"]'),
            (ADD_BA, 'dba = gradients["dba"]'),
        ),
    ),
    Mistake(
        "dba-of-first-step-only",
        "dba is not added up over the steps",
        "The same bias acts at every step: how do its gradients combine?",
        ((ADD_BA, 'dba = gradients["dba"]'),),
    ),
    Mistake(
        "averages-over-steps",
        "the gradients of the weights and the bias are divided by T_x",
        "The steps' gradients are added up here; a mean would belong to the loss.",
        (
            (ADD_WAX, 'dWax += gradients["dWax"] / T_x'),
            (ADD_WAA, 'dWaa += gradients["dWaa"] / T_x'),
            (ADD_BA, 'dba += gradients["dba"] / T_x'),
        ),
    ),
    Mistake(
        "dx-not-stored",
        "dx stays zero",
        "Which line puts dxt in its place in dx?",
        ((STORE_DX, "pass"),),
    ),
    Mistake(
        "dx-of-one-step",
        "dx holds one step only",
        "A gradient has the shape of what it belongs to: x has an axis for time.",
        ((STORE_DX, 'dx = gradients["dxt"]'),),
    ),
    Mistake(
        "dx-as-long-as-x",
        "dx has as many steps as x and not as da",
        "The docstring says whose T_x is meant.",
        ((DX, "dx = np.zeros_like(x)"),),
    ),
    Mistake(
        "return-inside-loop",
        "the function returns after the first turn of the loop",
        "How far is the return line indented?",
        (("    " + RETURN, "        " + RETURN),),
    ),
    Mistake(
        "wrong-keys",
        "the dictionary has the keys dxt and da_0",
        "The docstring lists the keys.",
        ((RETURN, RETURN.replace('"dx"', '"dxt"').replace('"da0"', '"da_0"')),),
    ),
    Mistake(
        "returns-one-step",
        "the dictionary of the last cell call is returned",
        "The docstring lists the keys: they speak of the whole sequence.",
        ((RETURN, "return gradients"),),
    ),
    Mistake(
        "returns-nothing",
        "nothing is returned",
        "How does a Python function hand back its results?",
        ((RETURN, "pass"),),
    ),
)

EQUIVALENT = {
    **equivalents.because(
        equivalents.UNREAD,
        "name: m, m, T_x = da.shape",
        "name: a_next, a_prev, parameters, parameters = steps[0]",
    ),
    **equivalents.because(
        equivalents.SHAPE,
        "order: a_prev, a_next, xt, parameters = steps[0]",
        "name: a_prev, a_prev, xt, parameters = steps[0]",
        "name: da_prevt = np.zeros_like(a_next)",
    ),
    **equivalents.because(
        equivalents.SHARED, "constant: a_next, a_prev, xt, parameters = steps[-1]"
    ),
    **equivalents.result("dx", "(x.shape[0], m, T_x)", "da"),
}

# Numbers that the published version of the exercise prints; students meet them on the web.
PUBLISHED = {
    "dx[1][2]": "-2.07101689 -0.59255627 0.02466855 0.01483317",
    "da0[2][3]": "-0.31494237512664996",
    "dWax[3][1]": "11.264104496527777",
    "dWaa[1][2]": "2.3033331265798935",
    "dba[4]": "-0.74747722",
}

EXERCISE = Exercise(
    name="rnn_backward",
    arguments=("da", "caches"),
    returns=("dx", "da0", "dWax", "dWaa", "dba"),
    checks=(
        Check("dx", 3, shapes.INPUTS, main=True),
        Check("da0", 3, shapes.STATE, main=True),
        Check("dWax", 2, "(n_a, n_x)"),
        Check("dWaa", 2, "(n_a, n_a)"),
        Check("dba", 1, shapes.BIAS),
        shapes.UNTOUCHED,
    ),
    cases=cases,
    mistakes=MISTAKES,
    equivalent=EQUIVALENT,
    numeric=partial(numeric_gradients, wiring=WIRING),
    automatic=partial(automatic_gradients, traced=forward_passes.rnn, wiring=WIRING),
    returns_dict=True,
    calls=("rnn_cell_backward",),
    published=PUBLISHED,
)
