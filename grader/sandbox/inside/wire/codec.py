"""Encode a value as bytes and decode bytes as a value."""

from __future__ import annotations

import struct
from typing import Any

from .format import ANY, EARLY, ROOMY, Bounds, Refused, WireError
from .reader import Reader
from .writer import Writer


def encode(value: Any, bounds: Bounds = ANY, *, markers: bool = False) -> bytes:
    """Turn plain data into bytes; ``markers`` lets `Stored` through (judge to fork only).

    Raises: Refused with the reason.
    """
    writer = Writer(bounds, markers)
    writer.write(value, 0)
    data = b"".join(writer.out)
    if len(data) > bounds.message_bytes:  # small values are not counted before
        raise Refused(f"larger than {bounds.message_bytes} bytes")
    return data


def decode(
    data: bytes | bytearray,
    bounds: Bounds = ANY,
    *,
    markers: bool = False,
    layouts: bool = False,
) -> Any:
    """Turn bytes into plain data; arrays are new, writable and C-ordered, repeated ones shared.

    ``layouts`` restores Fortran order and gaps between elements (judge to fork only).

    Raises: WireError and nothing else, whatever the bytes.
    """
    return decode_counted(data, bounds, markers=markers, layouts=layouts)[0]


def decode_given(data: bytes | bytearray) -> tuple[Any, list[Any]]:
    """Decode what the judge sends: markers and layouts as they were.

    Returns: the data, and all arrays, dicts and lists in it, each once. Raises: WireError.
    """
    reader, value = _read(data, ROOMY, markers=True, layouts=True)
    return value, [*reader.objects, *reader.lists]


def decode_counted(
    data: bytes | bytearray,
    bounds: Bounds = ANY,
    *,
    markers: bool = False,
    layouts: bool = False,
) -> tuple[Any, int]:
    """Do what `decode` does. Returns: the data, and how many values they hold, written out."""
    reader, value = _read(data, bounds, markers, layouts)
    return value, reader.items


def _read(
    data: bytes | bytearray, bounds: Bounds, markers: bool, layouts: bool
) -> tuple[Reader, Any]:
    if len(data) > bounds.message_bytes:
        raise WireError(f"a message of {len(data)} bytes is too long")
    reader = Reader(data, bounds, markers, layouts)
    try:
        value = reader.read(0)
    except (IndexError, struct.error):
        raise WireError(EARLY) from None
    except (UnicodeDecodeError, ValueError, OverflowError, MemoryError) as error:
        raise WireError(str(error)) from None
    if reader.position != len(data):
        raise WireError("bytes are left over behind the message")
    return reader, value
