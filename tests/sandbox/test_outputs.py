"""Outputs from an untrusted process: only text and rebuilt pixels reach a notebook."""

from __future__ import annotations

import base64
import contextlib
import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import matplotlib.image
import nbformat.v4
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from grader.sandbox import Limits, png, replies
from grader.sandbox.inside.wire import WireError
from grader.sandbox.outputs import MOST_UNPACKED, Allowance, cleaned
from grader.sandbox.png import PngError, rebuilt

PIXELS = 1_000_000


def chunk(kind: bytes, body: bytes) -> bytes:
    """Write one chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def made(
    width: int = 4,
    height: int = 3,
    *,
    depth: int = 8,
    colour: int = 2,
    interlace: int = 0,
    raw: bytes | None = None,
    extra: bytes = b"",
) -> bytes:
    """Write a small PNG of zeros, whatever its header says."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    row = 1 + (width * depth * png.CHANNELS.get(colour, 1) + 7) // 8
    body = zlib.compress(bytes(row * height) if raw is None else raw)
    parts = [chunk(b"IHDR", header), extra, chunk(b"IDAT", body), chunk(b"IEND", b"")]
    return png.SIGNATURE + b"".join(parts)


IDAT = chunk(b"IDAT", zlib.compress(bytes(39)))


def test_matplotlib_reads_the_same_pixels_after_rebuilding() -> None:
    """Rebuilding changes no pixel of a figure."""
    shown = np.random.default_rng(0).random((20, 30, 4)).astype(np.float32)
    file = io.BytesIO()
    matplotlib.image.imsave(file, shown, format="png")
    before = matplotlib.image.imread(io.BytesIO(file.getvalue()))
    image = rebuilt(file.getvalue(), PIXELS)
    assert np.array_equal(before, matplotlib.image.imread(io.BytesIO(image.data)))
    assert image.unpacked == 20 * (1 + 30 * 4)


def test_only_header_colours_and_pixels_survive() -> None:
    """Text, times, profiles and unknown chunks are gone; palettes stay."""
    secret = chunk(b"tEXt", b"Comment\0<script>") + chunk(b"iCCP", b"x") + chunk(b"eXIf", b"y")
    data = rebuilt(made(extra=secret), PIXELS).data
    assert b"script" not in data
    assert data == rebuilt(made(), PIXELS).data
    palette = chunk(b"PLTE", bytes(6))
    assert palette in rebuilt(made(colour=3, extra=palette), PIXELS).data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        png.SIGNATURE,
        made()[:-4],
        made() + b"<script>",
        made().replace(b"IDAT", b"IDAX"),
        made(interlace=1),
        made(depth=3),
        made(colour=5),
        made(width=0),
        made(width=100_000, height=1, raw=b""),
        made(raw=b""),
        made(raw=bytes(40)),
        made(raw=b"\x07" + bytes(38)),
        made(width=2_000, height=2_000, raw=b""),
        made().replace(IDAT, chunk(b"IDAT", IDAT[8:-4] + b"<script>")),
        made(colour=3, extra=chunk(b"PLTE", bytes(3)) * 2),
        made(colour=3, extra=chunk(b"PLTE", bytes(4000))),
        made(colour=3, extra=chunk(b"PLTE", bytes(4))),
        made(colour=3, depth=1, extra=chunk(b"PLTE", bytes(9))),
        made(colour=3, extra=chunk(b"PLTE", b"")),
        made(colour=3),
        made(colour=3, extra=chunk(b"tRNS", b"\0") + chunk(b"PLTE", bytes(3))),
        made(colour=3, extra=chunk(b"PLTE", bytes(3)) + chunk(b"tRNS", bytes(2))),
        made(colour=3, extra=chunk(b"PLTE", bytes(3)) + chunk(b"tRNS", b"")),
        made(extra=chunk(b"tRNS", bytes(6)) * 2),
        made(extra=chunk(b"tRNS", bytes(2))),
        made(colour=0, extra=chunk(b"tRNS", bytes(6))),
        made(extra=made()[8:33]),
        made(extra=chunk(b"IEND", b"")),
        made(extra=IDAT + chunk(b"tEXt", b"between")),
        made(extra=made()[8:]),
    ],
)
def test_what_is_not_a_plain_png_is_refused(data: bytes) -> None:
    """Wrong beginnings, ends, sums, sizes, kinds and pixels each raise one exception type."""
    with pytest.raises(PngError):
        rebuilt(data, PIXELS)


