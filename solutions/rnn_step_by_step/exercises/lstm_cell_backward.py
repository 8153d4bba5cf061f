"""Ask for one step back through the LSTM."""

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
    for draw in draws.draw(rng, draws.CELL_BACKWARD, draws.CELL_LETTERS):
        inputs = draw.lstm_cell_inputs()
        cache = functions["lstm_cell_forward"](*inputs)[3]
        forward = Forward("lstm_cell_forward", inputs, pick=3, into=2)
        upstream = (draw.values("n_a", "m"), draw.values("n_a", "m"))
        made.append(draw.case((*upstream, cache), forward))
    return made


# Which gradient belongs to which argument of the forward function.
WIRING = Wiring(
    {0: 0, 1: 1},
    {
        "dxt": (0, None),
        "da_prev": (1, None),
        "dc_prev": (2, None),
        **shapes.weights(shapes.LSTM_WEIGHTS, 3),
    },
)

TANH_C = "tanh_c = np.tanh(c_next)"
DC = "dc = dc_next + da_next * ot * (1 - tanh_c**2)"
DOT = "dot = da_next * tanh_c * ot * (1 - ot)"
DCCT = "dcct = dc * it * (1 - cct**2)"
DIT = "dit = dc * cct * it * (1 - it)"
DFT = "dft = dc * c_prev * ft * (1 - ft)"
CONCAT = "concat = np.concatenate([a_prev, xt], axis=0)"
FORGET = "dWf, dbf = dft @ concat.T, np.sum(dft, axis=1, keepdims=True)"
UPDATE = "dWi, dbi = dit @ concat.T, np.sum(dit, axis=1, keepdims=True)"
CANDIDATE = "dWc, dbc = dcct @ concat.T, np.sum(dcct, axis=1, keepdims=True)"
OUTPUT = "dWo, dbo = dot @ concat.T, np.sum(dot, axis=1, keepdims=True)"
GATES = (FORGET, UPDATE, CANDIDATE, OUTPUT)
DA_PREV = "da_prev = dconcat[:n_a]"
DXT = "dxt = dconcat[n_a:]"
DC_PREV = "dc_prev = dc * ft"
SHOWN = "da_next * ot * (1 - tanh_c**2)"  # what the hidden state sends back to the cell state


