"""Verdicts on disk: which of them still hold for what was handed in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import Course
from grader.gradebook.exchange_files import STAMP, exchange_files
from grader.records import is_current, publish
from grader.verdict import ExerciseResult, Verdict
from tests.kit.toy import NAME, assignment


def hand_in_at(course: Course, when: str) -> None:
    """Write the time of ada's submission where nbgrader's collect writes it."""
    stamp = course.submitted / "ada" / NAME / STAMP
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(when + "\n", encoding="utf-8")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course in which ada handed in and was graded."""
    made = Course(tmp_path)
    hand_in_at(made, "2025-03-01 10:00:00.000000 UTC")
    results = tuple(
        ExerciseResult(exercise.name, "passed", exercise.points, exercise.points)
        for exercise in assignment().spec.exercises
    )
    verdict = Verdict("ada", NAME, NAME, "graded", 20.0, 20.0, results)
    publish(made, "ada", NAME, replace(verdict, inputs=assignment().inputs("d1")), "{}")
    return made


def test_graded_work_is_current(course: Course) -> None:
    """The same work with the same time need not be graded again."""
    assert is_current(course, assignment(), "ada", "d1")
    assert not is_current(course, assignment(), "ada", "d2")


def test_the_same_work_handed_in_again_is_not_current(course: Course) -> None:
    """A later time can cost a late penalty, and a new secret is where feedback is looked for."""
    hand_in_at(course, "2025-03-09 10:00:00.000000 UTC")
    assert not is_current(course, assignment(), "ada", "d1")


def test_the_time_of_the_work_lies_beside_its_verdict(course: Course) -> None:
    """What the exchange laid beside the submission, and nothing else, is published with it."""
    assert set(exchange_files(course.autograded / "ada" / NAME)) == {STAMP}
