"""Ask for the LSTM over time."""

from __future__ import annotations

import numpy as np

from grader.authoring import Case, Check, Exercise, Functions, Mistake

from . import draws, equivalents, shapes


def cases(rng: np.random.Generator, _: Functions) -> list[Case]:
    """Draw the hidden cases."""
    return [draw.case(draw.lstm_inputs()) for draw in draws.draw(rng, draws.FORWARD, draws.LETTERS)]


START_A = "a_next = a0"
START_C = "c_next = np.zeros_like(a0)"
LOOP = "for t in range(T_x):"
CALL = "lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)"
UNPACK = "a_next, c_next, yt_pred, cache = lstm_cell_forward"
STORE_A = "a[:, :, t] = a_next"
STORE_C = "c[:, :, t] = c_next"
STORE_Y = "y[:, :, t] = yt_pred"
APPEND = "caches.append(cache)"
RETURN = "return a, y, c, (caches, x)"

MISTAKES = (
    Mistake(
        "starts-from-zeros",
        "a0 is ignored and the first hidden state is zero",
        "One of the two first states is zero; where does the other come from?",
        ((START_A, "a_next = np.zeros_like(a0)"),),
    ),
    Mistake(
        "cell-state-starts-from-a0",
        "the cell state starts from a0",
        "The text says what the cell state is before the first step.",
        ((START_C, "c_next = a0"),),
    ),
    Mistake(
        "cell-state-starts-from-ones",
        "the cell state starts from ones",
        "The text says what the cell state is before the first step.",
        ((START_C, "c_next = np.ones_like(a0)"),),
    ),
    Mistake(
        "state-not-carried",
        "every step starts from a0",
        "Two states are handed on from step to step: is one of them left behind?",
        ((CALL, "lstm_cell_forward(x[:, :, t], a0, c_next, parameters)"),),
    ),
    Mistake(
        "cell-state-not-carried",
        "every step starts from an empty cell state",
        "Two states are handed on from step to step: is one of them left behind?",
        ((CALL, "lstm_cell_forward(x[:, :, t], a_next, np.zeros_like(a0), parameters)"),),
    ),
    Mistake(
        "neither-state-carried",
        "every step starts from the first states",
        "What does step t hand on to step t + 1?",
        ((CALL, "lstm_cell_forward(x[:, :, t], a0, np.zeros_like(a0), parameters)"),),
    ),
    Mistake(
        "states-swapped-in-call",
        "the hidden state and the cell state change places in the call",
        "In which order does lstm_cell_forward take its arguments?",
        ((CALL, "lstm_cell_forward(x[:, :, t], c_next, a_next, parameters)"),),
    ),
    Mistake(
        "states-swapped-on-return",
        "the hidden state and the cell state change places in what the cell returns",
        "In which order does lstm_cell_forward return its results?",
        ((UNPACK, "c_next, a_next, yt_pred, cache = lstm_cell_forward"),),
    ),
    Mistake(
        "caches-empty",
        "caches is never filled",
        "The backward pass needs one cache a step; np.append returns a new array, "
        "it does not change its argument.",
        ((APPEND, "pass"),),
    ),
    Mistake(
        "caches-last-only",
        "only the last step's cache is kept",
        "The backward pass needs one cache a step: does each step add to the list?",
        ((APPEND, "caches = [cache]"),),
    ),
    Mistake(
        "caches-same-for-all",
        "every entry of caches is the last step's",
        "The backward pass needs one cache a step: when is each of them stored?",
        ((RETURN, "return a, y, c, ([cache] * T_x, x)"),),
    ),
    Mistake(
        "caches-reversed",
        "caches begins with the last step",
        "In which order does the list grow, and in which is it read later?",
        ((APPEND, "caches.insert(0, cache)"),),
    ),
    Mistake(
        "caches-without-x",
        "the list of caches is returned without x",
        "The docstring says what caches is made of.",
        ((RETURN, "return a, y, c, caches"),),
    ),
    Mistake(
        "caches-x-first",
        "x stands before the list in caches",
        "The docstring says what caches is made of, and in which order.",
        ((RETURN, "return a, y, c, (x, caches)"),),
    ),
    Mistake(
        "cached-view-overwritten",
        "the first cache's a_prev is a view of a, and is overwritten by the last step",
        "a[:, :, -1] is the last step's place: what becomes of a slice when its array changes?",
        (
            (START_A, "a[:, :, -1] = a0"),
            (CALL, "lstm_cell_forward(x[:, :, t], a[:, :, t - 1], c_next, parameters)"),
        ),
    ),
    Mistake(
        "first-input-at-every-step",
        "every step reads the first input",
        "Which slice of x belongs to step t?",
        ((CALL, "lstm_cell_forward(x[:, :, 0], a_next, c_next, parameters)"),),
    ),
    Mistake(
        "input-one-step-early",
        "step t reads the input of step t - 1",
        "Which slice of x belongs to step t?",
        ((CALL, "lstm_cell_forward(x[:, :, t - 1], a_next, c_next, parameters)"),),
    ),
    Mistake(
        "runs-backwards",
        "the steps are taken from the last to the first",
        "In which direction does time run in the forward pass?",
        ((LOOP, "for t in reversed(range(T_x)):"),),
    ),
    Mistake(
        "misses-last-step",
        "the loop ends one step early",
        "How many steps does x hold, and what is the last t?",
        ((LOOP, "for t in range(T_x - 1):"),),
    ),
    Mistake(
        "misses-first-step",
        "the loop begins one step late",
        "Which index does the first step have in Python?",
        ((LOOP, "for t in range(1, T_x):"),),
    ),
    Mistake(
        "return-inside-loop",
        "the function returns after the first step",
        "How far is the return line indented?",
        (("    " + RETURN, "        " + RETURN),),
    ),
    Mistake(
        "stores-cell-state-in-a",
        "a holds the cell states",
        "Which of the two states belongs in a?",
        ((STORE_A, "a[:, :, t] = c_next"),),
    ),
    Mistake(
        "stores-hidden-state-in-c",
        "c holds the hidden states",
        "Which of the two states belongs in c?",
        ((STORE_C, "c[:, :, t] = a_next"),),
    ),
    Mistake(
        "a-not-stored",
        "a stays zero",
        "Which line puts the new hidden state in its place in a?",
        ((STORE_A, "pass"),),
    ),
    Mistake(
        "c-not-stored",
        "c stays zero",
        "Which line puts the new cell state in its place in c?",
        ((STORE_C, "pass"),),
    ),
    Mistake(
        "y-not-stored",
        "y stays zero",
        "Which line puts the prediction in its place in y?",
        ((STORE_Y, "pass"),),
    ),
    Mistake(
        "returns-c-before-y",
        "c is returned before y",
        "The docstring gives the order of what is returned.",
        ((RETURN, "return a, c, y, (caches, x)"),),
    ),
    Mistake(
        "returns-a-step-number",
        "a, c and the step number t are returned",
        "The docstring lists what is returned, and in which order.",
        ((RETURN, "return a, c, t, (caches, x)"),),
    ),
    Mistake(
        "returns-last-states",
        "the last states are returned in place of all of them",
        "The docstring gives the shapes of a and c: one state a step.",
        ((RETURN, "return a_next, y, c_next, (caches, x)"),),
    ),
    Mistake(
        "returns-nothing",
        "nothing is returned",
        "How does a Python function hand back its results?",
        ((RETURN, "pass"),),
    ),
)

