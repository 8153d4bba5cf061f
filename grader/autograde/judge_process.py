"""Judge in a child process, which its holder can end by its id.

The judge bounds what it does by counting. Should it work on without end all the same, or die, its
holder goes on: a thread of ``autograde``, a cluster's worker, a Jupyter server.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from grader.sandbox import MOST_WAITS, Limits, cpu_seconds

if TYPE_CHECKING:  # the child imports the judge, while its sandbox starts
    from grader.assignment.assignment import Packed
    from grader.intake.submission import Submission
    from grader.judge.judgement import Judgement

# Of the judge's own processor time for one submission, of which it takes a tenth of a second.
BACKSTOP_SECONDS = 60.0
LOOK_SECONDS = 0.5
END_SECONDS = 5.0  # that the child has to end by itself, and to clear up
START = (
    "import json, sys; path, rest = json.loads(sys.argv.pop()); sys.path[:] = path; "
    "from grader.autograde.judge_child import serve; serve(*rest)"
)
# More threads than one make small matrix products slower.
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Task:
    """A task: one submission to judge, with the seeds of its hidden inputs; no secret travels.

    Who is judged ``alone`` is judged at once again where that is inconclusive.
    """

    student: str | None
    submission: Submission
    seeds: Mapping[str, int]
    alone: bool = False


class ProcessDied(RuntimeError):
    """A failure of a task: the process that judged it died."""


class JudgeStopped(RuntimeError):
    """A failure of a task: the judge worked on it for longer than it ever should."""


class JudgeFailed(RuntimeError):
    """A failure of a task: what the judge itself raised, in words."""


FAULTS = (ProcessDied, JudgeStopped, JudgeFailed)  # of the kit's own, never of a submission


class JudgeProcess:
    """A child process that judges, started when it is needed and again where it has ended.

    Not for use from several threads at once, but for ``close``. A context manager that ends it.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._tier = self._folder = ""
        self._loaded: Packed | None = None
        self._closed = self._busy = False
        self._changing = threading.Lock()

    @property
    def pid(self) -> int | None:
        """Return the child's process id, None while there is none."""
        return self._process.pid if self._process else None

    def ready(self, tier: str | None = None) -> str:
        """Start the child where there is none; any tier will do for None.

        Returns: the tier of its sandbox. Raises: SandboxError, ProcessDied.
        """
        with self._at_work():
            self._ready(tier)
        return self._tier

    def judge(self, packed: Packed, task: Task, tier: str | None = None) -> Judgement:
        """Judge one submission.

        Raises: SandboxError, ProcessDied, JudgeStopped, JudgeFailed.
        """
        with self._at_work():
            self._ready(tier)
            # The assignment travels once.
            self._send((packed if packed is not self._loaded else None, task))
            self._loaded = packed
            most: float = self._answer(BACKSTOP_SECONDS)
            judged: Judgement = self._answer(most)
            return judged

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Say to who closes it that the child's end is for this thread to see."""
        with self._changing:
            self._busy = True
        try:
            yield
        finally:
            with self._changing:
                self._busy = False
            if self._closed:
                self._end()

    def _ready(self, tier: str | None) -> None:
        if self._process is not None and tier not in (None, self._tier):
            self._end()
        if self._process is None:
            self._start(tier)

    def _start(self, tier: str | None) -> None:
        ours, theirs = socket.socketpair()
        limits = self._limits.to_dict() if self._limits else None
        settings = json.dumps((sys.path, (theirs.fileno(), tier, limits)))
        environment = {**dict.fromkeys(THREADS, "1"), **os.environ}
        with theirs, self._changing:
            if self._closed:
                ours.close()
                raise ProcessDied("the judge was ended")
            self._process = subprocess.Popen(
                [sys.executable, "-c", START, settings],
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for its holder, who ends it
            )
            self._connection = Connection(ours.detach())
        self._loaded = None
        self._tier, self._folder = self._answer(BACKSTOP_SECONDS)

    def _send(self, request: object) -> None:
        connection = self._connection
        try:
            assert connection is not None
            connection.send(request)
        except OSError:
            self._end()
            raise ProcessDied("its judge process died") from None

    def _answer(self, most: float) -> Any:
        """Wait for the child's next answer, at most ``most`` seconds of its processor time."""
        process, connection = self._process, self._connection
        assert process is not None and connection is not None
        before = cpu_seconds(process.pid)
        # It waits for the sandbox, which has limits of its own; where processor time is not known,
        # this clock is all there is.
        end = time.monotonic() + MOST_WAITS * most
        try:
            while not connection.poll(LOOK_SECONDS):
                used = cpu_seconds(process.pid) - before
                if used > most or time.monotonic() > end:
                    process.kill()
                    self._end()
                    raise JudgeStopped(f"the judge was stopped after {used:.0f} s of work on it")
            answer = connection.recv()
        except (EOFError, OSError):
            self._end()
            raise ProcessDied("its judge process died") from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _end(self) -> None:
        with self._changing:
            process, connection = self._process, self._connection
            self._process = self._connection = None
        if process is None or connection is None:
            return
        connection.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        if process.wait() != 0 and self._folder:  # it had no time to clear up
            _remove(self._folder)

    def close(self) -> None:
        """End the child, whatever it is at, from any thread; no other is started."""
        with self._changing:
            self._closed = True
            busy, process = self._busy, self._process
        if not busy:
            self._end()
        elif process is not None:
            process.kill()

    def __enter__(self) -> JudgeProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _remove(folder: str) -> None:
    """Remove what a child left that was killed, once the jobs in it have ended as well."""
    until = time.monotonic() + END_SECONDS
    while os.path.exists(folder) and time.monotonic() < until:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)
