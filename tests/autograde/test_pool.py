"""What travels to the processes that judge: the assignment once to each, then its digest."""

from __future__ import annotations

import pickle
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from grader.assignment.assignment import Packed
from grader.autograde import pool
from grader.autograde.judge_process import Task
from grader.autograde.pool import MOST_KEPT, NotSent, Sent, judge_all
from grader.intake.submission import Submission
from tests.kit.toy import packed

WORK = Submission((), (), "0" * 64)


class Elsewhere(Executor):
    """An executor as a cluster's: what is handed over is pickled, and each process knows its own.

    Tasks go to the processes in turn.
    """

    def __init__(self, processes: int, patch: pytest.MonkeyPatch) -> None:
        self.known: list[dict[str, Packed]] = [{} for _ in range(processes)]
        self.sizes: list[int] = []
        self._patch = patch

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        data = pickle.dumps((fn, args, kwargs))
        own = self.known[len(self.sizes) % len(self.known)]
        self.sizes.append(len(data))
        future: Future[Any] = Future()
        with self._patch.context() as patch:
            patch.setattr(pool, "_kept", own)
            fn, args, kwargs = pickle.loads(data)
            future.set_result(pickle.loads(pickle.dumps(fn(*args, **kwargs))))
        return future


class Repeating:
    """A judge process that says which object its assignment is."""

    def judge(self, packed: Packed, task: Task, tier: str | None = None) -> Any:
        return RuntimeError(str(id(packed)))


def test_the_assignment_travels_once_to_each_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then its digest goes with a task, and every task is judged with one object a process."""
    monkeypatch.setattr(pool, "_judge_process", Repeating)
    there = Elsewhere(2, monkeypatch)
    tasks = [Task(f"s{number}", WORK, {}) for number in range(40)]
    told = list(judge_all(packed(), tasks, 2, start=lambda _: there))
    assert {task.student for task, _ in told} == {task.student for task in tasks}
    assert len({str(judged) for _, judged in told}) == 2
    whole = len(pickle.dumps(packed()))
    # At most what is on its way to a process before the first answer.
    assert 2 <= sum(size > whole for size in there.sizes) <= 2 * pool.AHEAD
    assert all(size < whole / 4 for size in there.sizes[-30:])


def test_a_process_that_begins_anew_is_sent_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of a cluster that was started again in the middle of a class knows nothing."""
    monkeypatch.setattr(pool, "_judge_process", Repeating)
    there = Elsewhere(1, monkeypatch)
    found = []
    for number, (task, judged) in enumerate(
        judge_all(packed(), [Task(f"s{n}", WORK, {}) for n in range(20)], 1, start=lambda _: there)
    ):
        found.append(task.student)
        assert not isinstance(judged, NotSent)
        if number == 10:
            there.known[0].clear()
    assert sorted(found) == sorted(f"s{n}" for n in range(20))


def test_a_process_keeps_few_assignments(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that lives for a year does not hold all that it ever judged."""
    monkeypatch.setattr(pool, "_kept", {})
    whole = packed()
    for number in range(MOST_KEPT + 3):
        assert Sent(str(number), whole).unpacked() is whole
    assert len(pool._kept) == MOST_KEPT
    with pytest.raises(NotSent):
        Sent("0").unpacked()
