"""Ask for one step of the LSTM."""

from __future__ import annotations

import numpy as np

from grader.authoring import Case, Check, Exercise, Functions, Mistake

from . import draws, equivalents, shapes


def cases(rng: np.random.Generator, _: Functions) -> list[Case]:
    """Draw the hidden cases."""
    drawn = draws.draw(rng, draws.CELL_FORWARD, draws.CELL_LETTERS)
    return [draw.case(draw.lstm_cell_inputs()) for draw in drawn]


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

MISTAKES = (
    Mistake(
        "output-gate-unused",
        "the output gate is computed and not used",
        "What decides how much of the cell state shows? See the equation of a<t>.",
        ((STATE, "a_next = np.tanh(c_next)"),),
    ),
    Mistake(
        "sigmoid-for-candidate",
        "the candidate is made with sigmoid",
        "A candidate may be negative; gates may not. Which activation does its equation have?",
        ((CANDIDATE, "cct = sigmoid(Wc @ concat + bc)"),),
    ),
    Mistake(
        "candidate-without-tanh",
        "the candidate has no activation",
        "A candidate lies between -1 and 1: what in its equation sees to that?",
        ((CANDIDATE, "cct = Wc @ concat + bc"),),
    ),
    Mistake(
        "tanh-for-gates",
        "the gates are made with tanh",
        "A gate lies between 0 and 1: which activation does that?",
        (
            (FORGET, "ft = np.tanh(Wf @ concat + bf)"),
            (UPDATE, "it = np.tanh(Wi @ concat + bi)"),
            (OUTPUT, "ot = np.tanh(Wo @ concat + bo)"),
        ),
    ),
    Mistake(
        "tanh-for-forget-gate",
        "the forget gate is made with tanh",
        "A gate lies between 0 and 1: which activation does that?",
        ((FORGET, "ft = np.tanh(Wf @ concat + bf)"),),
    ),
    Mistake(
        "no-tanh-on-cell-state",
        "a_next takes the cell state without tanh",
        "A cell state may grow, a hidden state may not: what stands between them in a<t>?",
        ((STATE, "a_next = ot * c_next"),),
    ),
    Mistake(
        "tan-for-tanh",
        "np.tan is used where np.tanh is meant",
        "One letter makes a trigonometric function of a hyperbolic one.",
        ((STATE, "a_next = ot * np.tan(c_next)"),),
    ),
    Mistake(
        "sigmoid-on-cell-state",
        "a_next takes sigmoid of the cell state",
        "A hidden state may be negative: look at the activation in the equation of a<t>.",
        ((STATE, "a_next = ot * sigmoid(c_next)"),),
    ),
    Mistake(
        "state-from-c-prev",
        "a_next is computed from c_prev",
        "Which cell state does this step's hidden state read: the old or the new one?",
        ((STATE, "a_next = ot * np.tanh(c_prev)"),),
    ),
    Mistake(
        "concat-order",
        "xt stands above a_prev in the concatenation",
        "The columns of Wf belong to [a_prev, xt] in that order: see the forget gate's equation.",
        ((CONCAT, "concat = np.concatenate([xt, a_prev], axis=0)"),),
    ),
    Mistake(
        "c-prev-in-concat",
        "the old cell state stands in the concatenation",
        "Which of the two memories do the gates read?",
        ((CONCAT, "concat = np.concatenate([c_prev, xt], axis=0)"),),
    ),
    Mistake(
        "gates-swapped",
        "the forget and the update gate have changed places in c_next",
        "Which gate decides about the old cell state, and which about the candidate?",
        ((CELL, "c_next = it * c_prev + ft * cct"),),
    ),
    Mistake(
        "forget-gate-unused",
        "the forget gate is not used",
        "What happens to the old cell state in the equation of c<t>?",
        ((CELL, "c_next = c_prev + it * cct"),),
    ),
    Mistake(
        "update-gate-unused",
        "the update gate is not used",
        "What happens to the candidate in the equation of c<t>?",
        ((CELL, "c_next = ft * c_prev + cct"),),
    ),
    Mistake(
        "update-gate-tied",
        "1 - ft is used in place of the update gate",
        "That is another kind of cell: here both gates have weights of their own.",
        ((CELL, "c_next = ft * c_prev + (1 - ft) * cct"),),
    ),
    Mistake(
        "cell-state-from-a-prev",
        "the forget gate acts on a_prev",
        "Two memories come into the cell: which of them does the forget gate act on?",
        ((CELL, "c_next = ft * a_prev + it * cct"),),
    ),
    Mistake(
        "old-cell-state-dropped",
        "c_prev has no influence on c_next",
        "What makes the cell state a memory? See the equation of c<t>.",
        ((CELL, "c_next = it * cct"),),
    ),
    Mistake(
        "output-gate-from-Wi",
        "the output gate is made with the update gate's weights",
        "Each gate has a weight and a bias of its own.",
        ((OUTPUT, "ot = sigmoid(Wi @ concat + bi)"),),
    ),
    Mistake(
        "forget-and-update-weights-swapped",
        "Wf and Wi have changed places",
        "Which letter belongs to the forget gate, and which to the update gate?",
        (
            (FORGET, "ft = sigmoid(Wi @ concat + bi)"),
            (UPDATE, "it = sigmoid(Wf @ concat + bf)"),
        ),
    ),
    Mistake(
        "forget-and-update-biases-swapped",
        "bf and bi have changed places",
        "Which letter belongs to the forget gate, and which to the update gate?",
        (
            (FORGET, "ft = sigmoid(Wf @ concat + bi)"),
            (UPDATE, "it = sigmoid(Wi @ concat + bf)"),
        ),
    ),
    Mistake(
        "update-gate-with-bf",
        "the update gate is made with the forget gate's bias",
        "Each gate has a weight and a bias of its own.",
        ((UPDATE, "it = sigmoid(Wi @ concat + bf)"),),
    ),
    Mistake(
        "gates-without-bias",
        "the biases of the gates and of the candidate are missing",
        "Count the terms in the equation of the forget gate.",
        (
            (FORGET, "ft = sigmoid(Wf @ concat)"),
            (UPDATE, "it = sigmoid(Wi @ concat)"),
            (CANDIDATE, "cct = np.tanh(Wc @ concat)"),
            (OUTPUT, "ot = sigmoid(Wo @ concat)"),
        ),
    ),
    Mistake(
        "prediction-from-c-next",
        "yt_pred is computed from the cell state",
        "Which of the two states does the prediction read?",
        ((PREDICTION, "yt_pred = softmax(Wy @ c_next + by)"),),
    ),
    Mistake(
        "no-bias-by",
        "the bias by is missing from yt_pred",
        "Count the terms in the equation of the prediction.",
        ((PREDICTION, "yt_pred = softmax(Wy @ a_next)"),),
    ),
    Mistake(
        "no-softmax",
        "yt_pred holds scores, not probabilities",
        "Each column of a prediction adds up to one: what turns scores into that?",
        ((PREDICTION, "yt_pred = Wy @ a_next + by"),),
    ),
    Mistake(
        "sigmoid-for-softmax",
        "yt_pred is made with sigmoid",
        "Each column of a prediction adds up to one: which activation does that?",
        ((PREDICTION, "yt_pred = sigmoid(Wy @ a_next + by)"),),
    ),
    Mistake(
        "softmax-over-examples",
        "softmax runs over the examples and not over the classes",
        "Columns are examples: along which axis do the probabilities add up to one?",
        ((PREDICTION, "yt_pred = softmax((Wy @ a_next + by).T).T"),),
    ),
    Mistake(
        "cache-without-gates",
        "the gates are missing from the cache",
        "What will the backward pass need? The docstring lists the cache's ten entries.",
        ((CACHE, "cache = (a_next, c_next, a_prev, c_prev, xt, parameters)"),),
    ),
    Mistake(
        "cache-states-swapped",
        "the old states stand before the new ones in the cache",
        "The docstring gives the order of the cache; the backward pass relies on it.",
        ((CACHE, "cache = (a_prev, c_prev, a_next, c_next, ft, it, cct, ot, xt, parameters)"),),
    ),
    Mistake(
        "cache-gates-in-other-order",
        "the output gate stands before the candidate in the cache",
        "The docstring gives the order of the cache; the backward pass relies on it.",
        ((CACHE, "cache = (a_next, c_next, a_prev, c_prev, ft, it, ot, cct, xt, parameters)"),),
    ),
    Mistake(
        "returns-in-other-order",
        "c_next is returned before a_next",
        "The docstring gives the order of what is returned.",
        ((RETURN, "return c_next, a_next, yt_pred, cache"),),
    ),
    Mistake(
        "returns-nothing",
        "nothing is returned",
        "How does a Python function hand back its results?",
        ((RETURN, "pass"),),
    ),
)

