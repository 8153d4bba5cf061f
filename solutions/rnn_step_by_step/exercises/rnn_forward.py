"""Ask for the RNN over time."""

from __future__ import annotations

import numpy as np

from grader.authoring import Case, Check, Exercise, Functions, Mistake

from . import draws, equivalents, shapes


def cases(rng: np.random.Generator, _: Functions) -> list[Case]:
    """Draw the hidden cases."""
    return [draw.case(draw.rnn_inputs()) for draw in draws.draw(rng, draws.FORWARD, draws.LETTERS)]


START = "a_next = a0"
LOOP = "for t in range(T_x):"
CALL = "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)"
STORE_A = "a[:, :, t] = a_next"
STORE_Y = "y_pred[:, :, t] = yt_pred"
APPEND = "caches.append(cache)"
RETURN = "return a, y_pred, (caches, x)"

MISTAKES = (
    Mistake(
        "state-not-carried",
        "every step starts from a0",
        "What does step t hand on to step t + 1?",
        ((CALL, "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a0, parameters)"),),
    ),
    Mistake(
        "starts-from-zeros",
        "a0 is ignored and the first state is zero",
        "Which argument gives the state before the first step?",
        ((START, "a_next = np.zeros_like(a0)"),),
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
        ((RETURN, "return a, y_pred, ([cache] * T_x, x)"),),
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
        ((RETURN, "return a, y_pred, caches"),),
    ),
    Mistake(
        "caches-x-first",
        "x stands before the list in caches",
        "The docstring says what caches is made of, and in which order.",
        ((RETURN, "return a, y_pred, (x, caches)"),),
    ),
    Mistake(
        "cached-view-overwritten",
        "the first cache's a_prev is a view of a, and is overwritten by the last step",
        "a[:, :, -1] is the last step's place: what becomes of a slice when its array changes?",
        (
            (START, "a[:, :, -1] = a0"),
            (
                CALL,
                "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a[:, :, t - 1], parameters)",
            ),
        ),
    ),
    Mistake(
        "first-input-at-every-step",
        "every step reads the first input",
        "Which slice of x belongs to step t?",
        ((CALL, "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, 0], a_next, parameters)"),),
    ),
    Mistake(
        "input-one-step-early",
        "step t reads the input of step t - 1",
        "Which slice of x belongs to step t?",
        ((CALL, "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t - 1], a_next, parameters)"),),
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
        "stores-state-before-step",
        "a holds the states before each step",
        "Is a[:, :, t] what goes into step t, or what comes out of it?",
        (("        " + STORE_A + "\n", ""), (CALL, STORE_A + "\n        " + CALL)),
    ),
    Mistake(
        "a-not-stored",
        "a stays zero",
        "Which line puts the new state in its place in a?",
        ((STORE_A, "pass"),),
    ),
    Mistake(
        "y-not-stored",
        "y_pred stays zero",
        "Which line puts the prediction in its place in y_pred?",
        ((STORE_Y, "pass"),),
    ),
    Mistake(
        "returns-last-state",
        "the last state is returned in place of all states",
        "The docstring gives the shape of a: one state a step.",
        ((RETURN, "return a_next, y_pred, (caches, x)"),),
    ),
    Mistake(
        "returns-last-prediction",
        "the last prediction is returned in place of all of them",
        "The docstring gives the shape of y_pred: one prediction a step.",
        ((RETURN, "return a, yt_pred, (caches, x)"),),
    ),
    Mistake(
        "returns-in-other-order",
        "a and y_pred are returned in the other order",
        "The docstring gives the order of what is returned.",
        ((RETURN, "return y_pred, a, (caches, x)"),),
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
    **equivalents.result("y_pred", "(n_y, m, T_x)", "x", alike="a0"),
}

# Numbers that the published version of the exercise prints; students meet them on the web.
PUBLISHED = {
    "a[4][1]": "-0.99999375 0.77911235 -0.99861469 -0.99833267",
    "y_pred[1][3]": "0.79560373 0.86224861 0.11118257 0.81515947",
    "caches[1][1][3]": "-1.1425182 -0.34934272 -0.20889423 0.58662319",
}

EXERCISE = Exercise(
    name="rnn_forward",
    arguments=("x", "a0", "parameters"),
    returns=("a", "y_pred", "caches"),
    checks=(
        Check("a", 5, shapes.STATES, main=True),
        Check("y_pred", 2, shapes.PREDICTIONS),
        Check("caches", 2),
        shapes.UNTOUCHED,
    ),
    cases=cases,
    mistakes=MISTAKES,
    equivalent=EQUIVALENT,
    calls=("rnn_cell_forward",),
    labels={"caches": shapes.RNN_CACHE},
    published=PUBLISHED,
)
