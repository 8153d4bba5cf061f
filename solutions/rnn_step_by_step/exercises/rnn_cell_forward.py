"""Ask for one step of the RNN."""

from __future__ import annotations

from grader.authoring import Draw, array, edit, tree

from . import draws, shapes
from .assignment import A
from .draws import Drawn


@A.exercise()
def rnn_cell_forward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.CELL_LETTERS)
    return draws.rnn_cell_inputs(draw)


rnn_cell_forward.returns(
    a_next=array(5, shapes.STATE, main=True),
    yt_pred=array(2, shapes.PREDICTION),
    cache=tree(2, shapes.RNN_CACHE),
)
rnn_cell_forward.untouched(1)
rnn_cell_forward.equations(a_next=1, yt_pred=2)
rnn_cell_forward.cases(*draws.CELL_FORWARD)

STATE = "a_next = np.tanh(Wax @ xt + Waa @ a_prev + ba)"
PREDICTION = "yt_pred = softmax(Wya @ a_next + by)"
CACHE = "cache = (a_next, a_prev, xt, parameters)"
RETURN = "return a_next, yt_pred, cache"

rnn_cell_forward.mistake(
    "no-tanh",
    "tanh is missing from a_next",
    "A hidden state stays between -1 and 1: what in its equation sees to that?",
    edit(STATE, "a_next = Wax @ xt + Waa @ a_prev + ba"),
)
rnn_cell_forward.mistake(
    "sigmoid-for-tanh",
    "a_next is made with sigmoid",
    "A hidden state may be negative: look at the activation in the equation of a<t>.",
    edit(STATE, "a_next = sigmoid(Wax @ xt + Waa @ a_prev + ba)"),
)
rnn_cell_forward.mistake(
    "relu-for-tanh",
    "a_next is made with a ReLU",
    "A hidden state may be negative: look at the activation in the equation of a<t>.",
    edit(STATE, "a_next = np.maximum(0, Wax @ xt + Waa @ a_prev + ba)"),
)
rnn_cell_forward.mistake(
    "softmax-for-tanh",
    "a_next is made with softmax",
    "Two activations are used in this cell: which equation has which?",
    edit(STATE, "a_next = softmax(Wax @ xt + Waa @ a_prev + ba)"),
)
rnn_cell_forward.mistake(
    "clip-for-tanh",
    "a_next is cut off at -1 and 1 in place of tanh",
    "Between -1 and 1 the activation bends as well: see the equation of a<t>.",
    edit(STATE, "a_next = np.clip(Wax @ xt + Waa @ a_prev + ba, -1, 1)"),
)
rnn_cell_forward.mistake(
    "a-next-rounded",
    "a_next is rounded to two decimals",
    "Rounding is for what is printed: the next step and the gradients need every digit.",
    edit(STATE, "a_next = np.round(np.tanh(Wax @ xt + Waa @ a_prev + ba), 2)"),
)
rnn_cell_forward.mistake(
    "no-bias-ba",
    "the bias ba is missing from a_next",
    "Count the terms in the equation of a<t>.",
    edit(STATE, "a_next = np.tanh(Wax @ xt + Waa @ a_prev)"),
)
rnn_cell_forward.mistake(
    "bias-outside-tanh",
    "the bias ba is added after tanh",
    "Which terms of the equation of a<t> stand inside the parentheses?",
    edit(STATE, "a_next = np.tanh(Wax @ xt + Waa @ a_prev) + ba"),
)
rnn_cell_forward.mistake(
    "drops-recurrent-term",
    "a_prev has no influence on a_next",
    "What makes this cell recurrent? Find that term in the equation of a<t>.",
    edit(STATE, "a_next = np.tanh(Wax @ xt + ba)"),
)
rnn_cell_forward.mistake(
    "drops-input-term",
    "xt has no influence on a_next",
    "A step reads the input and the memory: find both in the equation of a<t>.",
    edit(STATE, "a_next = np.tanh(Waa @ a_prev + ba)"),
)
rnn_cell_forward.mistake(
    "transposes-Waa",
    "Waa is transposed",
    "Waa is square, so its shape does not help: compare with the equation of a<t>.",
    edit(STATE, "a_next = np.tanh(Wax @ xt + Waa.T @ a_prev + ba)"),
)
rnn_cell_forward.mistake(
    "subtracts-recurrent-term",
    "the recurrent term has the wrong sign",
    "Look at the signs in the equation of a<t>.",
    edit(STATE, "a_next = np.tanh(Wax @ xt - Waa @ a_prev + ba)"),
)
rnn_cell_forward.mistake(
    "prediction-from-a-prev",
    "yt_pred is computed from a_prev",
    "Which hidden state does the prediction of this step read?",
    edit(PREDICTION, "yt_pred = softmax(Wya @ a_prev + by)"),
)
rnn_cell_forward.mistake(
    "no-bias-by",
    "the bias by is missing from yt_pred",
    "Count the terms in the equation of the prediction.",
    edit(PREDICTION, "yt_pred = softmax(Wya @ a_next)"),
)
rnn_cell_forward.mistake(
    "bias-outside-softmax",
    "the bias by is added after softmax",
    "Which terms of the prediction stand inside the parentheses?",
    edit(PREDICTION, "yt_pred = softmax(Wya @ a_next) + by"),
)
rnn_cell_forward.mistake(
    "no-softmax",
    "yt_pred holds scores, not probabilities",
    "Each column of a prediction adds up to one: what turns scores into that?",
    edit(PREDICTION, "yt_pred = Wya @ a_next + by"),
)
rnn_cell_forward.mistake(
    "sigmoid-for-softmax",
    "yt_pred is made with sigmoid",
    "Each column of a prediction adds up to one: which activation does that?",
    edit(PREDICTION, "yt_pred = sigmoid(Wya @ a_next + by)"),
)
rnn_cell_forward.mistake(
    "softmax-overflows",
    "a softmax of your own overflows where scores are large",
    "Of how large a number can np.exp hold the result? The softmax of rnn_utils copes with any.",
    edit(
        PREDICTION,
        "scores = np.exp(Wya @ a_next + by)\n    yt_pred = scores / np.sum(scores, axis=0)",
    ),
)
rnn_cell_forward.mistake(
    "softmax-over-examples",
    "softmax runs over the examples and not over the classes",
    "Columns are examples: along which axis do the probabilities add up to one?",
    edit(PREDICTION, "yt_pred = softmax((Wya @ a_next + by).T).T"),
)
rnn_cell_forward.mistake(
    "softmax-over-everything",
    "softmax divides by one sum for the whole matrix",
    "Each example has probabilities of its own: what is each of them divided by?",
    edit(PREDICTION, "scores = np.exp(Wya @ a_next + by)\n    yt_pred = scores / np.sum(scores)"),
)
rnn_cell_forward.mistake(
    "softmax-twice",
    "softmax is taken twice",
    "How often does softmax stand in the equation of the prediction?",
    edit(PREDICTION, "yt_pred = softmax(softmax(Wya @ a_next + by))"),
)
rnn_cell_forward.mistake(
    "half-filled",
    "the function is half filled in: no tanh, and yt_pred is still None",
    "Two equations belong here: one for a<t>, one for the prediction.",
    edit(STATE, "a_next = Wax @ xt + Waa @ a_prev + ba"),
    edit(PREDICTION, "yt_pred = None"),
)
rnn_cell_forward.mistake(
    "prediction-left-none",
    "yt_pred is still None",
    "One line of the stub is still to be filled in.",
    edit(PREDICTION, "yt_pred = None"),
)
rnn_cell_forward.mistake(
    "cache-states-swapped",
    "a_next and a_prev have changed places in the cache",
    "The docstring gives the order of the cache; the backward pass relies on it.",
    edit(CACHE, "cache = (a_prev, a_next, xt, parameters)"),
)
rnn_cell_forward.mistake(
    "cache-input-before-state",
    "xt stands before a_prev in the cache",
    "The docstring gives the order of the cache; the backward pass relies on it.",
    edit(CACHE, "cache = (a_next, xt, a_prev, parameters)"),
)
rnn_cell_forward.mistake(
    "cache-without-a-prev",
    "a_prev is missing from the cache",
    "What will the backward pass need? The docstring lists the cache's entries.",
    edit(CACHE, "cache = (a_next, xt, parameters)"),
)
rnn_cell_forward.mistake(
    "cache-a-next-twice",
    "the cache holds a_next where a_prev belongs",
    "Which state went into this step, and which came out? The docstring lists both.",
    edit(CACHE, "cache = (a_next, a_next, xt, parameters)"),
)
rnn_cell_forward.mistake(
    "returns-in-other-order",
    "a_next and yt_pred are returned in the other order",
    "The docstring gives the order of what is returned.",
    edit(RETURN, "return yt_pred, a_next, cache"),
)
rnn_cell_forward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)

# Numbers that the published version of the exercise prints; students meet them on the web.
rnn_cell_forward.published(
    {
        "a_next[4]": """0.59584544 0.18141802 0.61311866 0.99808218 0.85016201
                    0.99980978 -0.18887155 0.99815551 0.6531151 0.82872037""",
        "yt_pred[1]": """0.9888161 0.01682021 0.21140899 0.36817467 0.98988387
                     0.88945212 0.36920224 0.9966312 0.9982559 0.17746526""",
    }
)
