"""Ask for one step of the LSTM."""

from __future__ import annotations

from grader.authoring import Draw, array, edit, tree

from . import draws, equivalents, shapes
from .assignment import A
from .draws import Drawn


@A.exercise()
def lstm_cell_forward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.CELL_LETTERS)
    return draws.lstm_cell_inputs(draw)


lstm_cell_forward.returns(
    a_next=array(4, shapes.STATE, main=True),
    c_next=array(4, shapes.STATE, main=True),
    yt_pred=array(3, shapes.PREDICTION),
    cache=tree(3, shapes.LSTM_CACHE),
)
lstm_cell_forward.untouched(1)
lstm_cell_forward.equations(ft=4, it=5, cct=6, c_next=7, ot=8, a_next=9, yt_pred=10)
lstm_cell_forward.cases(*draws.CELL_FORWARD)

CONCAT = "concat = np.concatenate([a_prev, xt], axis=0)"
FORGET = "ft = sigmoid(Wf @ concat + bf)"
UPDATE = "it = sigmoid(Wi @ concat + bi)"
CANDIDATE = "cct = np.tanh(Wc @ concat + bc)"
OUTPUT = "ot = sigmoid(Wo @ concat + bo)"
CELL = "c_next = ft * c_prev + it * cct"
STATE = "a_next = ot * np.tanh(c_next)"
PREDICTION = "yt_pred = softmax(Wy @ a_next + by)"
CACHE = "cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)"
RETURN = "return a_next, c_next, yt_pred, cache"

STACKED = {
    "f": ("forget", FORGET), "i": ("update", UPDATE),
    "c": ("candidate", CANDIDATE), "o": ("output", OUTPUT),
}  # fmt: skip


def _weighted(line: str, gate: str, other: str) -> str:
    """The line of one gate with the weight and the bias of another."""
    return line.replace(f"W{gate}", f"W{other}").replace(f"b{gate}", f"b{other}")


