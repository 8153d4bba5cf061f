"""A judge that works in the tests' own process, in place of children of its own."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import Any

from grader.assignment.assignment import Packed
from grader.autograde.judge_process import Task
from grader.autograde.judging import judged
from grader.judge.judgement import Judgement
from grader.sandbox import Sandbox


class InPlace:
    """A judge process that is none: the same judge, with a warm sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def ready(self, tier: str | None = None) -> str:
        return self.sandbox.tier

    def judge(self, packed: Packed, task: Task, tier: str | None = None) -> Judgement:
        return judged(packed.load(), task, self.sandbox)


class Here(Executor):
    """The executor of tests: the same judge in this process, with its warm sandbox."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future
