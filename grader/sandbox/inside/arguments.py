"""Copy, compare and mask judged calls' arguments and the variables around them, as plain data."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from .wire import Stored

NOT_USERS = frozenset(("In", "Out", "exit", "quit", "open", "get_ipython"))


def is_variable(name: str, value: Any) -> bool:
    """Tell data from functions, classes, modules and IPython's own names."""
    if name.startswith("_") or name in NOT_USERS:
        return False
    return not callable(value) and not isinstance(value, types.ModuleType)


def useless(value: Any) -> Any:
    """Return something of the same kind that no right answer can be computed from."""
    if isinstance(value, np.ndarray):
        return np.full(value.shape, np.nan)
    if isinstance(value, dict):
        return {key: useless(item) for key, item in dict.items(value)}
    if isinstance(value, (list, tuple)):
        return type(value)(useless(item) for item in value) if type(value) in (list, tuple) else ()
    return "masked" if isinstance(value, str) else np.nan


def resolve(arguments: tuple[Any, ...], kept: Mapping[str, Any]) -> tuple[Any, ...]:
    """Put kept values in the places of their markers. Raises: LookupError, TypeError."""
    return tuple(_found(item, kept) if isinstance(item, Stored) else item for item in arguments)


def _found(marker: Stored, kept: Mapping[str, Any]) -> Any:
    value = kept[marker.name]
    for index in marker.path:
        value = value[index]
    return value


class _Bits(NamedTuple):
    """A copy of an array's dtype, shape and bytes."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    data: bytes


def copied(tree: Any, made: dict[int, Any]) -> Any:
    """Copy the arguments, to see afterwards whether they were changed; what is shared, once."""
    if isinstance(tree, (tuple, list)):
        return type(tree)([copied(item, made) for item in tree])
    if not isinstance(tree, (np.ndarray, dict)):
        return tree
    if id(tree) not in made:
        made[id(tree)] = (
            {key: copied(item, made) for key, item in tree.items()}
            if isinstance(tree, dict)
            else _Bits(tree.dtype, tree.shape, tree.tobytes())
        )
    return made[id(tree)]


def unchanged(tree: Any, before: Any, finished: set[tuple[int, int]]) -> bool:
    """Compare arguments with their copy, bit by bit; kept values are not looked at."""
    if isinstance(before, Stored):
        return True
    pair = id(tree), id(before)
    if pair in finished:
        return True
    if isinstance(before, _Bits):
        finished.add(pair)
        same = type(tree) is np.ndarray and (tree.dtype, tree.shape) == before[:2]
        return same and tree.tobytes() == before.data
    if type(tree) is not type(before):
        return False
    if isinstance(tree, (tuple, list)):
        pairs = zip(tree, before, strict=False)
        return len(tree) == len(before) and all(unchanged(t, b, finished) for t, b in pairs)
    if isinstance(tree, dict):
        finished.add(pair)
        keys = tree.keys()
        return keys == before.keys() and all(unchanged(tree[k], before[k], finished) for k in keys)
    return bool(tree == before) or (tree != tree and before != before)
