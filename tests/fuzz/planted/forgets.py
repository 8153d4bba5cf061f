"""Read a message, and forget to look whether all of it is there."""

from __future__ import annotations

MODULES = ("tests.fuzz.planted.forgets",)
LONGEST = 64
MOST = 8


def run(data: bytes) -> None:
    """Read two tags, a count, and as many bytes."""
    if data[:1] != b"R":
        return
    if data[1:2] != b"{":
        return
    if len(data) < 3:
        return
    count = data[2]
    if count > MOST:
        return
    for place in range(count):
        data[3 + place]
