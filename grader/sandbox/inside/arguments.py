"""Copy, compare and mask judged calls' arguments and the variables around them, as plain data."""

from __future__ import annotations

import types
from collections.abc import Collection, Mapping
from operator import attrgetter, is_
from typing import Any, NamedTuple

import numpy as np

from .wire import Stored, decode_given

DTYPE, SHAPE, TO_BYTES = attrgetter("dtype"), attrgetter("shape"), np.ndarray.tobytes
NOT_USERS = frozenset(("In", "Out", "exit", "quit", "open", "get_ipython"))


def is_variable(name: str, value: Any) -> bool:
    """Tell data from functions, classes, modules and IPython's own names."""
    if name.startswith("_") or name in NOT_USERS:
        return False
    return not callable(value) and not isinstance(value, types.ModuleType)


def useless(value: Any) -> Any:
    """Return something of the same kind that no right answer can be computed from."""
    if isinstance(value, np.ndarray):
        masked = np.empty(value.shape)
        masked.fill(np.nan)
        return masked
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


def with_given(tree: Any, given: Any) -> Any:
    """Put what a function was given where it is marked in what a stand-in returned."""
    if isinstance(tree, Stored):
        for step in tree.path:
            given = given[step]
        return given
    if isinstance(tree, (tuple, list)):
        return type(tree)([with_given(item, given) for item in tree])
    if isinstance(tree, dict):
        for key in tree:
            tree[key] = with_given(tree[key], given)
    return tree


def write_into(target: Any, state: Any) -> None:
    """Give arrays, dictionaries and lists the state that the right function left them in."""
    if isinstance(target, np.ndarray):
        if isinstance(state, np.ndarray) and state.shape == target.shape:
            target[...] = state
    elif isinstance(target, dict) and isinstance(state, dict):
        for key in [key for key in target if key not in state]:
            del target[key]
        for key, value in state.items():
            _write_item(target, key, value, key in target)
    elif isinstance(target, list) and isinstance(state, list):
        del target[len(state) :]
        for place, value in enumerate(state):
            if place == len(target):
                target.append(value)
            else:
                _write_item(target, place, value, True)
    elif isinstance(target, tuple) and isinstance(state, tuple):
        for mine, value in zip(target, state, strict=False):
            write_into(mine, value)


def _write_item(target: Any, key: Any, value: Any, there: bool) -> None:
    """Write into what lies at a place, or put another thing there where that cannot be."""
    mine = target[key] if there else None
    if isinstance(mine, np.ndarray) and isinstance(value, np.ndarray):
        alike = mine.shape == value.shape
    else:
        alike = isinstance(mine, (dict, list, tuple)) and type(mine) is type(value)
    if alike:
        write_into(mine, value)
    else:
        target[key] = value


class Given:
    """A judged call as it was given, which tells afterwards whether its arguments were changed."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.call, objects = decode_given(data)
        self._arrays = [item for item in objects if type(item) is np.ndarray]
        self._held = [(item, held(item)) for item in objects if type(item) is not np.ndarray]
        self._bits = _bits(self._arrays)

    def changed(self, arguments: tuple[Any, ...], may: Collection[int]) -> bool:
        """Tell whether the arguments were changed, but for those at places that ``may`` be.

        Most are not, which is seen without taking them apart; else they are read once more.
        """
        same = (same_objects(held(item), was) for item, was in self._held)
        if all(same) and _bits(self._arrays) == self._bits:
            return False
        before = copied(decode_given(self.data)[0]["arguments"], {})
        left = [place for place in range(len(arguments)) if place not in may]
        now, then = tuple(arguments[i] for i in left), tuple(before[i] for i in left)
        return not unchanged(now, then, set())


def held(container: Any) -> list[Any]:
    """Return the objects that a dict or list holds, in their order."""
    return [*container, *container.values()] if isinstance(container, dict) else [*container]


def same_objects(now: list[Any], before: list[Any]) -> bool:
    """Tell whether a dict or list holds the very objects that it held before."""
    return len(now) == len(before) and all(map(is_, now, before))


def _bits(arrays: list[Any]) -> tuple[list[Any], list[Any], bytes]:
    """Return dtypes and shapes of arrays, and the bytes of all of them."""
    return list(map(DTYPE, arrays)), list(map(SHAPE, arrays)), b"".join(map(TO_BYTES, arrays))


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
