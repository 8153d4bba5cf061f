"""Write and read the keys of a dict: those of all steps' caches are the same ones.

So what few names became is kept, in both directions; it depends on nothing but them.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from .format import BEYOND_64_BITS, COUNTED, I64, INT, INT_KEY, TEXT, U32, Refused, WireError

Key = str | int
MOST_KEPT = 1_000
LONGEST_KEPT = 4_096  # bytes
NAMES = {str}

_written: dict[tuple[str, ...], bytes] = {}
_read: dict[bytes, tuple[Key, ...]] = {}


def keys_of(value: dict[Any, Any]) -> bytes:
    """Write the keys of a dict, in its order. Raises: Refused."""
    keys = tuple(dict.keys(value))
    names = set(map(type, keys)) == NAMES  # exactly, since True is 1 to a table
    if names and (kept := _written.get(keys)) is not None:
        return kept
    data = b"".join(map(_key, keys))
    if names and len(data) <= LONGEST_KEPT and len(_written) < MOST_KEPT:
        _written[keys] = data
    return data


def _key(key: Any) -> bytes:
    if isinstance(key, str):
        raw = str.encode(key, "utf-8", "backslashreplace")
        return COUNTED.pack(b"S", len(raw)) + raw
    if isinstance(key, (int, np.integer)) and not isinstance(key, bool):
        try:
            return INT_KEY.pack(b"I", int(key))
        except struct.error:
            raise Refused(BEYOND_64_BITS) from None
    raise Refused(f"a dict key of type {type(key).__name__}")


def keys_in(data: bytes, count: int) -> tuple[Key, ...]:
    """Read all keys of a dict. Raises: WireError, and what ``decode`` turns into it."""
    kept = _read.get(data)
    if kept is None:
        kept = tuple(_keys(data, count))
        if len(data) <= LONGEST_KEPT and len(_read) < MOST_KEPT:
            _read[data] = kept
    if len(kept) != count:
        raise WireError("not as many keys as are announced")
    return kept


def _keys(data: bytes, most: int) -> dict[Key, None]:
    keys: dict[Key, None] = {}
    position = 0
    while position < len(data) and len(keys) <= most:  # one more is seen to be too many
        tag, key = data[position], None
        if tag == TEXT:
            begin = position + 5
            position = begin + U32.unpack_from(data, position + 1)[0]
            if position <= len(data):
                key = str(data[begin:position], "utf-8")
        elif tag == INT:
            key = I64.unpack_from(data, position + 1)[0]
            position += 9
        if key is None:
            raise WireError("a dict key that is neither text nor a whole number")
        if key in keys:
            raise WireError("a dict key that comes twice")
        keys[key] = None
    return keys
