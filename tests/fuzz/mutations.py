"""Change bytes at random: the small changes that every fuzzer makes."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

MOST_CHANGES = 4  # one after the other
LONGEST_PIECE = 16
NASTY = (0, 1, 0x7F, 0x80, 0xFF)


def changed(data: bytes, rng: Random, tokens: Sequence[bytes], longest: int) -> bytes:
    """Return other bytes than ``data``, at most ``longest``; ``tokens`` are put in now and then."""
    made = bytearray(data)
    for _ in range(1 + rng.randrange(MOST_CHANGES)):
        at = rng.randrange(len(made) + 1)
        piece = 1 + rng.randrange(LONGEST_PIECE)
        what = rng.randrange(8)
        if what == 0:
            made[at : at + 1] = bytes([rng.randrange(256)])
        elif what == 1:
            made[at : at + 1] = bytes([NASTY[rng.randrange(len(NASTY))]])
        elif what == 2 and at < len(made):
            made[at] ^= 1 << rng.randrange(8)
        elif what == 3:
            del made[at : at + piece]
        elif what == 4:
            made[at:at] = made[at : at + piece]
        elif what == 5:
            other = rng.randrange(len(made) + 1)
            made[at : at + piece] = made[other : other + piece]
        elif tokens:
            token = tokens[rng.randrange(len(tokens))]
            made[at : at + (len(token) if what == 6 else 0)] = token
    return bytes(made[:longest])
