"""Mistakes as students write them, in code of their own, are named by the judge.

A catalogued mistake is an edit of the solution; what is named is what it gives, however it came
about. ``grader verify`` holds the edits themselves to it.
"""

from __future__ import annotations

import pytest

from grader.autograde.inbox import open_bytes
from grader.autograde.judge_process import Task
from grader.autograde.pool import judge_all
from grader.judge.judgement import Judgement
from grader.simulate.pupils import Pupil
from tests.kit.course import assignment, packed, released
from tests.kit.solution import NAMES

LSTM_LOOP = """
def lstm_forward(x, a0, parameters):
    n_a, m = a0.shape
    T_x = x.shape[2]
    a, c = np.zeros((n_a, m, T_x)), np.zeros((n_a, m, T_x))
    y = np.zeros((parameters["Wy"].shape[0], m, T_x))
    caches = []
    a_t, c_t = a0, {first}
    for t in range(T_x):
        a_t, c_t, y[:, :, t], cache = lstm_cell_forward(x[:, :, t], {before}, parameters)
        a[:, :, t], c[:, :, t] = a_t, c_t
        {keep}
    return a, y, c, (caches, x)
"""
STACKED_GATES = """
def lstm_cell_forward(xt, a_prev, c_prev, p):
    W = np.vstack([p["Wf"], p["Wi"], p["Wc"], p["Wo"]])
    b = np.vstack([p["bf"], p["bi"], p["bc"], p["bo"]])
    f, i, o, g = np.split(W @ np.vstack([a_prev, xt]) + b, 4)
    f, i, o, g = sigmoid(f), sigmoid(i), sigmoid(o), np.tanh(g)
    c = f * c_prev + i * g
    a = o * np.tanh(c)
    return a, c, softmax(p["Wy"] @ a + p["by"]), (a, c, a_prev, c_prev, f, i, g, o, xt, p)
"""
PADDED_STATES = """
def rnn_forward(x, a0, parameters):
    T_x = x.shape[2]
    a = np.zeros((*a0.shape, T_x + 1))
    y = np.zeros((parameters["Wya"].shape[0], x.shape[1], T_x))
    a[:, :, 0] = a0
    caches = []
    for t in range(T_x):
        a[:, :, t + 1], y[:, :, t], cache = rnn_cell_forward(x[:, :, t], a[:, :, t], parameters)
        caches.append(cache)
    return {returned}, y, (caches, x)
"""
CELL_BACKWARD = """
def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    dtanh = (1 - np.square(a_next)) * da_next
    dWax, dWaa = np.dot(dtanh, xt.T), np.dot(dtanh, a_prev.T)
    dxt = np.dot(parameters["Wax"].T, dtanh)
    da_prev = np.dot({weights}.T, dtanh)
    dba = np.sum({summed}, axis=1, keepdims=True)
    return {{"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}}
"""
TOTALS = """
def rnn_backward(da, caches):
    steps, x = caches
    n_a, m, T_x = da.shape
    dx, da_t = np.zeros((x.shape[0], m, T_x)), np.zeros((n_a, m))
    dWax, dWaa, dba = np.zeros((n_a, x.shape[0])), np.zeros((n_a, n_a)), np.zeros((n_a, 1))
    for t in reversed(range(T_x)):
        g = rnn_cell_backward(da[:, :, t] + da_t, steps[t])
        dx[:, :, t], da_t = g["dxt"], g["da_prev"]
        {add}
    return {{"dx": dx, "da0": da_t, "dWax": dWax, "dWaa": dWaa, "dba": dba}}
"""
OVERWRITTEN = """dWax, dWaa, dba = g["dWax"], g["dWaa"], g["dba"]
        dWax += dWax
        dWaa += dWaa
        dba += dba"""
ADDED_TWICE = """dWax += dWax + g["dWax"]
        dWaa += dWaa + g["dWaa"]
        dba += dba + g["dba"]"""
APPEND = "caches.append(cache)"
WRITTEN = [
    (
        "lstm_forward",
        "first-cell-state-is-a-view",
        LSTM_LOOP.format(first="c[:, :, 0]", before="a_t, c_t", keep=APPEND),
    ),
    (
        "lstm_forward",
        "cached-cell-state-overwritten",
        LSTM_LOOP.format(first="None", before="a_t, c[:, :, t - 1]", keep=APPEND),
    ),
    (
        "lstm_forward",
        "caches-overwritten",
        LSTM_LOOP.format(first="np.zeros((n_a, m))", before="a_t, c_t", keep="caches = cache"),
    ),
    ("lstm_cell_forward", "candidate-and-output-stacked-in-other-order", STACKED_GATES),
    ("rnn_forward", "stores-state-before-step", PADDED_STATES.format(returned="a[:, :, :-1]")),
    ("rnn_forward", "a0-kept-in-front", PADDED_STATES.format(returned="a")),
    (
        "rnn_cell_backward",
        "dWaa-for-Waa",
        CELL_BACKWARD.format(weights="dWaa", summed="dtanh"),
    ),
    (
        "rnn_cell_backward",
        "dba-from-dWaa",
        CELL_BACKWARD.format(weights='parameters["Waa"]', summed="dWaa"),
    ),
    # Not in the catalogue: told by where the exception came from.
    (
        "lstm_forward",
        "calls-another-exercise",
        LSTM_LOOP.format(first="np.zeros((n_a, m))", before="a_t, c_t", keep=APPEND).replace(
            "lstm_cell_forward(x[:, :, t], a_t, c_t,", "rnn_cell_forward(x[:, :, t], a_t,"
        ),
    ),
    ("rnn_backward", "totals-overwritten-and-doubled", TOTALS.format(add=OVERWRITTEN)),
    ("rnn_backward", "totals-doubled-at-each-step", TOTALS.format(add=ADDED_TWICE)),
]


@pytest.mark.sandbox
def test_what_students_write_is_named() -> None:
    """Each loses marks at its own exercise and nowhere else, and is told by its name."""
    seeds = {name: 5 + place for place, name in enumerate(NAMES)}
    tasks = [
        Task(
            known,
            open_bytes(
                assignment(),
                Pupil(known, own={name: text.strip()}).notebook(assignment(), released()),
            ),
            seeds,
        )
        for name, known, text in WRITTEN
    ]
    named = {known: name for name, known, _ in WRITTEN}
    found = {}
    for task, judged in judge_all(packed(), tasks, 2):
        assert isinstance(judged, Judgement), judged
        wrong = [e for e in judged.verdict.exercises if e.outcome != "passed"]
        found |= {e.mistake: e.name for e in wrong}
        assert [(e.name, e.mistake) for e in wrong] == [(named[task.student], task.student)]
    assert found == named
