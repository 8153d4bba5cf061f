"""Ask for the way back through all steps of the GRU."""

from __future__ import annotations

from grader.authoring import Draw, array, edit

from . import draws, equivalents, forward_passes, shapes
from .assignment import A
from .draws import Drawn


@A.exercise(calls=["gru_cell_backward"])
def gru_backward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.LETTERS)
    caches = draw.cached("gru_forward", draws.inputs(draw), "caches")
    return draws.values(draw, "n_a", "m", "T_x"), caches


gru_backward.returns_dictionary(
    ("dx", "da0", *shapes.GATE_GRADIENTS),
    dx=array(3, shapes.INPUTS, main=True),
    da0=array(2.5, shapes.STATE, main=True),
    **shapes.gates(each_weight=1, each_bias=0.5),
)
gru_backward.untouched(1)
gru_backward.equations(da0=16)
gru_backward.cases(*draws.BACKWARD)
gru_backward.gradient(forward="gru_forward", upstream={"da": "a"}, traced=forward_passes.gru)

DX = "dx = np.zeros((*xt.shape, len(caches)), dtype=da.dtype)"
START = "da_prev = np.zeros_like(da[:, :, 0])"
LOOP = "for t in reversed(range(len(caches))):"
CALL = "gradients = gru_cell_backward(da[:, :, t] + da_prev, caches[t])"
STORE = 'dx[:, :, t] = gradients["dxt"]'
CARRY = 'da_prev = gradients["da_prev"]'
ADD = "totals[name] += gradients[name]"
RETURN = 'return {"dx": dx, "da0": da_prev, **totals}'

