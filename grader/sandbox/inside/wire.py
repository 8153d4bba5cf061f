"""Plain data to bytes and back: the only thing that crosses between judge and student code.

A value is ``None``, a bool, an int of 64 bits, a float, text, a NumPy scalar or array of an
allow-listed dtype, or a tuple, list or dict (text keys) of such values. Never pickle, never
``.npy``. Encoding refuses everything else with a plain reason (`Refused`); decoding bytes from
an untrusted process can fail only with `WireError`.

Format: one tag byte, then the value. Lengths and counts are unsigned 32 bits, little endian.
An array object that comes again is written as how many arrays ago it came: every step's cache holds
the same parameters, which would otherwise be most of what crosses.
"""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

DTYPES = tuple(
    np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
)
CODES = {dtype.str: code for code, dtype in enumerate(DTYPES)}  # `name` is slow to ask for
C_ORDER, FORTRAN_ORDER, STRIDED = range(3)
LARGEST_SIDE = 1 << 31
MOST_DIMENSIONS = 32
_U32 = struct.Struct("<I")
_I64 = struct.Struct("<q")
_F64 = struct.Struct("<d")
_TWO_BYTES = struct.Struct("BB")
ARRAY, REPEATED, TEXT, SCALAR, TUPLE, LIST, DICT, KEPT = b"ARSZ([{K"
_CONSTANTS: dict[int, Any] = {ord("N"): None, ord("T"): True, ord("F"): False}
_NUMBERS = {ord("I"): _I64, ord("D"): _F64}
_SIDES = [struct.Struct(f"<{ndim}q") for ndim in range(MOST_DIMENSIONS + 1)]


class WireError(ValueError):
    """These bytes are not a message, or not one within the bounds."""


class Refused(ValueError):
    """This value is not plain data; the message says why in a few plain words."""


@dataclass(frozen=True)
class Bounds:
    """How large one message may be."""

    message_bytes: int = 32 << 20
    depth: int = 24
    items: int = 100_000
    ndim: int = 8


@dataclass(frozen=True)
class Kept:
    """Stands for a value that a former call left in the fork: its name and the way into it."""

    name: str
    path: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class Encoded:
    """A value that has been encoded already, to be spliced into a message."""

    data: bytes


def encode(value: Any, bounds: Bounds = Bounds(), *, markers: bool = False) -> bytes:
    """Turn plain data into bytes; ``markers`` lets `Kept` through (judge to fork only).

    Raises: Refused with the reason.
    """
    writer = _Writer(bounds, markers)
    writer.write(value, 0)
    return bytes(writer.out)


def decode(
    data: bytes | bytearray,
    bounds: Bounds = Bounds(),
    *,
    markers: bool = False,
    layouts: bool = False,
) -> Any:
    """Turn bytes into plain data; arrays are fresh, writable and C-ordered, repeated ones shared.

    ``layouts`` restores Fortran order and gaps between elements (judge to fork only).

    Raises: WireError and nothing else, whatever the bytes.
    """
    if len(data) > bounds.message_bytes:
        raise WireError(f"a message of {len(data)} bytes is too long")
    reader = _Reader(data, bounds, markers, layouts)
    try:
        value = reader.read(0)
    except (UnicodeDecodeError, ValueError, OverflowError, MemoryError) as error:
        raise WireError(str(error)) from None
    if reader.position != len(data):
        raise WireError("bytes are left over behind the message")
    return value


