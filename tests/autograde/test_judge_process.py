"""The child that judges: what happens when it works without end, dies, or loses its holder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.assignment.assignment import Packed
from grader.autograde import judge_process, pool
from grader.autograde.judge_process import (
    JudgeFailed,
    JudgeProcess,
    JudgeStopped,
    ProcessDied,
    Task,
)
from grader.autograde.judging import backstop
from grader.judge.seeds import hidden_seeds
from grader.sandbox import Limits, cpu_seconds
from grader.simulate.pupils import Pupil
from tests.kit.sandbox import LIMITS
from tests.kit.toy import ROOT, assignment, book_of, packed, taken

pytestmark = [pytest.mark.sandbox, pytest.mark.slow, pytest.mark.timeout(300)]
BACKSTOP = 60  # seconds, for what takes a few of them


def task(student: str = "ada") -> Task:
    """The right answer of one student."""
    work = taken(book_of(Pupil(student)))
    return Task(student, work, hidden_seeds(b"secret", student, assignment(), work))


def endless() -> Packed:
    """The toy assignment, whose specification never comes to its end: work that nothing counts."""
    made = packed()
    texts = ((name, f"while True: pass\n{text}") for name, text in made.exercises)
    return Packed(made.source, tuple(texts))


@pytest.fixture
def process() -> Iterator[JudgeProcess]:
    """A judge process of one's own."""
    with JudgeProcess(LIMITS) as made:
        yield made


def gone(pid: int) -> bool:
    """Tell whether a process has ended, within a while."""
    until = time.monotonic() + BACKSTOP
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_judge_that_works_without_end_is_stopped_and_another_goes_on(
    process: JudgeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is ended by its id after so much of its own processor time; its holder lives."""
    assert process.judge(packed(), task()).verdict.score == 20.0
    first = process.pid
    monkeypatch.setattr(judge_process, "BACKSTOP_SECONDS", 1.0)
    with pytest.raises(JudgeStopped, match="stopped after"):
        process.judge(endless(), task())
    assert first is not None and gone(first)
    assert process.judge(packed(), task()).verdict.score == 20.0
    assert process.pid != first


def test_a_judge_that_dies_is_replaced(process: JudgeProcess) -> None:
    """Killed between two tasks, or by whatever: the task says so, the next one has a new child."""
    process.ready()
    os.kill(int(process.pid or 0), signal.SIGKILL)
    with pytest.raises(ProcessDied):
        process.judge(packed(), task())
    assert process.judge(packed(), task()).verdict.score == 20.0


def test_what_the_judge_raises_comes_as_words(process: JudgeProcess) -> None:
    """An assignment that does not load is a fault of the kit's, and ends no process."""
    made = packed()
    broken = Packed(made.source, (("exercises.py", "1 / 0"),))
    with pytest.raises(JudgeFailed, match="ZeroDivisionError"):
        process.judge(broken, task())
    pid = process.pid
    assert process.judge(packed(), task()).verdict.score == 20.0 and process.pid == pid


def test_closing_ends_a_child_that_is_at_work() -> None:
    """Ctrl-C does not wait for a judgement: its thread is told that the process died."""
    process, told = JudgeProcess(LIMITS), []

    def work() -> None:
        try:
            process.judge(endless(), task())
        except ProcessDied as error:
            told.append(error)

    process.ready()
    pid = int(process.pid or 0)
    thread = threading.Thread(target=work)
    thread.start()
    while cpu_seconds(pid) < 1.5:  # its start takes less
        time.sleep(0.05)
    process.close()
    thread.join(BACKSTOP)
    assert told and gone(pid)
    with pytest.raises(ProcessDied):
        process.ready()


@pytest.mark.parametrize("at_work", [False, True])
def test_a_child_ends_with_its_holder(at_work: bool) -> None:
    """Killed as it may be, a holder leaves no judge behind, idle or busy."""
    text = "from tests.autograde.test_judge_process import *\n" + (
        "p = JudgeProcess(LIMITS); p.ready(); print(p.pid, flush=True)\n"
        f"{'p.judge(endless(), task())' if at_work else 'time.sleep(100)'}"
    )
    holder = subprocess.Popen([sys.executable, "-c", text], cwd=ROOT, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder.stdout as out:
        pid = int(out.readline())
        time.sleep(1.0)
    holder.kill()
    holder.wait()
    assert gone(pid)


def test_a_killed_judge_leaves_no_folder_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """At tier B the jobs' folder is this machine's own: its holder removes what is left."""
    tmp_path.chmod(0o711)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with JudgeProcess(LIMITS) as process:
        process.ready("B")
        assert len(list(tmp_path.iterdir())) == 1
        os.kill(int(process.pid or 0), signal.SIGKILL)
        with pytest.raises(ProcessDied):
            process.judge(packed(), task(), "B")
        assert not list(tmp_path.iterdir())


def test_a_pool_goes_on_beside_a_judge_that_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """One submission's judge is stopped: it is named, the others are judged once, by their own."""
    monkeypatch.setattr(judge_process, "BACKSTOP_SECONDS", 1.0)
    true: Callable[..., Any] = JudgeProcess.judge

    def judge(self: JudgeProcess, packed_: Packed, task_: Task, tier: str | None = None) -> Any:
        return true(self, endless() if task_.student == "stuck" else packed_, task_, tier)

    monkeypatch.setattr(JudgeProcess, "judge", judge)
    tasks = [task(name) for name in ("a", "stuck", "b", "c", "d")]
    found = list(pool.judge_all(packed(), tasks, 2))
    outcome = {t.student: j for t, j in found}
    assert len(found) == len(tasks) and isinstance(outcome.pop("stuck"), JudgeStopped)
    assert {j.verdict.score for j in outcome.values() if not isinstance(j, Exception)} == {20.0}


def test_the_backstop_grows_with_what_the_course_allows() -> None:
    """A course whose calls may take longer has references that do."""
    usual, made = Limits(), assignment()
    assert backstop(made, usual) == judge_process.BACKSTOP_SECONDS
    slow = replace(made.spec.exercises[0], call_seconds=3 * usual.call_cpu_seconds)
    longer = replace(made, spec=replace(made.spec, exercises=(slow,)))
    assert backstop(longer, usual) == 3 * judge_process.BACKSTOP_SECONDS
