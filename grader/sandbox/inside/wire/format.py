"""Define what a message is made of and how large it may be, for its writer and its reader.

A message has three parts behind the lengths of the first two: its structure, the sides of its
arrays, and all its numbers, end to end. Two values of the same form differ in the third part only,
so that whoever knows the one need not take the other apart.

The structure is one tag byte a value, then what is no number of it. Lengths and counts are unsigned
32 bits, sides 64, little endian. An array or dict object that comes again is written as how many
such objects ago it came: every step's cache holds the same parameters, which would otherwise be
most of what crosses. It counts with all that is in it, so that a short message cannot stand for an
endless one. A message may hold another one, as if that were a number.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Message = dict[str, Any]  # a request or a reply, by its entries
DTYPES = tuple(
    np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
)
CODES = {dtype: code for code, dtype in enumerate(DTYPES)}
BOOL = CODES[np.dtype("bool")]
C_ORDER, FORTRAN_ORDER, STRIDED = range(3)
LARGEST_SIDE = 1 << 31
MOST_DIMENSIONS = 32
PARTS = struct.Struct("<II")  # bytes of the structure, and how many sides
U32 = struct.Struct("<I")
I64 = struct.Struct("<q")
F64 = struct.Struct("<d")
COUNTED = struct.Struct("<cI")  # a tag and a count
KEYED = struct.Struct("<cII")  # a dict's tag, how many keys it has, and how many bytes these take
KEYS = struct.Struct("<II")
INT_KEY = struct.Struct("<cq")
ARRAY, REPEATED, TEXT, SCALAR, TUPLE, LIST, DICT, STORED, MESSAGE = b"ARSZ([{KE"
INT, FLOAT = b"ID"
CONSTANTS: dict[int, Any] = {ord("N"): None, ord("T"): True, ord("F"): False}
DOUBLES = np.dtype("float64")
DOUBLE, SINGLE = CODES[DOUBLES], CODES[np.dtype("float32")]
# How an array is told: its dtype, its layout, how many sides it has.
HEADS = [
    [[bytes((ARRAY, code, layout, ndim)) for ndim in range(MOST_DIMENSIONS + 1)]
     for layout in (C_ORDER, FORTRAN_ORDER, STRIDED)]
    for code in range(len(DTYPES))
]  # fmt: skip
ALONE = (0, 0)  # of an array: nothing lies within
EARLY = "the message ends too early"
Array = np.ndarray[Any, Any]


class WireError(ValueError):
    """An error in bytes that are not a message, or not one within the bounds."""


class Refused(ValueError):
    """A refusal of a value that is not plain data; the message says why in a few plain words."""


BEYOND_64_BITS = "an integer beyond 64 bits"
IN_A_FILE = "an array in a file (memmap)"
LONG_SIDE = f"an array side longer than {LARGEST_SIDE}"


@dataclass(frozen=True)
class Bounds:
    """Bounds of one message: how large it may be, and the reasons to refuse what is larger."""

    message_bytes: int = 32 << 20
    depth: int = 24
    items: int = 100_000
    ndim: int = 8

    @property
    def too_large(self) -> str:
        """Say that a value takes more bytes than a message may have."""
        return f"larger than {self.message_bytes} bytes"

    @property
    def too_many(self) -> str:
        """Say that a value is made of more parts than a message may hold."""
        return f"more than {self.items} items"

    @property
    def too_deep(self) -> str:
        """Say that a value is nested deeper than a message may be."""
        return f"nested deeper than {self.depth}"

    @property
    def too_many_axes(self) -> str:
        """Say that an array has more axes than one in a message may have."""
        return f"an array of more than {self.ndim} dimensions"

    @property
    def refusals(self) -> frozenset[str]:
        """Return all reasons to refuse a value that name no type: whoever reads one knows them."""
        large = (self.too_large, self.too_many, self.too_deep, self.too_many_axes)
        return frozenset((*large, BEYOND_64_BITS, IN_A_FILE, LONG_SIDE))


def value_bounds(limits: Mapping[str, Any]) -> Bounds:
    """Return the bounds of what a function returns: those of a message, less what is around it."""
    return Bounds(
        limits["message_bytes"] - 4096, limits["depth"], limits["items"] - 100, limits["ndim"]
    )


@dataclass(frozen=True)
class Stored:
    """A marker of a value that a former call left in the fork: its name and the way into it."""

    name: str
    path: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class Encoded:
    """A value that is a message of its own: one to be put into another, or one found in it."""

    data: bytes


@dataclass(frozen=True)
class Form:
    """A message with what tells whether another has the same form: all but its numbers."""

    data: bytes
    begin: int  # of the numbers
    dtype: np.dtype[Any] | None  # of all numbers, None where they are of several, or no floats
    counts: tuple[int, ...] | None  # of the numbers in each array, where they are of one dtype
    items: int

    def fits(self, data: bytes) -> bool:
        """Tell whether another message differs in numbers only."""
        return len(data) == len(self.data) and data[: self.begin] == self.data[: self.begin]

    def numbers(self, data: bytes) -> Array:
        """Return the numbers of one dtype in a message of this form, end to end, as doubles."""
        found = np.frombuffer(data, self.dtype, offset=self.begin)
        return found.astype(np.float64, copy=False)


ANY = Bounds()
# What the judge sends needs no bounds but that of Python's stack: a level takes five calls.
ROOMY = Bounds(1 << 31, 100, 1 << 31, 32)
MOST_PLACES = 32  # that an exception is told to have come through: a recursion has thousands


class Shared:
    """The arrays and dicts of a message so far, each with how many items it holds and how deep."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.items = 0
        self.reached = 0  # the deepest level since the dict began that is open now
        self.objects: list[Any] = []  # kept alive, so that no id is used twice
        self.sizes: list[tuple[int, int]] = []  # items beside itself, levels below

    def share(self, value: Any, items: int, levels: int) -> None:
        """Note an object that may come again."""
        self.objects.append(value)
        self.sizes.append((items, levels))

    def again(self, back: int, depth: int) -> str:
        """Count what is repeated as if it were written out.

        Returns: the reason if that is too much, else nothing.
        """
        items, levels = self.sizes[-back]
        self.items += items
        if self.items > self.bounds.items:
            return self.bounds.too_many
        if depth + levels > self.bounds.depth:
            return self.bounds.too_deep
        if depth + levels > self.reached:
            self.reached = depth + levels
        return ""


if sys.byteorder != "little":  # arrays travel as they lie in memory
    raise ImportError("the sandbox needs a little-endian machine")
