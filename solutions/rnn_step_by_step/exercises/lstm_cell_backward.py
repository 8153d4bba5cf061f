"""Ask for one step back through the LSTM."""

from __future__ import annotations

import re

from grader.authoring import Draw, array, edit

from . import draws, equivalents, forward_passes, shapes
from .assignment import A
from .draws import Drawn


@A.exercise()
def lstm_cell_backward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.CELL_LETTERS)
    cache = draw.cached("lstm_cell_forward", draws.lstm_cell_inputs(draw), "cache")
    return draws.values(draw, "n_a", "m"), draws.values(draw, "n_a", "m"), cache


lstm_cell_backward.returns_dictionary(
    ("dxt", "da_prev", "dc_prev", *shapes.GATE_GRADIENTS),
    dxt=array(2, shapes.INPUT, main=True),
    da_prev=array(4, shapes.STATE, main=True),
    dc_prev=array(3, shapes.STATE, main=True),
    **shapes.gates(each_weight=1, each_bias=1),
)
lstm_cell_backward.untouched(1)
lstm_cell_backward.equations(dc=21, dzo=22, dzc=23, dzi=24, dzf=25, dconcat=28, dc_prev=29)
lstm_cell_backward.cases(*draws.CELL_BACKWARD)
lstm_cell_backward.gradient(
    forward="lstm_cell_forward",
    upstream={"da_next": "a_next", "dc_next": "c_next"},
    traced=forward_passes.lstm_cell,
)

TANH_C = "tanh_c = np.tanh(c_next)"
DC = "dc = dc_next + da_next * ot * (1 - tanh_c**2)"
DZO = "dzo = da_next * tanh_c * ot * (1 - ot)"
DZC = "dzc = dc * it * (1 - cct**2)"
DZI = "dzi = dc * cct * it * (1 - it)"
DZF = "dzf = dc * c_prev * ft * (1 - ft)"
CONCAT = "concat = np.concatenate([a_prev, xt], axis=0)"
FORGET = "dWf, dbf = dzf @ concat.T, np.sum(dzf, axis=1, keepdims=True)"
UPDATE = "dWi, dbi = dzi @ concat.T, np.sum(dzi, axis=1, keepdims=True)"
CANDIDATE = "dWc, dbc = dzc @ concat.T, np.sum(dzc, axis=1, keepdims=True)"
OUTPUT = "dWo, dbo = dzo @ concat.T, np.sum(dzo, axis=1, keepdims=True)"
GATES = (FORGET, UPDATE, CANDIDATE, OUTPUT)
DA_PREV = "da_prev = dconcat[:n_a]"
DXT = "dxt = dconcat[n_a:]"
DC_PREV = "dc_prev = dc * ft"
SHOWN = "da_next * ot * (1 - tanh_c**2)"  # what the hidden state sends back to the cell state


