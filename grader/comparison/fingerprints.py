"""Recognise a known wrong result without knowing how it came about: short sums over its values.

Students' files hold fingerprints of what known mistakes give; the values cannot be read back.
"""

from __future__ import annotations

import zlib

import numpy as np

from grader.comparison.ladder import by_name
from grader.comparison.layout import Array, Layout, Tree
from grader.comparison.trees import leaves, real

LEAST_WEIGHTS = 4096
_made_weights: list[tuple[Array, Array]] = []


def fingerprint(tree: Tree) -> tuple[str, float, float]:
    """Compute two weighted sums over all values of ``tree`` and a short hash of its structure.

    Two results that are not the same give other sums, but for coincidences far rarer than the
    tolerance they are compared with; the values themselves cannot be read back from them.
    """
    structure, first, second, seen = "", 0.0, 0.0, 0
    for path, leaf in leaves(tree):
        if (number := real(leaf)) is not None:
            leaf = np.array(number)  # of whatever type: to rounding it is the same
        if not isinstance(leaf, np.ndarray):
            structure += f"{path}={leaf!r};"
            continue
        structure += f"{path}{leaf.shape};"
        if leaf.dtype.kind not in "fiub":
            # Not a number: like no other fingerprint, not even itself.
            return f"{path}:{leaf.dtype}", float("nan"), float("nan")
        here = slice(seen, seen + leaf.size)
        seen += leaf.size
        one, other = _weights(max(seen, LEAST_WEIGHTS))
        flat = np.asarray(leaf, dtype=np.float64).ravel()
        if not np.all(np.isfinite(flat)):
            structure += _not_finite(flat)
            flat = np.nan_to_num(flat, nan=0.0, posinf=0.0, neginf=0.0)
        with np.errstate(all="ignore"):
            # The weights change from place to place: the same values in another order give other
            # sums.
            first += float(flat @ one[here])
            second += float(flat @ other[here])
    return f"{zlib.crc32(structure.encode()):08x}", first, second


def _weights(length: int) -> tuple[Array, Array]:
    """Return two rows of weights, at least so long; made once for as many as were ever needed."""
    if not _made_weights or len(_made_weights[0][0]) < length:
        place = np.arange(2 * length)
        _made_weights[:] = [(np.cos(1.7 * place + 0.3), np.sin(2.3 * place + 0.9))]
    return _made_weights[0]


def _not_finite(flat: Array) -> str:
    """Say where NaN and the infinities stand: a mistake may be known by them."""
    signs = np.where(np.isnan(flat), 2, np.where(np.isinf(flat), np.sign(flat), 0))
    return f"!{zlib.crc32(signs.astype(np.int8).tobytes()):08x}"


def result_fingerprint(layout: Layout, result: Tree) -> tuple[str, float, float]:
    """Fingerprint the named outputs of ``result``, or the whole of it when it has none."""
    outputs, whole = by_name(layout, result)
    if whole is not None:
        return fingerprint(result)
    return fingerprint({name: outputs.get(name) for name in layout.outputs})


def same_fingerprint(one: tuple[str, float, float], other: tuple[str, float, float]) -> bool:
    """Tell whether two fingerprints are of the same result, to a relative 1e-7."""
    if one[0] != other[0] or not np.all(np.isfinite(one[1:] + other[1:])):
        return False
    return all(abs(a - b) <= 1e-7 * (1.0 + abs(b)) for a, b in zip(one[1:], other[1:], strict=True))
