"""Open what was handed in: a file becomes a submission, or the verdict that it cannot be read.

Every way of judging begins here: a class, one file, nbgrader's own command, the kit's own tests of
its marking.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from grader.assignment.assignment import Assignment
from grader.course import Course
from grader.errors import UsageError
from grader.files.kept import Kept
from grader.intake.handed_in import HandedIn, survey
from grader.intake.match import plan
from grader.intake.read import UnreadableSubmission, find_notebook, parse_notebook, read_file
from grader.intake.submission import Submission
from grader.judge.judgement import unreadable
from grader.records import record_time
from grader.verdict import Verdict


def handed_in(course: Course, name: str, only: str | None = None) -> HandedIn:
    """List who handed in ``name``, and what lies there that is not graded.

    Raises UsageError when there is nothing to grade.
    """
    folder = course.submitted
    found = survey(folder, name, course.names(), only)
    odd = [student for student in found.students if not _is_text(student)]
    if odd:
        raise UsageError(f"{folder} holds the folder {odd[0]!r}: its name is not UTF-8, rename it")
    if not found.students:
        place = folder / (only or "<student>") / name
        lost = [str(stray) for stray in found.strays]
        lying = f" ({lost[0]}{f', and {len(lost) - 1} more' if lost[1:] else ''})" if lost else ""
        raise UsageError(f"nothing to grade: put submissions into {place}/{lying}")
    return found


def folders(submitted: Path) -> list[str]:
    """List all who have a folder there, whatever they handed in."""
    return [path.name for path in submitted.iterdir() if path.is_dir() and _is_text(path.name)]


def work_is_likely(course: Course, name: str, students: Sequence[str]) -> bool:
    """Guess by the times of files whether anything is to be judged.

    Only when the sandboxes start hangs on it: at once, or with the first that needs one.
    """
    return any(
        _changed(course.submitted / student / name)
        >= record_time(course.autograded / student / name)
        for student in students
    )


def _changed(folder: Path) -> float:
    """Return the latest time of a folder and of what lies in it."""
    try:
        with os.scandir(folder) as entries:
            inside = [entry.stat(follow_symlinks=False).st_mtime for entry in entries]
        return max(folder.stat().st_mtime, *inside, 0.0)
    except OSError:  # what cannot be looked at is tried, and said then
        return math.inf


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True)
class Arrived:
    """A notebook as it lies in the inbox; ``notes`` say what had to be mended to find it."""

    assignment: Assignment
    student: str
    data: bytes
    notes: tuple[str, ...] = ()

    @cached_property
    def opened(self) -> Submission | Verdict:
        """Return the work, taken apart and matched with the assignment's cells: once, when asked.

        Raises whatever the kit fails on.
        """
        work = open_bytes(self.assignment, self.data, self.student)
        if isinstance(work, Verdict):
            return work
        return replace(work, mended=(*self.notes, *work.mended))


def arrived(course: Course, assignment: Assignment, student: str) -> Arrived | Verdict:
    """Read what lies in a student's folder, or say that it cannot be read.

    Raises OSError when this machine cannot: that says nothing about the submission.
    """
    name = assignment.spec.name
    try:
        path, notes = find_notebook(course.submitted / student / name, name)
        return Arrived(assignment, student, read_file(path), notes)
    except UnreadableSubmission as why:
        return unreadable(assignment, str(why), _digest(b""), student)


def open_folder(course: Course, assignment: Assignment, student: str) -> Submission | Verdict:
    """Open what lies in a student's folder; raises OSError as above."""
    work = arrived(course, assignment, student)
    return work if isinstance(work, Verdict) else work.opened


def open_file(assignment: Assignment, path: Path) -> Submission | Verdict:
    """Open a notebook that is nobody's; raises OSError as above."""
    try:
        return open_bytes(assignment, read_file(path))
    except UnreadableSubmission as why:
        return unreadable(assignment, str(why), _digest(b""), None)


def open_bytes(
    assignment: Assignment, data: bytes, student: str | None = None
) -> Submission | Verdict:
    """Take a notebook's bytes apart and match its cells with the assignment's."""
    try:
        return plan(parse_notebook(data), assignment.source)
    except UnreadableSubmission as why:
        return unreadable(assignment, str(why), _digest(data), student)


def digest_seen(work: Arrived | Verdict, seen: Kept) -> str:
    """Return the digest of some work, taken apart only where the file was not ``seen`` before.

    Raises whatever the kit fails on.
    """
    if isinstance(work, Verdict):
        return digest_of(work)
    inputs = work.assignment.inputs(_digest(work.data))  # of the kit itself as well
    return str(seen.of(("work", *inputs.values()), lambda: digest_of(work.opened)))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest_of(work: Submission | Verdict) -> str:
    """Return the digest that distinguishes this submission from any other."""
    return work.inputs["submission"] if isinstance(work, Verdict) else work.sha256
