"""Take a student out of a course: marks, verdicts and pages; a copy of everything is kept."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Student

from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.standing import erase
from grader.gradebook.state import gradebook_file, no_gradebook
from grader.gradebook.write import open_gradebook
from grader.intake.handed_in import survey

COPIES = "copies"  # the folder, in the course's, that nothing but this writes to


def to_forget(course: Course, student: str) -> list[str]:
    """List what there is of a student, in words.

    Raises UsageError when there is nothing, and while there is still work to grade, which would
    bring the student back.
    """
    found = [
        f"{folder.name}/{student}/"
        for folder in (course.autograded, course.feedback)
        if _is_of(folder, student)
    ]
    if not no_gradebook(course):
        with closing(open_gradebook(course)) as gradebook:
            entry = gradebook.db.get(Student, student)
            if entry is not None:
                found.append(f"{len(entry.submissions)} marked in the gradebook")
    if not found:
        raise UsageError(f"there is no student {student!r}, neither in the gradebook nor on disk")
    for name in course.names():
        if survey(course.submitted, name, course.names(), only=student).students:
            raise UsageError(
                f"{course.submitted.name}/{student}/{name}/ holds work, which the next `grader "
                "autograde` would grade: move it out of the course first"
            )
    return found


def forget(course: Course, student: str, copied: bool = False) -> Path:
    """Take ``student`` out; return the folder in which a copy of the gradebook and the rest lies.

    A gradebook on a server cannot be copied from here: ``copied`` says that it has been. Raises
    what `to_forget` does.
    """
    to_forget(course, student)
    file = gradebook_file(course)
    if file is None and not copied:
        raise UsageError(
            "the gradebook lies on a server: copy it there (pg_dump), then run this again with "
            "--copied"
        )
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    kept = course.root / COPIES / now
    kept.mkdir(parents=True)
    if file is not None and file.exists():
        _copy(file, kept / file.name)
    if not no_gradebook(course):
        with closing(open_gradebook(course)) as gradebook:
            entry = gradebook.db.get(Student, student)
            if entry is not None:
                notebooks = [book.id for each in entry.submissions for book in each.notebooks]
                gradebook.remove_student(student)
                erase(gradebook.db, notebooks)
    for folder in (course.autograded, course.feedback):
        if _is_of(folder, student):
            target = kept / folder.name / student
            target.parent.mkdir()
            shutil.move(folder / student, target)
    return kept


def _is_of(folder: Path, student: str) -> bool:
    """Tell whether a folder holds one of this very name: ``..`` is nobody."""
    return folder.is_dir() and student in {path.name for path in folder.iterdir()}


def _copy(source: Path, target: Path) -> None:
    """Copy a database while others may write to it."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
