"""The class that ``make demo`` grades: right, empty, half done, mistaken and damaged."""

from __future__ import annotations

import json

from grader.authoring import Book, Pupil

FORWARD = ("rnn_cell_forward", "rnn_forward", "lstm_cell_forward", "lstm_forward")
CELLS = ("rnn_cell_forward", "lstm_cell_forward", "rnn_cell_backward", "lstm_cell_backward")
WRITTEN = "The cell state is carried on by a sum, so its gradient need not shrink at every step."
ENDLESS = """\
def rnn_forward(x, a0, parameters):
    caches, t = [], 0
    while t < x.shape[2]:
        a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a0, parameters)
        caches.append(cache)
    return a_next, yt_pred, (caches, x)"""
UNCLOSED = """\
def lstm_forward(x, a0, parameters):
    n_a, m = a0.shape
    a = np.zeros((n_a, m, x.shape[2])
    return a"""
OTHER_STYLE = '''\
def lstm_cell_forward(inputs, hidden, memory, p):
    """The same in another style: one product for all gates, other names, einsum."""
    n_a = hidden.shape[0]
    W = np.vstack([p["Wf"], p["Wi"], p["Wc"], p["Wo"]])
    b = np.vstack([p["bf"], p["bi"], p["bc"], p["bo"]])
    z = np.einsum("ij,jm->im", W, np.vstack((hidden, inputs))) + b
    ft, it = sigmoid(z[:n_a]), sigmoid(z[n_a : 2 * n_a])
    cct, ot = np.tanh(z[2 * n_a : 3 * n_a]), sigmoid(z[3 * n_a :])
    c_next = np.multiply(ft, memory) + np.multiply(it, cct)
    a_next = np.multiply(ot, np.tanh(c_next))
    y = softmax(p["Wy"].dot(a_next) + p["by"])
    print("cell done")
    return a_next, c_next, y, (a_next, c_next, hidden, memory, ft, it, cct, ot, inputs, p)'''


def _without_metadata(book: Book) -> Book:
    """What an editor leaves that drops cell ids and metadata."""
    cells = [
        {key: value for key, value in cell.items() if key != "id"} | {"metadata": {}}
        for cell in book["cells"]
    ]
    return {**book, "cells": cells, "nbformat_minor": 4}


def _cut_off(book: Book) -> bytes:
    """A download that stopped half-way."""
    return json.dumps(book).encode()[:20_000]


PUPILS = (
    Pupil("ada", written=WRITTEN),
    Pupil("blank", solved=()),
    Pupil("chloe", solved=FORWARD, written="It forgets less."),
    Pupil("dmitri", mistakes={"rnn_forward": "state-not-carried"}, written=WRITTEN),
    Pupil("elif", mistakes={"lstm_backward": "drops-recurrent-terms"}, written=WRITTEN),
    Pupil("farid", mistakes={"rnn_cell_forward": "no-tanh"}),
    Pupil("grace", mistakes={"lstm_cell_backward": "missing-parentheses"}),
    Pupil("hiro", mistakes={"rnn_cell_backward": "dba-without-keepdims"}),
    Pupil("ines", mistakes={"lstm_forward": "caches-empty", "rnn_backward": "passes-all-caches"}),
    Pupil("jonas", own={"lstm_cell_forward": OTHER_STYLE}, written=WRITTEN),
    Pupil("kofi", own={"rnn_forward": ENDLESS}),
    Pupil("lena", own={"lstm_forward": UNCLOSED}),
    Pupil("mateo", solved=CELLS),
    Pupil("nadia", written=WRITTEN, damage=_without_metadata),
    Pupil("omar", damage=_cut_off),
)
