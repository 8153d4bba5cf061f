"""The files that nbgrader's exchange lays beside a submission follow the work that was graded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.assignment.assignment import Assignment
from grader.course import Course
from grader.gradebook.exchange_files import MOST, SECRET, STAMP, carry, exchange_files
from grader.records import is_current, publish
from tests.kit.gradebook import NAME, hand_in_at, verdict
from tests.kit.solution import SPEC, source

ASSIGNMENT = Assignment(SPEC, source())


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course in which ada handed in and was graded."""
    made = Course(tmp_path)
    hand_in_at(made, "ada", "2025-03-01 10:00:00.000000 UTC")
    publish(made, "ada", NAME, replace(verdict("ada"), inputs=ASSIGNMENT.inputs("d1")), "{}")
    return made


def test_graded_work_is_current(course: Course) -> None:
    """The same work with the same time need not be graded again."""
    assert is_current(course, ASSIGNMENT, "ada", "d1")
    assert not is_current(course, ASSIGNMENT, "ada", "d2")


def test_the_same_work_handed_in_again_is_not_current(course: Course) -> None:
    """A later time can cost a late penalty, and a new secret is where feedback is looked for."""
    hand_in_at(course, "ada", "2025-03-09 10:00:00.000000 UTC")
    assert not is_current(course, ASSIGNMENT, "ada", "d1")


def test_files_follow_and_leave(course: Course) -> None:
    """What is absent beside the submission is absent beside the grade."""
    graded = course.autograded / "ada" / NAME
    assert set(exchange_files(graded)) == {STAMP}
    (graded / SECRET).write_text("of an earlier submission")
    carry(course.submitted / "ada" / NAME, graded)
    assert set(exchange_files(graded)) == {STAMP}


def test_only_small_regular_files_are_read(tmp_path: Path) -> None:
    """Links, folders and large files beside a submission count as absent."""
    (tmp_path / STAMP).symlink_to("/etc/passwd")
    (tmp_path / SECRET).write_bytes(b"x" * (MOST + 1))
    assert exchange_files(tmp_path) == {}
