"""Read a message back, believing nothing in it.

Every value of every judged call passes through here: a member costs one call.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .format import (
    ALONE,
    ARRAY,
    BOOL,
    CONSTANTS,
    DICT,
    DTYPES,
    EARLY,
    F64,
    FLOAT,
    FORTRAN_ORDER,
    I64,
    INT,
    LARGEST_SIDE,
    LIST,
    REPEATED,
    SCALAR,
    SIDES,
    STORED,
    STRIDED,
    TEXT,
    TUPLE,
    U32,
    Array,
    Bounds,
    Shared,
    Stored,
    WireError,
)


class Reader(Shared):
    """A reader of one message; whatever is wrong with it raises one of a few errors."""

    def __init__(
        self, data: bytes | bytearray, bounds: Bounds, markers: bool, layouts: bool
    ) -> None:
        super().__init__(bounds)
        self.data = data
        self.position = 0
        self.lists: list[list[Any]] = []
        self.markers = markers
        self.layouts = layouts

    def skip(self, count: int) -> int:
        """Pass over ``count`` bytes. Returns: where they begin."""
        begin = self.position
        if begin + count > len(self.data):
            raise WireError(EARLY)
        self.position = begin + count
        return begin

    def count(self) -> int:
        """Read a length or count; raises struct.error at the end of the message."""
        number: int = U32.unpack_from(self.data, self.position)[0]
        self.position += 4
        return number

    def read(self, depth: int) -> Any:
        """Read the next value. Raises: WireError, and what ``decode`` turns into it."""
        self.items += 1
        if self.items > self.bounds.items:
            raise WireError(self.bounds.too_many)
        tag = self.data[self.position]
        self.position += 1
        if tag == REPEATED:
            return self._repeated(depth)
        if tag == ARRAY:
            return self._array()
        if tag == DICT:
            return self._dict(depth)
        if tag == TUPLE:
            return tuple(self._members(depth))
        if tag == LIST:
            values = self._members(depth)
            self.lists.append(values)
            return values
        if tag == TEXT:
            return self._text()
        if tag == FLOAT:
            return F64.unpack_from(self.data, self.skip(8))[0]
        if tag == INT:
            return I64.unpack_from(self.data, self.skip(8))[0]
        if tag in CONSTANTS:
            return CONSTANTS[tag]
        return self._read_rare(tag, depth)

    def _read_rare(self, tag: int, depth: int) -> Any:
        if tag == SCALAR:
            code = self.data[self.skip(1)]
            if code >= len(DTYPES):
                raise WireError(f"unknown dtype {code}")
            return self._elements(code, (1,))[0]
        if tag == STORED and self.markers:
            return Stored(self._text(), self._path(depth))
        raise WireError(f"unknown tag {tag}")

    def _path(self, depth: int) -> tuple[int | str, ...]:
        # The tag is looked at first: kept values in the place of paths could go on for ever.
        path = self.read(depth) if self.data[self.position] == TUPLE else None
        if path is None or not all(type(step) in (int, str) for step in path):
            raise WireError("a kept value needs a path of numbers and names")
        return tuple(path)

    def _repeated(self, depth: int) -> Any:
        back = self.count()
        if not 1 <= back <= len(self.objects):
            raise WireError("a repeated value that never came")
        reason = self.again(back, depth)
        if reason:
            raise WireError(reason)
        return self.objects[-back]

    def _enter(self, depth: int) -> int:
        """Go one level down. Returns: how many members there are."""
        count = self.count()
        if count > len(self.data) - self.position or count > self.bounds.items:
            raise WireError(f"{count} members cannot be in this message")
        if count and depth > self.bounds.depth:
            raise WireError(self.bounds.too_deep)
        if count and depth > self.reached:
            self.reached = depth
        return count

    def _members(self, depth: int) -> list[Any]:
        return [self.read(depth + 1) for _ in range(self._enter(depth + 1))]

    def _text(self) -> str:
        begin = self.skip(self.count())
        return str(self.data[begin : self.position], "utf-8")

    def _dict(self, depth: int) -> dict[str | int, Any]:
        result: dict[str | int, Any] = {}
        before, reached = self.items, self.reached
        self.reached = depth
        for _ in range(self._enter(depth + 1)):
            tag = self.data[self.skip(1)]
            if tag not in (TEXT, INT):
                raise WireError("a dict key that is neither text nor a whole number")
            key = self._text() if tag == TEXT else I64.unpack_from(self.data, self.skip(8))[0]
            if key in result:
                raise WireError("a dict key that comes twice")
            result[key] = self.read(depth + 1)
        self.share(result, self.items - before, self.reached - depth)
        self.reached = max(reached, self.reached)
        return result

    def _array(self) -> Array:
        data, begin = self.data, self.position
        code, layout, ndim = data[begin], data[begin + 1], data[begin + 2]
        if code >= len(DTYPES):
            raise WireError(f"unknown dtype {code}")
        if ndim > self.bounds.ndim or layout > STRIDED:
            raise WireError("an array with too many dimensions or an unknown layout")
        shape = SIDES[ndim].unpack_from(data, begin + 3)
        self.position = begin + 3 + 8 * ndim
        array = self._elements(code, shape)
        if layout and self.layouts:
            array = _laid_out(array, layout)
        self.objects.append(array)
        self.sizes.append(ALONE)
        return array

    def _elements(self, code: int, shape: tuple[int, ...]) -> Array:
        """Copy the elements of an array out of the message."""
        dtype, begin = DTYPES[code], self.position
        size = math.prod(shape) * dtype.itemsize
        self.position = end = begin + size
        if not size or end > len(self.data):
            if shape and max(shape) > LARGEST_SIDE:
                raise WireError("an array with an impossible shape")
            if size:
                raise WireError(EARLY)
            return np.empty(shape, dtype)
        if code == BOOL:  # a bool byte of 2 would be neither true nor false
            return np.ndarray(shape, np.uint8, self.data, begin).astype(bool)
        return np.ndarray(shape, dtype, self.data, begin).copy()


def _laid_out(array: Array, layout: int) -> Array:
    """Copy into the layout that the sender's array had."""
    if layout == FORTRAN_ORDER:
        return np.asfortranarray(array)
    roomy = np.empty((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    roomy[..., ::2] = array
    return roomy[..., ::2]
