"""Ask for the GRU over time."""

from __future__ import annotations

from grader.authoring import Draw, array, edit, tree

from . import draws, equivalents, shapes
from .assignment import A
from .draws import Drawn


@A.exercise(calls=["gru_cell_forward"])
def gru_forward(draw: Draw) -> Drawn:
    """Draw the arguments of a case."""
    draws.sizes(draw, draws.LETTERS)
    return draws.inputs(draw)


gru_forward.returns(a=array(5, shapes.STATES, main=True), caches=tree(3))
gru_forward.untouched(1)
gru_forward.equations(a_next=5)
gru_forward.cases(*draws.FORWARD)

MADE = "a = np.zeros((n_a, m, T_x), dtype=x.dtype)"
START = "a_next, caches = a0, []"
LOOP = "for t in range(T_x):"
CALL = "a_next, cache = gru_cell_forward(x[:, :, t], a_next, parameters)"
STORE = "a[:, :, t] = a_next"
APPEND = "caches.append(cache)"
RETURN = "return a, caches"

gru_forward.mistake(
    "state-not-carried",
    "every step starts from a0",
    "What does step t hand on to step t + 1?",
    edit(CALL, CALL.replace("a_next, parameters", "a0, parameters")),
)
gru_forward.mistake(
    "starts-from-zeros",
    "a0 is ignored and the first state is zero",
    "Which argument gives the state before the first step?",
    edit(START, "a_next, caches = np.zeros_like(a0), []"),
)
gru_forward.mistake(
    "cached-view-overwritten",
    "a0 was written into the last place of a, and the first cache's a_prev is a window onto it",
    "a[:, :, -1] is the last step's place: what becomes of a slice when its array changes?",
    edit(MADE, MADE + "\n    a[:, :, -1] = a0"),
    edit(CALL, CALL.replace("a_next, parameters", "a[:, :, t - 1], parameters")),
)
gru_forward.mistake(
    "one-array-for-every-state",
    "every step writes its state into one array, which the earlier caches hold as well",
    "A cache keeps the array, not a copy of it: what becomes of it when the array changes?",
    edit(START, "a_next, caches = a0.copy(), []"),
    edit(CALL, CALL.replace("a_next, cache", "a_next[:], cache")),
)
gru_forward.mistake(
    "caches-empty",
    "caches is never filled",
    "The way back needs one cache a step; np.append returns a new array, "
    "it does not change its argument.",
    edit(APPEND, "pass"),
)
gru_forward.mistake(
    "caches-last-only",
    "only the last step's cache is kept",
    "The way back needs one cache a step: does each step add to the list?",
    edit(APPEND, "caches = [cache]"),
)
gru_forward.mistake(
    "caches-overwritten",
    "caches is the last step's cache, and no list any more",
    "The way back needs one cache a step: does each step add to the list?",
    edit(APPEND, "caches = cache"),
)
gru_forward.mistake(
    "caches-reversed",
    "caches begins with the last step",
    "In which order does the list grow, and in which is it read later?",
    edit(APPEND, "caches.insert(0, cache)"),
)
gru_forward.mistake(
    "caches-same-for-all",
    "every entry of caches is the last step's",
    "The way back needs one cache a step: when is each of them stored?",
    edit(RETURN, "return a, [cache] * T_x"),
)
gru_forward.mistake(
    "caches-with-x",
    "x is returned beside the list of caches, as in the first assignment",
    "The docstring says what caches is here.",
    edit(RETURN, "return a, (caches, x)"),
)
gru_forward.mistake(
    "caches-extended",
    "the parts of all caches lie in one flat list",
    "append adds one thing to a list, and extend the parts of a thing: which do you need?",
    edit(APPEND, "caches.extend(cache)"),
)
gru_forward.mistake(
    "state-read-too-early",
    "step t reads a[:, :, t], which is written only afterwards",
    "Which place of a holds the state that goes into step t, and is it filled by then?",
    edit(CALL, CALL.replace("a_next, parameters", "a[:, :, t], parameters")),
)
gru_forward.mistake(
    "first-step-reads-the-last-place",
    "the first step reads a[:, :, -1], which is still zero",
    "What does a[:, :, t - 1] mean for t = 0, and which state belongs there?",
    edit(CALL, CALL.replace("a_next, parameters", "a[:, :, t - 1], parameters")),
)
gru_forward.mistake(
    "state-before-the-step",
    "a holds the states before each step",
    "Is a[:, :, t] what goes into step t, or what comes out of it?",
    edit("        " + STORE + "\n", ""),
    edit(CALL, STORE + "\n        " + CALL),
)
gru_forward.mistake(
    "first-input-at-every-step",
    "every step reads the first input",
    "Which slice of x belongs to step t?",
    edit(CALL, CALL.replace("x[:, :, t]", "x[:, :, 0]")),
)
gru_forward.mistake(
    "input-one-step-early",
    "step t reads the input of step t - 1",
    "Which slice of x belongs to step t?",
    edit(CALL, CALL.replace("x[:, :, t]", "x[:, :, t - 1]")),
)
gru_forward.mistake(
    "runs-backwards",
    "the steps are taken from the last to the first",
    "In which direction does time run here?",
    edit(LOOP, "for t in reversed(range(T_x)):"),
)
gru_forward.mistake(
    "misses-last-step",
    "the loop ends one step early",
    "How many steps does x hold, and what is the last t?",
    edit(LOOP, "for t in range(T_x - 1):"),
)
gru_forward.mistake(
    "misses-first-step",
    "the loop begins one step late",
    "Which index does the first step have in Python?",
    edit(LOOP, "for t in range(1, T_x):"),
)
gru_forward.mistake(
    "a0-kept-in-front",
    "a begins with a0 and holds one state too many",
    "The docstring gives the shape of a: how many states is that, and which is the first?",
    edit(RETURN, "return np.concatenate([a0[:, :, np.newaxis], a], axis=2), caches"),
)
gru_forward.mistake(
    "list-of-states",
    "a is a list of states, and no array",
    "The docstring gives the shape of a: along which axis do the steps lie?",
    edit(RETURN, "return [a[:, :, t] for t in range(T_x)], caches"),
)
gru_forward.mistake(
    "time-first",
    "time is the first axis of a",
    "The docstring gives the shape of a: along which axis do the steps lie?",
    edit(RETURN, "return a.transpose(2, 0, 1), caches"),
)
gru_forward.mistake(
    "a-not-stored",
    "a stays zero",
    "Which line puts the new state in its place in a?",
    edit(STORE, "pass"),
)
gru_forward.mistake(
    "returns-last-state",
    "the last state is returned in place of all states",
    "The docstring gives the shape of a: one state a step.",
    edit(RETURN, "return a_next, caches"),
)
gru_forward.mistake(
    "return-inside-loop",
    "the function returns after the first step",
    "How far is the return line indented?",
    edit("    " + RETURN, "        " + RETURN),
)
gru_forward.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)

gru_forward.equivalent(equivalents.DTYPE, "keyword: a = np.zeros((n_a, m, T_x))")
gru_forward.equivalent(equivalents.OVERWRITTEN, "call: a = np.ones((n_a, m, T_x), dtype=x.dtype)")
gru_forward.equivalent(equivalents.SAME_DTYPE, "name: a = np.zeros((n_a, m, T_x), dtype=a0.dtype)")