lstm_cell_forward.mistake(
    "output-gate-unused",
    "the output gate is computed and not used",
    "What decides how much of the cell state shows? See the equation of a<t>.",
    edit(STATE, "a_next = np.tanh(c_next)"),
)
lstm_cell_forward.mistake(
    "sigmoid-for-candidate",
    "the candidate is made with sigmoid",
    "A candidate may be negative; gates may not. Which activation does its equation have?",
    edit(CANDIDATE, "cct = sigmoid(Wc @ concat + bc)"),
)
lstm_cell_forward.mistake(
    "candidate-without-tanh",
    "the candidate has no activation",
    "A candidate lies between -1 and 1: what in its equation sees to that?",
    edit(CANDIDATE, "cct = Wc @ concat + bc"),
)
lstm_cell_forward.mistake(
    "clip-for-candidate",
    "the candidate is cut off at -1 and 1 in place of tanh",
    "Between -1 and 1 the activation bends as well: see the candidate's equation.",
    edit(CANDIDATE, "cct = np.clip(Wc @ concat + bc, -1, 1)"),
)
lstm_cell_forward.mistake(
    "tanh-for-gates",
    "the gates are made with tanh",
    "A gate lies between 0 and 1: which activation does that?",
    edit(FORGET, "ft = np.tanh(Wf @ concat + bf)"),
    edit(UPDATE, "it = np.tanh(Wi @ concat + bi)"),
    edit(OUTPUT, "ot = np.tanh(Wo @ concat + bo)"),
)
lstm_cell_forward.mistake(
    "tanh-for-forget-gate",
    "the forget gate is made with tanh",
    "A gate lies between 0 and 1: which activation does that?",
    edit(FORGET, "ft = np.tanh(Wf @ concat + bf)"),
)
lstm_cell_forward.mistake(
    "no-tanh-on-cell-state",
    "a_next takes the cell state without tanh",
    "A cell state may grow, a hidden state may not: what stands between them in a<t>?",
    edit(STATE, "a_next = ot * c_next"),
)
lstm_cell_forward.mistake(
    "clip-on-cell-state",
    "a_next takes the cell state cut off at -1 and 1 in place of tanh",
    "Between -1 and 1 the activation bends as well: see the equation of a<t>.",
    edit(STATE, "a_next = ot * np.clip(c_next, -1, 1)"),
)
lstm_cell_forward.mistake(
    "states-rounded",
    "a_next and c_next are rounded to two decimals",
    "Rounding is for what is printed: the next step and the gradients need every digit.",
    edit(STATE, STATE + "\n    a_next, c_next = np.round(a_next, 2), np.round(c_next, 2)"),
)
lstm_cell_forward.mistake(
    "tan-for-tanh",
    "np.tan is used where np.tanh is meant",
    "One letter makes a trigonometric function of a hyperbolic one.",
    edit(STATE, "a_next = ot * np.tan(c_next)"),
)
lstm_cell_forward.mistake(
    "sigmoid-on-cell-state",
    "a_next takes sigmoid of the cell state",
    "A hidden state may be negative: look at the activation in the equation of a<t>.",
    edit(STATE, "a_next = ot * sigmoid(c_next)"),
)
lstm_cell_forward.mistake(
    "state-from-c-prev",
    "a_next is computed from c_prev",
    "Which cell state does this step's hidden state read: the old or the new one?",
    edit(STATE, "a_next = ot * np.tanh(c_prev)"),
)
lstm_cell_forward.mistake(
    "concat-order",
    "xt stands above a_prev in the concatenation",
    "The columns of Wf belong to [a_prev, xt] in that order: see the forget gate's equation.",
    edit(CONCAT, "concat = np.concatenate([xt, a_prev], axis=0)"),
)
lstm_cell_forward.mistake(
    "c-prev-in-concat",
    "the old cell state stands in the concatenation",
    "Which of the two memories do the gates read?",
    edit(CONCAT, "concat = np.concatenate([c_prev, xt], axis=0)"),
)
lstm_cell_forward.mistake(
    "gates-swapped",
    "the forget and the update gate have changed places in c_next",
    "Which gate decides about the old cell state, and which about the candidate?",
    edit(CELL, "c_next = it * c_prev + ft * cct"),
)
lstm_cell_forward.mistake(
    "forget-gate-unused",
    "the forget gate is not used",
    "What happens to the old cell state in the equation of c<t>?",
    edit(CELL, "c_next = c_prev + it * cct"),
)
lstm_cell_forward.mistake(
    "update-gate-unused",
    "the update gate is not used",
    "What happens to the candidate in the equation of c<t>?",
    edit(CELL, "c_next = ft * c_prev + cct"),
)
lstm_cell_forward.mistake(
    "update-gate-tied",
    "1 - ft is used in place of the update gate",
    "That is another kind of cell: here both gates have weights of their own.",
    edit(CELL, "c_next = ft * c_prev + (1 - ft) * cct"),
)
lstm_cell_forward.mistake(
    "forget-gate-tied",
    "1 - it is used in place of the forget gate",
    "That is another kind of cell: here both gates have weights of their own.",
    edit(CELL, "c_next = (1 - it) * c_prev + it * cct"),
)
lstm_cell_forward.mistake(
    "gru-step",
    "the step of a GRU is taken: one state, a reset gate and 1 - it",
    "A GRU has one memory, an LSTM two: which equation makes each of them here?",
    edit(CANDIDATE, "cct = np.tanh(Wc @ np.concatenate([ft * a_prev, xt], axis=0) + bc)"),
    edit(CELL, "c_next = (1 - it) * c_prev + it * cct"),
    edit(STATE, "a_next = c_next"),
)
lstm_cell_forward.mistake(
    "peepholes",
    "the gates read the cell state as well",
    "That is another kind of cell: what stands in the concatenation that the gates read here?",
    edit(FORGET, "ft = sigmoid(Wf @ concat + bf + c_prev)"),
    edit(UPDATE, "it = sigmoid(Wi @ concat + bi + c_prev)"),
    edit(OUTPUT, "ot = sigmoid(Wo @ concat + bo + c_next)"),
)
lstm_cell_forward.mistake(
    "cell-state-from-a-prev",
    "the forget gate acts on a_prev",
    "Two memories come into the cell: which of them does the forget gate act on?",
    edit(CELL, "c_next = ft * a_prev + it * cct"),
)
lstm_cell_forward.mistake(
    "old-cell-state-dropped",
    "c_prev has no influence on c_next",
    "What makes the cell state a memory? See the equation of c<t>.",
    edit(CELL, "c_next = it * cct"),
)
lstm_cell_forward.mistake(
    "output-gate-from-Wi",
    "the output gate is made with the update gate's weights",
    "Each gate has a weight and a bias of its own.",
    edit(OUTPUT, "ot = sigmoid(Wi @ concat + bi)"),
)
lstm_cell_forward.mistake(
    "forget-and-update-weights-swapped",
    "Wf and Wi have changed places",
    "Which letter belongs to the forget gate, and which to the update gate?",
    edit(FORGET, "ft = sigmoid(Wi @ concat + bi)"),
    edit(UPDATE, "it = sigmoid(Wf @ concat + bf)"),
)
lstm_cell_forward.mistake(
    "forget-and-update-biases-swapped",
    "bf and bi have changed places",
    "Which letter belongs to the forget gate, and which to the update gate?",
    edit(FORGET, "ft = sigmoid(Wf @ concat + bi)"),
    edit(UPDATE, "it = sigmoid(Wi @ concat + bf)"),
)
# Stacked in one order and taken apart in another: the other pairs that can change places.
for _one, _other in ("fc", "fo", "ic", "io", "co"):
    lstm_cell_forward.mistake(
        f"{STACKED[_one][0]}-and-{STACKED[_other][0]}-stacked-in-other-order",
        f"W{_one}, b{_one} and W{_other}, b{_other} have changed places",
        "Each gate has a weight and a bias of its own: where the gates are stacked, "
        "in which order are they taken apart?",
        edit(STACKED[_one][1], _weighted(STACKED[_one][1], _one, _other)),
        edit(STACKED[_other][1], _weighted(STACKED[_other][1], _other, _one)),
    )
