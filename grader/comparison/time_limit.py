"""Stop what does not come to its end, where the system can."""

from __future__ import annotations

import contextlib
import sys
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

AGAIN_SECONDS = 0.01  # until it is raised again, where that was to no avail


@contextlib.contextmanager
def time_limit(seconds: float, processor: bool = False) -> Iterator[None]:
    """Stop an endless loop, where the system can (main thread, POSIX with timers).

    With ``processor`` the seconds are of this process's own time, whatever else the machine does.
    What is raised while Python collects garbage or runs a destructor gets no further than there, so
    it is raised again a little later.
    """
    # Python lets the main thread alone set a signal's handler; Windows has no SIGALRM, a browser
    # has it without a timer that sends it.
    if not CAN_STOP or threading.current_thread() is not threading.main_thread():
        yield
        return

    message = f"no result after {seconds:g} s: does the loop come to an end?"

    def stop(*_: Any) -> None:
        raise TimeoutError(message)

    def lose(lost: Any) -> None:
        """Hear of an exception that could get no further."""
        if type(lost.exc_value) is TimeoutError and str(lost.exc_value) == message:
            signal.setitimer(timer, AGAIN_SECONDS)
        else:
            told(lost)

    timer = signal.ITIMER_PROF if processor else signal.ITIMER_REAL
    sent = signal.SIGPROF if processor else signal.SIGALRM
    try:
        signal.setitimer(timer, 0.0)
        before = signal.signal(sent, stop)
    except (OSError, ValueError, NotImplementedError):  # named there, and answered by a refusal
        yield
        return
    told, sys.unraisablehook = sys.unraisablehook, lose
    try:
        signal.setitimer(timer, seconds)
        yield
    finally:
        try:
            signal.setitimer(timer, 0.0)
        finally:  # it may have gone off just now
            signal.signal(sent, before)
            sys.unraisablehook = told
