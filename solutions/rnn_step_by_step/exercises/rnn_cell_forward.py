"""Ask for one step of the RNN."""

from __future__ import annotations

import numpy as np

from grader.authoring import Case, Check, Exercise, Functions, Mistake

from . import draws, shapes


def cases(rng: np.random.Generator, _: Functions) -> list[Case]:
    """Draw the hidden cases."""
    drawn = draws.draw(rng, draws.CELL_FORWARD, draws.CELL_LETTERS)
    return [draw.case(draw.rnn_cell_inputs()) for draw in drawn]


STATE = "a_next = np.tanh(Wax @ xt + Waa @ a_prev + ba)"
PREDICTION = "yt_pred = softmax(Wya @ a_next + by)"
CACHE = "cache = (a_next, a_prev, xt, parameters)"
RETURN = "return a_next, yt_pred, cache"

MISTAKES = (
    Mistake(
        "no-tanh",
        "tanh is missing from a_next",
        "A hidden state stays between -1 and 1: what in its equation sees to that?",
        ((STATE, "a_next = Wax @ xt + Waa @ a_prev + ba"),),
    ),
    Mistake(
        "sigmoid-for-tanh",
        "a_next is made with sigmoid",
        "A hidden state may be negative: look at the activation in the equation of a<t>.",
        ((STATE, "a_next = sigmoid(Wax @ xt + Waa @ a_prev + ba)"),),
    ),
    Mistake(
        "relu-for-tanh",
        "a_next is made with a ReLU",
        "A hidden state may be negative: look at the activation in the equation of a<t>.",
        ((STATE, "a_next = np.maximum(0, Wax @ xt + Waa @ a_prev + ba)"),),
    ),
    Mistake(
        "softmax-for-tanh",
        "a_next is made with softmax",
        "Two activations are used in this cell: which equation has which?",
        ((STATE, "a_next = softmax(Wax @ xt + Waa @ a_prev + ba)"),),
    ),
    Mistake(
        "no-bias-ba",
        "the bias ba is missing from a_next",
        "Count the terms in the equation of a<t>.",
        ((STATE, "a_next = np.tanh(Wax @ xt + Waa @ a_prev)"),),
    ),
    Mistake(
        "bias-outside-tanh",
        "the bias ba is added after tanh",
        "Which terms of the equation of a<t> stand inside the parentheses?",
        ((STATE, "a_next = np.tanh(Wax @ xt + Waa @ a_prev) + ba"),),
    ),
    Mistake(
        "drops-recurrent-term",
        "a_prev has no influence on a_next",
        "What makes this cell recurrent? Find that term in the equation of a<t>.",
        ((STATE, "a_next = np.tanh(Wax @ xt + ba)"),),
    ),
    Mistake(
        "drops-input-term",
        "xt has no influence on a_next",
        "A step reads the input and the memory: find both in the equation of a<t>.",
        ((STATE, "a_next = np.tanh(Waa @ a_prev + ba)"),),
    ),
    Mistake(
        "transposes-Waa",
        "Waa is transposed",
        "Waa is square, so its shape does not help: compare with the equation of a<t>.",
        ((STATE, "a_next = np.tanh(Wax @ xt + Waa.T @ a_prev + ba)"),),
    ),
    Mistake(
        "subtracts-recurrent-term",
        "the recurrent term has the wrong sign",
        "Look at the signs in the equation of a<t>.",
        ((STATE, "a_next = np.tanh(Wax @ xt - Waa @ a_prev + ba)"),),
    ),
    Mistake(
        "prediction-from-a-prev",
        "yt_pred is computed from a_prev",
        "Which hidden state does the prediction of this step read?",
        ((PREDICTION, "yt_pred = softmax(Wya @ a_prev + by)"),),
    ),
    Mistake(
        "no-bias-by",
        "the bias by is missing from yt_pred",
        "Count the terms in the equation of the prediction.",
        ((PREDICTION, "yt_pred = softmax(Wya @ a_next)"),),
    ),
    Mistake(
        "bias-outside-softmax",
        "the bias by is added after softmax",
        "Which terms of the prediction stand inside the parentheses?",
        ((PREDICTION, "yt_pred = softmax(Wya @ a_next) + by"),),
    ),
    Mistake(
        "no-softmax",
        "yt_pred holds scores, not probabilities",
        "Each column of a prediction adds up to one: what turns scores into that?",
        ((PREDICTION, "yt_pred = Wya @ a_next + by"),),
    ),
    Mistake(
        "sigmoid-for-softmax",
        "yt_pred is made with sigmoid",
        "Each column of a prediction adds up to one: which activation does that?",
        ((PREDICTION, "yt_pred = sigmoid(Wya @ a_next + by)"),),
    ),
    Mistake(
        "softmax-over-examples",
        "softmax runs over the examples and not over the classes",
        "Columns are examples: along which axis do the probabilities add up to one?",
        ((PREDICTION, "yt_pred = softmax((Wya @ a_next + by).T).T"),),
    ),
    Mistake(
        "softmax-over-everything",
        "softmax divides by one sum for the whole matrix",
        "Each example has probabilities of its own: what is each of them divided by?",
        (
            (
                PREDICTION,
                "scores = np.exp(Wya @ a_next + by)\n    yt_pred = scores / np.sum(scores)",
            ),
        ),
    ),
    Mistake(
        "softmax-twice",
        "softmax is taken twice",
        "How often does softmax stand in the equation of the prediction?",
        ((PREDICTION, "yt_pred = softmax(softmax(Wya @ a_next + by))"),),
    ),
    Mistake(
        "half-filled",
        "the function is half filled in: no tanh, and yt_pred is still None",
        "Two equations belong here: one for a<t>, one for the prediction.",
        ((STATE, "a_next = Wax @ xt + Waa @ a_prev + ba"), (PREDICTION, "yt_pred = None")),
    ),
    Mistake(
        "prediction-left-none",
        "yt_pred is still None",
        "One line of the stub is still to be filled in.",
        ((PREDICTION, "yt_pred = None"),),
    ),
    Mistake(
        "cache-states-swapped",
        "a_next and a_prev have changed places in the cache",
        "The docstring gives the order of the cache; the backward pass relies on it.",
        ((CACHE, "cache = (a_prev, a_next, xt, parameters)"),),
    ),
    Mistake(
        "cache-input-before-state",
        "xt stands before a_prev in the cache",
        "The docstring gives the order of the cache; the backward pass relies on it.",
        ((CACHE, "cache = (a_next, xt, a_prev, parameters)"),),
    ),
    Mistake(
        "cache-without-a-prev",
        "a_prev is missing from the cache",
        "What will the backward pass need? The docstring lists the cache's entries.",
        ((CACHE, "cache = (a_next, xt, parameters)"),),
    ),
    Mistake(
        "cache-a-next-twice",
        "the cache holds a_next where a_prev belongs",
        "Which state went into this step, and which came out? The docstring lists both.",
        ((CACHE, "cache = (a_next, a_next, xt, parameters)"),),
    ),
    Mistake(
        "returns-in-other-order",
        "a_next and yt_pred are returned in the other order",
        "The docstring gives the order of what is returned.",
        ((RETURN, "return yt_pred, a_next, cache"),),
    ),
    Mistake(
        "returns-nothing",
        "nothing is returned",
        "How does a Python function hand back its results?",
        ((RETURN, "pass"),),
    ),
)

# Numbers that the published version of the exercise prints; students meet them on the web.
PUBLISHED = {
    "a_next[4]": """0.59584544 0.18141802 0.61311866 0.99808218 0.85016201
                    0.99980978 -0.18887155 0.99815551 0.6531151 0.82872037""",
    "yt_pred[1]": """0.9888161 0.01682021 0.21140899 0.36817467 0.98988387
                     0.88945212 0.36920224 0.9966312 0.9982559 0.17746526""",
}

EXERCISE = Exercise(
    name="rnn_cell_forward",
    arguments=("xt", "a_prev", "parameters"),
    returns=("a_next", "yt_pred", "cache"),
    checks=(
        Check("a_next", 5, shapes.STATE, main=True),
        Check("yt_pred", 2, shapes.PREDICTION),
        Check("cache", 2),
        shapes.UNTOUCHED,
    ),
    cases=cases,
    mistakes=MISTAKES,
    labels={"cache": shapes.RNN_CACHE},
    published=PUBLISHED,
)
