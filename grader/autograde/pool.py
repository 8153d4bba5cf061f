"""Judge a class on many processes: submissions in, judgements out, a sandbox for each process.

Shaped like ``concurrent.futures``: threads with a child each by default, any executor otherwise.
What is computed does not depend on how many there are or in which order they answer.
"""

from __future__ import annotations

import atexit
import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from grader.assignment.assignment import Packed
from grader.autograde.judge_process import JudgeProcess, ProcessDied, Task
from grader.judge.judgement import Judgement
from grader.sandbox import Limits

AHEAD = 3  # tasks waiting for each process, so that none idles and memory stays flat
TRIES = 3  # a task whose process died is given to so many others
WAIT_SECONDS = 1.0  # for the next judgement, before its owner may do something else
MOST_KEPT = 8  # assignments that a process of a cluster knows, which lives for longer than a run
_own = threading.local()
_kept: dict[str, Packed] = {}  # by digest
Item = TypeVar("Item")


@dataclass(frozen=True)
class Sent:
    """An assignment as it goes with a task: its digest, and itself where that is not known."""

    digest: str
    packed: Packed | None = None

    @classmethod
    def of(cls, packed: Packed) -> Sent:
        """Return an assignment's digest; in this process it is known from now on."""
        digest = hashlib.sha256(repr(packed).encode(errors="surrogatepass")).hexdigest()
        cls(digest, packed).unpacked()
        return cls(digest)

    def unpacked(self) -> Packed:
        """Return the assignment, one object a process; raises NotSent where it never came here."""
        if self.packed is not None:
            _kept.setdefault(self.digest, self.packed)
            for oldest in list(_kept)[:-MOST_KEPT]:
                _kept.pop(oldest, None)
        try:
            return _kept[self.digest]
        except KeyError:
            raise NotSent from None


class NotSent(RuntimeError):
    """A failure of a task that says nothing of it: its process lacks the assignment."""


def _judge_process() -> JudgeProcess:
    """Return the thread's own child that judges, warm between submissions."""
    process: JudgeProcess | None = getattr(_own, "process", None)
    if process is None:
        process = _own.process = JudgeProcess()
        atexit.register(process.close)
    return process


def judge_task(sent: Sent, task: Task, tier: str | None = None) -> Judgement | Exception:
    """Judge one task in this thread's child; runs wherever the executor says.

    What went wrong is returned: a cluster would try again what raises.
    """
    try:
        return _judge_process().judge(sent.unpacked(), task, tier)
    except Exception as error:
        return error


def get_ready() -> str:
    """Get this thread ready to judge. Returns: the tier of its sandbox, the strongest here."""
    return _judge_process().ready()


