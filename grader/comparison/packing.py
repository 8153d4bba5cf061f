"""Store nested results as flat arrays and a description in JSON: never pickle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.comparison.layout import Array, Tree


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
        packed = [(key, pack(value, store, names)) for key, value in tree.items()]
        # JSON turns every key into text.
        return {"dict": dict(packed)} if all(type(k) is str for k in tree) else {"items": packed}
    if isinstance(tree, np.generic):
        tree = tree.item()
    if tree is None or isinstance(tree, bool | int | float | str):
        return {"value": tree}
    raise TypeError(f"cannot store {type(tree).__name__}")


def unpack(about: Mapping[str, Any], store: Mapping[str, Array]) -> Tree:
    """Rebuild what ``pack`` described; the same stored array comes back as the same object."""
    [(kind_, body)] = about.items()
    if kind_ == "array":
        return store[body]
    if kind_ == "dict":
        return {key: unpack(value, store) for key, value in body.items()}
    if kind_ == "items":
        return {key: unpack(value, store) for key, value in body}
    if kind_ == "value":
        return body
    items = [unpack(item, store) for item in body]
    return tuple(items) if kind_ == "tuple" else items
