"""Ask for one step back through the RNN."""

from __future__ import annotations

from grader.authoring import Draw, array, edit

from . import draws, forward_passes, shapes
from .assignment import A
from .draws import Drawn


@A.exercise()
def rnn_cell_backward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.CELL_LETTERS)
    cache = draw.cached("rnn_cell_forward", draws.rnn_cell_inputs(draw), "cache")
    return draws.values(draw, "n_a", "m"), cache


rnn_cell_backward.returns_dictionary(
    dxt=array(2, shapes.INPUT, main=True),
    da_prev=array(3, shapes.STATE, main=True),
    dWax=array(2, "(n_a, n_x)"),
    dWaa=array(1, "(n_a, n_a)"),
    dba=array(1, shapes.BIAS),
)
rnn_cell_backward.untouched(1)
rnn_cell_backward.equations(dz=12, dxt=13, da_prev=14, dWax=15, dWaa=16, dba=17)
rnn_cell_backward.cases(*draws.CELL_BACKWARD)
rnn_cell_backward.gradient(
    forward="rnn_cell_forward", upstream={"da_next": "a_next"}, traced=forward_passes.rnn_cell
)

UNPACK = "a_next, a_prev, xt, parameters = cache"
DZ = "dz = (1 - a_next**2) * da_next"
DXT = "dxt = Wax.T @ dz"
DA_PREV = "da_prev = Waa.T @ dz"
DWAX = "dWax = dz @ xt.T"
DWAA = "dWaa = dz @ a_prev.T"
DBA = "dba = np.sum(dz, axis=1, keepdims=True)"
RETURN = 'return {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}'

