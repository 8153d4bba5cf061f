"""Draw uniform numbers for composing that lie well inside a note's stretch.

Rounding may move a running sum by a little. A number that keeps its distance from every step, and
a share that keeps its distance from every running sum, give the same note whatever the order of
summation. What a network scores while it composes is computed here once more, since a case is drawn
where the notebook's modules are not.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .draws import Array, Note

MARGIN = 1e-3  # between a throw and the nearest step, and between a share and the nearest sum
TRIES = 60
Picture = Callable[[Array], Array]


class NoThrow(Exception):
    """Say that no throw does what is asked for; another network may allow it."""


def tempered(z: Array, temperature: float) -> Array:
    """Return the probabilities of scores (n_y,) at a temperature."""
    weights = np.exp((z - z.max()) / temperature)
    return np.asarray(weights / weights.sum())


def nucleus(p: Array, share: float) -> Array:
    """Return the likeliest classes of p (n_y,) up to a share, divided by their sum."""
    order = np.argsort(-p, kind="stable")
    before = np.cumsum(p[order]) - p[order]
    q = np.zeros_like(p)
    q[order[before < share]] = p[order[before < share]]
    return np.asarray(q / q.sum())


def clear(p: Array, share: float) -> bool:
    """Say whether no running sum of the sorted probabilities is near the share."""
    sums = np.cumsum(np.sort(p)[::-1])[:-1]
    gaps = -np.diff(np.sort(p)[::-1])
    # Two classes that are nearly alike could change places.
    return bool(np.all(np.abs(sums - share) > MARGIN) and np.all(gaps > MARGIN / 10))


def landing(q: Array, u: float) -> int:
    """Say in whose stretch a throw lands."""
    return int(np.searchsorted(np.cumsum(q), u, side="right"))


def throw(rng: np.random.Generator, q: Array, among: Array, unlike: Array | None = None) -> float:
    """Throw until it lands on one of the classes that may be hit, far from every step.

    With the probabilities ``unlike`` the same throw hits another class.
    """
    steps = np.concatenate([[0.0], np.cumsum(q)])
    for _ in range(TRIES):
        u = float(rng.random())
        hit = landing(q, u)
        if hit >= len(q) or not among[hit] or np.min(np.abs(steps - u)) < MARGIN:
            continue
        if unlike is None or landing(unlike, u) != hit:
            return u
    raise NoThrow


def scored(x: Array, state: tuple[Array, Array], p: Mapping[str, Array]) -> Any:
    """Return the scores (n_y,) and the state of one step of an RNN or an LSTM."""
    a, c = state
    z = p["Wx"] @ x + p["Wa"] @ a + p["b"]
    if len(z) == len(a):
        a = np.tanh(z)
    else:
        f, i, g, o = np.split(z, 4)
        f, i, o = (1 / (1 + np.exp(-each)) for each in (f, i, o))
        c = f * c + i * np.tanh(g)
        a = o * np.tanh(c)
    return (p["Wya"] @ a + p["by"])[:, 0], (a, c)


@dataclass
class Composer:
    """Write a tune while its throws are drawn, and see to it that mistakes would show."""

    rng: np.random.Generator
    parameters: Mapping[str, Array]
    vocabulary: Sequence[Note]
    bar: int
    temperature: float
    share: float

    def throws(self, least: int, most: int, ends: bool) -> list[float]:
        """Throw from ``least`` to ``most`` notes, and then, where it ends, the end mark.

        Raises NoThrow where the network does not allow that.
        """
        n_y, n_a = len(self.vocabulary), self.parameters["Wa"].shape[1]
        before, position = np.zeros((n_y, 1)), 0
        state = (np.zeros((n_a, 1)), np.zeros((n_a, 1)))
        to_tell = self._to_tell() if most > 1 else []
        thrown: list[float] = []
        over: list[int] = []  # which notes go over a bar line
        for t in range(most + 1):
            beat = np.eye(self.bar)[:, [position]]
            z, after = scored(np.concatenate([before, beat]), state, self.parameters)
            q, is_end = self._nucleus(z), np.arange(n_y) == 0
            told = most < 2 or (not to_tell and any(note < t - 1 for note in over))
            if ends and told and t >= least:
                with contextlib.suppress(NoThrow):
                    return [*thrown, throw(self.rng, q, is_end)]
            if t == most:
                break
            if t == 0 and to_tell:
                thrown.append(throw(self.rng, q, ~is_end, self._after_the_end_mark(state)))
            else:
                thrown.append(self._note(z, q, ~is_end, to_tell))
            k, state = landing(q, thrown[-1]), after
            ends_at = position + self.vocabulary[k][1]
            over += [t] * (ends_at > self.bar)
            before, position = np.eye(n_y)[:, [k]], ends_at % self.bar
        if ends or not told:
            raise NoThrow
        return thrown

    def _nucleus(self, z: Array) -> Array:
        p = tempered(z, self.temperature)
        if not clear(p, self.share):
            raise NoThrow
        return nucleus(p, self.share)

    def _after_the_end_mark(self, state: tuple[Array, Array]) -> Array:
        """Return the probabilities of a first note for which the end mark was read."""
        n_y = len(self.vocabulary)
        x = np.zeros((n_y + self.bar, 1))
        x[[0, n_y]] = 1
        return self._nucleus(scored(x, state, self.parameters)[0])

    def _note(self, z: Array, q: Array, among: Array, to_tell: list[Picture]) -> float:
        """Throw a note, if possible one that tells something which has not been told yet."""
        for other in to_tell:
            with contextlib.suppress(NoThrow):
                u = throw(self.rng, q, among, other(z))
                to_tell.remove(other)
                return u
        return throw(self.rng, q, among)

    def _to_tell(self) -> list[Picture]:
        """Return what would be drawn from if temperature or nucleus were applied wrongly."""
        made: list[Picture] = []
        if self.temperature != 1:
            made.append(lambda z: nucleus(tempered(z, 1.0), self.share))
            made.append(lambda z: nucleus(tempered(z, self.temperature**2), self.share))
        if self.share < 1:
            made.append(lambda z: tempered(z, self.temperature))
        if made[1:]:
            made.append(self._nucleus_first)
            made.append(lambda z: nucleus(tempered(z, self.share), min(1.0, self.temperature)))
        return made

    def _nucleus_first(self, z: Array) -> Array:
        first = nucleus(tempered(z, 1.0), self.share)
        weights = first ** (1 / self.temperature)
        return np.asarray(weights / weights.sum())
