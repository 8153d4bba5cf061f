"""Ask for the way back through all steps of the LSTM."""

from __future__ import annotations

from grader.authoring import Draw, array, edit

from . import draws, equivalents, forward_passes, shapes
from .assignment import A
from .draws import Drawn


@A.exercise(calls=["lstm_cell_backward"])
def lstm_backward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.LETTERS)
    caches = draw.cached("lstm_forward", draws.lstm_inputs(draw), "caches")
    return draws.values(draw, "n_a", "m", "T_x"), caches


lstm_backward.returns_dictionary(
    ("dx", "da0", *shapes.GATE_GRADIENTS),
    dx=array(2, shapes.INPUTS, main=True),
    da0=array(2, shapes.STATE, main=True),
    **shapes.gates(each_weight=1, each_bias=0.25),
)
lstm_backward.untouched(1)
lstm_backward.equations(da0=33)
lstm_backward.cases(*draws.BACKWARD)
lstm_backward.gradient(
    forward="lstm_forward", upstream={"da": "a"}, over_time=["dx"], traced=forward_passes.lstm
)

DX = "dx = np.zeros((x.shape[0], m, T_x), dtype=da.dtype)"
START_A = "da_prevt = np.zeros_like(a_prev)"
SIZES = "n_a, m, T_x = da.shape"
LOOP = "for t in reversed(range(T_x)):"
CALL = "lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, steps[t])"
STORE_DX = 'dx[:, :, t] = gradients["dxt"]'
CARRY_A = 'da_prevt = gradients["da_prev"]'
CARRY_C = 'dc_prevt = gradients["dc_prev"]'
ADD = "totals[name] += gradients[name]"
RETURN = 'return {"dx": dx, "da0": da_prevt, **totals}'