class _Writer:
    def __init__(self, bounds: Bounds, markers: bool) -> None:
        self.out = bytearray()
        self.bounds = bounds
        self.markers = markers
        self.items = 0
        self.arrays: list[np.ndarray[Any, Any]] = []  # kept alive, so that no id is used twice
        self.places: dict[int, int] = {}

    def write(self, value: Any, depth: int) -> None:
        if depth > self.bounds.depth:
            raise Refused(f"nested deeper than {self.bounds.depth}")
        self.items += 1
        if self.items > self.bounds.items:
            raise Refused(f"more than {self.bounds.items} items")
        self._write_kind(value, depth)
        if len(self.out) > self.bounds.message_bytes:
            raise Refused(f"larger than {self.bounds.message_bytes} bytes")

    def _write_kind(self, value: Any, depth: int) -> None:
        if value is None or value is True or value is False:
            self.out += b"N" if value is None else b"T" if value else b"F"
        elif isinstance(value, np.ndarray):
            self._array(value)
        elif isinstance(value, np.generic):
            self._scalar(value)
        elif isinstance(value, complex):
            self._scalar(np.complex128(value))
        elif isinstance(value, int):
            self._int(value)
        elif isinstance(value, float):
            self.out += b"D" + _F64.pack(value)
        elif isinstance(value, str):
            self._text(b"S", value)
        elif isinstance(value, tuple):
            self._sequence(b"(", tuple.__len__(value), tuple.__iter__(value), depth)
        elif isinstance(value, list):
            self._sequence(b"[", list.__len__(value), list(list.__iter__(value)), depth)
        elif isinstance(value, dict):
            self._dict(value, depth)
        elif isinstance(value, Encoded):
            self.out += value.data
            self.places.clear()  # how many arrays it holds is not known: count from here
            self.arrays.clear()
        elif self.markers and isinstance(value, Kept):
            self._text(b"K", value.name)
            self._sequence(b"(", len(value.path), value.path, depth)
        else:
            raise Refused(f"a value of type {type(value).__name__}")

    def _int(self, value: int) -> None:
        try:
            self.out += b"I" + _I64.pack(value)
        except struct.error:
            raise Refused("an integer beyond 64 bits") from None

    def _text(self, tag: bytes, value: str) -> None:
        raw = str.encode(value, "utf-8", "backslashreplace")
        if len(raw) > self.bounds.message_bytes:
            raise Refused(f"larger than {self.bounds.message_bytes} bytes")
        self.out += tag + _U32.pack(len(raw)) + raw

    def _sequence(self, tag: bytes, count: int, values: Iterable[Any], depth: int) -> None:
        if count > self.bounds.items:
            raise Refused(f"more than {self.bounds.items} items")
        self.out += tag + _U32.pack(count)
        for value in values:
            self.write(value, depth + 1)

    def _dict(self, value: dict[Any, Any], depth: int) -> None:
        pairs = list(dict.items(value))
        if len(pairs) > self.bounds.items:
            raise Refused(f"more than {self.bounds.items} items")
        self.out += b"{" + _U32.pack(len(pairs))
        for key, item in pairs:
            if not isinstance(key, str):
                raise Refused(f"a dict key of type {type(key).__name__}")
            self._text(b"S", key)
            self.write(item, depth + 1)

    def _scalar(self, value: np.generic) -> None:
        plain = _plain(np.asarray(value))
        self.out += b"Z" + bytes([CODES[plain.dtype.str]]) + plain.tobytes()

    def _array(self, value: np.ndarray[Any, Any]) -> None:
        place = self.places.setdefault(id(value), len(self.arrays))
        if place < len(self.arrays):
            self.out += b"R" + _U32.pack(len(self.arrays) - place)
            return
        self.arrays.append(value)
        if isinstance(value, np.memmap):
            raise Refused("an array in a file (memmap)")
        plain = _plain(np.asarray(value))
        if plain.ndim > self.bounds.ndim:
            raise Refused(f"an array of more than {self.bounds.ndim} dimensions")
        if plain.nbytes > self.bounds.message_bytes:
            raise Refused(f"larger than {self.bounds.message_bytes} bytes")
        if max(plain.shape, default=0) > LARGEST_SIDE:
            raise Refused(f"an array side longer than {LARGEST_SIDE}")
        self.out += b"A" + bytes([CODES[plain.dtype.str], _layout(plain), plain.ndim])
        self.out += _SIDES[plain.ndim].pack(*plain.shape)
        self.out += plain.tobytes()


