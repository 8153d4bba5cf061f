"""Stop what does not come to its end, where the system can."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def time_limit(seconds: float, processor: bool = False) -> Iterator[None]:
    """Stop an endless loop, where the system can (main thread, POSIX).

    With ``processor`` the seconds are of this process's own time, whatever else the machine does.
    """
    # Python lets the main thread alone set a signal's handler; Windows has no SIGALRM.
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(*_: Any) -> None:
        raise TimeoutError(f"no result after {seconds:g} s: does the loop come to an end?")

    timer = signal.ITIMER_PROF if processor else signal.ITIMER_REAL
    sent = signal.SIGPROF if processor else signal.SIGALRM
    before = signal.signal(sent, stop)
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0.0)
        signal.signal(sent, before)
