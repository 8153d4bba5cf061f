"""Sketch an array: a few projections by which it is known again, also as a part of another one.

A sketch has one row of numbers for each axis longer than 1: what is left of the array along that
axis when all others are summed up with fixed weights. Two arrays are the same where their sketches
are; a transposed one has the rows in the other order; and what was stacked along an axis has the
rows of its parts one after the other. Travels to where the student's function runs, so it needs
nothing but NumPy.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

Numeric = np.ndarray[Any, Any]
LONGEST_ROW = 48  # of a longer axis the numbers are summed up in so many places


@functools.lru_cache(maxsize=64)
def weights(length: int) -> Numeric:
    """Return the weights of an axis, (length,), between 0.5 and 1.5 and without a pattern."""
    found: Numeric = 0.5 + np.sin(12.9898 * np.arange(1, length + 1)) * 43758.5453 % 1.0
    return found


def squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes of a shape that are longer than 1."""
    return tuple(side for side in shape if side != 1)


def rows(value: Numeric) -> list[Numeric]:
    """Return the rows of an array's sketch, one for each axis longer than 1; a number has one."""
    array = np.asarray(value, dtype=np.float64).reshape(squeezed(value.shape))
    if array.ndim <= 1:
        found = [array.reshape(-1)]
    elif array.ndim == 2:
        found = [array @ weights(array.shape[1]), weights(array.shape[0]) @ array]
    else:
        found = [_along(array, axis) for axis in range(array.ndim)]
    return [row if row.size <= LONGEST_ROW else _into_places(row) for row in found]


def _along(array: Numeric, axis: int) -> Numeric:
    """Sum up all axes but one."""
    left = np.moveaxis(array, axis, 0)
    while left.ndim > 1:
        left = left @ weights(left.shape[-1])
    return left


def _into_places(row: Numeric) -> Numeric:
    """Sum up a long row in `LONGEST_ROW` places, each number with a weight of its own."""
    places = np.arange(row.size) % LONGEST_ROW
    return np.bincount(places, weights=row * weights(row.size), minlength=LONGEST_ROW)
