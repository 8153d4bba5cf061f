"""What is wrong with a function is told by its values, by kind and line."""

from __future__ import annotations

import pytest

from grader.parting.finding import Parting
from grader.parting.sentences import SENTENCES, sentence
from tests.kit.course import assignment
from tests.parting.cases import Wrong
from tests.parting.test_wrong_functions import found_in

STYLES = {
    "lstm_cell_backward": """def lstm_cell_backward(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, f, i, g, o, xt, p = cache
    n_a = len(a_prev)
    t = np.tanh(c_next)
    dc = dc_next + da_next * o * (1 - t * t)
    dz = {"f": dc * c_prev * f * (1 - f), "i": dc * g * i * (1 - i)}
    dz["c"] = dc * i * (1 - g * g)
    dz["o"] = da_next * t * o * (1 - o)
    v = np.vstack([a_prev, xt])
    back = sum(p["W" + k].T @ d for k, d in dz.items())
    out = {"dxt": back[n_a:], "da_prev": back[:n_a]}
    out["dc_prev"] = dc * f
    for k in dz:
        out["dW" + k] = dz[k] @ v.T
        out["db" + k] = dz[k].sum(axis=1, keepdims=True)
    return out
""",
    "rnn_cell_backward": """def rnn_cell_backward(da_next, cache):
    a, a_prev, xt, p = cache
    slope = 1 - a * a
    dz = slope * da_next
    dba = dz.sum(axis=1, keepdims=True)
    dxt = p["Wax"].T @ dz
    da_prev = p["Waa"].T @ dz
    dWaa = dz @ a_prev.T
    return {"dxt": dxt, "da_prev": da_prev, "dWax": dz @ xt.T, "dWaa": dWaa, "dba": dba}
""",
    "lstm_forward": """def lstm_forward(x, a0, parameters):
    T_x = x.shape[2]
    h, s = a0, np.zeros(a0.shape)
    A, Y, C, kept = [], [], [], []
    for t in range(T_x):
        xt = x[:, :, t]
        h, s, y, cache = lstm_cell_forward(xt, h, s, parameters)
        A.append(h)
        Y.append(y)
        C.append(s)
        kept.append(cache)
    return np.dstack(A), np.dstack(Y), np.dstack(C), (kept, x)
""",
    "rnn_backward": """def rnn_backward(da, caches):
    steps, x = caches
    n_a, m, T_x = da.shape
    dx = np.zeros((len(x), m, T_x))
    back = np.zeros((n_a, m))
    total = {"dWax": 0, "dWaa": 0, "dba": 0}
    for t in reversed(range(T_x)):
        g = rnn_cell_backward(da[:, :, t] + back, steps[t])
        dx[:, :, t] = g["dxt"]
        back = g["da_prev"]
        for k in total:
            total[k] = total[k] + g[k]
    return {"dx": dx, "da0": back, **total}
""",
    "lstm_cell_forward": """def lstm_cell_forward(xt, a_prev, c_prev, p):
    v = np.vstack([a_prev, xt])
    f, i, o = (sigmoid(p["W" + k] @ v + p["b" + k]) for k in "fio")
    cct = np.tanh(p["Wc"] @ v + p["bc"])
    c_next = f * c_prev + i * cct
    a_next = o * np.tanh(c_next)
    y = softmax(p["Wy"] @ a_next + p["by"])
    return a_next, c_next, y, (a_next, c_next, a_prev, c_prev, f, i, cct, o, xt, p)
""",
}
L, R, F, B = "lstm_cell_backward", "rnn_cell_backward", "lstm_forward", "rnn_backward"
C = "lstm_cell_forward"
# The exercise, an edit of its function, the line, the kind, and words of the sentence.
MISTAKES = [
    (L, "g * i * (1 - i)", "g * (1 - i)", 6, None, "`it` is missing in it"),
    (L, "dc_next + da_next", "dc_next - da_next", 5, "operation", "`dc`, equation (21)"),
    (
        L,
        "dc * i * (1 - g * g)",
        "dc * f * (1 - g * g)",
        7,
        "operand",
        "this is `ft`, and `it` belongs there",
    ),
    (L, "a_prev, xt])", "xt, a_prev])", 9, None, ""),
    (
        L,
        '"dxt": back[n_a:], "da_prev": back[:n_a]',
        '"dxt": back[:n_a], "da_prev": back[n_a:]',
        11,
        "place",
        "",
    ),
    (L, 'out["dc_prev"] = dc * f', 'out["dc_prev"] = dc_next * f', 12, None, "dc"),
    (L, 'out["dc_prev"] = dc * f', "pass", 11, "lacks", "dc_prev"),
    (L, "n_a = len(a_prev)", "n_a = len(xt)", 3, "size", "`n_a`"),
    (L, 'p["W" + k].T @ d', 'p["W" + k] @ d', 10, None, ""),
    (R, "dz = slope * da_next", "dz = slope * da_next * 2", 4, None, ""),
    (R, "dz = slope * da_next", "dz = -slope * da_next", 4, None, ""),
    (R, 'p["Waa"].T @ dz', 'p["Waa"] @ dz', 7, "turned", ""),
    (R, "dz @ a_prev.T", "(dz @ a_prev.T).T", 8, "turned", ""),
    (R, "dz.sum(axis=1, keepdims=True)", "dz.mean(axis=1, keepdims=True)", 5, None, "dba"),
    (R, "dz = slope * da_next", "da_next *= slope; dz = da_next", 4, "changes its input", ""),
    (R, '"dWaa": dWaa, "dba"', '"dWaa": dWaa.T, "dba"', 9, None, ""),
    (R, "    return {", "    {", 9, "nothing returned", ""),
    (R, "dba = dz.sum", "db = dz.sum", 5, "unbound", "`dba` has no value"),
    (F, "np.zeros(a0.shape)", "a0", 3, "start", "this is `a0`"),
    (F, "xt = x[:, :, t]", "xt = x[:, :, 0]", 6, None, ""),
    (F, "range(T_x)", "range(T_x - 1)", 5, "steps", "steps are taken"),
    (F, "range(T_x)", "reversed(range(T_x))", 5, "order", ""),
    (F, "cell_forward(xt, h, s,", "cell_forward(xt, s, h,", 7, "swapped", ""),
    (F, "h, s, y, cache = ", "h, y, s, cache = ", 7, None, ""),
    (F, "C.append(s)", "C.append(h)", 10, None, ""),
    (F, "np.dstack(A), np.dstack(Y)", "np.dstack(Y), np.dstack(A)", 12, "place", ""),
    (B, "da[:, :, t] + back", "da[:, :, t]", 8, None, "`da_prev` of step"),
    (B, 'back = g["da_prev"]', "pass", 8, None, "`da_prev` of step"),
    (B, "total[k] + g[k]", "g[k]", 12, None, ""),
    (B, "steps[t])", "steps[t - 1])", 8, "operand", ""),
    (B, "dx[:, :, t] =", "dx[:, :, T_x - 1 - t] =", 9, None, ""),
    # What the line is to make does not belong into it, and tanh(z) not where tanh(tanh(z)) stands.
    (C, "i * cct", "i * np.tanh(cct)", 5, "value", "`np.tanh(cct)` is made of is right"),
    (C, "np.tanh(c_next)", "np.tanh(cct)", 6, "operand", "and `c_next`, equation (7), belongs"),
]


