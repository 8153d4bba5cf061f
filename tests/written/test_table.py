"""Answers and marks as a table for those who mark elsewhere, and the table taken back."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from grader.course import Course
from grader.written.desk import Desk, Given
from tests.kit.answers import ANSWERS, answer, answered_course, formgrader_gives
from tests.kit.gradebook import NAME, WRITTEN

Rows = list[dict[str, str]]
FORMULA = '=HYPERLINK("https://evil.example","a")'


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The class, and one answer that a spreadsheet would take for a formula."""
    return answered_course(tmp_path / "course", {**ANSWERS, "eve": FORMULA})


def run(course: Course, *more: str) -> Result:
    return CliRunner().invoke(main, ["written", NAME, *more, "--course", str(course.root)])


def exported(course: Course, *more: str) -> Rows:
    path = course.root / "marks.csv"
    assert run(course, "--export", str(path), *more).exit_code == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def imported(course: Course, rows: Rows) -> Result:
    path = course.root / "marks.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return run(course, "--import", str(path))


def marks(course: Course) -> dict[str, tuple[float | None, str]]:
    found, _ = Desk(course, NAME).read(WRITTEN)
    return {mark.student: (mark.points, mark.comment) for mark in found}


def row(rows: Rows, student: str) -> dict[str, str]:
    [found] = [each for each in rows if each["student"] == student]
    return found


def test_a_table_holds_what_is_to_be_marked(course: Course) -> None:
    """A row an answer, with its text; nothing in it is a formula, and taking it back is nothing."""
    desk = Desk(course, NAME)
    seen = {mark.student: mark.version for mark in desk.read(WRITTEN)[0]}
    desk.give(WRITTEN, Given(("r1",), comment="=1+1 is 2"), {"ada": seen["ada"]})
    rows = exported(course)
    assert [each["student"] for each in rows] == ["ada", "bo", "cy", "di", "eve"]
    ada = row(rows, "ada")
    assert (ada["points"], ada["items"], ada["state"]) == ("2.0", "names the weight", "marked")
    assert (ada["comment"], ada["answer"]) == ("'=1+1 is 2", ANSWERS["ada"])
    assert row(rows, "eve")["answer"] == "'" + FORMULA
    before = marks(course)
    done = imported(course, rows)
    assert done.exit_code == 0 and "0 changed, 5 as they were" in done.stdout
    assert marks(course) == before


def test_a_table_is_taken_back(course: Course) -> None:
    """Points, items or both, and comments; what changed is said, and the rest is left."""
    rows = exported(course)
    row(rows, "ada").update(points="4,5", comment="Close.")
    row(rows, "bo").update(items="says what it does\nnames the weight")
    row(rows, "cy").update(items="names the weight", points="1")
    done = imported(course, rows)
    assert done.exit_code == 0, done.output
    assert "ada, written_leaky: no mark, now 4.5 points" in done.stdout
    assert "3 changed, 2 as they were" in done.stdout and "next: python -m grader" in done.stdout
    assert marks(course) == {
        "ada": (4.5, "Close."), "bo": (5.0, ""), "cy": (1.0, ""),
        "di": (None, ""), "eve": (None, ""),
    }  # fmt: skip
    found = {mark.student: mark.ticks for mark in Desk(course, NAME).read(WRITTEN)[0]}
    assert found["bo"] and found["bo"].items == ("r1", "r2")
    assert found["cy"] and (found["cy"].items, found["cy"].adjust) == (("r1",), -1.0)
    row(rows := exported(course), "ada").update(points="", comment="")
    assert imported(course, rows).exit_code == 0 and marks(course)["ada"] == (None, "")


WRONG: dict[str, tuple[Callable[[Rows], object], str]] = {
    "student": (
        lambda rows: rows[0].update(student="zed"),
        "line 2: the gradebook knows no .*'zed'",
    ),
    "question": (lambda rows: rows[0].update(question="q"), "line 2: there is no written question"),
    "above": (lambda rows: rows[1].update(points="5.5"), "line 3: '5.5' is no number .* 0 to 5"),
    "below": (lambda rows: rows[1].update(points="-1"), "line 3: '-1' is no number"),
    "words": (lambda rows: rows[1].update(points="four"), "line 3: 'four' is no number"),
    "nan": (lambda rows: rows[1].update(points="nan"), "line 3: 'nan' is no number"),
    "item": (lambda rows: rows[1].update(items="good"), "line 3: the rubric has no item 'good'"),
    "twice": (lambda rows: rows.append(rows[0]), "line 7: ada has two rows"),
    "version": (
        lambda rows: rows[1].update(version="x", points="1"),
        "line 3: mark or answer changed",
    ),
    "long": (lambda rows: rows[1].update(comment="x" * 20_001), "line 3: the comment has more"),
}


@pytest.mark.parametrize(("edit", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_row_is_named_and_nothing_is_changed(
    course: Course, edit: Callable[[Rows], object], said: str
) -> None:
    """By its line; the right rows beside it are not taken either."""
    rows = exported(course)
    row(rows, "cy").update(points="3")
    edit(rows)
    done = imported(course, rows)
    assert done.exit_code == 2 and "Nothing was changed" in done.stderr

    assert re.search(said, done.stderr), done.stderr
    assert {points for points, _ in marks(course).values()} == {None}


def test_what_was_marked_or_answered_since_is_not_overwritten(course: Course) -> None:
    """A row says which mark it is on, and which answer; without that it is for a first mark."""
    rows = exported(course)
    formgrader_gives(course, "ada", 3.0)
    answer(course, {"bo": "Another answer."})
    for student, now in (("ada", "3 points"), ("bo", "no mark")):
        mine = [dict(row(rows, student), points="1")]
        assert f"it has {now} now" in imported(course, mine).stderr
    bare = [{**row(rows, "ada"), "version": "", "points": "1"}]
    assert imported(course, bare).exit_code == 2
    bare = [{**row(rows, "cy"), "version": "", "points": "1"}]
    assert imported(course, bare).exit_code == 0
    assert marks(course)["ada"] == (3.0, "") and marks(course)["cy"] == (1.0, "")


def test_a_table_without_names_comes_back(course: Course) -> None:
    """Its neutral names stand for the students, and in no order that tells."""
    rows = exported(course, "--anonymous")
    assert not {"ada", "bo", "cy", "di", "eve"} & {each["student"] for each in rows}
    [mine] = [each for each in rows if each["answer"] == ANSWERS["cy"]]
    mine.update(points="2.5")
    assert imported(course, rows).exit_code == 0
    assert marks(course)["cy"] == (2.5, "")