lstm_backward.mistake(
    "drops-recurrent-terms",
    "nothing is carried from step t + 1 back to step t",
    "a<t> and c<t> have two readers each: what does the next step send back to them? "
    "Published versions of this exercise may leave it out.",
    edit(CALL, "lstm_cell_backward(da[:, :, t], dc_prevt, steps[t])"),
    edit(CARRY_C, "pass"),
)
lstm_backward.mistake(
    "drops-da-prev",
    "the hidden state's gradient from step t + 1 is never added",
    "a<t> has two readers, the loss and the next step: what does each of them send back?",
    edit(CALL, "lstm_cell_backward(da[:, :, t], dc_prevt, steps[t])"),
)
lstm_backward.mistake(
    "drops-dc-prev",
    "the cell state's gradient is not carried from step to step",
    "c<t> has a reader at the next step: what does it send back?",
    edit(CARRY_C, "pass"),
)
lstm_backward.mistake(
    "upstream-only-at-last-step",
    "da is used at the last step only",
    "a<t> has two readers, the loss and the next step: what does each of them send back?",
    edit(START_A, "da_prevt = da[:, :, T_x - 1]"),
    edit(CALL, "lstm_cell_backward(da_prevt, dc_prevt, steps[t])"),
)
lstm_backward.mistake(
    "da-prev-accumulates",
    "da_prevt adds up over all later steps",
    "What step t sends back already holds what the steps after it sent.",
    edit(CARRY_A, 'da_prevt = da_prevt + gradients["da_prev"]'),
)
lstm_backward.mistake(
    "dc-prev-accumulates",
    "dc_prevt adds up over all later steps",
    "What step t sends back already holds what the steps after it sent.",
    edit(CARRY_C, 'dc_prevt = dc_prevt + gradients["dc_prev"]'),
)
lstm_backward.mistake(
    "gradients-swapped-in-call",
    "the gradients of the hidden state and of the cell state change places in the call",
    "In which order does lstm_cell_backward take its arguments?",
    edit(CALL, "lstm_cell_backward(dc_prevt, da[:, :, t] + da_prevt, steps[t])"),
)
lstm_backward.mistake(
    "carried-gradients-swapped",
    "da_prev and dc_prev change places between the steps",
    "Which of the two carried gradients belongs to the hidden state?",
    edit(CARRY_A, 'da_prevt = gradients["dc_prev"]'),
    edit(CARRY_C, 'dc_prevt = gradients["da_prev"]'),
)
lstm_backward.mistake(
    "upstream-added-to-dc",
    "da is added to the cell state's gradient as well",
    "The loss reads the hidden states: which of the two gradients does da belong to?",
    edit(CALL, "lstm_cell_backward(da[:, :, t] + da_prevt, da[:, :, t] + dc_prevt, steps[t])"),
)
lstm_backward.mistake(
    "forgets-reversed",
    "the steps are taken from the first to the last",
    "Which step's gradient must be known before step t can be done?",
    edit(LOOP, "for t in range(T_x):"),
)
lstm_backward.mistake(
    "misses-first-step",
    "the loop leaves out step 0",
    "How many steps does da hold, and which is the last one on the way back?",
    edit(LOOP, "for t in reversed(range(1, T_x)):"),
)
lstm_backward.mistake(
    "misses-last-step",
    "the loop leaves out the last step",
    "How many steps does da hold, and which is the first one on the way back?",
    edit(LOOP, "for t in reversed(range(T_x - 1)):"),
)
lstm_backward.mistake(
    "only-the-last-two-steps",
    "the way back ends after the last two steps",
    "How far back does the loss of the last step reach in a whole sequence?",
    edit(LOOP, "for t in reversed(range(max(T_x - 2, 0), T_x)):"),
)
lstm_backward.mistake(
    "cut-every-two-steps",
    "the gradients that are handed on are cut off after every second step",
    "How far back does the loss of the last step reach in a whole sequence?",
    edit(CARRY_A, 'da_prevt = gradients["da_prev"] * (t % 2 == 1 or t == 0)'),
    edit(CARRY_C, 'dc_prevt = gradients["dc_prev"] * (t % 2 == 1)'),
)
lstm_backward.mistake(
    "da0-stays-zero",
    "da0 is never set",
    "What comes out of the first step on the way back?",
    edit(RETURN, 'return {"dx": dx, "da0": np.zeros_like(a_prev), **totals}'),
)
lstm_backward.mistake(
    "da0-is-dc0",
    "da0 holds the cell state's gradient",
    "Which of the two carried gradients belongs to the hidden state?",
    edit(RETURN, 'return {"dx": dx, "da0": dc_prevt, **totals}'),
)
lstm_backward.mistake(
    "da0-adds-upstream",
    "da of the first step is added to da0",
    "da[:, :, 0] belongs to the state after the first step, da0 to the state before it.",
    edit(RETURN, 'return {"dx": dx, "da0": da_prevt + da[:, :, 0], **totals}'),
)
lstm_backward.mistake(
    "loops-over-all-caches",
    "the loop is as long as the caches and not as da",
    "The docstring says whose T_x is meant.",
    edit(SIZES, "n_a, m, T_x = *da.shape[:2], len(steps)"),
)
lstm_backward.mistake(
    "misspelt-key",
    "gradients is asked for the key da_prevt",
    "lstm_cell_backward chooses the keys: look at the dictionary that it returns.",
    edit(CARRY_A, 'da_prevt = gradients["da_prevt"]'),
)
lstm_backward.mistake(
    "passes-all-caches",
    "all caches are passed to lstm_cell_backward, not those of step t",
    "lstm_cell_backward does one step: which cache is its own?",
    edit(CALL, "lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, caches)"),
)
lstm_backward.mistake(
    "cache-one-step-early",
    "step t uses the cache of step t - 1",
    "Which cache belongs to step t?",
    edit(CALL, "lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, steps[t - 1])"),
)
lstm_backward.mistake(
    "upstream-one-step-early",
    "step t uses the upstream gradient of step t - 1",
    "Which slice of da belongs to step t?",
    edit(CALL, "lstm_cell_backward(da[:, :, t - 1] + da_prevt, dc_prevt, steps[t])"),
)
lstm_backward.mistake(
    "weights-of-first-step-only",
    "the gradients of the weights and biases are not added up over the steps",
    "The same weights act at every step: how do their gradients combine?",
    edit(ADD, "totals[name] = gradients[name]"),
)
lstm_backward.mistake(
    "biases-of-first-step-only",
    "the gradients of the biases are not added up over the steps",
    "The same biases act at every step: how do their gradients combine?",
    edit(ADD, 'totals[name] = gradients[name] + (0 if name[1] == "b" else totals[name])'),
)
lstm_backward.mistake(
    "totals-overwritten-and-doubled",
    "each step's gradients replace the totals of weights and biases, doubled",
    "Has a total the same name as a step's gradient? Then which of them is added to which?",
    edit(ADD, "totals[name] = 2 * gradients[name]"),
)
lstm_backward.mistake(
    "totals-doubled-at-each-step",
    "the totals are added to themselves at each step as well",
    "What does += already do with what stands on its left?",
    edit(ADD, "totals[name] += totals[name] + gradients[name]"),
)
lstm_backward.mistake(
    "averages-over-steps",
    "the gradients of the weights and biases are divided by T_x",
    "The steps' gradients are added up here; a mean would belong to the loss.",
    edit(ADD, "totals[name] += gradients[name] / T_x"),
)
lstm_backward.mistake(
    "weights-not-added",
    "the gradients of the weights and biases stay zero",
    "Which lines add each step's gradients to the totals?",
    edit(ADD, "pass"),
)
lstm_backward.mistake(
    "dx-not-stored",
    "dx stays zero",
    "Which line puts dxt in its place in dx?",
    edit(STORE_DX, "pass"),
)
lstm_backward.mistake(
    "dx-of-one-step",
    "dx holds one step only",
    "A gradient has the shape of what it belongs to: x has an axis for time.",
    edit(STORE_DX, 'dx = gradients["dxt"]'),
)
lstm_backward.mistake(
    "dx-as-long-as-x",
    "dx has as many steps as x and not as da",
    "The docstring says whose T_x is meant.",
    edit(DX, "dx = np.zeros_like(x)"),
)
lstm_backward.mistake(
    "return-inside-loop",
    "the function returns after the first turn of the loop",
    "How far is the return line indented?",
    edit("    " + RETURN, "        " + RETURN),
)
lstm_backward.mistake(
    "wrong-keys",
    "the dictionary has the keys dxt and da_0",
    "The docstring lists the keys.",
    edit(RETURN, 'return {"dxt": dx, "da_0": da_prevt, **totals}'),
)
lstm_backward.mistake(
    "returns-one-step",
    "the dictionary of the last cell call is returned",
    "The docstring lists the keys: they speak of the whole sequence.",
    edit(RETURN, "return gradients"),
)
lstm_backward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)

