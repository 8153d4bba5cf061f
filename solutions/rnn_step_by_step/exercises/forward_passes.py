"""Write once more, for autograd, the forward passes that the backward functions differentiate.

These forward passes share no line with the solution: they are traced by autograd, which cannot
follow assignments into arrays, and they are what makes the true gradients independent of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Parameters = Mapping[str, Any]


def rnn_cell(np: Any, xt: Any, a_prev: Any, parameters: Parameters) -> tuple[Any, ...]:
    """Return ``(a_next,)``, (n_a, m), of one step of the RNN."""
    z = np.dot(parameters["Waa"], a_prev) + np.dot(parameters["Wax"], xt)
    return (np.tanh(z + parameters["ba"]),)


def rnn(np: Any, x: Any, a0: Any, parameters: Parameters) -> tuple[Any, ...]:
    """Return ``(a,)``, (n_a, m, T_x), of the RNN over time."""
    states = [a0]
    for t in range(x.shape[2]):
        states.append(rnn_cell(np, x[:, :, t], states[-1], parameters)[0])
    return (np.stack(states[1:], axis=2),)


def _gate(np: Any, parameters: Parameters, gate: str, a_prev: Any, xt: Any) -> Any:
    """Return a gate's pre-activation: its weights are taken apart, the states not joined."""
    weights, n_a = parameters["W" + gate], a_prev.shape[0]
    return np.dot(weights[:, :n_a], a_prev) + np.dot(weights[:, n_a:], xt) + parameters["b" + gate]


def lstm_cell(
    np: Any, xt: Any, a_prev: Any, c_prev: Any, parameters: Parameters
) -> tuple[Any, ...]:
    """Return ``(a_next, c_next)``, each (n_a, m), of one step of the LSTM."""
    f, i, o = (0.5 + 0.5 * np.tanh(0.5 * _gate(np, parameters, g, a_prev, xt)) for g in "fio")
    c_next = f * c_prev + i * np.tanh(_gate(np, parameters, "c", a_prev, xt))
    return o * np.tanh(c_next), c_next


def lstm(np: Any, x: Any, a0: Any, parameters: Parameters) -> tuple[Any, ...]:
    """Return ``(a,)``, (n_a, m, T_x), of the LSTM over time."""
    a, c, states = a0, 0.0 * a0, []
    for t in range(x.shape[2]):
        a, c = lstm_cell(np, x[:, :, t], a, c, parameters)
        states.append(a)
    return (np.stack(states, axis=2),)
