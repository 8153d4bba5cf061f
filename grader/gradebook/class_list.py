"""Tell who is in the class, who has handed in, and whose marks have no submission any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote

from nbgrader.api import Assignment, Student, SubmittedAssignment

from grader.course import Course
from grader.gradebook.opening import opened
from grader.gradebook.state import no_gradebook
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
    with opened(course) as gradebook:
        known = {student for (student,) in gradebook.db.query(Student.id)}
        marked = gradebook.db.query(SubmittedAssignment.student_id).filter(
            SubmittedAssignment.assignment_id == Assignment.id, Assignment.name == name
        )
        return known, {student for (student,) in marked}


def gone(course: Course, name: str, students: Sequence[str]) -> str:
    """Say of students that their marks have no submission any more, and what to do."""
    return (
        f"{some(students)}: marked for {name}, and there is no folder in {course.submitted.name}/ "
        f"any more: put it back, or `grader forget {quote(students[0])}`"
    )
