"""Rebuild an untrusted PNG from its pixels: only header, palette and pixels survive.

Source: Portable Network Graphics (PNG) Specification, W3C.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS_A_SIDE = 10_000
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # colour type: samples a pixel
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
FILTERS = 5
KEPT_CHUNKS = (b"PLTE", b"tRNS")


class PngError(ValueError):
    """An error in a PNG: it is broken, or of a kind that is not shown here."""


@dataclass(frozen=True)
class Image:
    """A rebuilt PNG, and the bytes that its pixels take unpacked."""

    data: bytes
    unpacked: int


def rebuilt(data: bytes, most_bytes: int) -> Image:
    """Check a PNG strictly and write it anew; its pixels may take ``most_bytes`` unpacked.

    Raises: PngError for anything but a plain, complete, non-interlaced PNG of bounded size.
    """
    chunks = _chunks(data)
    header, row_bytes, height = _header(chunks[0], most_bytes)
    raw = _pixels(b"".join(body for kind, body in chunks if kind == b"IDAT"), row_bytes, height)
    colours = [_chunk(kind, body) for kind, body in chunks if kind in KEPT_CHUNKS]
    if len(colours) > len(KEPT_CHUNKS) or any(len(colour) > 12 + 768 for colour in colours):
        raise PngError("more colours than a PNG can have")
    packed = zlib.compress(raw, 6)
    parts = [SIGNATURE, _chunk(b"IHDR", header), *colours, _chunk(b"IDAT", packed)]
    return Image(b"".join([*parts, _chunk(b"IEND", b"")]), len(raw))


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    if not data.startswith(SIGNATURE):
        raise PngError("not a PNG")
    found, position = [], len(SIGNATURE)
    while position < len(data):
        if position + 12 > len(data):
            raise PngError("a PNG that ends too early")
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            raise PngError("a PNG that ends too early")
        body = data[position + 8 : end - 4]
        if zlib.crc32(kind + body) != struct.unpack_from(">I", data, end - 4)[0]:
            raise PngError("a PNG with a wrong sum")
        found.append((kind, body))
        position = end
    if len(found) < 3 or found[0][0] != b"IHDR" or found[-1] != (b"IEND", b""):
        raise PngError("a PNG without beginning or end")
    return found


def _header(chunk: tuple[bytes, bytes], most_bytes: int) -> tuple[bytes, int, int]:
    body = chunk[1]
    if len(body) != 13:
        raise PngError("a PNG with an odd header")
    width, height, depth, colour, packing, filtering, interlace = struct.unpack(">IIBBBBB", body)
    if depth not in DEPTHS.get(colour, ()) or packing or filtering or interlace:
        raise PngError("a PNG of an unusual kind")
    if not (0 < width <= MOST_PIXELS_A_SIDE and 0 < height <= MOST_PIXELS_A_SIDE):
        raise PngError("a PNG of an unusual size")
    row_bytes = 1 + (width * depth * CHANNELS[colour] + 7) // 8
    if row_bytes * height > most_bytes:
        raise PngError("more pixels than are shown")
    return body, row_bytes, height


def _pixels(packed: bytes, row_bytes: int, height: int) -> bytes:
    size = row_bytes * height
    unpacking = zlib.decompressobj()
    try:
        # One byte more than the header says: enough to notice a bomb, without unpacking it.
        raw = unpacking.decompress(packed, size + 1)
    except zlib.error:
        raise PngError("a PNG whose pixels cannot be unpacked") from None
    if len(raw) != size or not unpacking.eof or unpacking.unused_data:
        raise PngError("a PNG with too few or too many pixels")
    if max(raw[::row_bytes]) >= FILTERS:
        raise PngError("a PNG with an unknown filter")
    return raw


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