def test_a_palette_that_colours_nothing_is_left_out() -> None:
    """Beside samples that are colours themselves it is a suggestion, and never checked."""
    for colour in (0, 2, 4, 6):
        odd = chunk(b"PLTE", bytes(4)) * 3
        assert rebuilt(made(colour=colour, extra=odd), PIXELS) == rebuilt(
            made(colour=colour), PIXELS
        )


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_picture_shows_the_same(mode: str) -> None:
    """A strict reader finds the same pixels and colours, also where one of them is transparent."""
    ramp = Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8) * 4)
    drawn = Image.new(mode, (5, 4), 9) if mode == "I;16" else ramp.convert(mode)
    for options in ({}, {"transparency": 0}) if mode in ("L", "P") else ({},):
        file = io.BytesIO()
        drawn.save(file, "PNG", **options)
        with Image.open(io.BytesIO(rebuilt(file.getvalue(), PIXELS).data)) as shown:
            assert shown.mode == drawn.mode and shown.tobytes() == drawn.tobytes()
            assert shown.getpalette() == drawn.getpalette()
            assert shown.info.get("transparency") == options.get("transparency")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """A small file that unpacks to more than its header says is stopped there."""
    with pytest.raises(PngError, match="too few or too many"):
        rebuilt(made(raw=bytes(50_000_000)), PIXELS)


@settings(deadline=None)
@given(st.binary(max_size=8), st.integers(0, len(made())))
def test_damaged_images_fail_in_one_way(noise: bytes, at: int) -> None:
    """A damaged PNG is refused or rebuilt, never anything else."""
    data = made()
    with contextlib.suppress(PngError):
        rebuilt(data[:at] + noise + data[at + len(noise) :], PIXELS)


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from([np.zeros(2), np.ones(1), np.float32(1), ()]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("output_type", "name", "text", "data", "text/plain", "image/png"),
                    *("text/html", "ename", "evalue", "traceback", "execution_count"),
                    *("outcome", "outputs", "count", "skipped", "error", "reason", "defines"),
                ]
            ),
            inner
            | st.sampled_from(["stream", "error", "display_data", "execute_result", "stdout"])
            | st.sampled_from(["ok", "returned", "raised", "refused"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(JUNK | st.lists(JUNK, max_size=4))
def test_whatever_arrives_becomes_valid_nbformat(told: Any) -> None:
    """Junk is dropped or mended; what remains is valid and holds text and PNG only."""
    outputs = [nbformat.from_dict(output) for output in cleaned(told, Limits(), Allowance())]
    cell = nbformat.v4.new_code_cell("", outputs=outputs)
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    for output in outputs:
        assert set(output.get("data", {})) <= {"text/plain", "image/png"}


@settings(deadline=None)
@given(JUNK.filter(lambda junk: isinstance(junk, dict)))
def test_whatever_a_fork_replies_becomes_a_result_or_a_wire_error(message: Any) -> None:
    """No reply, however odd its parts, raises anything else at the judge."""
    readers: list[Callable[[], object]] = [
        lambda: replies.cell_result("a", message, Limits(), Allowance()),
        lambda: replies.reply(message),
        lambda: replies.definitions(["name"], message),
    ]
    for read in readers:
        with contextlib.suppress(WireError):
            read()


def test_a_count_below_zero_is_no_count() -> None:
    """A cell that sets IPython's counter back leaves a notebook that nbformat still reads."""
    shown = {"output_type": "execute_result", "data": {"text/plain": "1"}, "execution_count": -1}
    result = replies.cell_result(
        "a", {"outcome": "ok", "count": -1, "outputs": [shown]}, Limits(), Allowance()
    )
    assert result.execution_count is None and result.outputs[0]["execution_count"] is None
    cell = nbformat.v4.new_code_cell("", outputs=[nbformat.from_dict(result.outputs[0])])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


def test_outputs_are_bounded_again_on_the_judges_side() -> None:
    """A fork that ignores its own bounds does not get more text or pixels through."""
    limits = Limits(output_bytes=100)
    flood = [{"output_type": "stream", "name": "stdout", "text": "x" * 1000}] * 5000
    outputs = cleaned(flood, limits, Allowance())
    assert sum(len(output["text"]) for output in outputs) == 200


def test_the_pixels_of_all_cells_are_bounded_together() -> None:
    """However many cells show large images: once they are too much, no more are unpacked."""
    image = base64.b64encode(made(4000, 1000)).decode()  # 12 MB unpacked
    shown = [{"output_type": "display_data", "data": {"image/png": image}}] * 3
    allowance = Allowance()
    cells = [cleaned(shown, Limits(), allowance) for _ in range(3)]
    kept = [output for cell in cells for output in cell if "image/png" in output["data"]]
    assert len(kept) == MOST_UNPACKED // (1000 * (1 + 4000 * 3)) and allowance.unpacked >= 0
    assert "not shown" in cells[1][1]["data"]["text/plain"]
    alone = base64.b64encode(made(4000, 4000, colour=6)).decode()
    [output] = cleaned([{**shown[0], "data": {"image/png": alone}}], Limits(), Allowance())
    assert "image/png" not in output["data"]


def test_outputs_beyond_the_allowance_are_not_kept() -> None:
    """A fork that ignores what all cells may show gets no more of it through."""
    allowance = Allowance(shown=1000)
    told = [{"output_type": "stream", "name": "stdout", "text": "x" * 600}]
    first, second = (cleaned(told, Limits(), allowance) for _ in range(2))
    assert first[0]["text"] == "x" * 600 and "too much" in second[0]["text"]