@pytest.mark.parametrize(("exercise", "old", "new", "line", "kind", "words"), MISTAKES)
def test_the_kind_and_the_line(exercise, old, new, line, kind, words) -> None:
    """A right function of another style than the solution's, with one mistake in it."""
    source = STYLES[exercise]
    assert source.count(old) == 1
    found = found_in(Wrong(exercise, 0, source.replace(old, new), frozenset(), 1))
    assert isinstance(found, Parting)
    assert found.line == line, found
    assert kind in (None, found.kind), found
    assert words in sentence(found), sentence(found)


@pytest.mark.parametrize("exercise", STYLES)
def test_what_is_right_has_no_line(exercise) -> None:
    """The same functions, as they were."""
    assert found_in(Wrong(exercise, 0, STYLES[exercise], frozenset(), 0)) is None


def test_sentences_say_published_names_only() -> None:
    """No value, nothing of the reference's text: words of the student's, and names."""
    solution = {
        e.name: assignment().source.function_source(e.name) for e in assignment().spec.exercises
    }
    for kind in SENTENCES:
        said = sentence(Parting(kind, 1, "a + b", operand="a", given="ft", wanted="it", more="2"))
        assert said and "{" not in said and said[-1] in ".?", kind
        assert not any(
            line.strip() in said
            for text in solution.values()
            for line in text.splitlines()
            if len(line.strip()) > 8
        )
        bare = sentence(Parting(kind, 1))
        assert bare and "{" not in bare and "``" not in bare, (kind, bare)
