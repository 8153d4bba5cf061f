"""A bonus in the class report: scores above the maximum are counted, and drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.course import Course
from grader.records import read_records
from grader.report.report import report
from grader.report.statistics import statistics
from grader.verdict import Verdict
from tests.export.kit import table
from tests.kit import bonus
from tests.kit.bonus import BONUS, CHECK
from tests.kit.gradebook import enter, publish
from tests.kit.page import Page
from tests.kit.toy import NAME

CLASS = {"ada": (10.0, 10.0), "bo": (10.0, 0.0), "cy": (4.0, 10.0), "dee": (0.0, 0.0)}


def verdicts() -> dict[str, Verdict]:
    """A class of four, two of them above the maximum."""
    return {who: bonus.verdict(who, *points) for who, points in CLASS.items()}


def test_scores_above_the_maximum_have_a_step_of_their_own() -> None:
    """Nobody falls out of the histogram, and the maximum itself is no score above it."""
    found = statistics(verdicts()).bins
    assert found[-1] == ("above 10", 2) and found[-2] == ("9–10", 1)
    assert sum(count for _, count in found) == len(CLASS) and len(found) == 11
    plain = {who: made for who, made in verdicts().items() if made.score <= 10.0}
    assert len(statistics(plain).bins) == 10


def test_an_assignment_of_nothing_but_a_bonus_is_counted_too() -> None:
    """With a maximum of 0 there are two steps."""

    def only(who: str, points: float) -> Verdict:
        [_, extra] = bonus.verdict(who, 0.0, points).exercises
        return Verdict(who, NAME, NAME, "graded", points, 0.0, (extra,))

    found = statistics({"ada": only("ada", 10.0), "bo": only("bo", 0.0)}).bins
    assert [count for _, count in found] == [1, 1] and found[-1][0] == "above 0"


def test_the_page_says_which_exercise_it_is(tmp_path: Path) -> None:
    """In the table of exercises; the class's table has the score as it is."""
    course = bonus.new_course(tmp_path / "course")
    for who, made in verdicts().items():
        publish(course, who, NAME, made, None)
    enter(course, verdicts())
    made = report(course, NAME)
    page = Page(made.page.read_text(encoding="utf-8"))
    page.assert_inert()
    page.assert_accessible()
    assert f"{BONUS} (bonus)" in page.text and "leak (bonus)" not in page.text
    assert "above 10" in page.text
    head, *rows = table(made.table)
    assert [row[head.index("score")] for row in rows] == ["20.0", "10.0", "14.0", "0.0"]


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_made_up_class_goes_through_the_whole_kit(tmp_path: Path) -> None:
    """The demo grades it, in which right answers are above the maximum, and writes all pages."""
    here = bonus.written(tmp_path)
    result = CliRunner().invoke(main, ["demo", NAME, "--course", str(here.root)])
    assert result.exit_code == 0, result.output
    trial = Course.at(here.root / "build" / "demo")
    found = read_records(trial, NAME).verdicts
    assert max(made.score for made in found.values()) == 20.0
    assert {made.max_score for made in found.values()} == {10.0}
    assert "20/10" in result.output
    head, *rows = table(trial.root / "exports" / f"{NAME}-csv.csv")
    at = {name: head.index(name) for name in ("student", "score", "max_score", "extra_credit")}
    for row in rows:
        made = found[row[at["student"]]]
        extra = {e.name: e.points for e in made.exercises}.get(BONUS, 0.0)
        assert float(row[at["extra_credit"]]) == round(extra, 2)
        assert row[head.index(CHECK.removeprefix("check_"))] == "0"
    best = next(who for who, made in found.items() if made.score == 20.0)
    notebook = trial.submitted / best / NAME / f"{NAME}.ipynb"
    mark = CliRunner().invoke(main, ["mark", str(notebook), "--course", str(trial.root)])
    assert "10/10  passed, bonus" in mark.output and "20/10" in mark.output
    verify = CliRunner().invoke(main, ["verify", NAME, "--course", str(trial.root)])
    assert verify.exit_code == 0, verify.output
