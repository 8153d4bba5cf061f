"""Copy, walk and compare results: arrays and plain values, nested in containers.

Copied into ``selfcheck.py``, so it needs nothing but NumPy.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.comparison.layout import Array, Layout, Tree

ROWS = (tuple, list)
PLAIN = frozenset((int, float, str, bool, type(None)))  # what is its own copy
SHARED = (np.ndarray, list, Mapping)  # what may come again, as the same object


def deep_copy(tree: Tree, made: dict[int, Any] | None = None) -> Tree:
    """Return a deep copy that keeps sharing inside the tree, each array in its own memory.

    Does what ``copy.deepcopy`` does, and leaves to it what is not plain, in a third of the time.
    ``made`` holds the copies so far, by the identity of what was copied.
    """
    made = {} if made is None else made
    kind_ = type(tree)
    if kind_ in PLAIN:
        return tree
    if id(tree) in made:
        return made[id(tree)]
    if kind_ is tuple:
        return tuple([deep_copy(item, made) for item in tree])
    if kind_ is np.ndarray and not tree.dtype.hasobject:
        # K keeps column-major order, in which some cases have their arrays.
        made[id(tree)] = copied = tree.copy("K")
    elif kind_ is dict:
        made[id(tree)] = copied = {}
        for key, value in tree.items():
            copied[key] = deep_copy(value, made)
    elif kind_ is list:
        made[id(tree)] = copied = []
        for item in tree:
            copied.append(deep_copy(item, made))
    else:
        copied = copy.deepcopy(tree, made)
    return copied


def leaves(tree: Tree, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every array and plain value of ``tree`` with its path, in a fixed order."""
    if isinstance(tree, tuple | list):
        for index, item in enumerate(tree):
            yield from leaves(item, f"{path}[{index}]")
    elif isinstance(tree, Mapping):
        for key in sorted(tree, key=str):
            yield from leaves(tree[key], f"{path}[{key!r}]")
    else:
        yield path, tree


def same(
    one: Tree, other: Tree, tolerance: float = 1e-9, settled: set[tuple[int, int]] | None = None
) -> bool:
    """Tell whether two trees have the same structure and, to ``tolerance``, the same values.

    Lengths come before contents, and two objects are compared once, however often they come
    again: a list may hold one large array a hundred thousand times. ``settled`` holds the pairs
    that have been found the same, by identity.
    """
    settled = set() if settled is None else settled
    pair = id(one), id(other)
    if pair in settled:
        return True
    if isinstance(one, np.ndarray):  # as most are, and to ask for a mapping takes longer
        alike = _same_leaf(one, other, tolerance)
    elif isinstance(one, Mapping) and isinstance(other, Mapping):
        alike = len(one) == len(other) and all(
            key in other and same(value, other[key], tolerance, settled)
            for key, value in one.items()
        )
    elif isinstance(one, ROWS) and isinstance(other, ROWS):
        alike = len(one) == len(other) and all(
            same(a, b, tolerance, settled) for a, b in zip(one, other, strict=True)
        )
    else:
        alike = _same_leaf(one, other, tolerance)
    if alike and isinstance(one, SHARED):
        settled.add(pair)
    return alike


def _same_leaf(a: Any, b: Any, tolerance: float) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        if a.shape != b.shape or a.dtype.kind not in "fiub" or b.dtype.kind not in "fiub":
            return False
        if a.dtype == b.dtype and a.tobytes() == b.tobytes():  # as most that are the same
            return True
        with np.errstate(all="ignore"):
            one, other = a.astype(np.float64, copy=False), b.astype(np.float64, copy=False)
            scale = max(float(np.abs(other).max(initial=0.0)), 1.0)
            if not math.isfinite(scale):
                return _same_where_not_finite(one, other, tolerance)
            return bool((np.abs(one - other) <= tolerance * scale).all())
    if isinstance(a, bool | np.bool_) and isinstance(b, bool | np.bool_):
        return bool(a) == bool(b)
    mine, yours = real(a), real(b)
    if mine is not None and yours is not None:
        if mine == yours or (mine != mine and yours != yours):
            return True
        return abs(yours) != np.inf and abs(mine - yours) <= tolerance * max(abs(yours), 1.0)
    return type(a) is type(b) and bool(a == b)


def _same_where_not_finite(one: Array, other: Array, tolerance: float) -> bool:
    """Tell whether NaN and infinities stand in the same places, and the rest is the same.

    Such a result is never right, but may be the one that a known mistake gives, or the one that
    the same function gave before. Within a share of infinity lies everything, so it gives no scale.
    """
    alike = (one == other) | (np.isnan(one) & np.isnan(other))
    scale = max(float(np.max(np.abs(other[np.isfinite(other)]), initial=0.0)), 1.0)
    return bool(np.all(alike | (np.abs(one - other) <= tolerance * scale)))


def real(value: Any) -> float | None:
    """Return a number of any type as a float, None for anything else; True is no number."""
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "fiu":
        value = value[()]
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return None
    try:
        return float(value)
    except OverflowError:  # an int may be of any length
        return float("inf")


def returned_by(layout: Layout, function: Callable[..., Any], arguments: tuple[Tree, ...]) -> Tree:
    """Call ``function`` on arguments that it may change; the result is as in `Layout`."""
    returned = function(*arguments)
    if not layout.after:
        return returned
    named = dict(zip(layout.arguments, arguments, strict=False))
    return {"returned": returned, "after": {name: named.get(name) for name in layout.after}}