lstm_cell_forward.mistake(
    "update-gate-with-bf",
    "the update gate is made with the forget gate's bias",
    "Each gate has a weight and a bias of its own.",
    edit(UPDATE, "it = sigmoid(Wi @ concat + bf)"),
)
lstm_cell_forward.mistake(
    "gates-without-bias",
    "the biases of the gates and of the candidate are missing",
    "Count the terms in the equation of the forget gate.",
    edit(FORGET, "ft = sigmoid(Wf @ concat)"),
    edit(UPDATE, "it = sigmoid(Wi @ concat)"),
    edit(CANDIDATE, "cct = np.tanh(Wc @ concat)"),
    edit(OUTPUT, "ot = sigmoid(Wo @ concat)"),
)
lstm_cell_forward.mistake(
    "prediction-from-c-next",
    "yt_pred is computed from the cell state",
    "Which of the two states does the prediction read?",
    edit(PREDICTION, "yt_pred = softmax(Wy @ c_next + by)"),
)
lstm_cell_forward.mistake(
    "no-bias-by",
    "the bias by is missing from yt_pred",
    "Count the terms in the equation of the prediction.",
    edit(PREDICTION, "yt_pred = softmax(Wy @ a_next)"),
)
lstm_cell_forward.mistake(
    "no-softmax",
    "yt_pred holds scores, not probabilities",
    "Each column of a prediction adds up to one: what turns scores into that?",
    edit(PREDICTION, "yt_pred = Wy @ a_next + by"),
)
lstm_cell_forward.mistake(
    "sigmoid-for-softmax",
    "yt_pred is made with sigmoid",
    "Each column of a prediction adds up to one: which activation does that?",
    edit(PREDICTION, "yt_pred = sigmoid(Wy @ a_next + by)"),
)
lstm_cell_forward.mistake(
    "softmax-overflows",
    "a softmax of your own overflows where scores are large",
    "Of how large a number can np.exp hold the result? The softmax of rnn_utils copes with any.",
    edit(
        PREDICTION,
        "scores = np.exp(Wy @ a_next + by)\n    yt_pred = scores / np.sum(scores, axis=0)",
    ),
)
lstm_cell_forward.mistake(
    "softmax-over-examples",
    "softmax runs over the examples and not over the classes",
    "Columns are examples: along which axis do the probabilities add up to one?",
    edit(PREDICTION, "yt_pred = softmax((Wy @ a_next + by).T).T"),
)
lstm_cell_forward.mistake(
    "cache-without-gates",
    "the gates are missing from the cache",
    "What will the backward pass need? The docstring lists the cache's ten entries.",
    edit(CACHE, "cache = (a_next, c_next, a_prev, c_prev, xt, parameters)"),
)
lstm_cell_forward.mistake(
    "cache-states-swapped",
    "the old states stand before the new ones in the cache",
    "The docstring gives the order of the cache; the backward pass relies on it.",
    edit(CACHE, "cache = (a_prev, c_prev, a_next, c_next, ft, it, cct, ot, xt, parameters)"),
)
lstm_cell_forward.mistake(
    "cache-gates-in-other-order",
    "the output gate stands before the candidate in the cache",
    "The docstring gives the order of the cache; the backward pass relies on it.",
    edit(CACHE, "cache = (a_next, c_next, a_prev, c_prev, ft, it, ot, cct, xt, parameters)"),
)
lstm_cell_forward.mistake(
    "returns-in-other-order",
    "c_next is returned before a_next",
    "The docstring gives the order of what is returned.",
    edit(RETURN, "return c_next, a_next, yt_pred, cache"),
)
lstm_cell_forward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)

lstm_cell_forward.equivalent(equivalents.DEFAULT, "keyword: concat = np.concatenate([a_prev, xt])")

# Numbers that the published version of the exercise prints; students meet them on the web.
lstm_cell_forward.published(
    {
        "a_next[4]": """-0.66408471 0.0036921 0.02088357 0.22834167 -0.85575339
                    0.00138482 0.76566531 0.34631421 -0.00215674 0.43827275""",
        "c_next[2]": """0.63267805 1.00570849 0.35504474 0.20690913 -1.64566718
                    0.11832942 0.76449811 -0.0981561 -0.74348425 -0.26810932""",
        "yt_pred[1]": """0.79913913 0.15986619 0.22412122 0.15606108 0.97057211
                     0.31146381 0.00943007 0.12666353 0.39380172 0.07828381""",
        "cache[1][3]": """-0.16263996 1.03729328 0.72938082 -0.54101719 0.02752074
                      -0.30821874 0.07651101 -1.03752894 1.41219977 -0.37647422""",
    }
)
