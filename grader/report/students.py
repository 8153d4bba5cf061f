"""List a class by student: points, a sign an exercise, and where the page of feedback lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from grader.course import Course
from grader.gradebook.read import StudentMarks
from grader.html.signs import SIGNS, sign
from grader.shared import SharedNames, once
from grader.verdict import ExerciseResult, Verdict


@dataclass(frozen=True, slots=True)
class Signed:
    """One exercise of one student in a table: a sign, its word and tone, and points to sort by."""

    sign: str
    word: str
    tone: str
    points: float


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A row of a table of students.

    ``points`` are all so far: by tests and by hand, less the late penalty; None where there is
    nothing to count, and the ``note`` says why. ``page`` is a relative address, empty without one.
    """

    student: str
    name: str
    points: float | None
    max_points: float
    waiting: bool
    signs: Mapping[str, Signed]
    note: str = ""
    page: str = ""


def signed(result: ExerciseResult) -> Signed:
    """Return how a table shows an exercise's result."""
    one = sign(result)
    word, tone = SIGNS[one]
    return once(Signed(one, word, tone, result.points))


def student_rows(
    course: Course,
    name: str,
    verdicts: Mapping[str, Verdict],
    marks: Mapping[str, StudentMarks],
    absent: Sequence[str] = (),
) -> list[StudentRow]:
    """Return a row for every student with a verdict, and for those who handed in nothing."""
    rows = [
        _row(verdict, marks.get(student, StudentMarks(student)), _page(course, name, student))
        for student, verdict in verdicts.items()
    ]
    rows += [StudentRow(s, "", None, 0.0, False, {}, "nothing handed in") for s in absent]
    return sorted(rows, key=lambda row: row.student)


def _row(verdict: Verdict, marks: StudentMarks, page: str) -> StudentRow:
    faulty = verdict.outcome == "grader_error"
    return StudentRow(
        student=marks.student,
        name=marks.name,
        points=None if faulty else marks.score if marks.cells else verdict.score,
        max_points=sum(mark.max_points for mark in marks.cells.values()) or verdict.max_score,
        waiting=bool(marks.waiting),
        signs=SharedNames.of({each.name: signed(each) for each in verdict.exercises}),
        note={"unreadable": "unreadable", "grader_error": "not judged"}.get(verdict.outcome, ""),
        page=page,
    )


def _page(course: Course, name: str, student: str) -> str:
    path = course.feedback / student / name / f"{name}.html"
    if not path.exists():
        return ""
    return f"../{course.feedback.name}/{quote(student)}/{quote(name)}/{quote(name)}.html"