EQUIVALENT = equivalents.because(
    equivalents.DEFAULT, "keyword: concat = np.concatenate([a_prev, xt])"
)

# Numbers that the published version of the exercise prints; students meet them on the web.
PUBLISHED = {
    "a_next[4]": """-0.66408471 0.0036921 0.02088357 0.22834167 -0.85575339
                    0.00138482 0.76566531 0.34631421 -0.00215674 0.43827275""",
    "c_next[2]": """0.63267805 1.00570849 0.35504474 0.20690913 -1.64566718
                    0.11832942 0.76449811 -0.0981561 -0.74348425 -0.26810932""",
    "yt_pred[1]": """0.79913913 0.15986619 0.22412122 0.15606108 0.97057211
                     0.31146381 0.00943007 0.12666353 0.39380172 0.07828381""",
    "cache[1][3]": """-0.16263996 1.03729328 0.72938082 -0.54101719 0.02752074
                      -0.30821874 0.07651101 -1.03752894 1.41219977 -0.37647422""",
}

EXERCISE = Exercise(
    name="lstm_cell_forward",
    arguments=("xt", "a_prev", "c_prev", "parameters"),
    returns=("a_next", "c_next", "yt_pred", "cache"),
    checks=(
        Check("a_next", 4, shapes.STATE, main=True),
        Check("c_next", 4, shapes.STATE, main=True),
        Check("yt_pred", 3, shapes.PREDICTION),
        Check("cache", 3),
        shapes.UNTOUCHED,
    ),
    cases=cases,
    mistakes=MISTAKES,
    equivalent=EQUIVALENT,
    labels={"cache": shapes.LSTM_CACHE},
    published=PUBLISHED,
)