def _plain(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the array in the machine's byte order, refusing dtypes off the list."""
    if array.dtype.str in CODES:
        return array
    native = array.dtype.newbyteorder("=")
    if native.str not in CODES:
        raise Refused(f"dtype {array.dtype.name}")
    return array.astype(native)


def _layout(array: np.ndarray[Any, Any]) -> int:
    if array.flags.c_contiguous:
        return C_ORDER
    return FORTRAN_ORDER if array.flags.f_contiguous else STRIDED


class _Reader:
    def __init__(
        self, data: bytes | bytearray, bounds: Bounds, markers: bool, layouts: bool
    ) -> None:
        self.data = bytes(data)
        self.position = 0
        self.bounds = bounds
        self.markers = markers
        self.layouts = layouts
        self.items = 0
        self.arrays: list[np.ndarray[Any, Any]] = []

    def skip(self, count: int) -> int:
        """Pass over so many bytes. Returns: where they begin."""
        begin = self.position
        if begin + count > len(self.data):
            raise WireError("the message ends too early")
        self.position = begin + count
        return begin

    def unpack(self, form: struct.Struct) -> Any:
        return form.unpack_from(self.data, self.skip(form.size))

    def read(self, depth: int) -> Any:
        if depth > self.bounds.depth:
            raise WireError(f"nested deeper than {self.bounds.depth}")
        self.items += 1
        if self.items > self.bounds.items:
            raise WireError(f"more than {self.bounds.items} items")
        tag = self.data[self.skip(1)]
        if tag == ARRAY:
            self.arrays.append(self._array())
            return self.arrays[-1]
        if tag == REPEATED:
            return self._earlier()
        if tag in _CONSTANTS:
            return _CONSTANTS[tag]
        if tag in _NUMBERS:
            return self.unpack(_NUMBERS[tag])[0]
        if tag == TEXT:
            return self._text()
        if tag == SCALAR:
            return self._elements(self._dtype(), 1)[0]
        return self._read_nested(tag, depth)

    def _earlier(self) -> np.ndarray[Any, Any]:
        back: int = self.unpack(_U32)[0]
        if not 1 <= back <= len(self.arrays):
            raise WireError("a repeated array that never came")
        return self.arrays[-back]

    def _read_nested(self, tag: int, depth: int) -> Any:
        if tag in (TUPLE, LIST):
            values = [self.read(depth + 1) for _ in range(self._member_count())]
            return tuple(values) if tag == TUPLE else values
        if tag == DICT:
            return self._dict(depth)
        if tag == KEPT and self.markers:
            name = self._text()
            path = self.read(depth + 1)
            if not isinstance(path, tuple) or not all(type(i) in (int, str) for i in path):
                raise WireError("a kept value needs a path of numbers and names")
            return Kept(name, path)
        raise WireError(f"unknown tag {tag}")

    def _member_count(self) -> int:
        count: int = self.unpack(_U32)[0]
        if count > len(self.data) - self.position or count > self.bounds.items:
            raise WireError(f"{count} members cannot be in this message")
        return count

    def _text(self) -> str:
        begin = self.skip(self.unpack(_U32)[0])
        return str(self.data[begin : self.position], "utf-8")

    def _dict(self, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for _ in range(self._member_count()):
            if self.data[self.skip(1)] != TEXT:
                raise WireError("a dict key that is not text")
            key = self._text()
            if key in result:
                raise WireError("a dict key that comes twice")
            result[key] = self.read(depth + 1)
        return result

    def _dtype(self) -> np.dtype[Any]:
        code = self.data[self.skip(1)]
        if code >= len(DTYPES):
            raise WireError(f"unknown dtype {code}")
        return DTYPES[code]

    def _elements(self, dtype: np.dtype[Any], count: int) -> np.ndarray[Any, Any]:
        begin = self.skip(count * dtype.itemsize)
        if count == 0:
            return np.empty(0, dtype)
        if dtype.kind == "b":  # a bool byte of 2 would be neither true nor false
            return np.frombuffer(self.data, np.uint8, count, begin).astype(bool)
        return np.frombuffer(self.data, dtype, count, begin).copy()

    def _array(self) -> np.ndarray[Any, Any]:
        dtype = self._dtype()
        layout, ndim = self.unpack(_TWO_BYTES)
        if ndim > self.bounds.ndim or layout > STRIDED:
            raise WireError("an array with too many dimensions or an unknown layout")
        shape = self.unpack(_SIDES[ndim])
        if shape and not 0 <= min(shape) <= max(shape) <= LARGEST_SIDE:
            raise WireError("an array with an impossible shape")
        array = self._elements(dtype, math.prod(shape)).reshape(shape)
        return _laid_out(array, layout) if self.layouts else array


def _laid_out(array: np.ndarray[Any, Any], layout: int) -> np.ndarray[Any, Any]:
    """Copy into the layout that the sender's array had."""
    if layout == FORTRAN_ORDER:
        return np.asfortranarray(array)
    if layout == STRIDED:
        roomy = np.empty((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        roomy[..., ::2] = array
        return roomy[..., ::2]
    return array


if sys.byteorder != "little":  # arrays travel as they lie in memory
    raise ImportError("the sandbox needs a little-endian machine")
