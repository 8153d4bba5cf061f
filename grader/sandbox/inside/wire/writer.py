"""Write plain data as a message; everything else is refused, whatever it pretends to be.

Every value of every judged call passes through here: exact types are looked for first.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np

from .format import (
    ALONE,
    BEYOND_64_BITS,
    C_ORDER,
    CODES,
    COUNTED,
    DOUBLE,
    DOUBLES,
    F64,
    FORTRAN_ORDER,
    HEADS,
    I64,
    IN_A_FILE,
    KEYED,
    LARGEST_SIDE,
    LONG_SIDE,
    PARTS,
    SCALAR,
    STRIDED,
    Array,
    Bounds,
    Encoded,
    Refused,
    Shared,
    Stored,
)
from .keys import keys_of

NO_DTYPE = -1  # of what is told in the place of a number


class Writer(Shared):
    """A writer of one message: its structure, the sides of its arrays, and its numbers."""

    def __init__(self, bounds: Bounds, markers: bool) -> None:
        super().__init__(bounds)
        self.structure: list[bytes] = []
        self.sides: list[int] = []
        self.numbers: list[bytes] = []
        self.codes: set[int] = set()  # of the dtypes of all numbers
        self.size = 0
        self.items = 1
        self.markers = markers
        self.places: dict[int, int] = {}

    def message(self) -> bytes:
        """Return the message."""
        structure = b"".join(self.structure)
        sides = array("Q", self.sides)
        parts = PARTS.pack(len(structure), len(sides))
        return b"".join([parts, structure, sides.tobytes(), *self.numbers])

    def grow(self, count: int) -> None:
        """Count what is about to be written and may be large."""
        self.size += count
        if self.size > self.bounds.message_bytes:
            raise Refused(self.bounds.too_large)

    def write(self, value: Any, depth: int) -> None:
        """Write one value, which has been counted. Raises: Refused."""
        kind = type(value)
        if kind is np.ndarray:
            self._array(value, depth)
        elif kind is dict:
            self._dict(value, depth)
        elif kind is tuple:
            self._sequence(b"(", len(value), value, depth)
        elif kind is str:
            self._text(b"S", value)
        elif kind is float:
            self._float(value)
        elif value is None or value is True or value is False:
            self.structure.append(b"N" if value is None else b"T" if value else b"F")
        else:
            self._write_other(value, depth)

    def _write_other(self, value: Any, depth: int) -> None:
        """Write what is rare, subclasses included, as what it really is."""
        if isinstance(value, np.ndarray):
            self._array(value, depth)
        elif isinstance(value, str):  # NumPy's own text is both
            self._text(b"S", value)
        elif isinstance(value, np.generic):
            self._scalar(value)
        elif isinstance(value, complex):
            self._scalar(np.complex128(value))
        elif isinstance(value, int):
            self._int(value)
        elif isinstance(value, float):
            self._float(value)
        elif isinstance(value, tuple):
            self._sequence(b"(", tuple.__len__(value), tuple.__iter__(value), depth)
        elif isinstance(value, list):
            self._sequence(b"[", list.__len__(value), list(list.__iter__(value)), depth)
        elif isinstance(value, dict):
            self._dict(value, depth)
        elif isinstance(value, Encoded):
            self._number(b"E", NO_DTYPE, value.data)
            self.sides.append(len(value.data))
        elif self.markers and isinstance(value, Stored):
            self._text(b"K", value.name)
            self._sequence(b"(", len(value.path), value.path, depth)
        else:
            raise Refused(f"a value of type {type(value).__name__}")

    def _repeat(self, value: Any, depth: int) -> None:
        """Write that an object comes again."""
        back = len(self.objects) - self.places[id(value)]
        reason = self.again(back, depth)
        if reason:
            raise Refused(reason)
        self.structure.append(COUNTED.pack(b"R", back))

    def _int(self, value: int) -> None:
        try:
            self._number(b"I", NO_DTYPE, I64.pack(value))
        except struct.error:
            raise Refused(BEYOND_64_BITS) from None

    def _float(self, value: float) -> None:
        self._number(b"D", DOUBLE, F64.pack(value))

    def _number(self, tag: bytes, code: int, data: bytes) -> None:
        self.grow(len(data))
        self.codes.add(code)
        self.structure.append(tag)
        self.numbers.append(data)

    def _text(self, tag: bytes, value: str) -> None:
        raw = str.encode(value, "utf-8", "backslashreplace")
        self.grow(len(raw) + 5)
        self.structure.append(COUNTED.pack(tag, len(raw)))
        self.structure.append(raw)

    def _enter(self, depth: int, count: int) -> None:
        """Go one level down, to ``count`` members."""
        self.items += count
        if self.items > self.bounds.items:
            raise Refused(self.bounds.too_many)
        if count and depth > self.bounds.depth:
            raise Refused(self.bounds.too_deep)
        if count and depth > self.reached:
            self.reached = depth

    def _sequence(self, tag: bytes, count: int, values: Iterable[Any], depth: int) -> None:
        self.structure.append(COUNTED.pack(tag, count))
        self._enter(depth + 1, count)
        for value in values:
            self.write(value, depth + 1)

    def _dict(self, value: dict[Any, Any], depth: int) -> None:
        if id(value) in self.places:
            self._repeat(value, depth)
            return
        members = list(dict.values(value))
        before, reached = self.items, self.reached
        self.reached = depth
        self._enter(depth + 1, len(members))
        keys = keys_of(value)
        self.grow(len(keys))
        self.structure.append(KEYED.pack(b"{", len(members), len(keys)))
        self.structure.append(keys)
        for item in members:
            self.write(item, depth + 1)
        self.places[id(value)] = len(self.objects)
        self.share(value, self.items - before, self.reached - depth)
        self.reached = max(reached, self.reached)

    def _scalar(self, value: np.generic) -> None:
        plain = _plain(np.asarray(value))
        code = CODES[plain.dtype]
        self._number(bytes((SCALAR, code)), code, plain.tobytes())

    def _array(self, value: Array, depth: int) -> None:
        if id(value) in self.places:
            self._repeat(value, depth)
            return
        plain, code = value, DOUBLE
        if type(value) is not np.ndarray or value.dtype is not DOUBLES:
            plain = _plain(value)
            code = CODES[plain.dtype]
        shape, size = plain.shape, plain.nbytes
        ndim = len(shape)
        if ndim > self.bounds.ndim:
            raise Refused(self.bounds.too_many_axes)
        if not size and ndim and max(shape) > LARGEST_SIDE:
            raise Refused(LONG_SIDE)
        self.grow(size + 8 * ndim + 4)
        self.codes.add(code)
        self.places[id(value)] = len(self.objects)
        self.objects.append(value)
        self.sizes.append(ALONE)
        # How it lies in memory is told to the fork alone, whose calls are to find it so.
        self.structure.append(HEADS[code][_layout(plain) if self.markers else C_ORDER][ndim])
        self.sides += shape
        self.numbers.append(plain.tobytes())


def _layout(given: Array) -> int:
    flags = given.flags
    return C_ORDER if flags.c_contiguous else FORTRAN_ORDER if flags.f_contiguous else STRIDED


def _plain(given: Array) -> Array:
    """Return the array itself in the machine's byte order, refusing dtypes off the list."""
    if type(given) is not np.ndarray:
        if isinstance(given, np.memmap):
            raise Refused(IN_A_FILE)
        given = np.asarray(given)
    if given.dtype in CODES:
        return given
    native = given.dtype.newbyteorder("=")
    if native not in CODES:
        raise Refused(f"dtype {given.dtype.name}")
    return given.astype(native)
