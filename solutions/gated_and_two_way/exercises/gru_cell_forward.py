"""Ask for one step of the GRU."""

from __future__ import annotations

from grader.authoring import Draw, array, edit, tree

from . import draws, equivalents, shapes
from .assignment import A
from .draws import Drawn


@A.exercise()
def gru_cell_forward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.CELL_LETTERS)
    return draws.cell_inputs(draw)


gru_cell_forward.returns(
    a_next=array(10, shapes.STATE, main=True),
    cache=tree(3, shapes.CACHE),
)
gru_cell_forward.untouched(1)
gru_cell_forward.equations(ut=1, rt=2, cct=3, a_next=4)
gru_cell_forward.cases(*draws.CELL_FORWARD)

CONCAT = "concat = np.concatenate([a_prev, xt], axis=0)"
UPDATE = 'ut = sigmoid(parameters["Wu"] @ concat + parameters["bu"])'
RESET_GATE = 'rt = sigmoid(parameters["Wr"] @ concat + parameters["br"])'
RESET = "reset = np.concatenate([rt * a_prev, xt], axis=0)"
CANDIDATE = 'cct = np.tanh(parameters["Wc"] @ reset + parameters["bc"])'
STATE = "a_next = ut * cct + (1 - ut) * a_prev"
CACHE = "cache = (a_prev, ut, rt, cct, xt, parameters)"
RETURN = "return a_next, cache"
STATE_PART = 'parameters["Wc"][:, : len(a_prev)]'
INPUT_PART = 'parameters["Wc"][:, len(a_prev) :]'

