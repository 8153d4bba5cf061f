"""Have no end."""

from __future__ import annotations

MODULES = ("tests.fuzz.planted.hangs",)
LONGEST = 64


def run(data: bytes) -> None:
    """Go round for ever at a certain tag."""
    while data[:1] == b"L":
        pass