class LocalJudges(ThreadPoolExecutor):
    """Threads that each hold a child which judges; the children end with it.

    A thread waits for its child and does nothing else, so that the processors are the children's.
    """

    def __init__(self, workers: int, limits: Limits | None = None) -> None:
        self.held = [JudgeProcess(limits) for _ in range(workers)]
        self._free = list(self.held)
        super().__init__(workers, thread_name_prefix="judge", initializer=self._hold)

    def _hold(self) -> None:
        _own.process = self._free.pop()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the children, whatever they are at, and the threads."""
        for process in self.held:
            process.close()
        super().shutdown(wait=wait, cancel_futures=cancel_futures)


def local_executor(workers: int) -> Executor:
    """Start ``workers`` threads with a child each that judges."""
    return LocalJudges(workers)


class Judges:
    """A pool of processes that judge; a context manager that ends them.

    With ``ready`` they start their sandboxes at once, while their owner does other things, and each
    in ``warming`` reports its tier; else at their first task.
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
        self._sent = Sent.of(packed)
        self._executor = start(workers)
        self._running: dict[Future[Judgement | Exception], tuple[Any, Task]] = {}
        self.warming: tuple[Future[str], ...] = ()
        if ready:
            self.warming = tuple(self._executor.submit(get_ready) for _ in range(workers))

    def __enter__(self) -> Judges:
        return self

    def __exit__(self, *_: object) -> None:
        begun: list[Future[Any]] = [*self.warming, *self._running]
        for future in begun:  # only after an interruption; Dask's executors cancel no other way
            future.cancel()
        self._executor.shutdown(wait=True)

    def judge(
        self,
        work: Iterable[tuple[Item, Task | None]],
        tier: Callable[[], str | None] = lambda: None,
        waiting: Callable[[], None] = lambda: None,
    ) -> Iterator[tuple[Item, Judgement | Exception | None]]:
        """Yield each item with the judgement of its task, as soon as it is there.

        The ``tier`` of the sandboxes is asked for when there is a task, any for None.
        An item without a task comes through as it is. What was judged when its process died, and
        what is inconclusive, is tried again alone at the end: a busy machine, or a neighbour that
        kills processes, costs nobody marks. ``waiting`` is called every second in which nothing is
        there.
        """
        again: list[tuple[Item, Task]] = []
        for item, task, judged in self._run(iter(work), self.workers, tier, waiting):
            unsure = isinstance(judged, Judgement) and judged.inconclusive
            if task is not None and (unsure or isinstance(judged, ProcessDied)):
                again.append((item, task))
            else:
                yield item, judged
        for item, task in again:
            yield item, self._alone(task, tier, waiting)

    def _alone(
        self, task: Task, tier: Callable[[], str | None], waiting: Callable[[], None]
    ) -> Judgement | Exception | None:
        """Judge a task with nothing beside it; where a process dies, in up to ``TRIES`` of them."""
        judged: Judgement | Exception | None = ProcessDied()
        for _ in range(TRIES):
            [(_, _, judged)] = self._run(iter([(task, task)]), 1, tier, waiting)
            if not isinstance(judged, ProcessDied):
                return judged
        return judged

    def _run(
        self,
        ahead: Iterator[tuple[Item, Task | None]],
        workers: int,
        tier: Callable[[], str | None],
        waiting: Callable[[], None],
    ) -> Iterator[tuple[Item, Task | None, Judgement | Exception | None]]:
        """Keep ``workers`` processes busy."""
        running = self._running
        while True:
            while len(running) < workers * AHEAD and (pair := next(ahead, None)) is not None:
                item, task = pair
                if task is None:
                    yield item, None, None
                else:
                    running[self._submit(self._sent, task, tier)] = item, task
            if not running:
                return
            done, _ = wait(running, timeout=WAIT_SECONDS, return_when=FIRST_COMPLETED)
            if not done:
                waiting()
            for future in [f for f in running if f in done]:  # in the order of the class
                item, task = running.pop(future)
                judged = _outcome(future)
                if isinstance(judged, NotSent):  # a process of a cluster, at its first tasks
                    whole = replace(self._sent, packed=self.packed)
                    running[self._submit(whole, task, tier)] = item, task
                else:
                    yield item, task, judged

    def _submit(
        self, sent: Sent, task: Task, tier: Callable[[], str | None]
    ) -> Future[Judgement | Exception]:
        return self._executor.submit(judge_task, sent, task, tier())


def judge_all(
    packed: Packed,
    tasks: Iterable[Task],
    workers: int,
    tier: str | None = None,
    start: Callable[[int], Executor] = local_executor,
) -> Iterator[tuple[Task, Judgement | Exception]]:
    """Judge ``tasks`` with processes of their own and yield each with its judgement."""
    with Judges(packed, workers, start) as judges:
        for task, judged in judges.judge(((task, task) for task in tasks), lambda: tier):
            assert judged is not None  # every task is judged
            yield task, judged


def _outcome(future: Future[Judgement | Exception]) -> Judgement | Exception:
    error = future.exception()
    return error if isinstance(error, Exception) else future.result()
