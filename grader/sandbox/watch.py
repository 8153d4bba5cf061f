"""Look at a fork while the judge waits for it, and stop it when it has used up what it may."""

from __future__ import annotations

import contextlib
import time
from typing import Literal

from .channel import Closed
from .data import SandboxError
from .limits import Limits
from .worker_process import WorkerProcess

GRACE_SECONDS = 1.0  # between being interrupted and being killed
LONGEST_GAP_SECONDS = 0.25  # between two looks, of which idling is counted


class Stopped(Exception):
    """A stop of the job: why, and whether it was the clock on the wall."""

    def __init__(
        self,
        reason: str,
        outcome: Literal["timed_out", "crashed"] = "timed_out",
        *,
        wall_clock: bool = False,
    ) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.wall_clock = wall_clock


class Watch:
    """A watch, called while the judge waits: stops a fork that has used up what it may use.

    A fork that idles does so whatever else the machine is busy with: that counts at once. Only
    where idling cannot be told from waiting for a processor the clock on the wall does.
    """

    def __init__(self, worker: WorkerProcess, pid: int, cpu: float, limits: Limits) -> None:
        self.worker = worker
        self.pid = pid
        self.cpu = cpu
        self.limits = limits
        self.end = time.monotonic() + limits.wall_seconds
        self.before: float | None = None
        self.idle = 0.0  # seconds, since the first look
        self.doubtful = False  # whether it was interrupted for what a busy machine may have done
        self._interrupted = False
        self._last: tuple[float, float, float | None] | None = None  # clock, processor, queue

    def __call__(self) -> None:
        """Look at the fork once.

        Raises: Stopped for the fork's doing, Closed when the worker is gone.
        """
        try:
            status = self.worker.ask({"op": "status", "pid": self.pid})
        except SandboxError:
            raise Closed from None
        used = status["cpu"]
        # What earlier requests used counts towards the job's limit only.
        if self.before is None:
            self.before = used
        limits = self.limits
        if status["bytes"] > limits.folder_bytes or status["files"] > limits.folder_files:
            raise Stopped("stopped: it wrote too much", "crashed")
        if status["threads"] > limits.threads:
            raise Stopped("stopped: it started too many threads", "crashed")
        # The fork's own timer comes first; this is for code that ignores signals.
        if used - self.before > self.cpu + GRACE_SECONDS:
            raise Stopped(f"stopped after {self.cpu:g} seconds of processor time")
        if used > limits.job_cpu_seconds:
            raise Stopped(f"stopped after {limits.job_cpu_seconds:g} seconds of processor time")
        now = time.monotonic()
        self._count_idle(now, used, status["queued"])
        self._look_at_the_clock(self.idle - limits.idle_seconds, wall=False)
        self._look_at_the_clock(now - self.end, wall=True)

    def rest(self) -> None:
        """Leave out of the idling what has passed since the last look."""
        self._last = None

    def _count_idle(self, now: float, used: float, queued: float | None) -> None:
        """Count since the last look what was neither computing nor waiting for a processor."""
        if self._last is not None and queued is not None and self._last[2] is not None:
            then, used_then, queued_then = self._last[0], self._last[1], self._last[2]
            waited = max(queued - queued_then, 0.0)  # of threads that have ended nothing is left
            # The judge itself may have been kept from looking.
            passed = min(now - then, LONGEST_GAP_SECONDS)
            self.idle += max(passed - (used - used_then) - waited, 0.0)
        self._last = now, used, queued

    def _look_at_the_clock(self, over: float, *, wall: bool) -> None:
        """Interrupt what is over its time, and stop what goes on after that."""
        if over > GRACE_SECONDS:
            raise Stopped("stopped: it waited for too long", wall_clock=wall)
        if over > 0 and not self._interrupted:
            self._interrupted = True
            self.doubtful = wall
            with contextlib.suppress(SandboxError):
                self.worker.ask({"op": "interrupt", "pid": self.pid})
