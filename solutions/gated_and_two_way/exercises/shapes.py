"""Name the shapes, caches and gradients that several exercises share."""

from __future__ import annotations

from grader.authoring import Kind, array

CACHE = ("a_prev", "ut", "rt", "cct", "xt", "parameters")
STATE, INPUT = "(n_a, m)", "(n_x, m)"
STATES, INPUTS = "(n_a, m, T_x)", "(n_x, m, T_x)"
TWO_STATES, TWO_FIRST = "(2*n_a, m, T_x)", "(2*n_a, m)"
WEIGHTS, BIAS = "(n_a, n_a + n_x)", "(n_a, 1)"
GATES = "urc"
GATE_GRADIENTS = tuple(f"d{kind}{gate}" for gate in GATES for kind in "Wb")


def gates(each_weight: float, each_bias: float) -> dict[str, Kind]:
    """Describe the gradients of both gates and the candidate: weights, then biases."""
    weights = {f"dW{gate}": array(each_weight, WEIGHTS) for gate in GATES}
    return {**weights, **{f"db{gate}": array(each_bias, BIAS) for gate in GATES}}
