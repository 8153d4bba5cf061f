"""Arrange an array's values in memory in another way, or in another precision."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def as_it_is(array: Array) -> Array:
    """Return the array itself."""
    return array


def float32(array: Array) -> Array:
    """Return the array in single precision."""
    return array.astype(np.float32)


def column_major(array: Array) -> Array:
    """Return the array with its columns, not its rows, one after the other in memory."""
    return np.asfortranarray(array)


def strided(array: Array) -> Array:
    """Return the array as every second entry of a larger one, in every direction."""
    larger = np.zeros([2 * size for size in array.shape], dtype=array.dtype)
    view = larger[tuple(slice(None, None, 2) for _ in array.shape)]
    view[...] = array
    return view
