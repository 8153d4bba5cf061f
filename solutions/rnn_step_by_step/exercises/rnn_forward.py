"""Ask for the RNN over time."""

from __future__ import annotations

from grader.authoring import Draw, array, edit, tree

from . import draws, equivalents, shapes
from .assignment import A
from .draws import Drawn


@A.exercise(calls=["rnn_cell_forward"])
def rnn_forward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.LETTERS)
    return draws.rnn_inputs(draw)


rnn_forward.returns(
    a=array(5, shapes.STATES, main=True),
    y_pred=array(2, shapes.PREDICTIONS),
    caches=tree(2, shapes.RNN_CACHE),
)
rnn_forward.untouched(1)
rnn_forward.cases(*draws.FORWARD)

START = "a_next = a0"
LOOP = "for t in range(T_x):"
CALL = "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)"
STORE_A = "a[:, :, t] = a_next"
STORE_Y = "y_pred[:, :, t] = yt_pred"
APPEND = "caches.append(cache)"
RETURN = "return a, y_pred, (caches, x)"

rnn_forward.mistake(
    "state-not-carried",
    "every step starts from a0",
    "What does step t hand on to step t + 1?",
    edit(CALL, "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a0, parameters)"),
)
rnn_forward.mistake(
    "starts-from-zeros",
    "a0 is ignored and the first state is zero",
    "Which argument gives the state before the first step?",
    edit(START, "a_next = np.zeros_like(a0)"),
)
rnn_forward.mistake(
    "state-read-too-early",
    "step t reads a[:, :, t], which is written only afterwards",
    "Which place of a holds the state that goes into step t, and is it filled by then?",
    edit(CALL, "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a[:, :, t], parameters)"),
)
rnn_forward.mistake(
    "first-step-reads-the-last-place",
    "the first step reads a[:, :, -1], which is still zero",
    "What does a[:, :, t - 1] mean for t = 0, and which state belongs there?",
    edit(CALL, "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a[:, :, t - 1], parameters)"),
)
rnn_forward.mistake(
    "caches-empty",
    "caches is never filled",
    "The backward pass needs one cache a step; np.append returns a new array, "
    "it does not change its argument.",
    edit(APPEND, "pass"),
)
rnn_forward.mistake(
    "caches-last-only",
    "only the last step's cache is kept",
    "The backward pass needs one cache a step: does each step add to the list?",
    edit(APPEND, "caches = [cache]"),
)
rnn_forward.mistake(
    "caches-overwritten",
    "caches is the last step's cache, and no list any more",
    "The backward pass needs one cache a step: does each step add to the list?",
    edit(APPEND, "caches = cache"),
)
rnn_forward.mistake(
    "caches-share-one-list",
    "every entry of caches is one and the same list",
    "[[]] * T_x makes one list and names it T_x times: what does each step add to?",
    edit("caches = []", "caches = [[]] * T_x"),
    edit(APPEND, "caches[t].append(cache)"),
)
rnn_forward.mistake(
    "caches-same-for-all",
    "every entry of caches is the last step's",
    "The backward pass needs one cache a step: when is each of them stored?",
    edit(RETURN, "return a, y_pred, ([cache] * T_x, x)"),
)
rnn_forward.mistake(
    "caches-reversed",
    "caches begins with the last step",
    "In which order does the list grow, and in which is it read later?",
    edit(APPEND, "caches.insert(0, cache)"),
)
rnn_forward.mistake(
    "caches-without-x",
    "the list of caches is returned without x",
    "The docstring says what caches is made of.",
    edit(RETURN, "return a, y_pred, caches"),
)
rnn_forward.mistake(
    "caches-x-first",
    "x stands before the list in caches",
    "The docstring says what caches is made of, and in which order.",
    edit(RETURN, "return a, y_pred, (x, caches)"),
)
rnn_forward.mistake(
    "cached-view-overwritten",
    "the first cache's a_prev is a view of a, and is overwritten by the last step",
    "a[:, :, -1] is the last step's place: what becomes of a slice when its array changes?",
    edit(START, "a[:, :, -1] = a0"),
    edit(CALL, "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a[:, :, t - 1], parameters)"),
)
rnn_forward.mistake(
    "one-array-for-every-state",
    "every step writes its state into one array, which the earlier caches hold as well",
    "A cache keeps the array, not a copy of it: what becomes of it when the array changes?",
    edit(START, "a_next = a0.copy()"),
    edit(CALL, "a_next[:], yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)"),
)
rnn_forward.mistake(
    "first-input-at-every-step",
    "every step reads the first input",
    "Which slice of x belongs to step t?",
    edit(CALL, "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, 0], a_next, parameters)"),
)
rnn_forward.mistake(
    "input-one-step-early",
    "step t reads the input of step t - 1",
    "Which slice of x belongs to step t?",
    edit(CALL, "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t - 1], a_next, parameters)"),
)
rnn_forward.mistake(
    "runs-backwards",
    "the steps are taken from the last to the first",
    "In which direction does time run in the forward pass?",
    edit(LOOP, "for t in reversed(range(T_x)):"),
)
rnn_forward.mistake(
    "misses-last-step",
    "the loop ends one step early",
    "How many steps does x hold, and what is the last t?",
    edit(LOOP, "for t in range(T_x - 1):"),
)
rnn_forward.mistake(
    "misses-first-step",
    "the loop begins one step late",
    "Which index does the first step have in Python?",
    edit(LOOP, "for t in range(1, T_x):"),
)
rnn_forward.mistake(
    "return-inside-loop",
    "the function returns after the first step",
    "How far is the return line indented?",
    edit("    " + RETURN, "        " + RETURN),
)
rnn_forward.mistake(
    "stores-state-before-step",
    "a holds the states before each step",
    "Is a[:, :, t] what goes into step t, or what comes out of it?",
    edit("        " + STORE_A + "\n", ""),
    edit(CALL, STORE_A + "\n        " + CALL),
)
rnn_forward.mistake(
    "a0-kept-in-front",
    "a begins with a0 and holds one state too many",
    "The docstring gives the shape of a: how many states is that, and which is the first?",
    edit(RETURN, "a = np.concatenate([a0[:, :, np.newaxis], a], axis=2)\n    " + RETURN),
)
rnn_forward.mistake(
    "a-not-stored",
    "a stays zero",
    "Which line puts the new state in its place in a?",
    edit(STORE_A, "pass"),
)
rnn_forward.mistake(
    "y-not-stored",
    "y_pred stays zero",
    "Which line puts the prediction in its place in y_pred?",
    edit(STORE_Y, "pass"),
)
rnn_forward.mistake(
    "returns-last-state",
    "the last state is returned in place of all states",
    "The docstring gives the shape of a: one state a step.",
    edit(RETURN, "return a_next, y_pred, (caches, x)"),
)
rnn_forward.mistake(
    "returns-last-prediction",
    "the last prediction is returned in place of all of them",
    "The docstring gives the shape of y_pred: one prediction a step.",
    edit(RETURN, "return a, yt_pred, (caches, x)"),
)
rnn_forward.mistake(
    "returns-in-other-order",
    "a and y_pred are returned in the other order",
    "The docstring gives the order of what is returned.",
    edit(RETURN, "return y_pred, a, (caches, x)"),
)
rnn_forward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)

rnn_forward.equivalent(equivalents.UNREAD, "name: m, m, T_x = x.shape")
rnn_forward.equivalents(equivalents.result("a", "(n_a, m, T_x)", "x", alike="a0"))
rnn_forward.equivalents(equivalents.result("y_pred", "(n_y, m, T_x)", "x", alike="a0"))

# Numbers that the published version of the exercise prints; students meet them on the web.
rnn_forward.published(
    {
        "a[4][1]": "-0.99999375 0.77911235 -0.99861469 -0.99833267",
        "y_pred[1][3]": "0.79560373 0.86224861 0.11118257 0.81515947",
        "caches[1][1][3]": "-1.1425182 -0.34934272 -0.20889423 0.58662319",
    }
)
