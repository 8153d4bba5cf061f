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
# Colour type: what says which colours or transparency the samples stand for. Elsewhere a palette is
# a suggestion at best.
KEPT_CHUNKS = {0: (b"tRNS",), 2: (b"tRNS",), 3: (b"PLTE", b"tRNS")}

Chunk = tuple[bytes, bytes]  # its kind and what is in it


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
    before, packed = _around_pixels(chunks)
    colours = [_chunk(kind, body) for kind, body in _colours(before, depth=header[8], of=header[9])]
    raw = _pixels(packed, row_bytes, height)
    packed = zlib.compress(raw, 6)
    parts = [SIGNATURE, _chunk(b"IHDR", header), *colours, _chunk(b"IDAT", packed)]
    return Image(b"".join([*parts, _chunk(b"IEND", b"")]), len(raw))


def _chunks(data: bytes) -> list[Chunk]:
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
    kinds = [kind for kind, _ in found]
    whole = kinds[:1] == [b"IHDR"] and found[-1] == (b"IEND", b"")
    if not whole or kinds.count(b"IHDR") > 1 or kinds.count(b"IEND") > 1:
        raise PngError("a PNG without beginning or end")
    return found


def _around_pixels(chunks: list[Chunk]) -> tuple[list[Chunk], bytes]:
    """Return what stands before the pixels, and the pixels, packed, which are in one piece."""
    places = [place for place, (kind, _) in enumerate(chunks) if kind == b"IDAT"]
    if not places or places[-1] - places[0] >= len(places):
        raise PngError("a PNG without pixels, or with something between them")
    return chunks[: places[0]], b"".join(chunks[place][1] for place in places)


def _colours(chunks: list[Chunk], depth: int, of: int) -> list[Chunk]:
    """Return palette and transparency of an image of a colour type, checked against each other."""
    kept = [chunk for chunk in chunks if chunk[0] in KEPT_CHUNKS.get(of, ())]
    found = dict(kept)
    colours, rest = divmod(len(found.get(b"PLTE", b"")), 3)
    if len(kept) > len(found) or rest or colours > 1 << depth:
        raise PngError("more colours than the PNG can have")
    if of == 3 and (not colours or kept[0][0] != b"PLTE"):
        raise PngError("a PNG without its palette")
    sizes = {0: (2,), 2: (6,), 3: range(1, colours + 1)}
    if b"tRNS" in found and len(found[b"tRNS"]) not in sizes[of]:
        raise PngError("a PNG whose transparency does not fit its colours")
    return kept


def _header(chunk: Chunk, most_bytes: int) -> tuple[bytes, int, int]:
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
