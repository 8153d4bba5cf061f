"""Draw uniform numbers for sampling that lie well inside a letter's stretch.

Rounding may move a step of the cumulative sum by a little. A number that keeps its distance from
every step gives the same letter whatever the order of summation. What a network predicts while it
writes is computed here once more, since a case is drawn where the notebook's modules are not.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

MARGIN = 1e-3  # between a throw and the nearest step
TRIES, FEW = 2_000, 100


def tempered(p: Array, temperature: float) -> Array:
    """Return the probabilities at a temperature, (n_y,)."""
    with np.errstate(divide="ignore"):
        scores = np.log(p) / temperature
    weights = np.exp(scores - scores.max())
    return np.asarray(weights / weights.sum())


def landing(q: Array, u: float) -> int:
    """Say in whose stretch a throw lands."""
    return int(np.searchsorted(np.cumsum(q), u, side="right"))


def throw(rng: np.random.Generator, q: Array, among: Array, unlike: Array | None = None) -> float:
    """Throw until it lands on one of the letters that may be hit, far from every step.

    With the probabilities ``unlike`` the same throw hits another letter. Raises ValueError where
    none was found.
    """
    steps = np.concatenate([[0.0], np.cumsum(q)])
    for _ in range(TRIES if unlike is None else FEW):
        u = float(rng.random())
        hit = landing(q, u)
        apart = unlike is None or landing(unlike, u) != hit
        if hit < len(q) and among[hit] and apart and np.min(np.abs(steps - u)) > MARGIN:
            return u
    raise ValueError("no throw lands there")


def predicted(x: Array, state: tuple[Array, Array], p: Mapping[str, Array]) -> Any:
    """Return the prediction (n_y,) and the state of one step of an RNN or an LSTM."""
    a, c = state
    z = p["Wx"] @ x + p["Wa"] @ a + p["b"]
    if len(z) == len(a):
        a = np.tanh(z)
    else:
        f, i, g, o = np.split(z, 4)
        f, i, o = (1 / (1 + np.exp(-each)) for each in (f, i, o))
        c = f * c + i * np.tanh(g)
        a = o * np.tanh(c)
    scores = (p["Wya"] @ a + p["by"])[:, 0]
    weights = np.exp(scores - scores.max())
    return weights / weights.sum(), (a, c)


def throws(
    rng: np.random.Generator, p: Mapping[str, Array], length: int, temperature: float
) -> list[float]:
    """Throw ``length`` letters, none of them the end mark, and then the end mark.

    Where there are several letters, some throw would hit another one without the temperature, and
    some throw where it acts twice. Raises ValueError where the network does not allow it.
    """
    n_x, n_a = p["Wx"].shape[1], p["Wa"].shape[1]
    x, state = np.zeros((n_x, 1)), (np.zeros((n_a, 1)), np.zeros((n_a, 1)))
    thrown: list[float] = []
    to_tell = [1.0, temperature**2] if length > 1 and temperature != 1 else []
    for t in range(length + 1):
        prediction, state = predicted(x, state, p)
        q, ends = tempered(prediction, temperature), np.arange(n_x) == 0
        among = ends if t == length else ~ends
        u = None
        for other in to_tell if t < length else ():
            with contextlib.suppress(ValueError):
                u = throw(rng, q, among, tempered(prediction, other))
                to_tell = [each for each in to_tell if each != other]
                break
        thrown.append(throw(rng, q, among) if u is None else u)
        x = np.eye(n_x)[:, [landing(q, thrown[-1])]]
    if to_tell:
        raise ValueError("no throw tells the temperature")
    return thrown
