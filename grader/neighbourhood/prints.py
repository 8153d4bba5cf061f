"""Print what a call gave, output by output, so that it is known again without being kept.

A print is a number for the form and two weighted sums over the values; it is compared with room for
another order of sums and for another precision. What looks alike is confirmed elsewhere.
"""

from __future__ import annotations

import zlib

import numpy as np

from grader.comparison.fingerprints import fingerprint
from grader.comparison.ladder import by_name
from grader.comparison.layout import Array, Layout, Tree

ALIKE = 1e-5  # relative to 1 and to the sum
NOTHING = 0  # the form of what is not there
Print = tuple[list[int], list[tuple[float, float]]]  # a form and two sums for each output


def columns(layout: Layout) -> int:
    """Return how many parts a print has: one for each output, and one for the whole."""
    return len(layout.outputs) + 1


def print_of(layout: Layout, result: Tree) -> Print:
    """Print what a call returned."""
    outputs, whole = by_name(layout, result)
    if whole is not None:
        forms, sums = [NOTHING] * len(layout.outputs), [(0.0, 0.0)] * len(layout.outputs)
        form, one, other = fingerprint(result)
        return [*forms, _number(f"whole {form}")], [*sums, _finite(one, other)]
    forms, sums = [], []
    for name in layout.outputs:
        form, one, other = fingerprint(outputs.get(name))
        forms.append(_number(form))
        sums.append(_finite(one, other))
    return [*forms, NOTHING], [*sums, (0.0, 0.0)]


def print_of_error(layout: Layout, kind: str, message: str) -> Print:
    """Print an exception by its type and text."""
    parts = len(layout.outputs)
    form = _number(f"error {kind}: {message}")
    return [*[NOTHING] * parts, form], [*[(0.0, 0.0)] * parts, (0.0, 0.0)]


def _number(form: str) -> int:
    return zlib.crc32(form.encode()) | 1  # never that of nothing


def _finite(one: float, other: float) -> tuple[float, float]:
    return (one, other) if np.isfinite(one) and np.isfinite(other) else (0.0, 0.0)


def prints_alike(forms: Array, sums: Array, mine: Print) -> Array:
    """Tell of each row and part whether it is like those of one print, (rows, parts)."""
    my_forms, my_sums = np.array(mine[0], np.uint32), np.array(mine[1], np.float64)
    close = np.abs(sums - my_sums) <= ALIKE * (1.0 + np.abs(my_sums))
    found: Array = (forms == my_forms) & close.all(axis=2)
    return found


def same_print(one: Print, other: Print) -> bool:
    """Tell whether two prints are of the same result."""
    forms, sums = np.array([one[0]], np.uint32), np.array([one[1]], np.float64)
    return bool(prints_alike(forms, sums, other).all())
