"""Open what was handed in: a file becomes a submission, or the verdict that it cannot be read.

Every way of judging begins here: a class, one file, nbgrader's own command, the kit's own tests of
its marking.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.assignment.assignment import Assignment
from grader.course import Course
from grader.errors import UsageError
from grader.intake.match import plan
from grader.intake.read import UnreadableSubmission, find_notebook, parse_notebook, read_file
from grader.intake.submission import Submission
from grader.judge.judge import unreadable
from grader.verdict import Verdict


def students(course: Course, name: str, only: str | None = None) -> list[str]:
    """List the students who handed in ``name``; raises UsageError when there are none."""
    folder = course.submitted
    found: list[str] = []
    if folder.is_dir():
        with os.scandir(folder) as entries:
            # No links: what lies at their other end was not handed in.
            found = sorted(e.name for e in entries if e.is_dir(follow_symlinks=False))
    found = [s for s in found if _is_real_folder(folder / s / name) and only in (None, s)]
    odd = [student for student in found if not _is_text(student)]
    if odd:
        raise UsageError(f"{folder} holds the folder {odd[0]!r}: its name is not UTF-8, rename it")
    if not found:
        who = f"{only or '<student>'}"
        raise UsageError(f"nothing to grade: put submissions into {folder / who / name}/")
    return found


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_real_folder(path: Path) -> bool:
    """Tell whether ``path`` is a folder and not a link to one."""
    return path.is_dir() and not path.is_symlink()


def open_folder(course: Course, assignment: Assignment, student: str) -> Submission | Verdict:
    """Open what lies in a student's folder.

    Raises OSError when this machine cannot: that says nothing about the submission.
    """
    name = assignment.spec.name
    try:
        path, notes = find_notebook(course.submitted / student / name, name)
    except UnreadableSubmission as why:
        return unreadable(assignment, str(why), _digest(b""), student)
    return open_file(assignment, path, student, notes)


def open_file(
    assignment: Assignment, path: Path, student: str | None = None, notes: Sequence[str] = ()
) -> Submission | Verdict:
    """Open a notebook; ``notes`` say what had to be mended already. Raises OSError as above."""
    try:
        data = read_file(path)
    except UnreadableSubmission as why:
        return unreadable(assignment, str(why), _digest(b""), student)
    work = open_bytes(assignment, data, student)
    return work if isinstance(work, Verdict) else replace(work, mended=(*notes, *work.mended))


def open_bytes(
    assignment: Assignment, data: bytes, student: str | None = None
) -> Submission | Verdict:
    """Take a notebook's bytes apart and match its cells with the assignment's."""
    try:
        return plan(parse_notebook(data), assignment.source)
    except UnreadableSubmission as why:
        return unreadable(assignment, str(why), _digest(data), student)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest_of(work: Submission | Verdict) -> str:
    """Return the digest that distinguishes this submission from any other."""
    return work.inputs["submission"] if isinstance(work, Verdict) else work.sha256
