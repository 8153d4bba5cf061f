"""The class that ``make demo A=gated_and_two_way`` grades: right, empty, half done and mistaken.

One pupil has a mistake that no catalogue names: the page points at a line.
"""

from __future__ import annotations

from grader.authoring import Pupil

ONE_WAY = ("gru_cell_forward", "gru_forward", "gru_cell_backward", "gru_backward")
WRITTEN = "What comes later explains the word; for a forecast that would be looking at the answer."
# Right, in other words.
STACKED = '''\
def gru_cell_forward(xt, a_prev, parameters):
    """Both gates in one product."""
    n_a = a_prev.shape[0]
    W = np.vstack([parameters["Wu"], parameters["Wr"]])
    b = np.vstack([parameters["bu"], parameters["br"]])
    gates = sigmoid(W.dot(np.vstack([a_prev, xt])) + b)
    u, r = gates[:n_a], gates[n_a:]
    c = np.tanh(parameters["Wc"].dot(np.vstack([r * a_prev, xt])) + parameters["bc"])
    return a_prev + u * (c - a_prev), (a_prev, u, r, c, xt, parameters)'''
# Wrong in ways of their own.
HALF_STATE = """\
def gru_cell_forward(xt, a_prev, parameters):
    both = np.concatenate([a_prev, xt])
    u = sigmoid(parameters["Wu"] @ both + parameters["bu"])
    r = sigmoid(parameters["Wr"] @ both + parameters["br"])
    kept = r * a_prev * 0.5
    c = np.tanh(parameters["Wc"] @ np.concatenate([kept, xt]) + parameters["bc"])
    a_next = u * c + (1 - u) * a_prev
    return a_next, (a_prev, u, r, c, xt, parameters)"""
LENGTHS_PLUS_ONE = """\
def reverse_each(x, lengths):
    out = x.copy()
    for i in range(x.shape[1]):
        stop = min(lengths[i] + 1, x.shape[2])
        for t in range(stop):
            out[:, i, t] = x[:, i, stop - 1 - t]
    return out"""
ENDLESS = """\
def gru_forward(x, a0, parameters):
    a, caches, t = np.zeros((*a0.shape, x.shape[2])), [], 0
    while t < x.shape[2]:
        a0, cache = gru_cell_forward(x[:, :, t], a0, parameters)
    return a, caches"""

PUPILS = (
    Pupil("amara", written=WRITTEN),
    Pupil("blank", solved=()),
    Pupil("carlos", solved=ONE_WAY, written="It knows more."),
    Pupil("dana", mistakes={"gru_cell_forward": "update-gate-on-the-old-state"}, written=WRITTEN),
    Pupil("eero", mistakes={"two_way_forward": "second-half-not-put-back"}),
    Pupil("fatou", own={"gru_cell_forward": STACKED}, written=WRITTEN),
    Pupil("gil", own={"gru_cell_forward": HALF_STATE}, written=WRITTEN),
    Pupil("hye", own={"reverse_each": LENGTHS_PLUS_ONE}),
    Pupil("ivan", own={"gru_forward": ENDLESS}),
    Pupil(
        "joy",
        mistakes={"gru_cell_backward": "gate-roads-left-out", "two_way_backward": "dx-averaged"},
    ),
)
