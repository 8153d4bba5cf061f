"""Mark one notebook file against the course, without a gradebook."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING

from grader.autograde.isolation import accepted
from grader.autograde.judge_process import FAULTS, JudgeProcess, Task
from grader.course import Course
from grader.errors import UsageError
from grader.sandbox import protect_parent

if TYPE_CHECKING:
    from grader.verdict import Verdict


def mark(course: Course, name: str, path: Path, allow_unsafe: bool = False) -> Verdict:
    """Judge the notebook at ``path``; the verdict's student is None.

    Raises UsageError when there is no such file or nothing can be isolated here.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist: give the path of a notebook")
    with ThreadPoolExecutor(1) as beside, JudgeProcess() as process:
        # It takes a second: what reads the notebook is imported, and does so, meanwhile.
        starting = beside.submit(process.ready)
        try:
            return _marked(course, name, path, process, starting, allow_unsafe)
        finally:
            wait([starting])  # ended before, it would leave its folder behind


def _marked(
    course: Course,
    name: str,
    path: Path,
    process: JudgeProcess,
    starting: Future[str],
    allow_unsafe: bool,
) -> Verdict:
    from grader.autograde.inbox import open_file
    from grader.judge.judgement import failed
    from grader.judge.seeds import hidden_seeds
    from grader.verdict import Verdict

    packed = course.packed(name)
    assignment = packed.load()
    work = open_file(assignment, path)
    if isinstance(work, Verdict):
        return work
    protect_parent()  # it holds the course's secret
    drawn = hidden_seeds(course.secret(), "", assignment, work)
    tier = accepted(starting.result(), allow_unsafe)
    try:
        return process.judge(packed, Task(None, work, drawn, alone=True), tier).verdict
    except FAULTS as error:
        return failed(assignment, None, error)


def assignment_of(course: Course, path: Path, given: str | None) -> str:
    """Return the assignment that a notebook is of: as given, by its file name, or the only one."""
    if given is None and path.stem in course.names():
        return path.stem
    return course.assignment(given)
