"""Ask for the LSTM over time."""

from __future__ import annotations

from grader.authoring import Draw, array, edit, tree

from . import draws, equivalents, shapes
from .assignment import A
from .draws import Drawn


@A.exercise(calls=["lstm_cell_forward"])
def lstm_forward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.LETTERS)
    return draws.lstm_inputs(draw)


lstm_forward.returns(
    ("a", "y", "c", "caches"),
    a=array(3, shapes.STATES, main=True),
    c=array(2, shapes.STATES, main=True),
    y=array(2, shapes.PREDICTIONS),
    caches=tree(2, shapes.LSTM_CACHE),
)
lstm_forward.untouched(1)
lstm_forward.cases(*draws.FORWARD)

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

lstm_forward.mistake(
    "starts-from-zeros",
    "a0 is ignored and the first hidden state is zero",
    "One of the two first states is zero; where does the other come from?",
    edit(START_A, "a_next = np.zeros_like(a0)"),
)
lstm_forward.mistake(
    "cell-state-starts-from-a0",
    "the cell state starts from a0",
    "The text says what the cell state is before the first step.",
    edit(START_C, "c_next = a0"),
)
lstm_forward.mistake(
    "cell-state-starts-from-ones",
    "the cell state starts from ones",
    "The text says what the cell state is before the first step.",
    edit(START_C, "c_next = np.ones_like(a0)"),
)
lstm_forward.mistake(
    "first-cell-state-is-a-view",
    "the first cell state is a view of c, and is overwritten by the first step",
    "c[:, :, 0] is the first step's place: what becomes of a slice when its array changes?",
    edit(START_C, "c_next = c[:, :, 0]"),
)
lstm_forward.mistake(
    "state-not-carried",
    "every step starts from a0",
    "Two states are handed on from step to step: is one of them left behind?",
    edit(CALL, "lstm_cell_forward(x[:, :, t], a0, c_next, parameters)"),
)
lstm_forward.mistake(
    "cell-state-not-carried",
    "every step starts from an empty cell state",
    "Two states are handed on from step to step: is one of them left behind?",
    edit(CALL, "lstm_cell_forward(x[:, :, t], a_next, np.zeros_like(a0), parameters)"),
)
lstm_forward.mistake(
    "neither-state-carried",
    "every step starts from the first states",
    "What does step t hand on to step t + 1?",
    edit(CALL, "lstm_cell_forward(x[:, :, t], a0, np.zeros_like(a0), parameters)"),
)
lstm_forward.mistake(
    "states-read-too-early",
    "step t reads a[:, :, t] and c[:, :, t], which are written only afterwards",
    "Which places of a and c hold the states that go into step t, and are they filled by then?",
    edit(CALL, "lstm_cell_forward(x[:, :, t], a[:, :, t], c[:, :, t], parameters)"),
)
lstm_forward.mistake(
    "first-step-reads-the-last-place",
    "the first step reads a[:, :, -1] and c[:, :, -1]",
    "What does a[:, :, t - 1] mean for t = 0, and which state belongs there?",
    edit(CALL, "lstm_cell_forward(x[:, :, t], a[:, :, t - 1], c[:, :, t - 1], parameters)"),
)
lstm_forward.mistake(
    "states-swapped-in-call",
    "the hidden state and the cell state change places in the call",
    "In which order does lstm_cell_forward take its arguments?",
    edit(CALL, "lstm_cell_forward(x[:, :, t], c_next, a_next, parameters)"),
)
lstm_forward.mistake(
    "states-swapped-on-return",
    "the hidden state and the cell state change places in what the cell returns",
    "In which order does lstm_cell_forward return its results?",
    edit(UNPACK, "c_next, a_next, yt_pred, cache = lstm_cell_forward"),
)
lstm_forward.mistake(
    "caches-empty",
    "caches is never filled",
    "The backward pass needs one cache a step; np.append returns a new array, "
    "it does not change its argument.",
    edit(APPEND, "pass"),
)
lstm_forward.mistake(
    "caches-last-only",
    "only the last step's cache is kept",
    "The backward pass needs one cache a step: does each step add to the list?",
    edit(APPEND, "caches = [cache]"),
)
lstm_forward.mistake(
    "caches-overwritten",
    "caches is the last step's cache, and no list any more",
    "The backward pass needs one cache a step: does each step add to the list?",
    edit(APPEND, "caches = cache"),
)
lstm_forward.mistake(
    "caches-share-one-list",
    "every entry of caches is one and the same list",
    "[[]] * T_x makes one list and names it T_x times: what does each step add to?",
    edit("caches = []", "caches = [[]] * T_x"),
    edit(APPEND, "caches[t].append(cache)"),
)
lstm_forward.mistake(
    "caches-same-for-all",
    "every entry of caches is the last step's",
    "The backward pass needs one cache a step: when is each of them stored?",
    edit(RETURN, "return a, y, c, ([cache] * T_x, x)"),
)
lstm_forward.mistake(
    "caches-reversed",
    "caches begins with the last step",
    "In which order does the list grow, and in which is it read later?",
    edit(APPEND, "caches.insert(0, cache)"),
)
lstm_forward.mistake(
    "caches-without-x",
    "the list of caches is returned without x",
    "The docstring says what caches is made of.",
    edit(RETURN, "return a, y, c, caches"),
)
lstm_forward.mistake(
    "caches-x-first",
    "x stands before the list in caches",
    "The docstring says what caches is made of, and in which order.",
    edit(RETURN, "return a, y, c, (x, caches)"),
)
lstm_forward.mistake(
    "cached-view-overwritten",
    "the first cache's a_prev is a view of a, and is overwritten by the last step",
    "a[:, :, -1] is the last step's place: what becomes of a slice when its array changes?",
    edit(START_A, "a[:, :, -1] = a0"),
    edit(CALL, "lstm_cell_forward(x[:, :, t], a[:, :, t - 1], c_next, parameters)"),
)
lstm_forward.mistake(
    "cached-cell-state-overwritten",
    "the first cache's c_prev is a view of c, and is overwritten by the last step",
    "c[:, :, -1] is the last step's place: what becomes of a slice when its array changes?",
    edit(CALL, "lstm_cell_forward(x[:, :, t], a_next, c[:, :, t - 1], parameters)"),
)
lstm_forward.mistake(
    "one-array-for-every-state",
    "every step writes its states into the same two arrays, which the earlier caches hold as well",
    "A cache keeps the array, not a copy of it: what becomes of it when the array changes?",
    edit(START_A, "a_next = a0.copy()"),
    edit(UNPACK, "a_next[:], c_next[:], yt_pred, cache = lstm_cell_forward"),
)
lstm_forward.mistake(
    "first-input-at-every-step",
    "every step reads the first input",
    "Which slice of x belongs to step t?",
    edit(CALL, "lstm_cell_forward(x[:, :, 0], a_next, c_next, parameters)"),
)
lstm_forward.mistake(
    "input-one-step-early",
    "step t reads the input of step t - 1",
    "Which slice of x belongs to step t?",
    edit(CALL, "lstm_cell_forward(x[:, :, t - 1], a_next, c_next, parameters)"),
)
lstm_forward.mistake(
    "runs-backwards",
    "the steps are taken from the last to the first",
    "In which direction does time run in the forward pass?",
    edit(LOOP, "for t in reversed(range(T_x)):"),
)
lstm_forward.mistake(
    "misses-last-step",
    "the loop ends one step early",
    "How many steps does x hold, and what is the last t?",
    edit(LOOP, "for t in range(T_x - 1):"),
)
lstm_forward.mistake(
    "misses-first-step",
    "the loop begins one step late",
    "Which index does the first step have in Python?",
    edit(LOOP, "for t in range(1, T_x):"),
)
lstm_forward.mistake(
    "return-inside-loop",
    "the function returns after the first step",
    "How far is the return line indented?",
    edit("    " + RETURN, "        " + RETURN),
)
lstm_forward.mistake(
    "stores-cell-state-in-a",
    "a holds the cell states",
    "Which of the two states belongs in a?",
    edit(STORE_A, "a[:, :, t] = c_next"),
)
lstm_forward.mistake(
    "stores-hidden-state-in-c",
    "c holds the hidden states",
    "Which of the two states belongs in c?",
    edit(STORE_C, "c[:, :, t] = a_next"),
)
lstm_forward.mistake(
    "stores-states-before-step",
    "a and c hold the states before each step",
    "Is a[:, :, t] what goes into step t, or what comes out of it?",
    edit("        " + STORE_A + "\n", ""),
    edit("        " + STORE_C + "\n", ""),
    edit(UNPACK, f"{STORE_A}\n        {STORE_C}\n        {UNPACK}"),
)
lstm_forward.mistake(
    "first-states-kept-in-front",
    "a and c begin with the first states and hold one state too many",
    "The docstring gives the shapes of a and c: how many states is that, and which is the first?",
    edit(
        RETURN,
        "a = np.concatenate([a0[:, :, np.newaxis], a], axis=2)\n    "
        "c = np.concatenate([np.zeros_like(c[:, :, :1]), c], axis=2)\n    " + RETURN,
    ),
)
lstm_forward.mistake(
    "a-not-stored",
    "a stays zero",
    "Which line puts the new hidden state in its place in a?",
    edit(STORE_A, "pass"),
)
lstm_forward.mistake(
    "c-not-stored",
    "c stays zero",
    "Which line puts the new cell state in its place in c?",
    edit(STORE_C, "pass"),
)
lstm_forward.mistake(
    "y-not-stored",
    "y stays zero",
    "Which line puts the prediction in its place in y?",
    edit(STORE_Y, "pass"),
)
lstm_forward.mistake(
    "returns-c-before-y",
    "c is returned before y",
    "The docstring gives the order of what is returned.",
    edit(RETURN, "return a, c, y, (caches, x)"),
)
lstm_forward.mistake(
    "returns-a-step-number",
    "a, c and the step number t are returned",
    "The docstring lists what is returned, and in which order.",
    edit(RETURN, "return a, c, t, (caches, x)"),
)
lstm_forward.mistake(
    "returns-last-states",
    "the last states are returned in place of all of them",
    "The docstring gives the shapes of a and c: one state a step.",
    edit(RETURN, "return a_next, y, c_next, (caches, x)"),
)
lstm_forward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)

lstm_forward.equivalent(equivalents.UNREAD, "name: m, m, T_x = x.shape")
lstm_forward.equivalents(equivalents.result("a", "(n_a, m, T_x)", "x", alike="a0"))
lstm_forward.equivalents(equivalents.result("c", "(n_a, m, T_x)", "x", alike="a0"))
lstm_forward.equivalents(equivalents.result("y", "(n_y, m, T_x)", "x", alike="a0"))

# Numbers that the published version of the exercise prints; students meet them on the web.
lstm_forward.published(
    {
        "a[4][3][6]": "0.17211776753291672",
        "y[1][4][3]": "0.9508734618501101",
        "caches[1][1][1]": """0.82797464 0.23009474 0.76201118 -0.22232814 -0.20075807
                          0.18656139 0.41005165""",
        "c[1][2][1]": "-0.8555449167181981",
    }
)
