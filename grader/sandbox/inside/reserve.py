"""Keep memory back for what runs behind a cell that has used all of it up, and holds on to it.

The worker sets it aside, so that it counts to no job's memory; each fork may give its own back,
once.
"""

from __future__ import annotations

import mmap

BYTES = 32 << 20
_kept: list[mmap.mmap] = []


def keep() -> None:
    """Set addresses aside; no memory is used for them."""
    _kept.append(mmap.mmap(-1, BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))


def release() -> None:
    """Give them back, for a traceback and for the cells behind it."""
    while _kept:
        _kept.pop().close()
