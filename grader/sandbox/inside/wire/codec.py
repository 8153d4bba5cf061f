"""Encode a value as bytes and decode bytes as a value."""

from __future__ import annotations

import struct
from typing import Any

from .format import (
    ANY,
    DOUBLE,
    DTYPES,
    EARLY,
    ROOMY,
    SINGLE,
    Bounds,
    Form,
    Refused,
    WireError,
)
from .reader import Reader
from .writer import Writer


def encode(value: Any, bounds: Bounds = ANY, *, markers: bool = False) -> bytes:
    """Turn plain data into bytes; with ``markers`` what is for the fork: `Stored`, and layouts.

    Raises: Refused with the reason.
    """
    writer = Writer(bounds, markers)
    writer.write(value, 0)
    data = writer.message()
    if len(data) > bounds.message_bytes:  # small values are not counted before
        raise Refused(f"larger than {bounds.message_bytes} bytes")
    return data


def form(value: Any) -> Form:
    """Encode a value so that others of the same form are known without being taken apart.

    Raises: Refused with the reason.
    """
    writer = Writer(ROOMY, markers=False)
    writer.write(value, 0)
    data = writer.message()
    sizes = list(map(len, writer.numbers))
    dtype = next((DTYPES[code] for code in (DOUBLE, SINGLE) if writer.codes <= {code}), None)
    counts = tuple([size // dtype.itemsize for size in sizes]) if dtype else None
    return Form(data, len(data) - sum(sizes), dtype, counts, writer.items)


def decode(
    data: bytes | bytearray,
    bounds: Bounds = ANY,
    *,
    markers: bool = False,
    layouts: bool = False,
    apart: bool = False,
) -> Any:
    """Turn bytes into plain data; arrays are new, writable and C-ordered, repeated ones shared.

    ``layouts`` restores Fortran order and gaps between elements (judge to fork only); ``apart``,
    messages within are left as `Encoded`.

    Raises: WireError and nothing else, whatever the bytes.
    """
    return _read(data, Reader(data, bounds, markers, layouts, apart))


def decode_given(data: bytes | bytearray) -> tuple[Any, list[Any]]:
    """Decode what the judge sends: markers and layouts as they were.

    Returns: the data, and all arrays, dicts and lists in it, each once. Raises: WireError.
    """
    reader = Reader(data, ROOMY, markers=True, layouts=True)
    value = _read(data, reader)
    return value, [*reader.objects, *reader.lists]


def decode_counted(
    data: bytes | bytearray, bounds: Bounds = ANY, *, apart: bool = False
) -> tuple[Any, int]:
    """Do what `decode` does. Returns: the data, and how many values they hold, written out."""
    reader = Reader(data, bounds, markers=False, layouts=False, apart=apart)
    return _read(data, reader), reader.items


def _read(data: bytes | bytearray, reader: Reader) -> Any:
    if len(data) > reader.bounds.message_bytes:
        raise WireError(f"a message of {len(data)} bytes is too long")
    try:
        return reader.whole()
    except (IndexError, struct.error):
        raise WireError(EARLY) from None
    except (UnicodeDecodeError, ValueError, OverflowError, MemoryError) as error:
        raise WireError(str(error)) from None
