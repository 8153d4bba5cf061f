"""What the four backward functions differentiate, and their forward passes written once more.

These forward passes share no line with the solution: they are traced by autograd, which cannot
follow assignments into arrays, and they are what makes the true gradients independent of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.authoring import (
    Case,
    Functions,
    Gradients,
    Traced,
    Wiring,
    automatic_gradients,
    numeric_gradients,
)

Parameters = Mapping[str, Any]
RNN_WEIGHTS = ("Wax", "Waa", "ba")
LSTM_WEIGHTS = tuple(kind + gate for gate in "fico" for kind in "Wb")


def _weights(names: tuple[str, ...], argument: int) -> dict[str, tuple[int, str | None]]:
    return {"d" + name: (argument, name) for name in names}


def _rnn_cell(np: Any, xt: Any, a_prev: Any, parameters: Parameters) -> tuple[Any, ...]:
    z = np.dot(parameters["Waa"], a_prev) + np.dot(parameters["Wax"], xt)
    return (np.tanh(z + parameters["ba"]),)


def _rnn(np: Any, x: Any, a0: Any, parameters: Parameters) -> tuple[Any, ...]:
    states = [a0]
    for t in range(x.shape[2]):
        states.append(_rnn_cell(np, x[:, :, t], states[-1], parameters)[0])
    return (np.stack(states[1:], axis=2),)


def _gate(np: Any, parameters: Parameters, gate: str, a_prev: Any, xt: Any) -> Any:
    """Pre-activation of one gate, with its weights taken apart instead of the states joined."""
    weights, n_a = parameters["W" + gate], a_prev.shape[0]
    return np.dot(weights[:, :n_a], a_prev) + np.dot(weights[:, n_a:], xt) + parameters["b" + gate]


def _lstm_cell(
    np: Any, xt: Any, a_prev: Any, c_prev: Any, parameters: Parameters
) -> tuple[Any, ...]:
    f, i, o = (0.5 + 0.5 * np.tanh(0.5 * _gate(np, parameters, g, a_prev, xt)) for g in "fio")
    c_next = f * c_prev + i * np.tanh(_gate(np, parameters, "c", a_prev, xt))
    return o * np.tanh(c_next), c_next


def _lstm(np: Any, x: Any, a0: Any, parameters: Parameters) -> tuple[Any, ...]:
    a, c, states = a0, 0.0 * a0, []
    for t in range(x.shape[2]):
        a, c = _lstm_cell(np, x[:, :, t], a, c, parameters)
        states.append(a)
    return (np.stack(states, axis=2),)


WIRINGS: dict[str, tuple[Wiring, Traced]] = {
    "rnn_cell_backward": (
        Wiring({0: 0}, {"dxt": (0, None), "da_prev": (1, None), **_weights(RNN_WEIGHTS, 2)}),
        _rnn_cell,
    ),
    "rnn_backward": (
        Wiring(
            {0: 0},
            {"dx": (0, None), "da0": (1, None), **_weights(RNN_WEIGHTS, 2)},
            over_time=frozenset({"dx"}),
        ),
        _rnn,
    ),
    "lstm_cell_backward": (
        Wiring(
            {0: 0, 1: 1},
            {
                "dxt": (0, None),
                "da_prev": (1, None),
                "dc_prev": (2, None),
                **_weights(LSTM_WEIGHTS, 3),
            },
        ),
        _lstm_cell,
    ),
    "lstm_backward": (
        Wiring(
            {0: 0},
            {"dx": (0, None), "da0": (1, None), **_weights(LSTM_WEIGHTS, 2)},
            over_time=frozenset({"dx"}),
        ),
        _lstm,
    ),
}


def numeric(name: str, case: Case, functions: Functions) -> Gradients:
    """True gradients of a case of the backward function ``name``, by central differences."""
    return numeric_gradients(case, functions, WIRINGS[name][0])


def automatic(name: str, case: Case) -> Gradients:
    """True gradients of a case of the backward function ``name``, by autograd."""
    wiring, traced = WIRINGS[name]
    return automatic_gradients(case, traced, wiring)
