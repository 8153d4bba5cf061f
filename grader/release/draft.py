"""Read an assignment as its author has it now: lesson and exercises, and nothing made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.assignment.assignment import Assignment
from grader.assignment.calling import completed, driver_of
from grader.assignment.cell_headers import expand
from grader.assignment.lesson_text import lesson_source, refuse_unread_headers
from grader.assignment.modules import load_spec
from grader.assignment.spec import Spec
from grader.course import Course
from grader.files.atomic import read_text
from grader.release.agreement import check_agreement


@dataclass(frozen=True)
class Draft:
    """A draft of an assignment: its lesson as written and with long headers, and what it says."""

    text: str
    long: str
    assignment: Assignment

    @property
    def drivers(self) -> Mapping[str, str]:
        """Return the texts of the drivers, by exercise."""
        exercises = self.assignment.spec.exercises
        return {e.name: driver_of(e) for e in exercises if e.drive is not None}


def read_draft(course: Course, name: str) -> Draft:
    """Read lesson and exercises, and hold them to saying the same.

    Raises UsageError, with the line in the lesson or in the exercises, where one cannot be read and
    where they contradict each other.
    """
    texts = course.exercises(name)
    spec = load_spec(name, texts)
    text = read_text(course.lesson(name), "write the assignment's text there")
    long = expand(text, points_of(spec), name)
    refuse_unread_headers(name, long)
    source = lesson_source(name, long, course.files(spec))
    check_agreement(spec, source)
    return Draft(text, long, Assignment(completed(spec, source), source, texts))


def points_of(spec: Spec) -> Mapping[str, float]:
    """Return what the check cell of each exercise says that it is worth."""
    return {exercise.name: exercise.counted for exercise in spec.exercises}
