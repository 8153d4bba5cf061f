"""Ask for one step back through the GRU."""

from __future__ import annotations

import re

from grader.authoring import Draw, array, edit

from . import draws, equivalents, forward_passes, shapes
from .assignment import A
from .draws import Drawn


@A.exercise()
def gru_cell_backward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.CELL_LETTERS)
    cache = draw.cached("gru_cell_forward", draws.cell_inputs(draw), "cache")
    return draws.values(draw, "n_a", "m"), cache


gru_cell_backward.returns_dictionary(
    ("dxt", "da_prev", *shapes.GATE_GRADIENTS),
    dxt=array(4, shapes.INPUT, main=True),
    da_prev=array(8, shapes.STATE, main=True),
    **shapes.gates(each_weight=2, each_bias=1),
)
gru_cell_backward.untouched(1)
gru_cell_backward.equations(dzu=6, dzc=7, dreset=8, dzr=9, dconcat=10, da_prev=11, dxt=12)
gru_cell_backward.cases(*draws.CELL_BACKWARD)
gru_cell_backward.gradient(
    forward="gru_cell_forward", upstream={"da_next": "a_next"}, traced=forward_passes.gru_cell
)

CONCAT = "concat = np.concatenate([a_prev, xt], axis=0)"
RESET = "reset = np.concatenate([rt * a_prev, xt], axis=0)"
DZU = "dzu = da_next * (cct - a_prev) * ut * (1 - ut)"
DZC = "dzc = da_next * ut * (1 - cct**2)"
DRESET = 'dreset = parameters["Wc"].T @ dzc'
DZR = "dzr = dreset[:n_a] * a_prev * rt * (1 - rt)"
DCONCAT = 'dconcat = parameters["Wu"].T @ dzu + parameters["Wr"].T @ dzr'
DA_PREV = "da_prev = da_next * (1 - ut) + dreset[:n_a] * rt + dconcat[:n_a]"
DXT = "dxt = dreset[n_a:] + dconcat[n_a:]"
UPDATE = "dWu, dbu = dzu @ concat.T, np.sum(dzu, axis=1, keepdims=True)"
RESET_GATE = "dWr, dbr = dzr @ concat.T, np.sum(dzr, axis=1, keepdims=True)"
CANDIDATE = "dWc, dbc = dzc @ reset.T, np.sum(dzc, axis=1, keepdims=True)"
GATES = (UPDATE, RESET_GATE, CANDIDATE)


