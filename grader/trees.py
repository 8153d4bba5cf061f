"""Nested results as flat arrays plus a JSON description, and short fingerprints of them.

Used to ship references to students without pickle, and to recognise a known wrong result without
shipping how it came about. Copied into ``selfcheck.py``, so it needs nothing but NumPy.
"""

from __future__ import annotations

import copy
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.compare import Array, Layout, Tree, unpack


def pack(tree: Tree, store: dict[str, Array], names: dict[int, str]) -> Any:
    """Put the arrays of ``tree`` into ``store`` and return its structure as JSON data.

    ``names`` remembers by identity which arrays are stored already, so that the parameters that
    every step's cache holds are written once. Raises TypeError for anything but plain data.
    """
    if isinstance(tree, np.ndarray):
        if id(tree) not in names:
            names[id(tree)] = f"a{len(store)}"
            store[names[id(tree)]] = tree
        return {"array": names[id(tree)]}
    if isinstance(tree, tuple | list):
        return {type(tree).__name__: [pack(item, store, names) for item in tree]}
    if isinstance(tree, Mapping):
        return {"dict": {key: pack(value, store, names) for key, value in tree.items()}}
    if tree is None or isinstance(tree, bool | int | float | str):
        return {"value": tree}
    raise TypeError(f"cannot store {type(tree).__name__}")


def unpack_tree(about: Mapping[str, Any], store: Mapping[str, Array]) -> Tree:
    """Rebuild what ``pack`` described; the same stored array comes back as the same object."""
    [(kind_, body)] = about.items()
    if kind_ == "array":
        return store[body]
    if kind_ == "dict":
        return {key: unpack_tree(value, store) for key, value in body.items()}
    if kind_ == "value":
        return body
    items = [unpack_tree(item, store) for item in body]
    return tuple(items) if kind_ == "tuple" else items


def fresh(tree: Tree, made: dict[int, Any] | None = None) -> Tree:
    """Return a deep copy that keeps sharing inside the tree, each array in its own memory.

    Does what ``copy.deepcopy`` does, and leaves to it what is not plain, in a third of the time.
    ``made`` holds the copies so far, by the identity of what was copied.
    """
    made = {} if made is None else made
    if id(tree) in made:
        return made[id(tree)]
    kind_ = type(tree)
    if kind_ is tuple:
        return tuple([fresh(item, made) for item in tree])
    if kind_ is np.ndarray and not tree.dtype.hasobject:
        made[id(tree)] = copied = tree.copy(order="K")
    elif kind_ is dict:
        made[id(tree)] = copied = {}
        copied.update((key, fresh(value, made)) for key, value in tree.items())
    elif kind_ is list:
        made[id(tree)] = copied = []
        copied.extend(fresh(item, made) for item in tree)
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


def same(one: Tree, other: Tree, tolerance: float = 1e-9) -> bool:
    """Say whether two trees have the same structure and, to ``tolerance``, the same values."""
    mine, yours = list(leaves(one)), list(leaves(other))
    if [path for path, _ in mine] != [path for path, _ in yours]:
        return False
    return all(_same_leaf(a, b, tolerance) for (_, a), (_, b) in zip(mine, yours, strict=True))


def _same_leaf(a: Any, b: Any, tolerance: float) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        if a.shape != b.shape or a.dtype.kind not in "fiub" or b.dtype.kind not in "fiub":
            return False
        with np.errstate(all="ignore"):
            one, other = a.astype(np.float64), b.astype(np.float64)
            scale = max(float(np.max(np.abs(other), initial=0.0)), 1.0)
            if not np.isfinite(scale):  # within a share of infinity lies everything
                return False
            return bool(np.all(np.abs(one - other) <= tolerance * scale))
    return type(a) is type(b) and bool(a == b)


def fingerprint(tree: Tree) -> tuple[str, float, float]:
    """Two weighted sums over all values of ``tree`` and a short hash of its structure.

    Two results that are not the same give other sums, but for coincidences far rarer than the
    tolerance they are compared with; the values themselves cannot be read back from them.
    """
    structure, first, second, seen = "", 0.0, 0.0, 0
    for path, leaf in leaves(tree):
        if not isinstance(leaf, np.ndarray):
            structure += f"{path}={leaf!r};"
            continue
        structure += f"{path}{leaf.shape};"
        if leaf.dtype.kind not in "fiub":
            return f"{path}:{leaf.dtype}", float("nan"), float("nan")
        place = np.arange(seen, seen + leaf.size)
        seen += leaf.size
        flat = np.asarray(leaf, dtype=np.float64).ravel()
        with np.errstate(all="ignore"):
            first += float(flat @ np.cos(1.7 * place + 0.3))
            second += float(flat @ np.sin(2.3 * place + 0.9))
    return f"{zlib.crc32(structure.encode()):08x}", first, second


def result_fingerprint(layout: Layout, result: Tree) -> tuple[str, float, float]:
    """Fingerprint the named outputs of ``result``, or the whole of it when it has none."""
    outputs, whole = unpack(layout, result)
    if whole is not None:
        return fingerprint(result)
    return fingerprint({name: outputs.get(name) for name in layout.returns})


def same_fingerprint(one: tuple[str, float, float], other: tuple[str, float, float]) -> bool:
    """Say whether two fingerprints are of the same result, to a relative 1e-7."""
    if one[0] != other[0] or not np.all(np.isfinite(one[1:] + other[1:])):
        return False
    return all(abs(a - b) <= 1e-7 * (1.0 + abs(b)) for a, b in zip(one[1:], other[1:], strict=True))
