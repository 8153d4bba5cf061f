"""Say of data what must hold of it, whoever made it."""

from __future__ import annotations

import contextlib
import json
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import nbformat
import numpy as np

Result = TypeVar("Result")


def bounded(most: int, read: Callable[[], Result]) -> Result:
    """What ``read`` returns, or raises; it has held at most ``most`` bytes at a time.

    It is called twice, the first time unwatched: whoever watches branches takes memory as well.
    """
    watch = sys.gettrace()
    sys.settrace(None)
    tracemalloc.start()
    try:
        with contextlib.suppress(Exception):
            read()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        sys.settrace(watch)
    assert peak <= most, f"{peak} bytes of memory, at most {most} were to be taken"
    return read()


def same(a: Any, b: Any) -> bool:
    """Compare plain data to the bit, types and order and NaN included."""
    if isinstance(a, np.ndarray | np.generic):
        return type(a) is type(b) and (a.dtype, a.shape, a.tobytes()) == (
            b.dtype,
            b.shape,
            b.tobytes(),
        )
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return type(a) is type(b) and list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and (a == b or (a != a and b != b))


def size(tree: Any, levels: int = 0) -> tuple[int, int]:
    """How many values there are when the tree is written out, and how deep they lie."""
    if not isinstance(tree, dict | list | tuple):
        return 1, levels
    items, deepest = 1, levels
    for value in tree.values() if isinstance(tree, dict) else tree:
        more, reached = size(value, levels + 1)
        items, deepest = items + more, max(deepest, reached)
    return items, deepest


def valid_outputs(outputs: Iterable[Mapping[str, Any]], count: int | None = None) -> None:
    """A code cell with these outputs is one of nbformat, and can be written as UTF-8."""
    cell = {
        **{"cell_type": "code", "id": "c", "metadata": {}, "source": ""},
        **{"outputs": [*outputs], "execution_count": count},
    }
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(book, ensure_ascii=False, allow_nan=False).encode()
    nbformat.validate(json.loads(text))
