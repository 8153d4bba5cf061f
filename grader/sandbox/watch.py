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
    """A watch, called while the judge waits: stops a fork that has used up what it may use."""

    def __init__(self, worker: WorkerProcess, pid: int, cpu: float, limits: Limits) -> None:
        self.worker = worker
        self.pid = pid
        self.cpu = cpu
        self.limits = limits
        self.end = time.monotonic() + limits.wall_seconds
        self.before: float | None = None
        self.interrupted = False

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
        self._look_at_the_wall()

    def _look_at_the_wall(self) -> None:
        now = time.monotonic()
        if now > self.end + GRACE_SECONDS:
            raise Stopped("stopped: it waited for too long", wall_clock=True)
        if now > self.end and not self.interrupted:
            self.interrupted = True
            with contextlib.suppress(SandboxError):
                self.worker.ask({"op": "interrupt", "pid": self.pid})
