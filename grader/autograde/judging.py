"""Judge tasks in this process, one after the other."""

from __future__ import annotations

from multiprocessing.connection import Connection

from grader.assignment.assignment import Assignment
from grader.autograde.judge_process import BACKSTOP_SECONDS, JudgeFailed, Task
from grader.judge.judge import judge, judge_alone
from grader.judge.judgement import Judgement
from grader.sandbox import Limits, Sandbox


def judge_tasks(connection: Connection, sandbox: Sandbox) -> None:
    """Judge what comes on a connection until its other end closes.

    An assignment comes with its first task. Of each task the most seconds it may take are sent, and
    then the judgement; what goes wrong is sent for the holder to raise.
    """
    assignment: Assignment | None = None
    while True:
        try:
            packed, task = connection.recv()
        except EOFError:
            return
        try:
            assignment = packed.load() if packed is not None else assignment
            assert assignment is not None
            connection.send(backstop(assignment, sandbox.limits))
            connection.send(judged(assignment, task, sandbox))
        except Exception as error:
            connection.send(JudgeFailed(f"{type(error).__name__}: {error}"))


def backstop(assignment: Assignment, limits: Limits) -> float:
    """Return the seconds of its own that the judge may take: references may be slow as well."""
    longest = max((e.call_seconds for e in assignment.spec.exercises), default=0.0)
    return BACKSTOP_SECONDS * max(longest / limits.call_cpu_seconds, 1.0)


def judged(assignment: Assignment, task: Task, sandbox: Sandbox) -> Judgement:
    """Judge one task in this process."""
    way = judge_alone if task.alone else judge
    return way(assignment, task.submission, task.seeds, sandbox, task.student)
