"""Name the shapes, caches and gradients that several exercises share."""

from __future__ import annotations

from grader.authoring import Check

RNN_CACHE = ("a_next", "a_prev", "xt", "parameters")
LSTM_CACHE = (
    "a_next", "c_next", "a_prev", "c_prev", "ft", "it", "cct", "ot", "xt", "parameters"
)  # fmt: skip
STATE, PREDICTION, INPUT = "(n_a, m)", "(n_y, m)", "(n_x, m)"
STATES, PREDICTIONS, INPUTS = "(n_a, m, T_x)", "(n_y, m, T_x)", "(n_x, m, T_x)"
GATE, BIAS = "(n_a, n_a + n_x)", "(n_a, 1)"
UNTOUCHED = Check("inputs", 1)


def gates(each_weight: float, each_bias: float) -> tuple[Check, ...]:
    """Return the checks of the gradients of the four gates: weights, then biases."""
    weights = tuple(Check(f"dW{gate}", each_weight, GATE) for gate in "fico")
    return weights + tuple(Check(f"db{gate}", each_bias, BIAS) for gate in "fico")


GATE_GRADIENTS = tuple(f"d{kind}{gate}" for gate in "fico" for kind in "Wb")
RNN_WEIGHTS = ("Wax", "Waa", "ba")
LSTM_WEIGHTS = tuple(kind + gate for gate in "fico" for kind in "Wb")


def weights(names: tuple[str, ...], argument: int) -> dict[str, tuple[int, str | None]]:
    """Say which gradients belong to the parameters ``names`` in the forward function's argument."""
    return {"d" + name: (argument, name) for name in names}
