"""Write once more, for autograd, the forward passes that the backward functions differentiate.

They share no line with the solution: weights are taken apart where the solution joins states, and
sequences are reversed by choosing steps. What autograd makes of them is independent of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Parameters = Mapping[str, Any]


def _argument(np: Any, p: Parameters, gate: str, state: Any, xt: Any) -> Any:
    weights, n_a = p["W" + gate], state.shape[0]
    return np.dot(weights[:, :n_a], state) + np.dot(weights[:, n_a:], xt) + p["b" + gate]


def gru_cell(np: Any, xt: Any, a_prev: Any, parameters: Parameters) -> tuple[Any, ...]:
    """Return ``(a_next,)``, (n_a, m), of one step of the GRU."""
    u, r = (0.5 + 0.5 * np.tanh(0.5 * _argument(np, parameters, g, a_prev, xt)) for g in "ur")
    candidate = np.tanh(_argument(np, parameters, "c", r * a_prev, xt))
    return (a_prev + u * (candidate - a_prev),)


def gru(np: Any, x: Any, a0: Any, parameters: Parameters) -> tuple[Any, ...]:
    """Return ``(a,)``, (n_a, m, T_x), of the GRU over time."""
    states = [a0]
    for t in range(x.shape[2]):
        states.append(gru_cell(np, x[:, :, t], states[-1], parameters)[0])
    return (np.stack(states[1:], axis=2),)


def two_way(
    np: Any, x: Any, lengths: Any, a0: Any, left: Parameters, right: Parameters
) -> tuple[Any, ...]:
    """Return ``(a,)``, (2*n_a, m, T_x), of two readers, each sequence read alone."""
    n_a, T_x = a0.shape[0] // 2, x.shape[2]
    columns = []
    for i, length in enumerate(int(each) for each in lengths):
        order = [*range(length - 1, -1, -1), *range(length, T_x)]
        one, first = x[:, i : i + 1], a0[:, i : i + 1]
        (there,) = gru(np, one, first[:n_a], left)
        (back,) = gru(np, one[:, :, order], first[n_a:], right)
        columns.append(np.concatenate([there, back[:, :, order]], axis=0))
    return (np.concatenate(columns, axis=1),)
