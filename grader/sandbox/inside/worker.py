"""Import once, then fork a locked-in process for every job: the warm worker.

It never reads a submission: it takes a connection from the judge, forks, and the fork talks to
the judge alone. The worker itself only answers how a fork is doing, and ends it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from . import frames
from .folder import Folder
from .lockdown import kernel, landlock, locks, seccomp
from .wire import Message, decode, encode

RANDOM_SEED = 0  # of the global random generators; students' own generators are their own


@dataclass
class _Fork:
    pid: int
    folder: Folder
    finished: tuple[int, float] | None = None  # wait status, processor seconds


class Worker:
    """A worker that serves the judge: one request, one answer, until the connection ends."""

    def __init__(
        self,
        control: socket.socket,
        settings: Message,
        serve: Callable[..., None],
        warm_figures: Callable[[], None],
        keep_own: Callable[[list[str], list[bytes]], None],
    ):
        self.control = control
        self.tier: str = settings["tier"]
        self.readable: list[str] = settings["readable"]
        self.scratch: str = settings["scratch"]
        self.serve = serve
        self.warm_figures: Callable[[], None] | None = warm_figures
        self.keep_own = keep_own
        self.forks: dict[int, _Fork] = {}
        self.folders: list[Folder] = []
        able = self.tier == "B" and locks.spare_uid(0, settings["must_read"]) is not None
        self.change_uid = able
        if self.tier != "C":
            seccomp.prepared()

    def run(self) -> None:
        """Answer requests for as long as the judge lives."""
        while True:
            frame, descriptor = frames.receive_with_descriptor(self.control)
            if frame is None:
                break
            frames.send(self.control, encode(self.answer(decode(frame), descriptor)))
        for fork in list(self.forks.values()):
            self.end(fork.pid)

    def answer(self, request: Message, descriptor: int | None) -> Message:
        """Do what the judge asks; what goes wrong is reported, not raised."""
        try:
            if request["op"] == "fork":
                assert descriptor is not None
                return {"pid": self.fork(request, descriptor)}
            if request["op"] == "keep":
                modules = [text.tobytes() for text in request["modules"]]
                self.keep_own(request["sources"], modules)
                _share()
                return {}
            if request["op"] == "status":
                return self.status(request["pid"])
            if request["op"] == "end":
                return self.end(request["pid"])
            if request["op"] == "interrupt":
                return self.interrupt(request["pid"])
            return {"fault": f"unknown request {request['op']}"}
        except Exception as error:
            return {"fault": f"{type(error).__name__}: {error}"}

    def fork(self, request: Message, descriptor: int) -> int:
        """Fork a job: the child serves the judge on ``descriptor`` and never comes back here."""
        if request["figures"] and self.warm_figures is not None:
            self.warm_figures()
            self.warm_figures = None
            _share()
        folder = self._free_folder()
        uid = folder.uid if self.change_uid else None
        pid = os.fork()
        if pid == 0:
            self._be_the_job(request, descriptor, folder, uid)
        os.close(descriptor)
        folder.busy = True
        self.forks[pid] = _Fork(pid, folder)
        return pid

    def _free_folder(self) -> Folder:
        for folder in self.folders:
            if not folder.busy:
                return folder
        number = len(self.folders)
        uid = locks.FIRST_SPARE_UID + (os.getpid() * 8 + number) % locks.SPARE_UIDS
        path = os.path.join(self.scratch, f"job{number}")
        folder = Folder(path, uid, owned_by_job=self.change_uid)
        if self.tier != "C":
            folder.rules = landlock.ruleset([*self.readable], [path])
        self.folders.append(folder)
        return folder

    def _be_the_job(
        self, request: Message, descriptor: int, folder: Folder, uid: int | None
    ) -> NoReturn:
        try:
            os.chdir(folder.path)
            for name in ("HOME", "TMPDIR", "PWD", "MPLCONFIGDIR"):
                os.environ[name] = folder.path
            limits = request["limits"]
            on = locks.enter(self.tier, descriptor, folder.rules, limits, uid, request["watched"])
            signal.set_wakeup_fd(-1)
            seed_generators()
            connection = socket.socket(fileno=locks.CONNECTION)
            connection.setblocking(True)
            write_files(folder.path, request["files"])
            frames.send(connection, encode({"layers": on}))
            self.serve(connection, folder.path, limits)
        except BaseException as error:
            with contextlib.suppress(BaseException):
                fault = f"{type(error).__name__}: {error}"
                os.write(locks.CONNECTION, _framed(encode({"fault": fault})))
        os._exit(0)

    def status(self, pid: int) -> Message:
        """Return the processor seconds, seconds in the queue, threads and folder size of a fork."""
        fork = self.forks[pid]
        bytes_written, files = fork.folder.usage()
        return {
            "cpu": cpu_seconds(pid),
            "queued": queued_seconds(pid),
            "threads": thread_count(pid),
            "bytes": bytes_written,
            "files": files,
        }

    def interrupt(self, pid: int) -> Message:
        """Interrupt a fork by SIGINT, as Ctrl-C does."""
        if pid in self.forks:
            os.kill(pid, signal.SIGINT)
        return {}

    def end(self, pid: int) -> Message:
        """Kill a fork and whatever it left behind, and empty its folder."""
        fork = self.forks.pop(pid)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, _, usage = os.wait4(pid, 0)
        self._end_strays()
        fork.folder.clean()
        fork.folder.busy = False
        return {"cpu": usage.ru_utime + usage.ru_stime}

    def _end_strays(self) -> None:
        """Kill what forks have left: orphans become children of this process."""
        while found := [pid for pid in children() if pid not in self.forks]:
            for pid in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)


def write_files(folder: str, files: Message) -> None:
    """Write what the judge puts beside the notebook; each file comes as an array of bytes."""
    for name, content in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content.tobytes())
    # This folder only: the library's may not be listed again from in here.
    sys.path_importer_cache.pop(folder, None)


def _framed(data: bytes) -> bytes:
    return frames.HEADER.pack(len(data)) + data


def seed_generators() -> None:
    """Seed every fork's generators alike: code that draws gets the same marks every time."""
    import numpy as np

    random.seed(RANDOM_SEED)
    np.random.seed(RANDOM_SEED)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a child has used so far, all threads together."""
    if not kernel.LINUX:
        return 0.0
    try:
        return time.clock_gettime((~pid << 3) | 2)  # CPUCLOCK_SCHED of a process, as in glibc
    except OSError:
        return 0.0


def queued_seconds(pid: int) -> float | None:
    """Return how long the threads of a child have waited for a processor, all together.

    None where that cannot be known, or while one of them waits for a disk: whoever waits so does
    not idle. Source: the kernel's Documentation/scheduler/sched-stats.rst, proc(5).
    """
    folder, queued = f"/proc/{pid}/task", 0
    try:
        for thread in os.listdir(folder):
            with open(f"{folder}/{thread}/stat", "rb") as file:
                if file.read().rpartition(b")")[2].split()[:1] == [b"D"]:
                    return None
            with open(f"{folder}/{thread}/schedstat", "rb") as file:
                queued += int(file.read().split()[1])
    except (OSError, ValueError, IndexError):  # a thread that has just ended, or no such file here
        return None
    return queued / 1e9


def thread_count(pid: int) -> int:
    """Return how many threads a child has; 0 where that cannot be known."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[17])
    except OSError:
        return 0


def children() -> list[int]:
    """Return the numbers of this process's children."""
    own = os.getpid()
    try:
        with open(f"/proc/{own}/task/{own}/children", "rb") as file:
            return [int(number) for number in file.read().split()]
    except OSError:
        return []


def _share() -> None:
    """Keep the collector from writing to what is shared with every fork."""
    gc.collect()
    gc.freeze()


def main(settings: Message) -> None:
    """Import everything once, say so, and serve the judge."""
    if kernel.LINUX:
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    control = socket.socket(fileno=settings["control"])
    os.makedirs(settings["scratch"], exist_ok=True)
    os.environ["MPLCONFIGDIR"] = os.environ["IPYTHONDIR"] = settings["scratch"]
    from . import calls, rehearsal

    calls.warm(settings["scratch"])
    worker = Worker(control, settings, calls.serve, calls.warm_figures, calls.keep_own)
    frames.send(control, encode({"ready": True, "landlock": landlock.abi()}))
    rehearsal.rehearse()  # while the judge gets the first submission ready
    _share()
    worker.run()
    os._exit(0)  # whoever ends it waits for that, and it has nothing left to do
