"""Mark one notebook file against the course, without a gradebook."""

from __future__ import annotations

from pathlib import Path

from grader.autograde.inbox import open_file
from grader.autograde.isolation import choose_tier
from grader.course import Course
from grader.errors import UsageError
from grader.judge.judge import judge_alone
from grader.judge.seeds import hidden_seeds
from grader.sandbox import Sandbox, protect_parent
from grader.verdict import Verdict


def mark(course: Course, name: str, path: Path, allow_unsafe: bool = False) -> Verdict:
    """Judge the notebook at ``path``; the verdict's student is None.

    Raises UsageError when there is no such file or nothing can be isolated here.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist: give the path of a notebook")
    assignment = course.packed(name).load()
    work = open_file(assignment, path)
    if isinstance(work, Verdict):
        return work
    drawn = hidden_seeds(course.secret(), "", assignment, work)
    protect_parent()
    with Sandbox(tier=choose_tier(allow_unsafe)) as sandbox:
        return judge_alone(assignment, work, drawn, sandbox).verdict


def assignment_of(course: Course, path: Path, given: str | None) -> str:
    """Return the assignment that a notebook is of: as given, by its file name, or the only one."""
    if given is None and path.stem in course.names():
        return path.stem
    return course.assignment(given)
