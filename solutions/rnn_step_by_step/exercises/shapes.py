"""Name the shapes, caches and gradients that several exercises share."""

from __future__ import annotations

from grader.authoring import Kind, array

RNN_CACHE = ("a_next", "a_prev", "xt", "parameters")
LSTM_CACHE = (
    "a_next", "c_next", "a_prev", "c_prev", "ft", "it", "cct", "ot", "xt", "parameters"
)  # fmt: skip
STATE, PREDICTION, INPUT = "(n_a, m)", "(n_y, m)", "(n_x, m)"
STATES, PREDICTIONS, INPUTS = "(n_a, m, T_x)", "(n_y, m, T_x)", "(n_x, m, T_x)"
GATE, BIAS = "(n_a, n_a + n_x)", "(n_a, 1)"
GATE_GRADIENTS = tuple(f"d{kind}{gate}" for gate in "fico" for kind in "Wb")


def gates(each_weight: float, each_bias: float) -> dict[str, Kind]:
    """Describe the gradients of the four gates: weights, then biases."""
    weights = {f"dW{gate}": array(each_weight, GATE) for gate in "fico"}
    return {**weights, **{f"db{gate}": array(each_bias, BIAS) for gate in "fico"}}