gru_cell_forward.mistake(
    "update-gate-on-the-old-state",
    "the update gate is the share of the old state, as in PyTorch",
    "There are two conventions: which of the two does the box below the equations give?",
    edit(STATE, "a_next = (1 - ut) * cct + ut * a_prev"),
)
gru_cell_forward.mistake(
    "reset-after-the-product",
    "the reset gate acts after the product with Wc, as in PyTorch",
    "There are two conventions: what is reset in equation (3), the state or its product?",
    edit(
        CANDIDATE,
        f'cct = np.tanh(rt * ({STATE_PART} @ a_prev) + {INPUT_PART} @ xt + parameters["bc"])',
    ),
)
gru_cell_forward.mistake(
    "reset-after-the-product-with-the-bias",
    "the reset gate acts after the product with Wc, and on the bias as well",
    "What is reset in equation (3), the state or its product?",
    edit(
        CANDIDATE,
        f'cct = np.tanh(rt * ({STATE_PART} @ a_prev + parameters["bc"]) + {INPUT_PART} @ xt)',
    ),
)
gru_cell_forward.mistake(
    "both-of-pytorch",
    "both conventions are those of PyTorch's nn.GRU",
    "The box below the equations names two differences: each of them is in your function.",
    edit(
        CANDIDATE,
        f'cct = np.tanh(rt * ({STATE_PART} @ a_prev) + {INPUT_PART} @ xt + parameters["bc"])',
    ),
    edit(STATE, "a_next = (1 - ut) * cct + ut * a_prev"),
)
gru_cell_forward.mistake(
    "gates-swapped",
    "the update gate and the reset gate have changed places",
    "Which gate mixes, and which one acts before the candidate is made?",
    edit(UPDATE, UPDATE.replace('"Wu"', '"Wr"').replace('"bu"', '"br"')),
    edit(RESET_GATE, RESET_GATE.replace('"Wr"', '"Wu"').replace('"br"', '"bu"')),
)
gru_cell_forward.mistake(
    "no-reset",
    "the candidate reads the old state without the reset gate",
    "Find the reset gate in equation (3): what does it multiply?",
    edit(RESET, "reset = concat"),
)
gru_cell_forward.mistake(
    "input-reset-too",
    "the reset gate acts on the input as well",
    "Which part of the stack in equation (3) is reset?",
    edit(RESET, "reset = np.concatenate([rt * a_prev, np.mean(rt, axis=0) * xt], axis=0)"),
)
gru_cell_forward.mistake(
    "one-minus-reset",
    "the candidate reads what the reset gate shuts out",
    "At a reset gate of 0, how much of the old state does the candidate see?",
    edit(RESET, "reset = np.concatenate([(1 - rt) * a_prev, xt], axis=0)"),
)
gru_cell_forward.mistake(
    "reset-by-the-update-gate",
    "the update gate acts in the place of the reset gate",
    "Which gate stands in equation (3)?",
    edit(RESET, "reset = np.concatenate([ut * a_prev, xt], axis=0)"),
)
gru_cell_forward.mistake(
    "mixed-by-the-reset-gate",
    "the reset gate mixes old and new",
    "Which gate stands in equation (4)?",
    edit(STATE, "a_next = rt * cct + (1 - rt) * a_prev"),
)
gru_cell_forward.mistake(
    "gates-read-the-reset-state",
    "the update gate reads the reset state",
    "Which of the two stacks do the gates read?",
    edit("    " + UPDATE + "\n", ""),
    edit(RESET, RESET + "\n    " + UPDATE.replace("concat", "reset")),
)
gru_cell_forward.mistake(
    "sigmoid-candidate",
    "the candidate is made with sigmoid",
    "A candidate may be negative: look at its activation.",
    edit(CANDIDATE, CANDIDATE.replace("np.tanh", "sigmoid")),
)
gru_cell_forward.mistake(
    "no-tanh",
    "tanh is missing from the candidate",
    "What keeps the candidate between -1 and 1?",
    edit(CANDIDATE, 'cct = parameters["Wc"] @ reset + parameters["bc"]'),
)
gru_cell_forward.mistake(
    "relu-candidate",
    "the candidate is made with a ReLU",
    "A candidate may be negative: look at its activation.",
    edit(CANDIDATE, CANDIDATE.replace("np.tanh(", "np.maximum(0, ")),
)
gru_cell_forward.mistake(
    "tanh-gates",
    "the gates are made with tanh",
    "A gate is a share, between 0 and 1: which activation gives that?",
    edit(UPDATE, UPDATE.replace("sigmoid", "np.tanh")),
    edit(RESET_GATE, RESET_GATE.replace("sigmoid", "np.tanh")),
)
gru_cell_forward.mistake(
    "tanh-around-the-state",
    "a tanh is put around the new state",
    "An LSTM shows a tanh of its cell state; what does equation (4) show?",
    edit(STATE, "a_next = np.tanh(ut * cct + (1 - ut) * a_prev)"),
)
gru_cell_forward.mistake(
    "old-state-not-weighed",
    "the old state is added whole, as in a residual connection",
    "What do the two shares in equation (4) add up to?",
    edit(STATE, "a_next = ut * cct + a_prev"),
)
gru_cell_forward.mistake(
    "candidate-not-weighed",
    "the candidate is added whole",
    "What do the two shares in equation (4) add up to?",
    edit(STATE, "a_next = cct + (1 - ut) * a_prev"),
)
gru_cell_forward.mistake(
    "candidate-alone",
    "the new state is the candidate",
    "What becomes of the candidate in equation (4)?",
    edit(STATE, "a_next = cct"),
)
gru_cell_forward.mistake(
    "old-state-dropped",
    "the old state has no share in the new one",
    "What becomes of the old state where the update gate is nearly 0?",
    edit(STATE, "a_next = ut * cct"),
)
gru_cell_forward.mistake(
    "reset-state-kept",
    "the share of the old state is that of the reset state",
    "The reset is for the candidate: which old state does equation (4) mix?",
    edit(STATE, "a_next = ut * cct + (1 - ut) * rt * a_prev"),
)
gru_cell_forward.mistake(
    "concat-order",
    "the input stands above the old state in both stacks",
    "The columns of a weight belong to the old state and the input, in that order.",
    edit(CONCAT, "concat = np.concatenate([xt, a_prev], axis=0)"),
    edit(RESET, "reset = np.concatenate([xt, rt * a_prev], axis=0)"),
)
gru_cell_forward.mistake(
    "concat-order-of-the-candidate",
    "the input stands above the old state in the candidate's stack",
    "The columns of a weight belong to the old state and the input, in that order.",
    edit(RESET, "reset = np.concatenate([xt, rt * a_prev], axis=0)"),
)
gru_cell_forward.mistake(
    "one-gates-weights-twice",
    "both gates use the weights of the update gate",
    "Each gate has weights and a bias of its own: compare the two lines.",
    edit(RESET_GATE, RESET_GATE.replace('"Wr"', '"Wu"')),
)
gru_cell_forward.mistake(
    "one-gates-bias-twice",
    "both gates use the bias of the update gate",
    "Each gate has weights and a bias of its own: compare the two lines.",
    edit(RESET_GATE, RESET_GATE.replace('"br"', '"bu"')),
)
gru_cell_forward.mistake(
    "no-biases",
    "the biases are missing",
    "Count the terms in equations (1) to (3).",
    edit(UPDATE, UPDATE.replace(' + parameters["bu"]', "")),
    edit(RESET_GATE, RESET_GATE.replace(' + parameters["br"]', "")),
    edit(CANDIDATE, CANDIDATE.replace(' + parameters["bc"]', "")),
)
gru_cell_forward.mistake(
    "no-candidate-bias",
    "the candidate's bias is missing",
    "Count the terms in equation (3).",
    edit(CANDIDATE, CANDIDATE.replace(' + parameters["bc"]', "")),
)
gru_cell_forward.mistake(
    "cache-order",
    "the gates have changed places in the cache",
    "The docstring gives the order of the cache; the way back reads it by that.",
    edit(CACHE, "cache = (a_prev, rt, ut, cct, xt, parameters)"),
)
gru_cell_forward.mistake(
    "cache-holds-the-new-state",
    "the cache holds the new state in the place of the old one",
    "Which state does the way back need: the one before the step, or the one after it?",
    edit(CACHE, "cache = (a_next, ut, rt, cct, xt, parameters)"),
)
gru_cell_forward.mistake(
    "cache-holds-the-reset-state",
    "the cache holds the reset state in the place of the old one",
    "The docstring lists what the cache is made of.",
    edit(CACHE, "cache = (rt * a_prev, ut, rt, cct, xt, parameters)"),
)
gru_cell_forward.mistake(
    "cache-without-parameters",
    "the cache ends before the parameters",
    "The docstring lists what the cache is made of.",
    edit(CACHE, "cache = (a_prev, ut, rt, cct, xt)"),
)
gru_cell_forward.mistake(
    "returns-in-other-order",
    "the cache is returned before the state",
    "The docstring gives the order of what is returned.",
    edit(RETURN, "return cache, a_next"),
)
gru_cell_forward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)

gru_cell_forward.equivalent(
    equivalents.DEFAULT,
    "keyword: concat = np.concatenate([a_prev, xt])",
    "keyword: reset = np.concatenate([rt * a_prev, xt])",
)