def _each_gate(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """The same edit in the lines of all four gates."""
    return tuple((line, line.replace(old, new)) for line in GATES)


MISTAKES = (
    Mistake(
        "missing-parentheses",
        "parentheses are missing around the sums in dcct, dit and dft",
        "Each gate's derivative multiplies both ways back: through dc_next and through da_next. "
        "The equations printed on the web are wrong here.",
        (
            (DCCT, f"dcct = dc_next * it + {SHOWN} * it * cct * (1 - cct**2)"),
            (DIT, f"dit = dc_next * cct + {SHOWN} * cct * it * (1 - it)"),
            (DFT, f"dft = dc_next * c_prev + {SHOWN} * c_prev * ft * (1 - ft)"),
        ),
    ),
    Mistake(
        "parentheses-missing-in-dcct",
        "parentheses are missing around the sum in dcct",
        "tanh's derivative multiplies both ways back: through dc_next and through da_next.",
        ((DCCT, f"dcct = dc_next * it + {SHOWN} * it * (1 - cct**2)"),),
    ),
    Mistake(
        "parentheses-missing-in-dit",
        "parentheses are missing around the sum in dit",
        "The gate's derivative multiplies both ways back: through dc_next and through da_next.",
        ((DIT, f"dit = dc_next * cct + {SHOWN} * cct * it * (1 - it)"),),
    ),
    Mistake(
        "parentheses-missing-in-dft",
        "parentheses are missing around the sum in dft",
        "The gate's derivative multiplies both ways back: through dc_next and through da_next.",
        ((DFT, f"dft = dc_next * c_prev + {SHOWN} * c_prev * ft * (1 - ft)"),),
    ),
    Mistake(
        "misprinted-candidate",
        "cct is a factor in dcct",
        "The candidate's derivative is printed wrongly on the web: derive it from c<t>.",
        ((DCCT, f"dcct = (dc_next * it + {SHOWN} * it * cct) * (1 - cct**2)"),),
    ),
    Mistake(
        "tanh-of-candidate-twice",
        "tanh is taken of cct once more",
        "cct is already a tanh: write its derivative in terms of cct itself.",
        ((DCCT, "dcct = dc * it * (1 - np.tanh(cct) ** 2)"),),
    ),
    Mistake(
        "activation-derivatives-dropped",
        "the derivatives of the gates' activations are missing",
        "The way back from a gate to its weights leads through its activation.",
        (
            (DOT, "dot = da_next * tanh_c"),
            (DCCT, "dcct = dc * it"),
            (DIT, "dit = dc * cct"),
            (DFT, "dft = dc * c_prev"),
        ),
    ),
    Mistake(
        "sigmoid-derivatives-dropped",
        "the derivatives of the three sigmoids are missing",
        "The way back from a gate to its weights leads through its sigmoid.",
        (
            (DOT, "dot = da_next * tanh_c"),
            (DIT, "dit = dc * cct"),
            (DFT, "dft = dc * c_prev"),
        ),
    ),
    Mistake(
        "output-gate-derivative-dropped",
        "the derivative of the output gate's sigmoid is missing",
        "The way back from a gate to its weights leads through its sigmoid.",
        ((DOT, "dot = da_next * tanh_c"),),
    ),
    Mistake(
        "candidate-derivative-dropped",
        "the derivative of the candidate's tanh is missing",
        "The way back from the candidate to its weights leads through its tanh.",
        ((DCCT, "dcct = dc * it"),),
    ),
    Mistake(
        "candidate-with-sigmoid-derivative",
        "the candidate has the derivative of a sigmoid",
        "Which activation made cct?",
        ((DCCT, "dcct = dc * it * cct * (1 - cct)"),),
    ),
    Mistake(
        "gates-with-tanh-derivative",
        "the gates have the derivative of tanh",
        "Which activation made the gates, and what is its derivative?",
        (
            (DOT, "dot = da_next * tanh_c * (1 - ot**2)"),
            (DIT, "dit = dc * cct * (1 - it**2)"),
            (DFT, "dft = dc * c_prev * (1 - ft**2)"),
        ),
    ),
    Mistake(
        "left-over-none",
        "a line dit = None is left over below the computation",
        "Does a later line overwrite what was computed?",
        ((DIT, DIT + "\n    dit = None"),),
    ),
    Mistake(
        "da-path-dropped",
        "the cell state gets no gradient from the hidden state",
        "c<t> has two readers, a<t> and the next step: what does each of them send back?",
        ((DC, "dc = dc_next"),),
    ),
    Mistake(
        "dc-path-dropped",
        "dc_next has no influence",
        "c<t> has two readers, a<t> and the next step: what does each of them send back?",
        ((DC, f"dc = {SHOWN}"),),
    ),
    Mistake(
        "output-gate-missing-in-dc",
        "the output gate is missing on the way from da_next to the cell state",
        "Differentiate a<t> with respect to c<t>: which factor stays?",
        ((DC, "dc = dc_next + da_next * (1 - tanh_c**2)"),),
    ),
    Mistake(
        "tanh-derivative-missing-in-dc",
        "the derivative of tanh is missing on the way from da_next to the cell state",
        "Differentiate a<t> with respect to c<t>: what becomes of tanh?",
        ((DC, "dc = dc_next + da_next * ot"),),
    ),
    Mistake(
        "no-tanh-of-cell-state",
        "c_next is used where tanh of c_next belongs",
        "Which function of the cell state went into a<t>?",
        ((TANH_C, "tanh_c = c_next"),),
    ),
    Mistake(
        "tanh-of-c-prev",
        "tanh of c_prev is used where tanh of c_next belongs",
        "Which cell state went into a<t>?",
        ((TANH_C, "tanh_c = np.tanh(c_prev)"),),
    ),
    Mistake(
        "no-square",
        "the square is missing from the derivative of tanh at c_next",
        "Differentiate tanh once more on paper.",
        ((DC, "dc = dc_next + da_next * ot * (1 - tanh_c)"),),
    ),
    Mistake(
        "derivative-at-a-next",
        "a_next is used where tanh of c_next belongs",
        "a<t> is more than a tanh here: which part of it is the tanh?",
        ((TANH_C, "tanh_c = a_next"),),
    ),
    Mistake(
        "forget-and-update-swapped",
        "c_prev and cct have changed places in dft and dit",
        "What does each gate multiply in the equation of c<t>?",
        (
            (DIT, "dit = dc * c_prev * it * (1 - it)"),
            (DFT, "dft = dc * cct * ft * (1 - ft)"),
        ),
    ),
    Mistake(
        "forget-gate-from-c-next",
        "dft is computed with c_next",
        "Which cell state does the forget gate multiply: the old or the new one?",
        ((DFT, "dft = dc * c_next * ft * (1 - ft)"),),
    ),
    Mistake(
        "gates-from-dc-next",
        "dit, dft and dcct are computed from dc_next alone",
        "The cell state's whole gradient goes on to the gates.",
        (
            (DCCT, DCCT.replace("dc *", "dc_next *")),
            (DIT, DIT.replace("dc *", "dc_next *")),
            (DFT, DFT.replace("dc *", "dc_next *")),
        ),
    ),
    Mistake(
        "dc-prev-from-dc-next",
        "dc_prev is computed from dc_next alone",
        "The cell state's whole gradient goes on to the step before.",
        ((DC_PREV, "dc_prev = dc_next * ft"),),
    ),
    Mistake(
        "dc-prev-without-forget-gate",
        "the forget gate is missing from dc_prev",
        "What does c<t-1> meet on its way into c<t>?",
        ((DC_PREV, "dc_prev = dc"),),
    ),
    Mistake(
        "forget-gate-on-dc-next-only",
        "the forget gate acts on one of the two summands of dc_prev",
        "Both ways back into c<t> go on to c<t-1> by the same road: what stands on it?",
        ((DC_PREV, f"dc_prev = dc_next * ft + {SHOWN}"),),
    ),
    Mistake(
        "forget-gate-missing-on-dc-next",
        "the forget gate does not act on dc_next in dc_prev",
        "Both ways back into c<t> go on to c<t-1> by the same road: what stands on it?",
        ((DC_PREV, f"dc_prev = dc_next + {SHOWN} * ft"),),
    ),
    Mistake(
        "concat-order",
        "xt stands above a_prev in the concatenation",
        "The columns of a weight belong to [a_prev, xt] in that order.",
        ((CONCAT, "concat = np.concatenate([xt, a_prev], axis=0)"),),
    ),
    Mistake(
        "split-in-other-order",
        "the gradient of the concatenation is split in the wrong order",
        "Which rows of the concatenation are a_prev, and which are xt?",
        ((DA_PREV, "da_prev = dconcat[-n_a:]"), (DXT, "dxt = dconcat[:-n_a]")),
    ),
    Mistake(
        "split-swapped",
        "da_prev and dxt have changed places",
        "Which rows of the concatenation are a_prev, and which are xt?",
        ((DA_PREV, "da_prev = dconcat[n_a:]"), (DXT, "dxt = dconcat[:n_a]")),
    ),
    Mistake(
        "output-gate-missing-in-da-prev",
        "the output gate is missing from da_prev and dxt",
        "How many gates read a_prev and xt?",
        (('        + parameters["Wo"].T @ dot\n', ""),),
    ),
    Mistake(
        "weights-swapped",
        "Wf and Wi have changed places in da_prev and dxt",
        "Each gate's gradient goes back through that gate's own weights.",
        (
            ('parameters["Wf"].T @ dft', 'parameters["Wi"].T @ dft'),
            ('+ parameters["Wi"].T @ dit', '+ parameters["Wf"].T @ dit'),
        ),
    ),
    Mistake(
        "biases-without-keepdims",
        "the gradients of the biases have lost their second axis",
        "A gradient has the shape of what it belongs to, and a bias is a column.",
        _each_gate(", keepdims=True", ""),
    ),
    Mistake(
        "biases-mean",
        "the gradients of the biases are means over the examples",
        "A bias acts on every example: how do their gradients combine?",
        _each_gate("np.sum", "np.mean"),
    ),
    Mistake(
        "biases-wrong-axis",
        "the gradients of the biases are summed over the hidden units",
        "Which axis runs over the examples?",
        _each_gate("axis=1", "axis=0"),
    ),
    Mistake(
        "averages-over-examples",
        "the gradients of the weights and biases are divided by m",
        "The examples' gradients are added up here; a mean would belong to the loss.",
        tuple(
            (old, new.replace("concat.T,", "concat.T / xt.shape[1],"))
            for old, new in _each_gate("np.sum", "np.mean")
        ),
    ),
    Mistake(
        "wrong-keys",
        "the dictionary has the key dx in place of dxt",
        "The docstring lists the keys; the next function looks for them.",
        (('"dxt": dxt, ', '"dx": dxt, '),),
    ),
    Mistake(
        "returns-nothing",
        "nothing is returned",
        "How does a Python function hand back its results?",
        (("    return {\n", "    gradients = {\n"),),
    ),
)

EQUIVALENT = {
    **equivalents.because(equivalents.SHAPE, "name: n_a = c_next.shape[0]"),
    **equivalents.because(equivalents.DEFAULT, "keyword: concat = np.concatenate([a_prev, xt])"),
    **equivalents.because(equivalents.OWN_MEMORY, "aliased: dc_prev = np.multiply(dc, ft, out=dc)"),
}

# Numbers that the published version of the exercise prints; students meet them on the web.
PUBLISHED = {
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

EXERCISE = Exercise(
    name="lstm_cell_backward",
    arguments=("da_next", "dc_next", "cache"),
    returns=("dxt", "da_prev", "dc_prev", *shapes.GATE_GRADIENTS),
    checks=(
        Check("dxt", 2, shapes.INPUT, main=True),
        Check("da_prev", 4, shapes.STATE, main=True),
        Check("dc_prev", 3, shapes.STATE, main=True),
        *shapes.gates(each_weight=1, each_bias=1),
        shapes.UNTOUCHED,
    ),
    cases=cases,
    mistakes=MISTAKES,
    equivalent=EQUIVALENT,
    numeric=partial(numeric_gradients, wiring=WIRING),
    automatic=partial(automatic_gradients, traced=forward_passes.lstm_cell, wiring=WIRING),
    returns_dict=True,
    published=PUBLISHED,
)
