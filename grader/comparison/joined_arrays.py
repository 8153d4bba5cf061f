"""Lay arrays of one type end to end in a store, and take them apart again.

An array that is a file of its own costs 240 bytes of headers; hundreds of small ones cost more by
that than by their numbers.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

import numpy as np

from grader.comparison.layout import Array

INDEX = "index"
JOINED = "joined_"


def joined(arrays: Mapping[str, Array], apart: Collection[str] = ()) -> dict[str, Array]:
    """Return a store in which the arrays of each type are one, with an index of their shapes.

    Those named ``apart`` stay as they are.
    """
    by_type: dict[str, list[str]] = {}
    for name, array in arrays.items():
        if name in apart:
            continue
        by_type.setdefault(array.dtype.name, []).append(name)
    index = {kind_: [(name, arrays[name].shape) for name in of] for kind_, of in by_type.items()}
    text = json.dumps(index, separators=(",", ":"))
    store = {INDEX: np.frombuffer(text.encode(), dtype=np.uint8)}
    for kind_, names in by_type.items():
        store[JOINED + kind_] = np.concatenate([np.ravel(arrays[name]) for name in names])
    return store | {name: arrays[name] for name in apart}


def parted(store: Mapping[str, Array]) -> dict[str, Array]:
    """Return the arrays of a store by their names; one without an index holds them as they are.

    Raises KeyError or ValueError when the index does not fit.
    """
    arrays = {n: array for n, array in store.items() if n != INDEX and not n.startswith(JOINED)}
    index = json.loads(bytes(store[INDEX])) if INDEX in store else {}
    for kind_, entries in index.items():
        whole, start = store[JOINED + kind_], 0
        for name, shape in entries:
            end = start + int(np.prod(shape, dtype=np.int64))
            arrays[name] = whole[start:end].reshape(shape)
            start = end
    return arrays