def _each_gate(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """The same edit in the lines of all four gates."""
    return tuple((line, line.replace(old, new)) for line in GATES)


lstm_cell_backward.mistake(
    "missing-parentheses",
    "parentheses are missing around the sums in dzc, dzi and dzf",
    "Each gate's derivative multiplies both ways back: through dc_next and through da_next. "
    "Published versions of this exercise can be wrong here.",
    edit(DZC, f"dzc = dc_next * it + {SHOWN} * it * cct * (1 - cct**2)"),
    edit(DZI, f"dzi = dc_next * cct + {SHOWN} * cct * it * (1 - it)"),
    edit(DZF, f"dzf = dc_next * c_prev + {SHOWN} * c_prev * ft * (1 - ft)"),
)
lstm_cell_backward.mistake(
    "parentheses-missing-in-dcct",
    "parentheses are missing around the sum in dzc",
    "tanh's derivative multiplies both ways back: through dc_next and through da_next.",
    edit(DZC, f"dzc = dc_next * it + {SHOWN} * it * (1 - cct**2)"),
)
lstm_cell_backward.mistake(
    "parentheses-missing-in-dit",
    "parentheses are missing around the sum in dzi",
    "The gate's derivative multiplies both ways back: through dc_next and through da_next.",
    edit(DZI, f"dzi = dc_next * cct + {SHOWN} * cct * it * (1 - it)"),
)
lstm_cell_backward.mistake(
    "parentheses-missing-in-dft",
    "parentheses are missing around the sum in dzf",
    "The gate's derivative multiplies both ways back: through dc_next and through da_next.",
    edit(DZF, f"dzf = dc_next * c_prev + {SHOWN} * c_prev * ft * (1 - ft)"),
)
lstm_cell_backward.mistake(
    "misprinted-candidate",
    "cct is a factor in dzc",
    "Some published versions of this exercise print it wrongly: derive it from c<t>.",
    edit(DZC, f"dzc = (dc_next * it + {SHOWN} * it * cct) * (1 - cct**2)"),
)
lstm_cell_backward.mistake(
    "tanh-of-candidate-twice",
    "tanh is taken of cct once more",
    "cct is already a tanh: write its derivative in terms of cct itself.",
    edit(DZC, "dzc = dc * it * (1 - np.tanh(cct) ** 2)"),
)
lstm_cell_backward.mistake(
    "activation-derivatives-dropped",
    "the derivatives of the gates' activations are missing",
    "The way back from a gate to its weights leads through its activation.",
    edit(DZO, "dzo = da_next * tanh_c"),
    edit(DZC, "dzc = dc * it"),
    edit(DZI, "dzi = dc * cct"),
    edit(DZF, "dzf = dc * c_prev"),
)
lstm_cell_backward.mistake(
    "sigmoid-derivatives-dropped",
    "the derivatives of the three sigmoids are missing",
    "The way back from a gate to its weights leads through its sigmoid.",
    edit(DZO, "dzo = da_next * tanh_c"),
    edit(DZI, "dzi = dc * cct"),
    edit(DZF, "dzf = dc * c_prev"),
)
lstm_cell_backward.mistake(
    "output-gate-derivative-dropped",
    "the derivative of the output gate's sigmoid is missing",
    "The way back from a gate to its weights leads through its sigmoid.",
    edit(DZO, "dzo = da_next * tanh_c"),
)
lstm_cell_backward.mistake(
    "candidate-derivative-dropped",
    "the derivative of the candidate's tanh is missing",
    "The way back from the candidate to its weights leads through its tanh.",
    edit(DZC, "dzc = dc * it"),
)
lstm_cell_backward.mistake(
    "candidate-with-sigmoid-derivative",
    "the candidate has the derivative of a sigmoid",
    "Which activation made cct?",
    edit(DZC, "dzc = dc * it * cct * (1 - cct)"),
)
lstm_cell_backward.mistake(
    "gates-with-tanh-derivative",
    "the gates have the derivative of tanh",
    "Which activation made the gates, and what is its derivative?",
    edit(DZO, "dzo = da_next * tanh_c * (1 - ot**2)"),
    edit(DZI, "dzi = dc * cct * (1 - it**2)"),
    edit(DZF, "dzf = dc * c_prev * (1 - ft**2)"),
)
lstm_cell_backward.mistake(
    "left-over-none",
    "a line that sets the update gate's gradient to None is left over below the computation",
    "Does a later line overwrite what was computed?",
    edit(DZI, DZI + "\n    dzi = None"),
)
lstm_cell_backward.mistake(
    "da-path-dropped",
    "the cell state gets no gradient from the hidden state",
    "c<t> has two readers, a<t> and the next step: what does each of them send back?",
    edit(DC, "dc = dc_next"),
)
lstm_cell_backward.mistake(
    "dc-path-dropped",
    "dc_next has no influence",
    "c<t> has two readers, a<t> and the next step: what does each of them send back?",
    edit(DC, f"dc = {SHOWN}"),
)
lstm_cell_backward.mistake(
    "output-gate-missing-in-dc",
    "the output gate is missing on the way from da_next to the cell state",
    "Differentiate a<t> with respect to c<t>: which factor stays?",
    edit(DC, "dc = dc_next + da_next * (1 - tanh_c**2)"),
)
lstm_cell_backward.mistake(
    "tanh-derivative-missing-in-dc",
    "the derivative of tanh is missing on the way from da_next to the cell state",
    "Differentiate a<t> with respect to c<t>: what becomes of tanh?",
    edit(DC, "dc = dc_next + da_next * ot"),
)
lstm_cell_backward.mistake(
    "no-tanh-of-cell-state",
    "c_next is used where tanh of c_next belongs",
    "Which function of the cell state went into a<t>?",
    edit(TANH_C, "tanh_c = c_next"),
)
lstm_cell_backward.mistake(
    "tanh-of-c-prev",
    "tanh of c_prev is used where tanh of c_next belongs",
    "Which cell state went into a<t>?",
    edit(TANH_C, "tanh_c = np.tanh(c_prev)"),
)
lstm_cell_backward.mistake(
    "tanh-of-a-next",
    "tanh of a_next is used where tanh of c_next belongs",
    "Of which state does the equation of a<t> take the tanh?",
    edit(TANH_C, "tanh_c = np.tanh(a_next)"),
)
lstm_cell_backward.mistake(
    "no-square",
    "the square is missing from the derivative of tanh at c_next",
    "Differentiate tanh once more on paper.",
    edit(DC, "dc = dc_next + da_next * ot * (1 - tanh_c)"),
)
lstm_cell_backward.mistake(
    "derivative-at-a-next",
    "a_next is used where tanh of c_next belongs",
    "a<t> is more than a tanh here: which part of it is the tanh?",
    edit(TANH_C, "tanh_c = a_next"),
)
lstm_cell_backward.mistake(
    "forget-and-update-swapped",
    "c_prev and cct have changed places in dzf and dzi",
    "What does each gate multiply in the equation of c<t>?",
    edit(DZI, "dzi = dc * c_prev * it * (1 - it)"),
    edit(DZF, "dzf = dc * cct * ft * (1 - ft)"),
)
lstm_cell_backward.mistake(
    "forget-gate-from-c-next",
    "dzf is computed with c_next",
    "Which cell state does the forget gate multiply: the old or the new one?",
    edit(DZF, "dzf = dc * c_next * ft * (1 - ft)"),
)
lstm_cell_backward.mistake(
    "gates-from-dc-next",
    "dzi, dzf and dzc are computed from dc_next alone",
    "The cell state's whole gradient goes on to the gates.",
    edit(DZC, DZC.replace("dc *", "dc_next *")),
    edit(DZI, DZI.replace("dc *", "dc_next *")),
    edit(DZF, DZF.replace("dc *", "dc_next *")),
)
lstm_cell_backward.mistake(
    "dc-prev-from-dc-next",
    "dc_prev is computed from dc_next alone",
    "The cell state's whole gradient goes on to the step before.",
    edit(DC_PREV, "dc_prev = dc_next * ft"),
)
lstm_cell_backward.mistake(
    "dc-prev-without-forget-gate",
    "the forget gate is missing from dc_prev",
    "What does c<t-1> meet on its way into c<t>?",
    edit(DC_PREV, "dc_prev = dc"),
)
lstm_cell_backward.mistake(
    "forget-gate-on-dc-next-only",
    "the forget gate acts on one of the two summands of dc_prev",
    "Both ways back into c<t> go on to c<t-1> by the same road: what stands on it?",
    edit(DC_PREV, f"dc_prev = dc_next * ft + {SHOWN}"),
)
lstm_cell_backward.mistake(
    "forget-gate-missing-on-dc-next",
    "the forget gate does not act on dc_next in dc_prev",
    "Both ways back into c<t> go on to c<t-1> by the same road: what stands on it?",
    edit(DC_PREV, f"dc_prev = dc_next + {SHOWN} * ft"),
)
lstm_cell_backward.mistake(
    "concat-order",
    "xt stands above a_prev in the concatenation",
    "The columns of a weight belong to [a_prev, xt] in that order.",
    edit(CONCAT, "concat = np.concatenate([xt, a_prev], axis=0)"),
)
lstm_cell_backward.mistake(
    "split-in-other-order",
    "the gradient of the concatenation is split in the wrong order",
    "Which rows of the concatenation are a_prev, and which are xt?",
    edit(DA_PREV, "da_prev = dconcat[-n_a:]"),
    edit(DXT, "dxt = dconcat[:-n_a]"),
)
lstm_cell_backward.mistake(
    "split-swapped",
    "da_prev and dxt have changed places",
    "Which rows of the concatenation are a_prev, and which are xt?",
    edit(DA_PREV, "da_prev = dconcat[n_a:]"),
    edit(DXT, "dxt = dconcat[:n_a]"),
)
lstm_cell_backward.mistake(
    "output-gate-missing-in-da-prev",
    "the output gate is missing from da_prev and dxt",
    "How many gates read a_prev and xt?",
    edit('        + parameters["Wo"].T @ dzo\n', ""),
)
lstm_cell_backward.mistake(
    "weights-swapped",
    "Wf and Wi have changed places in da_prev and dxt",
    "Each gate's gradient goes back through that gate's own weights.",
    edit('parameters["Wf"].T @ dzf', 'parameters["Wi"].T @ dzf'),
    edit('+ parameters["Wi"].T @ dzi', '+ parameters["Wf"].T @ dzi'),
)
lstm_cell_backward.mistake(
    "gradients-for-weights",
    "da_prev and dxt are computed with the gradients dWf, dWi, dWc and dWo in place of the weights",
    "The way back leads through what the forward step multiplied the concatenation by.",
    *(edit(f'parameters["W{gate}"].T @', f"dW{gate}.T @") for gate in "fico"),
)
lstm_cell_backward.mistake(
    "dWf-for-Wf",
    "da_prev and dxt are computed with the gradient dWf in place of Wf",
    "The way back leads through what the forward step multiplied the concatenation by.",
    edit('parameters["Wf"].T @', "dWf.T @"),
)
lstm_cell_backward.mistake(
    "gates-for-weights",
    "da_prev is computed with the gates in place of their weights",
    "The way back leads through what the forward step multiplied a_prev by.",
    edit(DA_PREV, "da_prev = ft * dzf + it * dzi + cct * dzc + ot * dzo"),
)
lstm_cell_backward.mistake(
    "forget-and-update-stacked-in-other-order",
    "the gradients of Wf, bf and of Wi, bi have changed places",
    "Where the gates are stacked, in which order are they taken apart?",
    edit(FORGET, FORGET.replace("dzf", "dzi")),
    edit(UPDATE, UPDATE.replace("dzi", "dzf")),
)
lstm_cell_backward.mistake(
    "candidate-and-output-stacked-in-other-order",
    "the gradients of Wc, bc and of Wo, bo have changed places",
    "Where the gates are stacked, in which order are they taken apart?",
    edit(CANDIDATE, CANDIDATE.replace("dzc", "dzo")),
    edit(OUTPUT, OUTPUT.replace("dzo", "dzc")),
)
lstm_cell_backward.mistake(
    "biases-without-keepdims",
    "the gradients of the biases have lost their second axis",
    "A gradient has the shape of what it belongs to, and a bias is a column.",
    *_each_gate(", keepdims=True", ""),
)
lstm_cell_backward.mistake(
    "biases-mean",
    "the gradients of the biases are means over the examples",
    "A bias acts on every example: how do their gradients combine?",
    *_each_gate("np.sum", "np.mean"),
)
lstm_cell_backward.mistake(
    "biases-wrong-axis",
    "the gradients of the biases are summed over the hidden units",
    "Which axis runs over the examples?",
    *_each_gate("axis=1", "axis=0"),
)
lstm_cell_backward.mistake(
    "biases-from-weights",
    "the gradients of the biases are summed from those of the weights",
    "A bias is not multiplied by anything in the forward step: what reaches it on the way back?",
    *((line, re.sub(r"np.sum\((\w+)", r"np.sum(\1 @ concat.T", line)) for line in GATES),
)
lstm_cell_backward.mistake(
    "averages-over-examples",
    "the gradients of the weights and biases are divided by m",
    "The examples' gradients are added up here; a mean would belong to the loss.",
    *tuple(
        (old, new.replace("concat.T,", "concat.T / xt.shape[1],"))
        for old, new in _each_gate("np.sum", "np.mean")
    ),
)
lstm_cell_backward.mistake(
    "wrong-keys",
    "the dictionary has the key dx in place of dxt",
    "The docstring lists the keys; the next function looks for them.",
    edit('"dxt": dxt, ', '"dx": dxt, '),
)
lstm_cell_backward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit("    return {\n", "    gradients = {\n"),
)

lstm_cell_backward.equivalent(equivalents.SHAPE, "name: n_a = c_next.shape[0]")
lstm_cell_backward.equivalent(equivalents.DEFAULT, "keyword: concat = np.concatenate([a_prev, xt])")
lstm_cell_backward.equivalent(
    equivalents.OWN_MEMORY, "aliased: dc_prev = np.multiply(dc, ft, out=dc)"
)

# Numbers that the published version of the exercise prints; students meet them on the web.
lstm_cell_backward.published(
    {
        "dxt[1][2]": "3.230559115109188",
        "da_prev[2][3]": "-0.06396214197109236",
        "dc_prev[2][3]": "0.7975220387970015",
        "dWf[3][1]": "-0.1479548381644968",
        "dWi[1][2]": "1.0574980552259903",
        "dWc[3][1]": "2.3045621636876668",
        "dWo[1][2]": "0.3313115952892109",
        "dbf[4]": "0.18864637",
        "dbi[4]": "-0.40142491",
        "dbc[4]": "0.25587763",
        "dbo[4]": "0.13893342",
    }
)
