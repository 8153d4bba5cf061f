"""The assignment ``rnn_step_by_step``: eight exercises, 95 points by tests.

Cases, drawn for each submission, are in ``cases.py``; the catalogue of mistakes is in
``mistakes/``, one module an exercise. The visible cases are what the notebook's examples call.
"""

from __future__ import annotations

from functools import partial

from grader.authoring import Check, Exercise, Spec
from grader.exercises.rnn_step_by_step import cases, equivalent, gradients, published
from grader.exercises.rnn_step_by_step.mistakes import (
    lstm_backward,
    lstm_cell_backward,
    lstm_cell_forward,
    lstm_forward,
    rnn_backward,
    rnn_cell_backward,
    rnn_cell_forward,
    rnn_forward,
)

RNN_CACHE = ("a_next", "a_prev", "xt", "parameters")
LSTM_CACHE = (
    "a_next", "c_next", "a_prev", "c_prev", "ft", "it", "cct", "ot", "xt", "parameters"
)  # fmt: skip
STATE, PREDICTION, INPUT = "(n_a, m)", "(n_y, m)", "(n_x, m)"
STATES, PREDICTIONS, INPUTS = "(n_a, m, T_x)", "(n_y, m, T_x)", "(n_x, m, T_x)"
GATE, BIAS = "(n_a, n_a + n_x)", "(n_a, 1)"
UNTOUCHED = Check("inputs", 1)


def _gates(each_weight: float, each_bias: float) -> tuple[Check, ...]:
    """The checks of the gradients of the four gates: weights, then biases."""
    weights = tuple(Check(f"dW{gate}", each_weight, GATE) for gate in "fico")
    return weights + tuple(Check(f"db{gate}", each_bias, BIAS) for gate in "fico")


GATE_GRADIENTS = tuple(f"d{kind}{gate}" for gate in "fico" for kind in "Wb")

RNN_CELL_FORWARD = Exercise(
    name="rnn_cell_forward",
    arguments=("xt", "a_prev", "parameters"),
    returns=("a_next", "yt_pred", "cache"),
    checks=(
        Check("a_next", 5, STATE, main=True),
        Check("yt_pred", 2, PREDICTION),
        Check("cache", 2),
        UNTOUCHED,
    ),
    cases=cases.rnn_cell_forward,
    mistakes=rnn_cell_forward.MISTAKES,
    labels={"cache": RNN_CACHE},
)

RNN_FORWARD = Exercise(
    name="rnn_forward",
    arguments=("x", "a0", "parameters"),
    returns=("a", "y_pred", "caches"),
    checks=(
        Check("a", 5, STATES, main=True),
        Check("y_pred", 2, PREDICTIONS),
        Check("caches", 2),
        UNTOUCHED,
    ),
    cases=cases.rnn_forward,
    mistakes=rnn_forward.MISTAKES,
    equivalent=equivalent.RNN_FORWARD,
    helper="rnn_cell_forward",
    labels={"caches": RNN_CACHE},
)

LSTM_CELL_FORWARD = Exercise(
    name="lstm_cell_forward",
    arguments=("xt", "a_prev", "c_prev", "parameters"),
    returns=("a_next", "c_next", "yt_pred", "cache"),
    checks=(
        Check("a_next", 4, STATE, main=True),
        Check("c_next", 4, STATE, main=True),
        Check("yt_pred", 3, PREDICTION),
        Check("cache", 3),
        UNTOUCHED,
    ),
    cases=cases.lstm_cell_forward,
    mistakes=lstm_cell_forward.MISTAKES,
    equivalent=equivalent.LSTM_CELL_FORWARD,
    labels={"cache": LSTM_CACHE},
)

LSTM_FORWARD = Exercise(
    name="lstm_forward",
    arguments=("x", "a0", "parameters"),
    returns=("a", "y", "c", "caches"),
    checks=(
        Check("a", 3, STATES, main=True),
        Check("c", 2, STATES, main=True),
        Check("y", 2, PREDICTIONS),
        Check("caches", 2),
        UNTOUCHED,
    ),
    cases=cases.lstm_forward,
    mistakes=lstm_forward.MISTAKES,
    equivalent=equivalent.LSTM_FORWARD,
    helper="lstm_cell_forward",
    labels={"caches": LSTM_CACHE},
)

