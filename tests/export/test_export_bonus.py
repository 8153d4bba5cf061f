"""What each export does with a score above the maximum."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from grader.course import Course
from grader.gradebook.opening import open_gradebook
from grader.gradebook.write import GradebookWriter
from tests.export.kit import run, table, written
from tests.export.test_export_moodle import WORKSHEET
from tests.kit import bonus
from tests.kit.bonus import BONUS
from tests.kit.gradebook import mark_by_hand, publish
from tests.kit.toy import NAME, WRITTEN


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Two students, of 15 points: one of them has 25, the other all that was asked for."""
    made = bonus.new_course(tmp_path_factory.mktemp("bonus") / "course")
    with GradebookWriter(made, NAME) as writer:
        for who, points in {"ada": 10.0, "bo": 0.0}.items():
            writer.save(who, bonus.verdict(who, 10.0, points), {WRITTEN: "said"})
            publish(made, who, NAME, bonus.verdict(who, 10.0, points), None)
        writer.commit()
    with closing(open_gradebook(made)) as gradebook:
        for who in ("ada", "bo"):
            mark_by_hand(gradebook, who, 5.0)
    return made


def exported(course: Course, kind: str, *options: Any) -> list[list[str]]:
    result = run(course, "--format", kind, *options)
    assert result.exit_code == 0, result.output
    return written(result)


def test_csv_has_it_as_extra_credit(course: Course) -> None:
    """The bonus's own column is 0 and the columns add up to the score."""
    head, *rows = exported(course, "csv")
    found = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    ada = found["ada"]
    assert (ada["score"], ada["max_score"], ada["extra_credit"]) == ("25", "15", "10")
    assert ada[BONUS] == "0" and ada["leak"] == "10" and found["bo"]["extra_credit"] == "0"


def test_canvas_and_blackboard_get_the_score_as_it_is(course: Course) -> None:
    """Beside a maximum without the bonus."""
    head, possible, *rows = exported(course, "canvas", "--column-id", "1")
    assert possible[-1] == "15" and {row[2]: row[-1] for row in rows} == {"ada": "25", "bo": "15"}
    head, *rows = exported(course, "blackboard", "--column-id", "1")
    assert "[Total Pts: 15 Score]" in head[1] and rows == [["ada", "25"], ["bo", "15"]]


def test_moodle_lists_who_is_above_its_maximum(course: Course) -> None:
    """Since Moodle skips them; who has the maximum itself is not listed."""
    sheet = course.root / "worksheet.csv"
    text = WORKSHEET.replace("25.00", "15.00").replace('"Ada Lovelace",1', '"Ada Lovelace",ada')
    sheet.write_text(text, encoding="utf-8")
    result = run(course, "--format", "moodle", "--worksheet", sheet)
    assert result.exit_code == 1
    assert "above 15 points, which Moodle skips: ada\n" in result.stderr
    head, *rows = table(Path(result.stdout.strip()))
    assert [row[head.index("Grade")] for row in rows] == ["25", "15", ""]


def test_gradescope_gets_a_test_that_says_bonus(course: Course) -> None:
    """The score of the whole stands by itself, above the sum of what was asked for."""
    result = run(course, "--format", "gradescope", "--student", "ada")
    made = json.loads(Path(result.stdout.strip()).read_text(encoding="utf-8"))
    assert made["score"] == 20.0
    assert [(t["name"], t["score"], t["max_score"]) for t in made["tests"]] == [
        ("leak", 10.0, 10.0),
        (f"{BONUS} (bonus)", 10.0, 10.0),
    ]
