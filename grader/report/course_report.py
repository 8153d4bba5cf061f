"""Write the report over a course: how far each student and each exercise is, over all assignments.

Assignments stand in the order in which they were handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.class_list import class_list
from grader.gradebook.read import StudentMarks, read_marks, refuse_others
from grader.html.lesson import lesson
from grader.html.render import render_parts
from grader.html.signs import SIGNS
from grader.html.wording import number
from grader.records import read_records
from grader.report.plots import Picture, spread
from grader.report.statistics import ExerciseStatistics, statistics
from grader.report.students import StudentRow, student_rows
from grader.report.written_page import write_page

FILE = "all-assignments"  # no assignment's name, which has no hyphen


@dataclass(frozen=True)
class AssignmentPart:
    """One assignment in the report: where each student stands in it, and how each exercise went."""

    name: str
    title: str
    max_points: float
    rows: Mapping[str, StudentRow]
    exercises: tuple[ExerciseStatistics, ...]
    handed_in: datetime | None  # when half of the class had
    faults: tuple[str, ...]
    report: str  # its own page, beside this one; empty where none was written

    @property
    def shares(self) -> list[float]:
        """Return the share of all points that each student with any has, 0 to 1."""
        earned = [row.points for row in self.rows.values() if row.points is not None]
        return [points / self.max_points for points in earned] if self.max_points else []

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """Compute lower quartile, median and upper quartile of the shares."""
        low, middle, high = np.percentile(self.shares or [0.0], (25, 50, 75))
        return float(low), float(middle), float(high)


@dataclass(frozen=True)
class StudentLine:
    """One student over the course: the rows by assignment, and all points together."""

    student: str
    name: str
    rows: Mapping[str, StudentRow]

    @property
    def points(self) -> float:
        """Return all points so far."""
        return sum(row.points or 0.0 for row in self.rows.values())

    @property
    def waiting(self) -> bool:
        """Tell whether an answer waits for its mark."""
        return any(row.waiting for row in self.rows.values())


def course_report(
    course: Course, progress: Callable[[int, int], None] = lambda done, of: None
) -> tuple[Path, Path]:
    """Write ``report/all-assignments.html`` and ``.csv`` and return their paths.

    Raises UsageError when no assignment is graded, or the gradebook cannot be read.
    """
    names = course.names()
    parts: list[AssignmentPart] = []
    left_out: list[str] = []
    for done, name in enumerate(names, 1):
        part = _part(course, name)
        if part is None:
            left_out.append(name)
        else:
            parts.append(part)
        progress(done, len(names))
    if not parts:
        raise UsageError("nothing is graded in this course: run `grader autograde A` first")
    # Who hands in late or again is the exception: the middle of the class tells the order.
    parts.sort(key=lambda part: (part.handed_in or datetime.max, part.name))
    lines = _lines(parts)
    page = render_parts(
        "course.html.j2",
        script="sort.js",
        parts=parts,
        lines=lines,
        left_out=left_out,
        drawn=_picture(parts),
        max_points=sum(part.max_points for part in parts),
        signs=SIGNS,
    )
    return write_page(course, FILE, page, _table(parts, lines))


def _part(course: Course, name: str) -> AssignmentPart | None:
    """Read one assignment; None where nothing of it is graded yet."""
    try:
        found = read_records(course, name, brief=True)
    except UsageError:
        return None
    marks = read_marks(course, name)
    refuse_others(course, name, marks, found.verdicts)
    rows = student_rows(course, name, found.verdicts, marks, class_list(course, name).absent)
    summed = statistics(found.verdicts)
    return AssignmentPart(
        name,
        lesson(course, name).title,
        max((row.max_points for row in rows), default=0.0),
        {row.student: row for row in rows},
        summed.exercises,
        _middle(marks),
        (*summed.faults, *found.unusable),
        f"{name}.html" if (course.root / "report" / f"{name}.html").exists() else "",
    )


def _middle(marks: Mapping[str, StudentMarks]) -> datetime | None:
    times = sorted(entry.timestamp for entry in marks.values() if entry.timestamp)
    return times[len(times) // 2] if times else None


def _lines(parts: Sequence[AssignmentPart]) -> list[StudentLine]:
    """Join the rows of each student; a name counts that any assignment has."""
    students = sorted({student for part in parts for student in part.rows})
    lines = []
    for student in students:
        rows = {part.name: part.rows[student] for part in parts if student in part.rows}
        name = next((row.name for row in rows.values() if row.name), "")
        lines.append(StudentLine(student, name, rows))
    return lines


def _picture(parts: Sequence[AssignmentPart]) -> Picture:
    told = "; ".join(f"{part.name} {100 * part.quartiles[1]:.0f} %" for part in parts)
    return spread(
        {part.name: part.quartiles for part in parts},
        f"Median share of the points by assignment, with the middle half of the class: {told}.",
    )


def _table(parts: Sequence[AssignmentPart], lines: Sequence[StudentLine]) -> list[list[object]]:
    """Return the rows of the CSV: a student each, with points by assignment and by exercise."""
    head: list[object] = ["student", "name", "points"]
    for part in parts:
        head += [part.name, *(f"{part.name} {item.name}" for item in part.exercises)]
    made = [head]
    for line in lines:
        row: list[object] = [line.student, line.name, number(line.points)]
        for part in parts:
            of = line.rows.get(part.name)
            row.append("" if of is None or of.points is None else of.points)
            signs = of.signs if of else {}
            row += [signs[i.name].points if i.name in signs else "" for i in part.exercises]
        made.append(row)
    return made
