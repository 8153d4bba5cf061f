"""Decode text that people's programs wrote: with a byte order mark, in UTF-16, as Windows-1252."""

from __future__ import annotations

import codecs

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(data: bytes) -> str:
    """Decode what editors and spreadsheets write; every byte means something in Windows-1252."""
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    # UTF-16 without a mark: every other byte of Latin letters is zero.
    for zeros, encoding in ((data[1:200:2], "utf-16-le"), (data[0:200:2], "utf-16-be")):
        if len(data) % 2 == 0 and zeros and not zeros.strip(b"\0"):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
