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


def sketched(values: Numeric) -> Numeric:
    """Return the sketches of a stack of arrays, (values, numbers of a sketch).

    Such a one has the rows of all axes longer than 1 after each other; a number has one of one.
    """
    stack = np.asarray(values, dtype=np.float64)
    stack = stack.reshape(len(values), *squeezed(values.shape[1:]))
    if stack.ndim <= 2:
        return _short(stack if stack.ndim > 1 else stack[:, None])
    if stack.ndim == 3:
        found = [stack @ weights(stack.shape[2]), weights(stack.shape[1]) @ stack]
    else:
        found = [_along_axis(stack, axis) for axis in range(1, stack.ndim)]
    return np.concatenate([_short(rows) for rows in found], axis=1)


def _along_axis(stack: Numeric, axis: int) -> Numeric:
    """Sum up all axes of a stack but its own and another one."""
    left = np.moveaxis(stack, axis, 1)
    while left.ndim > 2:
        left = left @ weights(left.shape[-1])
    return left


def _short(rows: Numeric) -> Numeric:
    """Sum up long rows in `LONGEST_ROW` places, each number with a weight of its own."""
    side = rows.shape[1]
    if side <= LONGEST_ROW:
        return rows
    places = np.arange(side) % LONGEST_ROW
    weighed = rows * weights(side)
    return np.stack([np.bincount(places, row, LONGEST_ROW) for row in weighed])
