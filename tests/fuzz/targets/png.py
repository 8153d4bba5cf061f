"""Rebuild whatever a fork could send as a picture."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from random import Random

from PIL import Image as Pillow

from grader.sandbox.png import SIGNATURE, Image, PngError, rebuilt
from tests.fuzz.checks import bounded
from tests.fuzz.target import Change

MODULES = ("grader.sandbox.png",)
LONGEST = 1 << 13
MOST_UNPACKED = 180_000  # bytes of the pixels
# Of memory: for what is there always, zlib's own windows among it; for a byte, packed and unpacked.
ALWAYS, FOR_A_BYTE, FOR_AN_UNPACKED = 1 << 19, 40, 4
KINDS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"tEXt", b"gAMA", b"iCCP", b"acTL")
Chunks = list[tuple[bytes, bytes]]


def run(data: bytes) -> None:
    """A picture is refused, or becomes one that holds nothing else and shows the same."""
    most = ALWAYS + FOR_A_BYTE * len(data) + FOR_AN_UNPACKED * MOST_UNPACKED
    try:
        image = bounded(most, lambda: rebuilt(data, MOST_UNPACKED))
    except PngError as error:
        assert not isinstance(error.__context__, MemoryError), "memory was asked for in vain"
        return
    assert image.unpacked <= MOST_UNPACKED
    assert rebuilt(image.data, MOST_UNPACKED) == image, "another one when it is rebuilt again"
    _holds_nothing_else(image)
    shown = _shown(image.data)
    before = None
    with contextlib.suppress(Exception):  # another reader may be stricter with what is left out
        before = _shown(data)
    # Of an animation (acTL) only the still picture is kept.
    assert before in (None, shown) or b"acTL" in data, "shows something else"


def _holds_nothing_else(image: Image) -> None:
    """Only header, palette, transparency and pixels are in it."""
    kinds = [kind for kind, _ in taken_apart(image.data)]
    assert kinds[0] == b"IHDR" and kinds[-2:] == [b"IDAT", b"IEND"], kinds
    assert kinds[1:-2] in ([], [b"PLTE"], [b"tRNS"], [b"PLTE", b"tRNS"]), kinds


def _shown(data: bytes) -> tuple[object, ...]:
    """What another reader makes of a PNG; raises what it raises."""
    with Pillow.open(io.BytesIO(data), formats=["PNG"]) as picture:
        picture.load()
        return picture.mode, picture.size, picture.tobytes(), picture.getpalette()


def taken_apart(data: bytes) -> Chunks:
    """The chunks of a PNG, without looking at their sums; what is cut off is left out."""
    chunks, position = [], len(SIGNATURE)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        chunks.append((kind, data[position + 8 : position + 8 + length]))
        position += 12 + length
    return chunks


def put_together(chunks: Chunks) -> bytes:
    """Write chunks with the right sums."""
    parts = [SIGNATURE]
    for kind, body in chunks:
        total = struct.pack(">I", zlib.crc32(kind + body))
        parts.append(struct.pack(">I", len(body)) + kind + body + total)
    return b"".join(parts)


def mutate(data: bytes, rng: Random, change: Change) -> bytes:
    """Change what is in a chunk, or which there are, so that sums and pixels stay readable."""
    chunks = taken_apart(data)
    if not chunks or rng.randrange(8) == 0:
        return change(data)
    place = rng.randrange(len(chunks))
    kind, body = chunks[place]
    what = rng.randrange(8)
    if what == 0:
        chunks.insert(place, (KINDS[rng.randrange(len(KINDS))], change(body)))
    elif what == 1:
        chunks.insert(rng.randrange(len(chunks) + 1), chunks[rng.randrange(len(chunks))])
    elif what == 2:
        del chunks[place]
    elif what == 3:
        chunks = _with_pixels(chunks, rng)
    elif kind == b"IDAT" and what < 7:
        chunks[place] = kind, zlib.compress(change(_unpacked(body)))
    else:
        chunks[place] = kind, change(body)
    return put_together(chunks)


def _unpacked(body: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(body, 2 * MOST_UNPACKED)
    except zlib.error:
        return b""


def _with_pixels(chunks: Chunks, rng: Random) -> Chunks:
    """Write a new header, and as many pixels as it says."""
    width, height = 1 + rng.randrange(20), 1 + rng.randrange(20)
    depth, colour = (1, 2, 4, 8, 16)[rng.randrange(5)], (0, 2, 3, 4, 6)[rng.randrange(5)]
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = (width * depth * samples + 7) // 8
    raw = b"".join(
        bytes([rng.randrange(5)]) + bytes([rng.randrange(256)]) * row for _ in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    others = [chunk for chunk in chunks if chunk[0] not in (b"IHDR", b"IDAT", b"IEND")]
    return [(b"IHDR", header), *others, (b"IDAT", zlib.compress(raw)), (b"IEND", b"")]
