"""Stop what does not come to its end, where the system can."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

# A browser's Python has not all of these, and what it lacks is left out: there a loop that never
# ends is stopped by hand.
try:
    import signal
    import threading
except ImportError:
    CAN_STOP = False
else:
    _NEEDED = ("signal", "setitimer", "SIGALRM", "SIGPROF", "ITIMER_REAL", "ITIMER_PROF")
    CAN_STOP = all(hasattr(signal, name) for name in _NEEDED)


@contextlib.contextmanager
def time_limit(seconds: float, processor: bool = False) -> Iterator[None]:
    """Stop an endless loop, where the system can (main thread, POSIX with timers).

    With ``processor`` the seconds are of this process's own time, whatever else the machine does.
    """
    # Python lets the main thread alone set a signal's handler; Windows has no SIGALRM, a browser
    # has it without a timer that sends it.
    if not CAN_STOP or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise TimeoutError(f"no result after {seconds:g} s: does the loop come to an end?")

    timer = signal.ITIMER_PROF if processor else signal.ITIMER_REAL
    sent = signal.SIGPROF if processor else signal.SIGALRM
    try:
        signal.setitimer(timer, 0.0)
        before = signal.signal(sent, stop)
    except (OSError, ValueError, NotImplementedError):  # named there, and answered by a refusal
        yield
        return
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0.0)
        signal.signal(sent, before)
