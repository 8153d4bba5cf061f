"""Take a student out of a course: marks, verdicts and pages; a copy of everything is kept."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Student

from grader.course import KEPT_FOLDER, Course
from grader.errors import UsageError
from grader.files.alone import alone
from grader.files.names import names_in
from grader.gradebook.config import gradebook_url
from grader.gradebook.opening import opened
from grader.gradebook.rubric_tables import erase_ticks
from grader.gradebook.standing import erase
from grader.gradebook.state import gradebook_file, no_gradebook
from grader.gradebook.turn import turn
from grader.gradebook.unusable import named, unusable
from grader.intake.handed_in import survey

COPIES = "copies"  # the folder, in the course's, that nothing but this writes to


@dataclass(frozen=True)
class Leaving:
    """What is to be taken out of a course: a student, or their work on one ``assignment``."""

    student: str
    assignment: str | None = None

    def folders(self, course: Course) -> Iterator[Path]:
        """Yield what there is of it in the folders of verdicts and of pages."""
        for folder in (course.autograded, course.feedback):
            # Compared with what lies there: ``..`` is nobody.
            if self.student in names_in(folder):
                path = folder / self.student
                path = path / self.assignment if self.assignment else path
                if path.exists():
                    yield path

    def submissions(self, gradebook: Any) -> list[Any] | None:
        """Return its submissions in the gradebook, None where that does not know the student."""
        entry = gradebook.db.get(Student, self.student)
        if entry is None:
            return None
        return [
            each for each in entry.submissions if self.assignment in (None, each.assignment.name)
        ]


def to_forget(course: Course, leaving: Leaving) -> list[str]:
    """List what there is, in words.

    Raises UsageError when there is nothing, and while there is still work to grade, which would
    bring it back.
    """
    found = [f"{path.relative_to(course.root)}/" for path in leaving.folders(course)]
    if not no_gradebook(course):
        with opened(course) as gradebook:
            submissions = leaving.submissions(gradebook)
            if submissions or (submissions is not None and leaving.assignment is None):
                found.append(f"{len(submissions)} marked in the gradebook")
    if not found:
        of = f" of {leaving.assignment}" if leaving.assignment else ""
        raise UsageError(
            f"there is nothing{of} of a student {leaving.student!r}, in the gradebook or on disk"
        )
    for name in [leaving.assignment] if leaving.assignment else course.names():
        if survey(course.submitted, name, course.names(), only=leaving.student).students:
            raise UsageError(
                f"{course.submitted.name}/{leaving.student}/{name}/ holds work, which the next "
                "`grader autograde` would grade: move it out of the course first, or take out "
                "another assignment alone with --assignment"
            )
    return found


def forget(course: Course, leaving: Leaving, copied: bool = False) -> Path:
    """Take it out; return the folder in which a copy of the gradebook and the rest lies.

    A gradebook on a server cannot be copied from here: ``copied`` says that it has been. Raises
    UsageError as `to_forget` does, and while somebody grades.
    """
    with alone(course.lock, f"taking out {leaving.student}"), turn(gradebook_url(course)):
        to_forget(course, leaving)
        file = gradebook_file(course)
        if file is None and not copied:
            raise UsageError(
                "the gradebook lies on a server: copy it there (pg_dump), then run this again "
                "with --copied"
            )
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
        kept = course.root / COPIES / now
        kept.mkdir(parents=True)
        if file is not None and file.exists():
            with named(gradebook_url(course)):
                _copy(file, kept / file.name)
        if not no_gradebook(course):
            with opened(course) as gradebook:
                _remove(course, gradebook, leaving)
        for path in list(leaving.folders(course)):
            target = kept / path.relative_to(course.root)
            target.parent.mkdir(parents=True)
            shutil.move(path, target)
        # What was found out about texts holds some of theirs: it is found out again.
        shutil.rmtree(course.root / KEPT_FOLDER, ignore_errors=True)
    return kept


def _remove(course: Course, gradebook: Any, leaving: Leaving) -> None:
    """Remove rows of the gradebook, and see that they are gone: nbgrader only logs some errors."""
    submissions = leaving.submissions(gradebook)
    if submissions is None:
        return
    notebooks = [book.id for each in submissions for book in each.notebooks]
    if leaving.assignment is None:
        gradebook.remove_student(leaving.student)
    elif submissions:
        gradebook.remove_submission(leaving.assignment, leaving.student)
    erase(gradebook.db, notebooks)
    erase_ticks(gradebook.db, notebooks)
    left = leaving.submissions(gradebook)
    if left or (left is not None and leaving.assignment is None):
        raise unusable(gradebook_url(course), "database is locked")


def _copy(source: Path, target: Path) -> None:
    """Copy a database while others may write to it."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
