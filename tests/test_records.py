"""Verdicts on disk: which of them still hold for what was handed in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader import records
from grader.assignment.source import check_cell
from grader.course import Course
from grader.files.kept import Kept
from grader.gradebook.exchange_files import STAMP, exchange_files
from grader.gradebook.standing import Standing
from grader.records import current_verdict, read_verdict
from grader.verdict import ExerciseResult, Verdict
from tests.kit.gradebook import publish
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


def current(course: Course, digest: str, **changed: float) -> bool:
    """Whether ada's work is current, with the marks of her verdict in the gradebook, or others."""
    verdict = read_verdict(course.autograded / "ada" / NAME / "verdict.json")
    assert verdict is not None
    points = {check_cell(each.name): (each.points, 0.0) for each in verdict.exercises}
    points |= {check_cell(name): (value, 0.0) for name, value in changed.items()}
    standing = Standing(verdict.digest, points)
    return current_verdict(course, assignment(), "ada", digest, standing) is not None


def test_graded_work_is_current(course: Course) -> None:
    """The same work with the same time and the same marks need not be graded again."""
    assert current(course, "d1")
    assert not current(course, "d2")
    assert not current(course, "d1", leak=9.0)


@pytest.mark.parametrize("how", ["empty", "gone"])
def test_a_notebook_without_a_byte_counts_as_absent(course: Course, how: str) -> None:
    """After a power cut a file may have its name and nothing in it."""
    book = course.autograded / "ada" / NAME / f"{NAME}.ipynb"
    book.write_bytes(b"") if how == "empty" else book.unlink()
    assert not current(course, "d1")


def test_the_same_work_handed_in_again_is_not_current(course: Course) -> None:
    """A later time can cost a late penalty, and a new secret is where feedback is looked for."""
    hand_in_at(course, "2025-03-09 10:00:00.000000 UTC")
    assert not current(course, "d1")


def test_the_time_of_the_work_lies_beside_its_verdict(course: Course) -> None:
    """What the exchange laid beside the submission, and nothing else, is published with it."""
    assert set(exchange_files(course.autograded / "ada" / NAME)) == {STAMP}


def test_a_verdict_that_was_seen_is_not_taken_apart_and_says_the_same(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its very bytes; a file with one byte more is read again."""
    path = course.autograded / "ada" / NAME / "verdict.json"
    whole = read_verdict(path)
    assert whole is not None
    standing = Standing(
        whole.digest, {check_cell(e.name): (e.points, 0.0) for e in whole.exercises}
    )

    def ask(seen: Kept) -> Verdict | None:
        return current_verdict(course, assignment(), "ada", "d1", standing, seen=seen)

    first = Kept(tmp_path / "kept")
    assert ask(first) == replace(whole.brief, inputs=whole.inputs)
    first.write()
    monkeypatch.setattr(records, "parse_verdict", lambda data: None)
    again = ask(Kept(tmp_path / "kept"))
    assert again == replace(whole.brief, inputs=whole.inputs)
    assert again.digest == whole.digest  # not its own: the brief one has less
    path.write_bytes(path.read_bytes() + b" ")
    assert ask(Kept(tmp_path / "kept")) is None
