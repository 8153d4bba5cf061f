"""Mark one notebook file against the course, without a gradebook."""

from __future__ import annotations

import hashlib
from pathlib import Path

from grader.autograde import choose_tier, seeds
from grader.course import Course
from grader.errors import UsageError
from grader.intake import UnreadableSubmission, parse_notebook, plan, read_file
from grader.judge import judge_alone, unreadable
from grader.sandbox import Sandbox, protect_parent
from grader.verdict import Verdict


def mark(course: Course, name: str, path: Path, allow_unsafe: bool = False) -> Verdict:
    """Judge the notebook at ``path``; the verdict's student is None.

    Raises UsageError when there is no such file or nothing can be isolated here.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist: give the path of a notebook")
    assignment = course.packed(name).load()
    data = b""
    try:
        data = read_file(path)
        submission = plan(parse_notebook(data), assignment.source)
    except UnreadableSubmission as why:
        return unreadable(assignment, str(why), hashlib.sha256(data).hexdigest(), None)
    drawn = seeds(course.secret(), "", assignment, submission)
    protect_parent()
    with Sandbox(tier=choose_tier(allow_unsafe)) as sandbox:
        return judge_alone(assignment, submission, drawn, sandbox).verdict


def assignment_of(course: Course, path: Path, given: str | None) -> str:
    """The assignment that a notebook is of: as given, by its file name, or the only one."""
    if given is None and path.stem in course.names():
        return path.stem
    return course.assignment(given)
