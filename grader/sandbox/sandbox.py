"""Start a warm worker at the strongest isolation that starts here, and fork jobs from it."""

from __future__ import annotations

import socket
import weakref
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from . import isolation
from .channel import Channel
from .data import CellSource, SandboxError
from .job import Job
from .limits import Limits
from .listener import Listener
from .worker_process import WorkerProcess

DRAWS = ("plot", "pylab")  # in every name of what draws: matplotlib, pyplot, %pylab


class Sandbox:
    """A sandbox: a warm worker that gives jobs; one that has died is replaced at the next job.

    Not for use from several threads at once: one sandbox a thread.
    """

    def __init__(self, limits: Limits | None = None, tier: str | None = None) -> None:
        """Start a worker at ``tier``, or at the strongest that starts.

        Raises: SandboxError when none starts.
        """
        self.limits = limits or Limits()
        self.reasons: dict[str, str] = {}
        self._closed = False
        self._jobs: weakref.WeakSet[Job] = weakref.WeakSet()
        self._kept: set[str | bytes] = set()  # cells that the worker has been given to compile
        for candidate in isolation.TIERS if tier is None else (tier,):
            try:
                self._worker = self._start(candidate)
            except SandboxError as error:
                self.reasons[candidate] = str(error)
            else:
                self.tier = candidate
                return
        told = "; ".join(f"tier {name}: {why}" for name, why in self.reasons.items())
        raise SandboxError(f"no sandbox can be started ({told})")

    @property
    def folder(self) -> str:
        """Return the folder that its worker's jobs write into, where this process sees it."""
        return self._worker.own_folder or ""

    def _start(self, tier: str) -> WorkerProcess:
        lacking = isolation.missing(tier)
        if lacking:
            raise SandboxError(lacking)
        try:
            return WorkerProcess(tier, self.limits)
        except OSError as error:
            raise SandboxError(str(error)) from None

    def job(
        self,
        cells: Sequence[CellSource],
        files: Mapping[str, bytes] | None = None,
        limits: Limits | None = None,
    ) -> Job:
        """Fork a job for these cells, with ``files`` (name to content) in its folder.

        ``limits`` of its own take the place of the sandbox's. Raises: SandboxError when the sandbox
        cannot, even with a new worker.
        """
        if self._closed:
            raise SandboxError("the sandbox is closed")
        try:
            return self._fork(cells, files or {}, limits or self.limits)
        except SandboxError:
            self._replace()
            return self._fork(cells, files or {}, limits or self.limits)

    def watched_job(
        self,
        cells: Sequence[CellSource],
        files: Mapping[str, bytes] | None = None,
        everything: bool = False,
    ) -> tuple[Job, Listener]:
        """Fork a job whose refused system calls are counted, or all of them with ``everything``.

        For cells of the kit's own only. Raises: SandboxError where this kernel or container keeps
        jobs from being watched, and at tier C, which refuses nothing.
        """
        if self.tier == "C":
            raise SandboxError("tier C refuses no system call")
        watched = "everything" if everything else "refusals"
        ours, pid = self._ask_for_fork(cells, files or {}, self.limits, watched)
        try:
            listener = Listener(ours, pid)
        except SandboxError:
            ours.close()
            self._worker.ask({"op": "end", "pid": pid})
            raise
        return self._adopt(ours, pid, cells, self.limits), listener

    def _fork(self, cells: Sequence[CellSource], files: Mapping[str, bytes], limits: Limits) -> Job:
        ours, pid = self._ask_for_fork(cells, files, limits)
        return self._adopt(ours, pid, cells, limits)

    def _ask_for_fork(
        self,
        cells: Sequence[CellSource],
        files: Mapping[str, bytes],
        limits: Limits,
        watched: str = "",
    ) -> tuple[socket.socket, int]:
        """Have the worker fork; returns the connection to the fork, and its number there."""
        self._keep(cells, files)
        ours, theirs = socket.socketpair()
        with theirs:
            # As arrays, since plain bytes are no value of the wire's.
            content = {name: np.frombuffer(data, np.uint8) for name, data in files.items()}
            request = {
                "op": "fork",
                "limits": limits.to_dict(),
                "files": content,
                "watched": watched,
                "figures": _may_draw(cells, files),
            }
            try:
                pid: int = self._worker.ask(request, theirs)["pid"]
            except SandboxError:
                ours.close()
                raise
        return ours, pid

    def _keep(self, cells: Sequence[CellSource], files: Mapping[str, bytes]) -> None:
        """Have the worker compile the kit's own cells and modules, each once for all jobs."""
        own = {cell.source for cell in cells if cell.kind in ("example", "locked")}
        modules = {data for name, data in files.items() if name.endswith(".py")}
        new = sorted(own - self._kept), sorted(modules - self._kept)
        if any(new):
            texts = [np.frombuffer(text, np.uint8) for text in new[1]]
            self._worker.ask({"op": "keep", "sources": new[0], "modules": texts})
            self._kept |= own | modules

    def _adopt(
        self, ours: socket.socket, pid: int, cells: Sequence[CellSource], limits: Limits
    ) -> Job:
        job = Job(self._worker, Channel(ours), pid, limits, cells)
        self._jobs.add(job)
        return job

    def _replace(self) -> None:
        self._end_jobs()
        self._worker.close()
        self._worker = self._start(self.tier)
        self._kept.clear()

    def _end_jobs(self) -> None:
        for job in list(self._jobs):
            job.close()
        self._jobs.clear()

    def close(self) -> None:
        """Stop the worker and whatever jobs it has."""
        if not self._closed:
            self._closed = True
            self._end_jobs()
            self._worker.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _may_draw(cells: Sequence[CellSource], files: Mapping[str, bytes]) -> bool:
    """Tell whether cells or the modules beside them name what draws.

    Its worker imports that then, once. Who hides the name imports it in the fork, in a second.
    """
    texts = (cell.source for cell in cells)
    return any(word in text for text in texts for word in DRAWS) or any(
        word.encode() in content for content in files.values() for word in DRAWS
    )


@lru_cache(maxsize=1)
def available_tiers() -> dict[str, str]:
    """Try every tier. Returns: what keeps each from working here, empty where it works."""
    found = {}
    for tier in isolation.TIERS:
        try:
            with Sandbox(tier=tier) as sandbox, sandbox.job(()):
                found[tier] = ""
        except SandboxError as error:
            found[tier] = str(error)
    return found