def _each_gate(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """The same edit in the lines of the gates and the candidate."""
    return tuple((line, line.replace(old, new)) for line in GATES)


gru_cell_backward.mistake(
    "direct-road-left-out",
    "nothing comes back through the mixture directly",
    "The old state stands in equation (4) as well, without weights: what comes back from there?",
    edit(DA_PREV, "da_prev = dreset[:n_a] * rt + dconcat[:n_a]"),
)
gru_cell_backward.mistake(
    "direct-road-not-weighed",
    "the direct road has no factor",
    "How much of the old state went into the new one?",
    edit(DA_PREV, DA_PREV.replace("da_next * (1 - ut)", "da_next")),
)
gru_cell_backward.mistake(
    "direct-road-by-the-update-gate",
    "the direct road is weighed with the update gate",
    "Which share does the old state have in equation (4)?",
    edit(DA_PREV, DA_PREV.replace("(1 - ut)", "ut")),
)
gru_cell_backward.mistake(
    "reset-road-without-reset-gate",
    "the road through the reset product has lost the reset gate",
    "The reset state is a product of two: what is the other factor on the way back?",
    edit(DA_PREV, DA_PREV.replace("dreset[:n_a] * rt", "dreset[:n_a]")),
)
gru_cell_backward.mistake(
    "reset-road-left-out",
    "nothing comes back to the old state through the candidate",
    "Count the places where the old state is read: how many roads lead back?",
    edit(DA_PREV, "da_prev = da_next * (1 - ut) + dconcat[:n_a]"),
)
gru_cell_backward.mistake(
    "gate-roads-left-out",
    "nothing comes back to the old state through the gates",
    "Count the places where the old state is read: how many roads lead back?",
    edit(DA_PREV, "da_prev = da_next * (1 - ut) + dreset[:n_a] * rt"),
)
gru_cell_backward.mistake(
    "update-gate-left-out-of-the-stack",
    "the update gate sends nothing back to the old state and the input",
    "Both gates read the stack: how many products does equation (10) add?",
    edit(DCONCAT, 'dconcat = parameters["Wr"].T @ dzr'),
)
gru_cell_backward.mistake(
    "reset-gate-left-out-of-the-stack",
    "the reset gate sends nothing back to the old state and the input",
    "Both gates read the stack: how many products does equation (10) add?",
    edit(DCONCAT, 'dconcat = parameters["Wu"].T @ dzu'),
)
gru_cell_backward.mistake(
    "reset-gate-from-the-candidate",
    "the reset gate's gradient is made from the candidate's, without going through Wc",
    "The reset gate acts before the weights: what lies between it and the candidate?",
    edit(DZR, "dzr = dzc * a_prev * rt * (1 - rt)"),
)
gru_cell_backward.mistake(
    "reset-gate-as-after-the-product",
    "the reset gate's gradient is that of the other convention, where it acts after the product",
    "In equation (3) the reset gate multiplies the state, and not the product with Wc.",
    edit(DZR, 'dzr = dzc * (parameters["Wc"][:, :n_a] @ a_prev) * rt * (1 - rt)'),
)
gru_cell_backward.mistake(
    "reset-gate-without-the-old-state",
    "the old state is missing from the reset gate's gradient",
    "The reset state is a product of two: what is the other factor on the way to the gate?",
    edit(DZR, "dzr = dreset[:n_a] * rt * (1 - rt)"),
)
gru_cell_backward.mistake(
    "update-gate-without-the-old-state",
    "the old state is missing from the update gate's gradient",
    "The update gate stands twice in equation (4): what does it do to the old state?",
    edit(DZU, "dzu = da_next * cct * ut * (1 - ut)"),
)
gru_cell_backward.mistake(
    "update-gate-with-the-other-sign",
    "the update gate's gradient has the other sign",
    "If the gate opens, does the new state move towards the candidate, or away from it?",
    edit(DZU, DZU.replace("cct - a_prev", "a_prev - cct")),
)
gru_cell_backward.mistake(
    "update-gate-adds-the-old-state",
    "the old state is added in the update gate's gradient, and not subtracted",
    "Differentiate 1 minus the gate: which sign does the old state get?",
    edit(DZU, DZU.replace("cct - a_prev", "cct + a_prev")),
)
gru_cell_backward.mistake(
    "update-gate-with-the-reset-state",
    "the reset state stands in the update gate's gradient in the place of the old one",
    "Which old state does equation (4) mix?",
    edit(DZU, DZU.replace("cct - a_prev", "cct - rt * a_prev")),
)
gru_cell_backward.mistake(
    "candidate-by-the-other-share",
    "the candidate's gradient is weighed with the old state's share",
    "Which share does the candidate have in equation (4)?",
    edit(DZC, "dzc = da_next * (1 - ut) * (1 - cct**2)"),
)
gru_cell_backward.mistake(
    "candidate-not-weighed",
    "the update gate is missing from the candidate's gradient",
    "Which share does the candidate have in equation (4)?",
    edit(DZC, "dzc = da_next * (1 - cct**2)"),
)
gru_cell_backward.mistake(
    "unreset-stack-for-dWc",
    "dWc is made with the stack that has not been reset",
    "A weight's gradient pairs with what the weight has read: which stack was that?",
    edit(CANDIDATE, CANDIDATE.replace("reset.T", "concat.T")),
)
gru_cell_backward.mistake(
    "reset-stack-for-the-gates",
    "dWu and dWr are made with the stack that has been reset",
    "A weight's gradient pairs with what the weight has read: which stack was that?",
    edit(UPDATE, UPDATE.replace("concat.T", "reset.T")),
    edit(RESET_GATE, RESET_GATE.replace("concat.T", "reset.T")),
)
gru_cell_backward.mistake(
    "activation-slopes-dropped",
    "the slopes of all activations are missing",
    "The way back from a gate to its weights leads through its activation.",
    edit(DZU, "dzu = da_next * (cct - a_prev)"),
    edit(DZC, "dzc = da_next * ut"),
    edit(DZR, "dzr = dreset[:n_a] * a_prev"),
)
gru_cell_backward.mistake(
    "update-gate-slope-dropped",
    "the slope of the update gate's sigmoid is missing",
    "The way back from a gate to its weights leads through its sigmoid.",
    edit(DZU, "dzu = da_next * (cct - a_prev)"),
)
gru_cell_backward.mistake(
    "reset-gate-slope-dropped",
    "the slope of the reset gate's sigmoid is missing",
    "The way back from a gate to its weights leads through its sigmoid.",
    edit(DZR, "dzr = dreset[:n_a] * a_prev"),
)
gru_cell_backward.mistake(
    "candidate-slope-dropped",
    "the slope of the candidate's tanh is missing",
    "The way back from the candidate to its weights leads through its tanh.",
    edit(DZC, "dzc = da_next * ut"),
)
gru_cell_backward.mistake(
    "tanh-of-the-candidate-twice",
    "tanh is taken of the candidate once more",
    "cct is already a tanh: write its slope in terms of cct itself.",
    edit(DZC, "dzc = da_next * ut * (1 - np.tanh(cct) ** 2)"),
)
gru_cell_backward.mistake(
    "candidate-with-sigmoid-slope",
    "the candidate has the slope of a sigmoid",
    "Which activation made the candidate?",
    edit(DZC, "dzc = da_next * ut * cct * (1 - cct)"),
)
gru_cell_backward.mistake(
    "gates-with-tanh-slope",
    "the gates have the slope of tanh",
    "Which activation made the gates, and what is its slope?",
    edit(DZU, DZU.replace("ut * (1 - ut)", "(1 - ut**2)")),
    edit(DZR, DZR.replace("rt * (1 - rt)", "(1 - rt**2)")),
)
gru_cell_backward.mistake(
    "next-state-for-the-old-one",
    "the new state stands where the old one belongs",
    "Which state did the gates read, and which one is in the cache?",
    edit("n_a = len(a_prev)", "a_prev = ut * cct + (1 - ut) * a_prev\n    n_a = len(a_prev)"),
)
gru_cell_backward.mistake(
    "input-from-the-candidate-only",
    "the input gets nothing back from the gates",
    "How many stacks hold the input?",
    edit(DXT, "dxt = dreset[n_a:]"),
)
gru_cell_backward.mistake(
    "input-from-the-gates-only",
    "the input gets nothing back from the candidate",
    "How many stacks hold the input?",
    edit(DXT, "dxt = dconcat[n_a:]"),
)
gru_cell_backward.mistake(
    "gates-weights-swapped",
    "Wu and Wr have changed places on the way back",
    "Each gate's gradient goes back through that gate's own weights.",
    edit(DCONCAT, 'dconcat = parameters["Wr"].T @ dzu + parameters["Wu"].T @ dzr'),
)
gru_cell_backward.mistake(
    "concat-order",
    "the input stands above the old state in both stacks",
    "The columns of a weight belong to the old state and the input, in that order.",
    edit(CONCAT, "concat = np.concatenate([xt, a_prev], axis=0)"),
    edit(RESET, "reset = np.concatenate([xt, rt * a_prev], axis=0)"),
)
gru_cell_backward.mistake(
    "split-in-other-order",
    "the stacks' gradients are cut as if the input stood above",
    "Which rows of a stack are the state, and which are the input?",
    edit(DA_PREV, DA_PREV.replace("dreset[:n_a]", "dreset[-n_a:]").replace("[:n_a]", "[-n_a:]")),
    edit(DXT, "dxt = dreset[:-n_a] + dconcat[:-n_a]"),
)
gru_cell_backward.mistake(
    "biases-without-keepdims",
    "the gradients of the biases have lost their second axis",
    "A gradient has the shape of what it belongs to, and a bias is a column.",
    *_each_gate(", keepdims=True", ""),
)
gru_cell_backward.mistake(
    "biases-mean",
    "the gradients of the biases are means over the examples",
    "A bias acts on every example: how do their gradients combine?",
    *_each_gate("np.sum", "np.mean"),
)
gru_cell_backward.mistake(
    "biases-from-weights",
    "the gradients of the biases are summed from those of the weights",
    "A bias is not multiplied by anything in the forward step: what reaches it on the way back?",
    *((line, re.sub(r"np.sum\((\w+)", r"np.sum(\1 @ concat.T", line)) for line in GATES),
)
gru_cell_backward.mistake(
    "averages-over-examples",
    "the gradients of the weights and biases are divided by m",
    "The examples' gradients are added up here; a mean would belong to the loss.",
    *(
        edit(old, re.sub(r"(concat|reset)\.T,", r"\1.T / xt.shape[1],", new))
        for old, new in _each_gate("np.sum", "np.mean")
    ),
)
gru_cell_backward.mistake(
    "left-over-none",
    "a line that sets the reset gate's gradient to None is left over below the computation",
    "Does a later line overwrite what was computed?",
    edit(DZR, DZR + "\n    dzr = None"),
)
gru_cell_backward.mistake(
    "wrong-keys",
    "the dictionary has the key dx in place of dxt",
    "The docstring lists the keys; the next function looks for them.",
    edit('"dxt": dxt, ', '"dx": dxt, '),
)
gru_cell_backward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit("    return {\n", "    gradients = {\n"),
)

gru_cell_backward.equivalent(equivalents.SHAPE, "name: n_a = len(ut)")
gru_cell_backward.equivalent(
    equivalents.DEFAULT,
    "keyword: concat = np.concatenate([a_prev, xt])",
    "keyword: reset = np.concatenate([rt * a_prev, xt])",
)