lstm_backward.equivalent(
    equivalents.UNREAD,
    "name: m, m, T_x = da.shape",
    "order: c_next, a_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = steps[0]",
    "order: a_next, c_next, a_prev, c_prev, it, ft, cct, ot, xt, parameters = steps[0]",
    "order: a_next, c_next, a_prev, c_prev, ft, cct, it, ot, xt, parameters = steps[0]",
    "order: a_next, c_next, a_prev, c_prev, ft, it, ot, cct, xt, parameters = steps[0]",
    "order: a_next, c_next, a_prev, c_prev, ft, it, cct, xt, ot, parameters = steps[0]",
    "name: c_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = steps[0]",
    "name: a_next, a_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = steps[0]",
    "name: a_next, c_next, a_prev, c_prev, it, it, cct, ot, xt, parameters = steps[0]",
    "name: a_next, c_next, a_prev, c_prev, ft, cct, cct, ot, xt, parameters = steps[0]",
    "name: a_next, c_next, a_prev, c_prev, ft, ft, cct, ot, xt, parameters = steps[0]",
    "name: a_next, c_next, a_prev, c_prev, ft, it, ot, ot, xt, parameters = steps[0]",
    "name: a_next, c_next, a_prev, c_prev, ft, it, it, ot, xt, parameters = steps[0]",
    "name: a_next, c_next, a_prev, c_prev, ft, it, cct, xt, xt, parameters = steps[0]",
    "name: a_next, c_next, a_prev, c_prev, ft, it, cct, cct, xt, parameters = steps[0]",
    "name: a_next, c_next, a_prev, c_prev, ft, it, cct, ot, parameters, parameters = steps[0]",
    "name: a_next, c_next, a_prev, c_prev, ft, it, cct, ot, ot, parameters = steps[0]",
)
lstm_backward.equivalent(
    equivalents.SHAPE,
    "order: a_next, a_prev, c_next, c_prev, ft, it, cct, ot, xt, parameters = steps[0]",
    "order: a_next, c_next, c_prev, a_prev, ft, it, cct, ot, xt, parameters = steps[0]",
    "order: a_next, c_next, a_prev, ft, c_prev, it, cct, ot, xt, parameters = steps[0]",
    "name: a_next, a_prev, a_prev, c_prev, ft, it, cct, ot, xt, parameters = steps[0]",
    "name: a_next, c_next, a_prev, c_prev, c_prev, it, cct, ot, xt, parameters = steps[0]",
    "name: da_prevt = np.zeros_like(c_prev)",
    "name: da_prevt = np.zeros_like(c_next)",
    "name: dc_prevt = np.zeros_like(ft)",
    "name: dc_prevt = np.zeros_like(a_prev) #2",
)
lstm_backward.equivalent(
    equivalents.SHARED,
    "constant: a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = steps[-1]",
)
lstm_backward.equivalent(
    equivalents.ANY_ORDER,
    "order: names = ('bf', 'Wf', 'Wi', 'bi', 'Wc', 'bc', 'Wo', 'bo')",
    "order: names = ('Wf', 'Wi', 'bf', 'bi', 'Wc', 'bc', 'Wo', 'bo')",
    "order: names = ('Wf', 'bf', 'bi', 'Wi', 'Wc', 'bc', 'Wo', 'bo')",
    "order: names = ('Wf', 'bf', 'Wi', 'Wc', 'bi', 'bc', 'Wo', 'bo')",
    "order: names = ('Wf', 'bf', 'Wi', 'bi', 'bc', 'Wc', 'Wo', 'bo')",
    "order: names = ('Wf', 'bf', 'Wi', 'bi', 'Wc', 'Wo', 'bc', 'bo')",
    "order: names = ('Wf', 'bf', 'Wi', 'bi', 'Wc', 'bc', 'bo', 'Wo')",
)
lstm_backward.equivalent(equivalents.FIRST_STATE, "call: dc_prevt = c_prev")
lstm_backward.equivalents(equivalents.result("dx", "(x.shape[0], m, T_x)", "da"))

# Numbers that the published version of the exercise prints; students meet them on the web.
# That version hands no gradient from a time step to the one before it.
lstm_backward.published(
    {
        "dx[1][2]": "-0.00173313 0.08287442 -0.30545663 -0.43281115",
        "da0[2][3]": "-0.09591150195400468",
        "dWf[3][1]": "-0.06981985612744009",
        "dWi[1][2]": "0.10237182024854771",
        "dWc[3][1]": "-0.062498379492745226",
        "dWo[1][2]": "0.04843891314443012",
        "dbf[4]": "-0.0565788",
        "dbi[4]": "-0.15399065",
        "dbc[4]": "-0.29691142",
        "dbo[4]": "-0.29798344",
    },
    with_mistake="drops-recurrent-terms",
)