rnn_cell_backward.mistake(
    "tanh-derivative-dropped",
    "the derivative of tanh is missing",
    "What does the chain rule put between da_next and the sum inside tanh?",
    edit(DZ, "dz = da_next"),
)
rnn_cell_backward.mistake(
    "da-next-unused",
    "da_next has no influence",
    "The chain rule multiplies the derivative of tanh by what arrives from above.",
    edit(DZ, "dz = 1 - a_next**2"),
)
rnn_cell_backward.mistake(
    "tanh-taken-twice",
    "tanh is taken of a_next once more",
    "a_next is already a tanh: write the derivative in terms of a_next itself.",
    edit(DZ, "dz = (1 - np.tanh(a_next) ** 2) * da_next"),
)
rnn_cell_backward.mistake(
    "derivative-at-a-prev",
    "the derivative of tanh is taken at a_prev",
    "Which state came out of this step's tanh?",
    edit(DZ, "dz = (1 - a_prev**2) * da_next"),
)
rnn_cell_backward.mistake(
    "derivative-at-da-next",
    "the derivative of tanh is taken at da_next",
    "The derivative depends on what the forward step computed, not on a gradient.",
    edit(DZ, "dz = (1 - da_next**2) * da_next"),
)
rnn_cell_backward.mistake(
    "no-square",
    "the square is missing from the derivative of tanh",
    "Differentiate tanh once more on paper.",
    edit(DZ, "dz = (1 - a_next) * da_next"),
)
rnn_cell_backward.mistake(
    "plus-for-minus",
    "the derivative of tanh has a plus for a minus",
    "A saturated tanh passes hardly any gradient: which sign gives that?",
    edit(DZ, "dz = (1 + a_next**2) * da_next"),
)
rnn_cell_backward.mistake(
    "sigmoid-derivative",
    "the derivative of sigmoid is used",
    "Which activation made a_next? Its derivative is a different one.",
    edit(DZ, "dz = a_next * (1 - a_next) * da_next"),
)
rnn_cell_backward.mistake(
    "missing-parentheses",
    "parentheses are missing around the derivative of tanh",
    "Which factors does da_next multiply?",
    edit(DZ, "dz = 1 - a_next**2 * da_next"),
)
rnn_cell_backward.mistake(
    "inputs-without-tanh-derivative",
    "dxt and da_prev are computed from da_next directly",
    "The way back to xt and a_prev leads through tanh as well.",
    edit(DXT, "dxt = Wax.T @ da_next"),
    edit(DA_PREV, "da_prev = Waa.T @ da_next"),
)
rnn_cell_backward.mistake(
    "weights-without-tanh-derivative",
    "dWax and dWaa are computed from da_next directly",
    "The way back to the weights leads through tanh as well.",
    edit(DWAX, "dWax = da_next @ xt.T"),
    edit(DWAA, "dWaa = da_next @ a_prev.T"),
)
rnn_cell_backward.mistake(
    "bias-without-tanh-derivative",
    "dba is computed from da_next directly",
    "The way back to the bias leads through tanh as well.",
    edit(DBA, "dba = np.sum(da_next, axis=1, keepdims=True)"),
)
rnn_cell_backward.mistake(
    "Waa-not-transposed",
    "Waa is not transposed in da_prev",
    "Waa is square, so its shape does not help: compare with dxt.",
    edit(DA_PREV, "da_prev = Waa @ dz"),
)
rnn_cell_backward.mistake(
    "dWaa-for-Waa",
    "da_prev is computed with the gradient dWaa in place of Waa",
    "The way back leads through what the forward step multiplied a_prev by.",
    edit(DA_PREV, "da_prev = (dz @ a_prev.T).T @ dz"),
)
rnn_cell_backward.mistake(
    "dWax-for-Wax",
    "dxt is computed with the gradient dWax in place of Wax",
    "The way back leads through what the forward step multiplied xt by.",
    edit(DXT, "dxt = (dz @ xt.T).T @ dz"),
)
rnn_cell_backward.mistake(
    "dWaa-from-a-next",
    "dWaa is computed with a_next",
    "Which state did Waa multiply in the forward step?",
    edit(DWAA, "dWaa = dz @ a_next.T"),
)
rnn_cell_backward.mistake(
    "dWaa-transposed",
    "dWaa is transposed",
    "dWaa is square, so its shape does not help: compare with dWax.",
    edit(DWAA, "dWaa = a_prev @ dz.T"),
)
rnn_cell_backward.mistake(
    "dWax-transposed",
    "dWax is transposed",
    "A gradient has the shape of what it belongs to.",
    edit(DWAX, "dWax = xt @ dz.T"),
)
rnn_cell_backward.mistake(
    "averages-over-examples",
    "the gradients of the weights and the bias are divided by m",
    "The examples' gradients are added up here; a mean would belong to the loss.",
    edit(DWAX, "dWax = dz @ xt.T / xt.shape[1]"),
    edit(DWAA, "dWaa = dz @ a_prev.T / xt.shape[1]"),
    edit(DBA, "dba = np.mean(dz, axis=1, keepdims=True)"),
)
rnn_cell_backward.mistake(
    "dba-mean",
    "dba is a mean over the examples",
    "The bias acts on every example: how do their gradients combine?",
    edit(DBA, "dba = np.mean(dz, axis=1, keepdims=True)"),
)
rnn_cell_backward.mistake(
    "dba-without-keepdims",
    "dba has lost its second axis",
    "A gradient has the shape of what it belongs to, and ba is a column.",
    edit(DBA, "dba = np.sum(dz, axis=1)"),
)
rnn_cell_backward.mistake(
    "dba-wrong-axis",
    "dba is summed over the hidden units",
    "Which axis runs over the examples?",
    edit(DBA, "dba = np.sum(dz, axis=0, keepdims=True)"),
)
rnn_cell_backward.mistake(
    "dba-one-number",
    "dba is summed over both axes",
    "A gradient has the shape of what it belongs to, and ba has one entry a unit.",
    edit(DBA, "dba = np.sum(dz, keepdims=True)"),
)
rnn_cell_backward.mistake(
    "dba-from-dWaa",
    "dba is summed from dWaa",
    "The bias is not multiplied by anything in the forward step: what reaches it on the way back?",
    edit(DBA, "dba = np.sum(dWaa, axis=1, keepdims=True)"),
)
rnn_cell_backward.mistake(
    "dba-from-dWax",
    "dba is summed from dWax",
    "The bias is not multiplied by anything in the forward step: what reaches it on the way back?",
    edit(DBA, "dba = np.sum(dWax, axis=1, keepdims=True)"),
)
rnn_cell_backward.mistake(
    "dba-not-summed",
    "dba is not summed over the examples",
    "The bias acts on every example: how do their gradients combine?",
    edit(DBA, "dba = dz"),
)
rnn_cell_backward.mistake(
    "cache-in-other-order",
    "a_next and a_prev change places when the cache is unpacked",
    "In which order did rnn_cell_forward put its cache together?",
    edit(UNPACK, "a_prev, a_next, xt, parameters = cache"),
)
rnn_cell_backward.mistake(
    "wrong-keys",
    "the dictionary has the key dx in place of dxt",
    "The docstring lists the keys; the next function looks for them.",
    edit(RETURN, RETURN.replace('"dxt"', '"dx"')),
)
rnn_cell_backward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)

# Numbers that the published version of the exercise prints; students meet them on the web.
rnn_cell_backward.published(
    {
        "dxt[1][2]": "-0.4605641030588796",
        "da_prev[2][3]": "0.08429686538067718",
        "dWax[3][1]": "0.3930818739219304",
        "dWaa[1][2]": "-0.2848395578696067",
        "dba[4]": "0.80517166",
    }
)
