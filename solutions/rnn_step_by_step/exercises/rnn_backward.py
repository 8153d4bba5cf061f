"""Ask for the way back through all steps of the RNN."""

from __future__ import annotations

from grader.authoring import Draw, array, edit

from . import draws, equivalents, forward_passes, shapes
from .assignment import A
from .draws import Drawn


@A.exercise(calls=["rnn_cell_backward"])
def rnn_backward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.LETTERS)
    caches = draw.cached("rnn_forward", draws.rnn_inputs(draw), "caches")
    return draws.values(draw, "n_a", "m", "T_x"), caches


rnn_backward.returns_dictionary(
    dx=array(3, shapes.INPUTS, main=True),
    da0=array(3, shapes.STATE, main=True),
    dWax=array(2, "(n_a, n_x)"),
    dWaa=array(2, "(n_a, n_a)"),
    dba=array(1, shapes.BIAS),
)
rnn_backward.untouched(1)
rnn_backward.equations(dWax=19, dWaa=19, dba=19, da0=20)
rnn_backward.cases(*draws.BACKWARD)
rnn_backward.gradient(
    forward="rnn_forward", upstream={"da": "a"}, over_time=["dx"], traced=forward_passes.rnn
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

rnn_backward.mistake(
    "drops-recurrent-term",
    "the gradient that comes back from step t + 1 is never added",
    "a<t> has two readers, the loss and the next step: what does each of them send back?",
    edit(CALL, "rnn_cell_backward(da[:, :, t], steps[t])"),
)
rnn_backward.mistake(
    "upstream-only-at-last-step",
    "da is used at the last step only",
    "a<t> has two readers, the loss and the next step: what does each of them send back?",
    edit(START, "da_prevt = da[:, :, T_x - 1]"),
    edit(CALL, "rnn_cell_backward(da_prevt, steps[t])"),
)
rnn_backward.mistake(
    "recurrent-term-subtracted",
    "the gradient from step t + 1 is subtracted",
    "How do the gradients of several readers combine?",
    edit(CALL, "rnn_cell_backward(da[:, :, t] - da_prevt, steps[t])"),
)
rnn_backward.mistake(
    "recurrent-term-accumulates",
    "da_prevt adds up over all later steps",
    "What step t sends back already holds what the steps after it sent.",
    edit(CARRY, 'da_prevt = da_prevt + gradients["da_prev"]'),
)
rnn_backward.mistake(
    "forgets-reversed",
    "the steps are taken from the first to the last",
    "Which step's gradient must be known before step t can be done?",
    edit(LOOP, "for t in range(T_x):"),
)
rnn_backward.mistake(
    "misses-first-step",
    "the loop leaves out step 0",
    "How many steps does da hold, and which is the last one on the way back?",
    edit(LOOP, "for t in reversed(range(1, T_x)):"),
)
rnn_backward.mistake(
    "misses-last-step",
    "the loop leaves out the last step",
    "How many steps does da hold, and which is the first one on the way back?",
    edit(LOOP, "for t in reversed(range(T_x - 1)):"),
)
rnn_backward.mistake(
    "only-the-last-two-steps",
    "the way back ends after the last two steps",
    "How far back does the loss of the last step reach in a whole sequence?",
    edit(LOOP, "for t in reversed(range(max(T_x - 2, 0), T_x)):"),
)
rnn_backward.mistake(
    "cut-every-two-steps",
    "the gradient that is handed on is cut off after every second step",
    "How far back does the loss of the last step reach in a whole sequence?",
    edit(CARRY, 'da_prevt = gradients["da_prev"] * (t % 2 == 1 or t == 0)'),
)
rnn_backward.mistake(
    "da0-stays-zero",
    "da0 is never set",
    "What comes out of the first step on the way back?",
    edit(RETURN, RETURN.replace("da_prevt", "np.zeros_like(a_prev)")),
)
rnn_backward.mistake(
    "da0-adds-upstream",
    "da of the first step is added to da0",
    "da[:, :, 0] belongs to the state after the first step, da0 to the state before it.",
    edit(RETURN, RETURN.replace("da_prevt", "da_prevt + da[:, :, 0]")),
)
rnn_backward.mistake(
    "da0-is-upstream",
    "da0 is da of the first step",
    "da[:, :, 0] belongs to the state after the first step, da0 to the state before it.",
    edit(RETURN, RETURN.replace("da_prevt", "da[:, :, 0]")),
)
rnn_backward.mistake(
    "da0-from-last-step",
    "da0 is what the last step sends back",
    "Which step reads a0?",
    edit(CARRY, CARRY + '\n        da0 = gradients["da_prev"] if t == T_x - 1 else da0'),
    edit(RETURN, RETURN.replace("da_prevt", "da0")),
)
rnn_backward.mistake(
    "passes-all-caches",
    "all caches are passed to rnn_cell_backward, not those of step t",
    "rnn_cell_backward does one step: which cache is its own?",
    edit(CALL, "rnn_cell_backward(da[:, :, t] + da_prevt, caches)"),
)
rnn_backward.mistake(
    "cache-one-step-early",
    "step t uses the cache of step t - 1",
    "Which cache belongs to step t?",
    edit(CALL, "rnn_cell_backward(da[:, :, t] + da_prevt, steps[t - 1])"),
)
rnn_backward.mistake(
    "upstream-one-step-early",
    "step t uses the upstream gradient of step t - 1",
    "Which slice of da belongs to step t?",
    edit(CALL, "rnn_cell_backward(da[:, :, t - 1] + da_prevt, steps[t])"),
)
rnn_backward.mistake(
    "loops-over-all-caches",
    "the loop is as long as the caches and not as da",
    "The docstring says whose T_x is meant.",
    edit(SIZES, "n_a, m, T_x = *da.shape[:2], len(steps)"),
)
rnn_backward.mistake(
    "misspelt-key",
    "gradients is asked for the key da_prevt",
    "rnn_cell_backward chooses the keys: look at the dictionary that it returns.",
    edit(CARRY, 'da_prevt = gradients["da_prevt"]'),
)
rnn_backward.mistake(
    "weights-of-first-step-only",
    "the gradients of the weights and the bias are not added up over the steps",
    "The same weights act at every step: how do their gradients combine?",
    edit(ADD_WAX, 'dWax = gradients["dWax"]'),
    edit(ADD_WAA, 'dWaa = gradients["dWaa"]'),
    edit(ADD_BA, 'dba = gradients["dba"]'),
)
rnn_backward.mistake(
    "dba-of-first-step-only",
    "dba is not added up over the steps",
    "The same bias acts at every step: how do its gradients combine?",
    edit(ADD_BA, 'dba = gradients["dba"]'),
)
rnn_backward.mistake(
    "weights-not-added",
    "the gradients of the weights and the bias stay zero",
    "Which lines add each step's gradients to the totals, and not the totals to themselves?",
    edit(ADD_WAX, "dWax += dWax"),
    edit(ADD_WAA, "dWaa += dWaa"),
    edit(ADD_BA, "dba += dba"),
)
rnn_backward.mistake(
    "totals-overwritten-and-doubled",
    "each step's gradients replace the totals of the weights and the bias, doubled",
    "Has a total the same name as a step's gradient? Then which of them is added to which?",
    edit(ADD_WAX, 'dWax = 2 * gradients["dWax"]'),
    edit(ADD_WAA, 'dWaa = 2 * gradients["dWaa"]'),
    edit(ADD_BA, 'dba = 2 * gradients["dba"]'),
)
rnn_backward.mistake(
    "totals-doubled-at-each-step",
    "the totals are added to themselves at each step as well",
    "What does += already do with what stands on its left?",
    edit(ADD_WAX, 'dWax += dWax + gradients["dWax"]'),
    edit(ADD_WAA, 'dWaa += dWaa + gradients["dWaa"]'),
    edit(ADD_BA, 'dba += dba + gradients["dba"]'),
)
rnn_backward.mistake(
    "averages-over-steps",
    "the gradients of the weights and the bias are divided by T_x",
    "The steps' gradients are added up here; a mean would belong to the loss.",
    edit(ADD_WAX, 'dWax += gradients["dWax"] / T_x'),
    edit(ADD_WAA, 'dWaa += gradients["dWaa"] / T_x'),
    edit(ADD_BA, 'dba += gradients["dba"] / T_x'),
)
rnn_backward.mistake(
    "dx-not-stored",
    "dx stays zero",
    "Which line puts dxt in its place in dx?",
    edit(STORE_DX, "pass"),
)
rnn_backward.mistake(
    "dx-of-one-step",
    "dx holds one step only",
    "A gradient has the shape of what it belongs to: x has an axis for time.",
    edit(STORE_DX, 'dx = gradients["dxt"]'),
)
rnn_backward.mistake(
    "dx-as-long-as-x",
    "dx has as many steps as x and not as da",
    "The docstring says whose T_x is meant.",
    edit(DX, "dx = np.zeros_like(x)"),
)
rnn_backward.mistake(
    "return-inside-loop",
    "the function returns after the first turn of the loop",
    "How far is the return line indented?",
    edit("    " + RETURN, "        " + RETURN),
)
rnn_backward.mistake(
    "wrong-keys",
    "the dictionary has the keys dxt and da_0",
    "The docstring lists the keys.",
    edit(RETURN, RETURN.replace('"dx"', '"dxt"').replace('"da0"', '"da_0"')),
)
rnn_backward.mistake(
    "returns-one-step",
    "the dictionary of the last cell call is returned",
    "The docstring lists the keys: they speak of the whole sequence.",
    edit(RETURN, "return gradients"),
)
rnn_backward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)

rnn_backward.equivalent(
    equivalents.UNREAD,
    "name: m, m, T_x = da.shape",
    "name: a_next, a_prev, parameters, parameters = steps[0]",
)
rnn_backward.equivalent(
    equivalents.SHAPE,
    "order: a_prev, a_next, xt, parameters = steps[0]",
    "name: a_prev, a_prev, xt, parameters = steps[0]",
    "name: da_prevt = np.zeros_like(a_next)",
)
rnn_backward.equivalent(equivalents.SHARED, "constant: a_next, a_prev, xt, parameters = steps[-1]")
rnn_backward.equivalents(equivalents.result("dx", "(x.shape[0], m, T_x)", "da"))

# Numbers that the published version of the exercise prints; students meet them on the web.
rnn_backward.published(
    {
        "dx[1][2]": "-2.07101689 -0.59255627 0.02466855 0.01483317",
        "da0[2][3]": "-0.31494237512664996",
        "dWax[3][1]": "11.264104496527777",
        "dWaa[1][2]": "2.3033331265798935",
        "dba[4]": "-0.74747722",
    }
)