EQUIVALENT = {
    **equivalents.because(equivalents.UNREAD, "name: m, m, T_x = x.shape"),
    **equivalents.result("a", "(n_a, m, T_x)", "x", alike="a0"),
    **equivalents.result("c", "(n_a, m, T_x)", "x", alike="a0"),
    **equivalents.result("y", "(n_y, m, T_x)", "x", alike="a0"),
}

# Numbers that the published version of the exercise prints; students meet them on the web.
PUBLISHED = {
    "a[4][3][6]": "0.17211776753291672",
    "y[1][4][3]": "0.9508734618501101",
    "caches[1][1][1]": """0.82797464 0.23009474 0.76201118 -0.22232814 -0.20075807
                          0.18656139 0.41005165""",
    "c[1][2][1]": "-0.8555449167181981",
}

EXERCISE = Exercise(
    name="lstm_forward",
    arguments=("x", "a0", "parameters"),
    returns=("a", "y", "c", "caches"),
    checks=(
        Check("a", 3, shapes.STATES, main=True),
        Check("c", 2, shapes.STATES, main=True),
        Check("y", 2, shapes.PREDICTIONS),
        Check("caches", 2),
        shapes.UNTOUCHED,
    ),
    cases=cases,
    mistakes=MISTAKES,
    equivalent=EQUIVALENT,
    calls=("lstm_cell_forward",),
    labels={"caches": shapes.LSTM_CACHE},
    published=PUBLISHED,
)
