"""Tell who is in the class, who has handed in, and whose marks have no submission any more."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from shlex import quote

from nbgrader.api import Student

from grader.course import Course
from grader.gradebook.config import gradebook_url
from grader.gradebook.standing import standings
from grader.gradebook.state import no_gradebook
from grader.gradebook.unusable import named
from grader.gradebook.write import open_gradebook
from grader.intake.handed_in import Stray, survey
from grader.plain_text import some


@dataclass(frozen=True)
class ClassList:
    """A class and what it handed in for one assignment.

    ``students`` have work that can be graded and ``strays`` is what cannot; ``absent`` are those
    whom the gradebook knows and who have handed in nothing. ``gone`` have marks in the gradebook
    and nothing in ``submitted/``: they were renamed, or have left.
    """

    students: tuple[str, ...] = ()
    strays: tuple[Stray, ...] = ()
    absent: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def class_list(course: Course, name: str) -> ClassList:
    """Compare the gradebook's students with the folders of ``submitted/``.

    Raises UsageError when the gradebook cannot be read.
    """
    found = survey(course.submitted, name, course.names())
    known, marked = _in_gradebook(course, name)
    here = set(found.students)
    left = sorted(marked - here)
    return ClassList(
        found.students, found.strays, tuple(sorted(known - here - marked)), tuple(left)
    )


def _in_gradebook(course: Course, name: str) -> tuple[set[str], set[str]]:
    """Return the ids of all students, and of those with a submission of ``name``."""
    if no_gradebook(course):
        return set(), set()
    with named(gradebook_url(course)), closing(open_gradebook(course)) as gradebook:
        known = {student for (student,) in gradebook.db.query(Student.id)}
        ours = next((a for a in gradebook.assignments if a.name == name), None)
        return known, set(standings(gradebook.db, ours.id)) if ours is not None else set()


def gone(course: Course, name: str, students: Sequence[str]) -> str:
    """Say of students that their marks have no submission any more, and what to do."""
    return (
        f"{some(students)}: marked for {name}, and there is no folder in {course.submitted.name}/ "
        f"any more: put it back, or `grader forget {quote(students[0])}`"
    )
