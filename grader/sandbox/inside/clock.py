"""Stop the student's code after its processor seconds, or when the judge interrupts it."""

from __future__ import annotations

import importlib
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import shell

# The handler as it is: the one of `signal` looks it up among its constants, at every cell.
set_handler: Any = importlib.import_module("_signal").signal


class Clock:
    """A clock that interrupts what runs within it, after its processor seconds or on SIGINT."""

    cpu: float | None = None  # None while nothing runs that may be interrupted

    def listen(self) -> None:
        """Set the handlers, which student code may have replaced."""
        set_handler(signal.SIGPROF, self._stop)
        set_handler(signal.SIGINT, self._interrupt)

    def _stop(self, *_: object) -> None:
        if self.cpu is not None:
            raise shell.TimeUp(f"stopped after {self.cpu:g} seconds of processor time")

    def _interrupt(self, *_: object) -> None:
        if self.cpu is not None:
            raise shell.TimeUp("stopped: it waited for too long")

    @contextmanager
    def limit(self, cpu: float) -> Iterator[None]:
        """Limit the code within to ``cpu`` processor seconds."""
        self.cpu = cpu
        try:
            signal.setitimer(signal.ITIMER_PROF, cpu)
            yield
        finally:
            self.cpu = None
            signal.setitimer(signal.ITIMER_PROF, 0)
