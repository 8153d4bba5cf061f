"""A class on many processes: submissions in, judgements out, each process with its own sandbox.

Shaped like ``concurrent.futures``: local processes by default, any executor otherwise. What is
computed does not depend on how many there are or in which order they answer.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from types import TracebackType
from typing import Any

from grader.assignment import Packed
from grader.intake import Submission
from grader.judge import Judgement, judge
from grader.sandbox import Sandbox, protect_parent

AHEAD = 3  # tasks waiting for each process, so that none idles and memory stays flat
TRIES = 3  # a task whose process died is given to so many others
_loading = threading.Lock()  # a cluster's worker may run several threads
_own = threading.local()


@dataclass(frozen=True)
class Task:
    """One submission to judge, with the seeds of its hidden inputs; the secret stays at home."""

    student: str
    submission: Submission
    seeds: Mapping[str, int]


class ProcessDied(RuntimeError):
    """The process that a task was given to died."""


def _sandbox(tier: str | None) -> Sandbox:
    """The thread's own sandbox, kept warm between submissions; any tier will do for None."""
    sandbox: Sandbox | None = getattr(_own, "sandbox", None)
    if sandbox is None or tier not in (None, sandbox.tier):
        protect_parent()
        if sandbox is not None:
            sandbox.close()
        sandbox = _own.sandbox = Sandbox(tier=tier)
        atexit.register(sandbox.close)
    return sandbox


def judge_task(packed: Packed, task: Task, tier: str | None = None) -> Judgement:
    """Judge one task in this process; runs wherever the executor says."""
    with _loading:
        assignment = packed.load()
    return judge(assignment, task.submission, task.seeds, _sandbox(tier), task.student)


def warm(packed: Packed) -> str:
    """Get this process ready to judge. Returns: the tier of its sandbox, the strongest here."""
    with _loading:
        packed.load()
    return _sandbox(None).tier


def local_executor(workers: int) -> Executor:
    """Start ``workers`` judge processes, each fresh so that it shares nothing with this one."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    fresh = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=fresh, initializer=end_with_parent)


def end_with_parent() -> None:
    """Let this process end when the one that started it does, killed or not.

    A process of the pool waits for tasks from a pipe that it holds open itself: it would wait on
    for ever, with a warm sandbox.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch(sentinel: int) -> None:
        wait_for([sentinel])
        os._exit(1)

    threading.Thread(target=watch, args=(parent.sentinel,), daemon=True).start()


class Judges:
    """Processes that judge; a context manager that ends them.

    With ``ready`` they load the assignment and start their sandboxes at once, while their owner
    does other things, and each in ``warming`` tells its tier; else at their first task.
    """

    def __init__(
        self,
        packed: Packed,
        workers: int,
        start: Callable[[int], Executor] = local_executor,
        *,
        ready: bool = False,
    ) -> None:
        self.packed = packed
        self.workers = workers
        self._start = start
        self._executor = start(workers)
        self._running: dict[Future[Judgement], Task] = {}
        self.warming: tuple[Future[str], ...] = ()
        if ready:
            self.warming = tuple(self._executor.submit(warm, packed) for _ in range(workers))

    def __enter__(self) -> Judges:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        begun: list[Future[Any]] = [*self.warming, *self._running]
        for future in begun:  # only after an interruption; Dask's executors cancel no other way
            future.cancel()
        self._executor.shutdown(wait=True)

    def judge(
        self, tasks: Iterable[Task], tier: str | None = None
    ) -> Iterator[tuple[Task, Judgement | Exception]]:
        """Begin at once, and return each task with its judgement as soon as it is there.

        What was judged when its process died, and what is doubtful, is tried again alone at the
        end: a busy machine, or a neighbour that kills processes, costs nobody marks.
        """
        waiting = iter(tasks)
        self._fill(waiting, self.workers, tier)
        return self._judged(waiting, tier)

    def _judged(
        self, waiting: Iterator[Task], tier: str | None
    ) -> Iterator[tuple[Task, Judgement | Exception]]:
        again: list[Task] = []
        for task, judged in self._run(waiting, self.workers, tier):
            if isinstance(judged, ProcessDied) or (
                isinstance(judged, Judgement) and judged.doubtful
            ):
                again.append(task)
            else:
                yield task, judged
        for task in again:
            yield task, self._alone(task, tier)

    def _alone(self, task: Task, tier: str | None) -> Judgement | Exception:
        """Judge a task with nothing beside it; a process that dies is replaced, so often."""
        judged: Judgement | Exception = ProcessDied()
        for _ in range(TRIES):
            [(_, judged)] = self._run(iter([task]), 1, tier)
            if not isinstance(judged, ProcessDied):
                return judged
        return judged

    def _run(
        self, waiting: Iterator[Task], workers: int, tier: str | None
    ) -> Iterator[tuple[Task, Judgement | Exception]]:
        """Keep ``workers`` processes busy; a pool whose process died is replaced by another."""
        while True:
            self._fill(waiting, workers, tier)
            if not self._running:
                return
            done, _ = wait(self._running, return_when=FIRST_COMPLETED)
            for future in [f for f in self._running if f in done]:  # in the order of the class
                yield self._running.pop(future), _outcome(future)

    def _fill(self, waiting: Iterator[Task], workers: int, tier: str | None) -> None:
        while len(self._running) < workers * AHEAD and (task := next(waiting, None)) is not None:
            self._running[self._submit(task, tier)] = task

    def _submit(self, task: Task, tier: str | None) -> Future[Judgement]:
        try:
            return self._executor.submit(judge_task, self.packed, task, tier)
        except BrokenProcessPool:
            self._executor.shutdown(wait=False)
            self._executor = self._start(self.workers)
            return self._executor.submit(judge_task, self.packed, task, tier)


def judge_all(
    packed: Packed,
    tasks: Iterable[Task],
    workers: int,
    tier: str | None = None,
    start: Callable[[int], Executor] = local_executor,
) -> Iterator[tuple[Task, Judgement | Exception]]:
    """Judge ``tasks`` with processes of their own and yield each with its judgement."""
    with Judges(packed, workers, start) as judges:
        yield from judges.judge(tasks, tier)


def _outcome(future: Future[Judgement]) -> Judgement | Exception:
    error = future.exception()
    if isinstance(error, BrokenProcessPool):
        return ProcessDied("its judge process died")
    return error if isinstance(error, Exception) else future.result()
