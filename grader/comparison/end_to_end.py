"""Compare all arrays of a result at once, laid end to end: most of what comes back is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.comparison.layout import Array

ROOM = 0.5  # of the tolerance: sums in another order differ in their last digits


def agree(got: Array, right: Array, counts: Sequence[int], tolerance: float) -> bool:
    """Tell whether arrays of ``counts`` elements each are right by far; False decides nothing.

    Each is held to the error of `relative_error`, with room to spare, and must be finite.
    """
    sizes = np.array([count for count in counts if count])
    if not len(sizes):
        return True
    begins = np.cumsum(sizes) - sizes
    with np.errstate(all="ignore"):
        errors, ours, theirs = (
            np.sqrt(np.add.reduceat(part * part, begins)) for part in (got - right, got, right)
        )
        norms = np.maximum(ours + theirs, tolerance * np.sqrt(sizes))
    near = errors < ROOM * tolerance * norms
    return bool(near.all() and np.isfinite(norms).all())
