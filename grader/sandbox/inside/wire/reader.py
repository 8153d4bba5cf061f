"""Read a message back, believing nothing in it.

Every value of every judged call passes through here: a member costs one call.
"""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np

from .format import (
    ALONE,
    ARRAY,
    BOOL,
    CONSTANTS,
    DICT,
    DOUBLE,
    DOUBLES,
    DTYPES,
    EARLY,
    F64,
    FLOAT,
    FORTRAN_ORDER,
    I64,
    INT,
    KEYS,
    LARGEST_SIDE,
    LIST,
    MESSAGE,
    PARTS,
    REPEATED,
    SCALAR,
    STORED,
    STRIDED,
    TEXT,
    TUPLE,
    U32,
    Array,
    Bounds,
    Encoded,
    Shared,
    Stored,
    WireError,
)
from .keys import Key, keys_in

NDARRAY = np.ndarray  # whatever becomes of NumPy's name for it in a fork
SIZES = [dtype.itemsize for dtype in DTYPES]


class Reader(Shared):
    """A reader of one message; whatever is wrong with it raises one of a few errors."""

    def __init__(
        self,
        data: bytes | bytearray,
        bounds: Bounds,
        markers: bool,
        layouts: bool,
        apart: bool = False,
    ) -> None:
        super().__init__(bounds)
        self.data = data
        self.end = len(data)
        self.ndim = bounds.ndim
        self.structure = b""
        self.position = 0  # in the structure
        self.sides: tuple[int, ...] = ()
        self.side = 0
        self.number = 0  # where the next one begins
        self.lists: list[Any] = []  # and all objects of messages within
        self.markers = markers
        self.layouts = layouts
        self.apart = apart

    def whole(self, depth: int = 0) -> Any:
        """Read the whole message. Raises: WireError, and what ``decode`` turns into it."""
        length, sides = PARTS.unpack_from(self.data)
        begin, self.number = PARTS.size + length, PARTS.size + length + 8 * sides
        if self.number > len(self.data):
            raise WireError(EARLY)
        if sides > self.bounds.items * self.bounds.ndim:  # before they become numbers of Python's
            raise WireError(self.bounds.too_many)
        self.structure = bytes(self.data[PARTS.size : begin])
        self.sides = struct.unpack_from(f"<{sides}Q", self.data, begin)
        self._count(1)
        value = self.read(depth)
        used = self.position, self.side, self.number
        if used != (length, sides, len(self.data)):
            raise WireError("bytes are left over behind the message")
        return value

    def read(self, depth: int) -> Any:
        """Read the next value, which has been counted. Raises: as `whole`."""
        tag = self.structure[self.position]
        self.position += 1
        if tag == ARRAY:
            return self._array()
        if tag == DICT:
            return self._dict(depth)
        if tag == TUPLE:
            return tuple(self._members(depth))
        if tag == REPEATED:
            return self._repeated(depth)
        if tag == LIST:
            values = self._members(depth)
            self.lists.append(values)
            return values
        if tag == TEXT:
            return self._text()
        if tag == FLOAT:
            return F64.unpack_from(self.data, self._pass(8))[0]
        if tag == INT:
            return I64.unpack_from(self.data, self._pass(8))[0]
        if tag in CONSTANTS:
            return CONSTANTS[tag]
        return self._read_rare(tag, depth)

    def _read_rare(self, tag: int, depth: int) -> Any:
        if tag == SCALAR:
            self.position += 1
            return self._elements(self.structure[self.position - 1], (1,))[0]
        if tag == MESSAGE:
            return self._message(depth)
        if tag == STORED and self.markers:
            return Stored(self._text(), self._path(depth))
        raise WireError(f"unknown tag {tag}")

    def _count(self, values: int) -> None:
        """Count values that are about to be read."""
        self.items += values
        if self.items > self.bounds.items:
            raise WireError(self.bounds.too_many)

    def _pass(self, size: int) -> int:
        """Pass over a number of ``size`` bytes. Returns: where it begins."""
        begin = self.number
        self.number = begin + size
        return begin

    def _length(self) -> int:
        """Read a length or count; raises struct.error at the end of the structure."""
        number: int = U32.unpack_from(self.structure, self.position)[0]
        self.position += 4
        return number

    def _path(self, depth: int) -> tuple[int | str, ...]:
        # The tag is looked at first: kept values in the place of paths could go on for ever.
        path = self.read(depth) if self.structure[self.position] == TUPLE else None
        if path is None or not all(type(step) in (int, str) for step in path):
            raise WireError("a kept value needs a path of numbers and names")
        return tuple(path)

    def _message(self, depth: int) -> Any:
        """Read a message within, one level down; what it repeats came in itself."""
        length = self.sides[self.side]
        self.side += 1
        begin = self._pass(length)
        if self.number > len(self.data):
            raise WireError(EARLY)
        data = bytes(self.data[begin : self.number])
        if self.apart:
            return Encoded(data)
        if depth >= self.bounds.depth:
            raise WireError(self.bounds.too_deep)
        inner = Reader(data, self.bounds, self.markers, self.layouts)
        inner.items = self.items - 1  # it is one value with what is in it
        inner.reached = self.reached
        value = inner.whole(depth + 1)
        self.items, self.reached = inner.items, inner.reached
        self.lists += [*inner.objects, *inner.lists]
        return value

    def _repeated(self, depth: int) -> Any:
        back = self._length()
        if not 1 <= back <= len(self.objects):
            raise WireError("a repeated value that never came")
        reason = self.again(back, depth)
        if reason:
            raise WireError(reason)
        return self.objects[-back]

    def _enter(self, depth: int, count: int) -> None:
        """Go one level down, to ``count`` members."""
        if count > max(0, len(self.structure) - self.position):
            raise WireError(f"{count} members cannot be in this message")
        self._count(count)
        if count and depth > self.bounds.depth:
            raise WireError(self.bounds.too_deep)
        if count and depth > self.reached:
            self.reached = depth

    def _members(self, depth: int) -> list[Any]:
        count = self._length()
        self._enter(depth + 1, count)
        return [self.read(depth + 1) for _ in range(count)]

    def _text(self) -> str:
        begin = self.position + 4
        self.position = end = begin + self._length()
        if end > len(self.structure):
            raise WireError(EARLY)
        return str(self.structure[begin:end], "utf-8")

    def _dict(self, depth: int) -> dict[Key, Any]:
        before, reached = self.items, self.reached
        count, length = KEYS.unpack_from(self.structure, self.position)
        begin = self.position + KEYS.size
        self.position = begin + length
        self.reached = depth
        self._enter(depth + 1, count)
        keys = keys_in(self.structure[begin : self.position], count)
        result: dict[Key, Any] = {key: self.read(depth + 1) for key in keys}
        self.share(result, self.items - before, self.reached - depth)
        self.reached = max(reached, self.reached)
        return result

    def _array(self) -> Array:
        position, side = self.position, self.side
        self.position = position + 3
        code, layout, ndim = self.structure[position : position + 3]
        if ndim > self.ndim or layout > STRIDED:
            raise WireError("an array with too many dimensions or an unknown layout")
        self.side = side + ndim
        shape = self.sides[side : side + ndim]
        if len(shape) < ndim:
            raise WireError(EARLY)
        begin = self.number
        end = begin + 8 * math.prod(shape)
        if code == DOUBLE and begin < end <= self.end:  # as most are
            self.number = end
            array = NDARRAY(shape, DOUBLES, self.data, begin).copy()
        else:
            array = self._elements(code, shape)
        if layout and self.layouts:
            array = _laid_out(array, layout)
        self.objects.append(array)
        self.sizes.append(ALONE)
        return array

    def _elements(self, code: int, shape: tuple[int, ...]) -> Array:
        """Copy the elements of an array out of the message."""
        if code >= len(DTYPES):
            raise WireError(f"unknown dtype {code}")
        begin = self.number
        size = math.prod(shape) * SIZES[code]
        self.number = end = begin + size
        if not size or end > self.end:
            if shape and max(shape) > LARGEST_SIDE:
                raise WireError("an array with an impossible shape")
            if size:
                raise WireError(EARLY)
            return np.empty(shape, DTYPES[code])
        if code == BOOL:  # a bool byte of 2 would be neither true nor false
            return NDARRAY(shape, np.uint8, self.data, begin).astype(bool)
        return NDARRAY(shape, DTYPES[code], self.data, begin).copy()


def _laid_out(array: Array, layout: int) -> Array:
    """Copy into the layout that the sender's array had."""
    if layout == FORTRAN_ORDER:
        return np.asfortranarray(array)
    roomy = np.empty((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    roomy[..., ::2] = array
    return roomy[..., ::2]