gru_backward.mistake(
    "drops-recurrent-term",
    "the gradient from step t + 1 is never added",
    "A state has two readers, the loss and the next step: what does each of them send back?",
    edit(CALL, CALL.replace(" + da_prev", "")),
)
gru_backward.mistake(
    "passes-all-caches",
    "all caches are passed to gru_cell_backward, not that of step t",
    "gru_cell_backward does one step: which cache is its own?",
    edit(CALL, CALL.replace("caches[t]", "caches")),
)
gru_backward.mistake(
    "misspelt-key",
    "gradients is asked for the key da_prevt",
    "gru_cell_backward chooses the keys: look at the dictionary that it returns.",
    edit(CARRY, 'da_prev = gradients["da_prevt"]'),
)
gru_backward.mistake(
    "da0-stays-zero",
    "da0 is never set",
    "What comes out of the first step on the way back?",
    edit(RETURN, RETURN.replace('"da0": da_prev', '"da0": np.zeros_like(da_prev)')),
)
gru_backward.mistake(
    "da-overwritten",
    "the gradient from step t + 1 takes the place of the loss's share",
    "A state has two readers: do their gradients add up, or does one replace the other?",
    edit(START, "da_prev = da[:, :, -1]"),
    edit(CALL, CALL.replace("da[:, :, t] + da_prev", "da_prev")),
)
gru_backward.mistake(
    "carried-gradient-accumulates",
    "what is carried adds up over all later steps",
    "What step t sends back already holds what the steps after it sent.",
    edit(CARRY, 'da_prev = da_prev + gradients["da_prev"]'),
)
gru_backward.mistake(
    "last-da-twice",
    "the last step's da is counted twice",
    "Who reads the state of the last step besides the loss?",
    edit(START, "da_prev = da[:, :, -1]"),
)
gru_backward.mistake(
    "forgets-reversed",
    "the steps are taken from the first to the last",
    "Which step's gradient must be known before step t can be done?",
    edit(LOOP, "for t in range(len(caches)):"),
)
gru_backward.mistake(
    "misses-first-step",
    "the loop leaves out step 0",
    "How many steps are there, and which is the last one on the way back?",
    edit(LOOP, "for t in reversed(range(1, len(caches))):"),
)
gru_backward.mistake(
    "misses-last-step",
    "the loop leaves out the last step",
    "How many steps are there, and which is the first one on the way back?",
    edit(LOOP, "for t in reversed(range(len(caches) - 1)):"),
)
gru_backward.mistake(
    "only-the-last-two-steps",
    "the way back ends after the last two steps",
    "How far back does the loss of the last step reach in a whole sequence?",
    edit(LOOP, "for t in reversed(range(max(len(caches) - 2, 0), len(caches))):"),
)
gru_backward.mistake(
    "da0-adds-upstream",
    "da of the first step is added to da0",
    "da[:, :, 0] belongs to the state after the first step, da0 to the state before it.",
    edit(RETURN, RETURN.replace('"da0": da_prev', '"da0": da_prev + da[:, :, 0]')),
)
gru_backward.mistake(
    "da0-of-the-last-step",
    "da0 is what the last step sent back",
    "When the loop is over, which step was the last to send something back?",
    edit(RETURN, RETURN.replace('"da0": da_prev', '"da0": first')),
    edit(CARRY, CARRY + "\n        first = da_prev if t == len(caches) - 1 else first"),
)
gru_backward.mistake(
    "cache-one-step-early",
    "step t uses the cache of step t - 1",
    "Which cache belongs to step t?",
    edit(CALL, CALL.replace("caches[t]", "caches[t - 1]")),
)
gru_backward.mistake(
    "upstream-one-step-early",
    "step t uses the upstream gradient of step t - 1",
    "Which slice of da belongs to step t?",
    edit(CALL, CALL.replace("da[:, :, t]", "da[:, :, t - 1]")),
)
gru_backward.mistake(
    "totals-overwritten",
    "the gradients of the weights and biases are those of the first step",
    "The same weights act at every step: how do their gradients combine?",
    edit(ADD, "totals[name] = gradients[name]"),
)
gru_backward.mistake(
    "biases-overwritten",
    "the gradients of the biases are those of the first step",
    "The same biases act at every step: how do their gradients combine?",
    edit(ADD, 'totals[name] = gradients[name] + (0 if name[1] == "b" else totals[name])'),
)
gru_backward.mistake(
    "averages-over-steps",
    "the gradients of the weights and biases are divided by T_x",
    "The steps' gradients are added up here; a mean would belong to the loss.",
    edit(ADD, "totals[name] += gradients[name] / len(caches)"),
)
gru_backward.mistake(
    "totals-not-added",
    "the gradients of the weights and biases stay zero",
    "Which lines add each step's gradients to the totals?",
    edit(ADD, "pass"),
)
gru_backward.mistake(
    "dx-not-stored",
    "dx stays zero",
    "Which line puts dxt in its place in dx?",
    edit(STORE, "pass"),
)
gru_backward.mistake(
    "dx-of-one-step",
    "dx holds one step only",
    "A gradient has the shape of what it belongs to: x has an axis for time.",
    edit(STORE, 'dx = gradients["dxt"]'),
)
gru_backward.mistake(
    "dx-added-up",
    "every step of dx holds the sum over the steps behind it as well",
    "Each input was read once: does its gradient have more than one part?",
    edit(STORE, 'dx[:, :, : t + 1] += gradients["dxt"][:, :, np.newaxis]'),
)
gru_backward.mistake(
    "dx-reversed",
    "dx begins with the last step",
    "The loop runs backwards: does dx grow backwards as well?",
    edit(RETURN, RETURN.replace('"dx": dx', '"dx": dx[:, :, ::-1]')),
)
gru_backward.mistake(
    "return-inside-loop",
    "the function returns after the first turn of the loop",
    "How far is the return line indented?",
    edit("    " + RETURN, "        " + RETURN),
)
gru_backward.mistake(
    "wrong-keys",
    "the dictionary has the keys dxt and da_0",
    "The docstring lists the keys.",
    edit(RETURN, 'return {"dxt": dx, "da_0": da_prev, **totals}'),
)
gru_backward.mistake(
    "keys-without-d",
    "the gradients of the parameters lie under the names of the parameters",
    "The docstring lists the keys.",
    edit(RETURN, 'return {"dx": dx, "da0": da_prev, **{n[1:]: g for n, g in totals.items()}}'),
)
gru_backward.mistake(
    "returns-one-step",
    "the dictionary of the last cell call is returned",
    "The docstring lists the keys: they speak of the whole sequence.",
    edit(RETURN, "return gradients"),
)
gru_backward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)

gru_backward.equivalent(equivalents.SHARED, "constant: *_, xt, parameters = caches[-1]")
gru_backward.equivalent(
    equivalents.UNREAD,
    "name: *dx, xt, parameters = caches[0]",
    "name: *parameters, xt, parameters = caches[0]",
)
gru_backward.equivalent(equivalents.DTYPE, "keyword: dx = np.zeros((*xt.shape, len(caches)))")
gru_backward.equivalent(
    equivalents.OVERWRITTEN, "call: dx = np.ones((*xt.shape, len(caches)), dtype=da.dtype)"
)
gru_backward.equivalent(equivalents.SHAPE, "constant: da_prev = np.zeros_like(da[:, :, -1])")