RNN_CELL_BACKWARD = Exercise(
    name="rnn_cell_backward",
    arguments=("da_next", "cache"),
    returns=("dxt", "da_prev", "dWax", "dWaa", "dba"),
    checks=(
        Check("dxt", 2, INPUT, main=True),
        Check("da_prev", 3, STATE, main=True),
        Check("dWax", 2, "(n_a, n_x)"),
        Check("dWaa", 1, "(n_a, n_a)"),
        Check("dba", 1, BIAS),
        UNTOUCHED,
    ),
    cases=cases.rnn_cell_backward,
    mistakes=rnn_cell_backward.MISTAKES,
    numeric=partial(gradients.numeric, "rnn_cell_backward"),
    automatic=partial(gradients.automatic, "rnn_cell_backward"),
    returns_dict=True,
)

RNN_BACKWARD = Exercise(
    name="rnn_backward",
    arguments=("da", "caches"),
    returns=("dx", "da0", "dWax", "dWaa", "dba"),
    checks=(
        Check("dx", 3, INPUTS, main=True),
        Check("da0", 3, STATE, main=True),
        Check("dWax", 2, "(n_a, n_x)"),
        Check("dWaa", 2, "(n_a, n_a)"),
        Check("dba", 1, BIAS),
        UNTOUCHED,
    ),
    cases=cases.rnn_backward,
    mistakes=rnn_backward.MISTAKES,
    equivalent=equivalent.RNN_BACKWARD,
    numeric=partial(gradients.numeric, "rnn_backward"),
    automatic=partial(gradients.automatic, "rnn_backward"),
    returns_dict=True,
    helper="rnn_cell_backward",
)

LSTM_CELL_BACKWARD = Exercise(
    name="lstm_cell_backward",
    arguments=("da_next", "dc_next", "cache"),
    returns=("dxt", "da_prev", "dc_prev", *GATE_GRADIENTS),
    checks=(
        Check("dxt", 2, INPUT, main=True),
        Check("da_prev", 4, STATE, main=True),
        Check("dc_prev", 3, STATE, main=True),
        *_gates(each_weight=1, each_bias=1),
        UNTOUCHED,
    ),
    cases=cases.lstm_cell_backward,
    mistakes=lstm_cell_backward.MISTAKES,
    equivalent=equivalent.LSTM_CELL_BACKWARD,
    numeric=partial(gradients.numeric, "lstm_cell_backward"),
    automatic=partial(gradients.automatic, "lstm_cell_backward"),
    returns_dict=True,
)

LSTM_BACKWARD = Exercise(
    name="lstm_backward",
    arguments=("da", "caches"),
    returns=("dx", "da0", *GATE_GRADIENTS),
    checks=(
        Check("dx", 2, INPUTS, main=True),
        Check("da0", 2, STATE, main=True),
        *_gates(each_weight=1, each_bias=0.25),
        UNTOUCHED,
    ),
    cases=cases.lstm_backward,
    mistakes=lstm_backward.MISTAKES,
    equivalent=equivalent.LSTM_BACKWARD,
    numeric=partial(gradients.numeric, "lstm_backward"),
    automatic=partial(gradients.automatic, "lstm_backward"),
    returns_dict=True,
    helper="lstm_cell_backward",
)

SPEC = Spec(
    name="rnn_step_by_step",
    title="Recurrent networks, step by step",
    exercises=(
        RNN_CELL_FORWARD,
        RNN_FORWARD,
        LSTM_CELL_FORWARD,
        LSTM_FORWARD,
        RNN_CELL_BACKWARD,
        RNN_BACKWARD,
        LSTM_CELL_BACKWARD,
        LSTM_BACKWARD,
    ),
    modules=("rnn_utils.py",),
    published=published.PRINTED,
    published_with=published.WITH_MISTAKE,
)
