"""Take the whole process along, as a fault in a library would."""

from __future__ import annotations

import os
import signal

MODULES = ("tests.fuzz.planted.dies",)
LONGEST = 64


def run(data: bytes) -> None:
    """End the process at a certain tag."""
    if data[:1] == b"K":
        os.kill(os.getpid(), signal.SIGKILL)
