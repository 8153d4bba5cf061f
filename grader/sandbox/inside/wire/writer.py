"""Write plain data as a message; everything else is refused, whatever it pretends to be.

Every value of every judged call passes through here: exact types are looked for first.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

import numpy as np

from .format import (
    ALONE,
    ARRAYS,
    BEYOND_64_BITS,
    C_ORDER,
    CODES,
    COUNTED,
    FLOAT_VALUE,
    FORTRAN_ORDER,
    IN_A_FILE,
    INT_VALUE,
    LARGEST_SIDE,
    LONG_SIDE,
    SCALAR,
    STRIDED,
    Array,
    Bounds,
    Encoded,
    Refused,
    Shared,
    Stored,
)


class Writer(Shared):
    """A writer of one message, as pieces in ``out``."""

    def __init__(self, bounds: Bounds, markers: bool) -> None:
        super().__init__(bounds)
        self.out: list[bytes] = []
        self.size = 0
        self.markers = markers
        self.places: dict[int, int] = {}

    def grow(self, count: int) -> None:
        """Count what is about to be written and may be large."""
        self.size += count
        if self.size > self.bounds.message_bytes:
            raise Refused(self.bounds.too_large)

    def write(self, value: Any, depth: int) -> None:
        """Write one value. Raises: Refused."""
        self.items += 1
        if self.items > self.bounds.items:
            raise Refused(self.bounds.too_many)
        kind = type(value)
        if kind is np.ndarray or kind is dict:
            place = self.places.get(id(value))
            if place is not None:
                self._repeat(len(self.objects) - place, depth)
            elif kind is dict:
                self._dict(value, depth)
            else:
                self._array(value)
        elif kind is tuple:
            self._sequence(b"(", len(value), value, depth)
        elif kind is str:
            self._text(b"S", value)
        elif kind is float:
            self.out.append(FLOAT_VALUE.pack(b"D", value))
        elif value is None or value is True or value is False:
            self.out.append(b"N" if value is None else b"T" if value else b"F")
        else:
            self._write_other(value, depth)

    def _write_other(self, value: Any, depth: int) -> None:
        """Write what is rare, subclasses included, as what it really is."""
        if isinstance(value, np.ndarray):
            self._array(value)
        elif isinstance(value, str):  # NumPy's own text is both
            self._text(b"S", value)
        elif isinstance(value, np.generic):
            self._scalar(value)
        elif isinstance(value, complex):
            self._scalar(np.complex128(value))
        elif isinstance(value, int):
            self._int(value)
        elif isinstance(value, float):
            self.out.append(FLOAT_VALUE.pack(b"D", value))
        elif isinstance(value, tuple):
            self._sequence(b"(", tuple.__len__(value), tuple.__iter__(value), depth)
        elif isinstance(value, list):
            self._sequence(b"[", list.__len__(value), list(list.__iter__(value)), depth)
        elif isinstance(value, dict):
            self._dict(value, depth)
        elif isinstance(value, Encoded):
            self.out.append(value.data)
            self.places.clear()  # how many objects it holds is not known: count from here
            self.objects.clear()
            self.sizes.clear()
        elif self.markers and isinstance(value, Stored):
            self._text(b"K", value.name)
            self._sequence(b"(", len(value.path), value.path, depth)
        else:
            raise Refused(f"a value of type {type(value).__name__}")

    def _repeat(self, back: int, depth: int) -> None:
        reason = self.again(back, depth)
        if reason:
            raise Refused(reason)
        self.out.append(COUNTED.pack(b"R", back))

    def _int(self, value: int) -> None:
        try:
            self.out.append(INT_VALUE.pack(b"I", value))
        except struct.error:
            raise Refused(BEYOND_64_BITS) from None

    def _text(self, tag: bytes, value: str) -> None:
        raw = str.encode(value, "utf-8", "backslashreplace")
        self.grow(len(raw) + 5)
        self.out.append(COUNTED.pack(tag, len(raw)))
        self.out.append(raw)

    def _enter(self, depth: int) -> None:
        if depth > self.bounds.depth:
            raise Refused(self.bounds.too_deep)
        if depth > self.reached:
            self.reached = depth

    def _sequence(self, tag: bytes, count: int, values: Iterable[Any], depth: int) -> None:
        if count > self.bounds.items:
            raise Refused(self.bounds.too_many)
        self.out.append(COUNTED.pack(tag, count))
        if count:
            self._enter(depth + 1)
        for value in values:
            self.write(value, depth + 1)

    def _dict(self, value: dict[Any, Any], depth: int) -> None:
        pairs = list(dict.items(value))
        if len(pairs) > self.bounds.items:
            raise Refused(self.bounds.too_many)
        before, reached = self.items, self.reached
        self.reached = depth
        if pairs:
            self._enter(depth + 1)
        self.out.append(COUNTED.pack(b"{", len(pairs)))
        for key, item in pairs:
            if isinstance(key, str):
                self._text(b"S", key)
            elif isinstance(key, (int, np.integer)) and not isinstance(key, bool):
                self._int(int(key))
            else:
                raise Refused(f"a dict key of type {type(key).__name__}")
            self.write(item, depth + 1)
        self.places[id(value)] = len(self.objects)
        self.share(value, self.items - before, self.reached - depth)
        self.reached = max(reached, self.reached)

    def _scalar(self, value: np.generic) -> None:
        plain = _plain(np.asarray(value))
        self.out.append(bytes((SCALAR, CODES[plain.dtype])) + plain.tobytes())

    def _array(self, value: Array) -> None:
        plain = value
        if type(value) is not np.ndarray:
            if isinstance(value, np.memmap):
                raise Refused(IN_A_FILE)
            plain = np.asarray(value)
        code = CODES.get(plain.dtype)
        if code is None:
            plain = _plain(plain)
            code = CODES[plain.dtype]
        shape, flags = plain.shape, plain.flags
        ndim = len(shape)
        if ndim > self.bounds.ndim:
            raise Refused(self.bounds.too_many_axes)
        if not plain.size and ndim and max(shape) > LARGEST_SIDE:
            raise Refused(LONG_SIDE)
        self.grow(plain.nbytes + 8 * ndim + 4)
        self.places[id(value)] = len(self.objects)
        self.objects.append(value)
        self.sizes.append(ALONE)
        layout = C_ORDER if flags.c_contiguous else FORTRAN_ORDER if flags.f_contiguous else STRIDED
        self.out.append(ARRAYS[ndim].pack(b"A", code, layout, ndim, *shape))
        self.out.append(plain.tobytes())


def _plain(array: Array) -> Array:
    """Return the array in the machine's byte order, refusing dtypes off the list."""
    if array.dtype in CODES:
        return array
    native = array.dtype.newbyteorder("=")
    if native not in CODES:
        raise Refused(f"dtype {array.dtype.name}")
    return array.astype(native)
