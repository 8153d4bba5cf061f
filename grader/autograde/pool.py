"""Judge a class on many processes: submissions in, judgements out, a sandbox for each process.

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
from typing import Any, TypeVar

from grader.assignment.assignment import Packed
from grader.intake.submission import Submission
from grader.judge.judge import Judgement, judge
from grader.sandbox import Sandbox, protect_parent

AHEAD = 3  # tasks waiting for each process, so that none idles and memory stays flat
TRIES = 3  # a task whose process died is given to so many others
_loading = threading.Lock()  # a cluster's worker may run several threads
_own = threading.local()
Item = TypeVar("Item")


@dataclass(frozen=True)
class Task:
    """A task: one submission to judge, with the seeds of its hidden inputs; no secret travels."""

    student: str
    submission: Submission
    seeds: Mapping[str, int]


class ProcessDied(RuntimeError):
    """A failure of a task: the process that it was given to died."""


def _sandbox(tier: str | None) -> Sandbox:
    """Return the thread's own sandbox, warm between submissions; any tier will do for None."""
    sandbox: Sandbox | None = getattr(_own, "sandbox", None)
    if sandbox is None or tier not in (None, sandbox.tier):
        # It holds expected values: no other process of this user may read its memory.
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


def get_ready(packed: Packed) -> str:
    """Get this process ready to judge. Returns: the tier of its sandbox, the strongest here."""
    with _loading:
        packed.load()
    return _sandbox(None).tier


def local_executor(workers: int) -> Executor:
    """Start ``workers`` judge processes, spawned so that they share nothing with this one."""
    # One thread each: the matrices are small, and the processes take up the processors.
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
    """A pool of processes that judge; a context manager that ends them.

    With ``ready`` they load the assignment and start their sandboxes at once, while their owner
    does other things, and each in ``warming`` reports its tier; else at their first task.
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
        self._running: dict[Future[Judgement], tuple[Any, Task]] = {}
        self.warming: tuple[Future[str], ...] = ()
        if ready:
            self.warming = tuple(self._executor.submit(get_ready, packed) for _ in range(workers))

    def __enter__(self) -> Judges:
        return self

    def __exit__(self, *_: object) -> None:
        begun: list[Future[Any]] = [*self.warming, *self._running]
        for future in begun:  # only after an interruption; Dask's executors cancel no other way
            future.cancel()
        self._executor.shutdown(wait=True)

    def judge(
        self, work: Iterable[tuple[Item, Task | None]], tier: str | None = None
    ) -> Iterator[tuple[Item, Judgement | Exception | None]]:
        """Yield each item with the judgement of its task, as soon as it is there.

        An item without a task comes through as it is. What was judged when its process died, and
        what is inconclusive, is tried again alone at the end: a busy machine, or a neighbour that
        kills processes, costs nobody marks.
        """
        again: list[tuple[Item, Task]] = []
        for item, task, judged in self._run(iter(work), self.workers, tier):
            unsure = isinstance(judged, Judgement) and judged.inconclusive
            if task is not None and (unsure or isinstance(judged, ProcessDied)):
                again.append((item, task))
            else:
                yield item, judged
        for item, task in again:
            yield item, self._alone(task, tier)

    def _alone(self, task: Task, tier: str | None) -> Judgement | Exception | None:
        """Judge a task with nothing beside it; where a process dies, in up to ``TRIES`` of them."""
        judged: Judgement | Exception | None = ProcessDied()
        for _ in range(TRIES):
            [(_, _, judged)] = self._run(iter([(task, task)]), 1, tier)
            if not isinstance(judged, ProcessDied):
                return judged
        return judged

    def _run(
        self, waiting: Iterator[tuple[Item, Task | None]], workers: int, tier: str | None
    ) -> Iterator[tuple[Item, Task | None, Judgement | Exception | None]]:
        """Keep ``workers`` processes busy; a pool whose process died is replaced by another."""
        running = self._running
        while True:
            while len(running) < workers * AHEAD and (pair := next(waiting, None)) is not None:
                item, task = pair
                if task is None:
                    yield item, None, None
                else:
                    running[self._submit(task, tier)] = item, task
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in [f for f in running if f in done]:  # in the order of the class
                yield *running.pop(future), _outcome(future)

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
        for task, judged in judges.judge(((task, task) for task in tasks), tier):
            assert judged is not None  # every task is judged
            yield task, judged


def _outcome(future: Future[Judgement]) -> Judgement | Exception:
    error = future.exception()
    if isinstance(error, BrokenProcessPool):
        return ProcessDied("its judge process died")
    return error if isinstance(error, Exception) else future.result()
