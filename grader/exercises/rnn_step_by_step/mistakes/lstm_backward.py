"""Known mistakes in ``lstm_backward``; the first of them is what the web's text prints."""

from __future__ import annotations

from grader.authoring import Mistake

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

MISTAKES = (
    Mistake(
        "drops-recurrent-terms",
        "nothing is carried from step t + 1 back to step t, as in the text printed on the web",
        "a<t> and c<t> have two readers each: what does the next step send back to them?",
        ((CALL, "lstm_cell_backward(da[:, :, t], dc_prevt, steps[t])"), (CARRY_C, "pass")),
    ),
    Mistake(
        "drops-da-prev",
        "the hidden state's gradient from step t + 1 is never added",
        "a<t> has two readers, the loss and the next step: what does each of them send back?",
        ((CALL, "lstm_cell_backward(da[:, :, t], dc_prevt, steps[t])"),),
    ),
    Mistake(
        "drops-dc-prev",
        "the cell state's gradient is not carried from step to step",
        "c<t> has a reader at the next step: what does it send back?",
        ((CARRY_C, "pass"),),
    ),
    Mistake(
        "upstream-only-at-last-step",
        "da is used at the last step only",
        "a<t> has two readers, the loss and the next step: what does each of them send back?",
        (
            (START_A, "da_prevt = da[:, :, T_x - 1]"),
            (CALL, "lstm_cell_backward(da_prevt, dc_prevt, steps[t])"),
        ),
    ),
    Mistake(
        "da-prev-accumulates",
        "da_prevt adds up over all later steps",
        "What step t sends back already holds what the steps after it sent.",
        ((CARRY_A, 'da_prevt = da_prevt + gradients["da_prev"]'),),
    ),
    Mistake(
        "dc-prev-accumulates",
        "dc_prevt adds up over all later steps",
        "What step t sends back already holds what the steps after it sent.",
        ((CARRY_C, 'dc_prevt = dc_prevt + gradients["dc_prev"]'),),
    ),
    Mistake(
        "gradients-swapped-in-call",
        "the gradients of the hidden state and of the cell state change places in the call",
        "In which order does lstm_cell_backward take its arguments?",
        ((CALL, "lstm_cell_backward(dc_prevt, da[:, :, t] + da_prevt, steps[t])"),),
    ),
    Mistake(
        "carried-gradients-swapped",
        "da_prev and dc_prev change places between the steps",
        "Which of the two carried gradients belongs to the hidden state?",
        (
            (CARRY_A, 'da_prevt = gradients["dc_prev"]'),
            (CARRY_C, 'dc_prevt = gradients["da_prev"]'),
        ),
    ),
    Mistake(
        "upstream-added-to-dc",
        "da is added to the cell state's gradient as well",
        "The loss reads the hidden states: which of the two gradients does da belong to?",
        ((CALL, "lstm_cell_backward(da[:, :, t] + da_prevt, da[:, :, t] + dc_prevt, steps[t])"),),
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
        ((RETURN, 'return {"dx": dx, "da0": np.zeros_like(a_prev), **totals}'),),
    ),
    Mistake(
        "da0-is-dc0",
        "da0 holds the cell state's gradient",
        "Which of the two carried gradients belongs to the hidden state?",
        ((RETURN, 'return {"dx": dx, "da0": dc_prevt, **totals}'),),
    ),
    Mistake(
        "da0-adds-upstream",
        "da of the first step is added to da0",
        "da[:, :, 0] belongs to the state after the first step, da0 to the state before it.",
        ((RETURN, 'return {"dx": dx, "da0": da_prevt + da[:, :, 0], **totals}'),),
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
        "lstm_cell_backward chooses the keys: look at the dictionary that it returns.",
        ((CARRY_A, 'da_prevt = gradients["da_prevt"]'),),
    ),
    Mistake(
        "passes-all-caches",
        "all caches are passed to lstm_cell_backward, not those of step t",
        "lstm_cell_backward does one step: which cache is its own?",
        ((CALL, "lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, caches)"),),
    ),
    Mistake(
        "cache-one-step-early",
        "step t uses the cache of step t - 1",
        "Which cache belongs to step t?",
        ((CALL, "lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, steps[t - 1])"),),
    ),
    Mistake(
        "upstream-one-step-early",
        "step t uses the upstream gradient of step t - 1",
        "Which slice of da belongs to step t?",
        ((CALL, "lstm_cell_backward(da[:, :, t - 1] + da_prevt, dc_prevt, steps[t])"),),
    ),
    Mistake(
        "weights-of-first-step-only",
        "the gradients of the weights and biases are not added up over the steps",
        "The same weights act at every step: how do their gradients combine?",
        ((ADD, "totals[name] = gradients[name]"),),
    ),
    Mistake(
        "biases-of-first-step-only",
        "the gradients of the biases are not added up over the steps",
        "The same biases act at every step: how do their gradients combine?",
        ((ADD, 'totals[name] = gradients[name] + (0 if name[1] == "b" else totals[name])'),),
    ),
    Mistake(
        "averages-over-steps",
        "the gradients of the weights and biases are divided by T_x",
        "The steps' gradients are added up here; a mean would belong to the loss.",
        ((ADD, "totals[name] += gradients[name] / T_x"),),
    ),
    Mistake(
        "weights-not-added",
        "the gradients of the weights and biases stay zero",
        "Which lines add each step's gradients to the totals?",
        ((ADD, "pass"),),
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
        ((RETURN, 'return {"dxt": dx, "da_0": da_prevt, **totals}'),),
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
