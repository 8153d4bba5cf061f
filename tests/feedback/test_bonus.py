"""A bonus on the page that a student gets back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.feedback.page import student_page
from grader.gradebook.read import CellMark, StudentMarks
from grader.html.lesson import Lesson
from grader.html.render import render
from grader.verdict import Verdict
from tests.kit import bonus
from tests.kit.bonus import BONUS, CHECK
from tests.kit.page import Page

LESSON = Lesson("A lesson", {}, {})


def page(verdict: Verdict, **cells: CellMark) -> Page:
    """The page on a verdict; ``cells`` is what the gradebook has."""
    view = student_page(verdict, StudentMarks("ada", cells=cells), [], LESSON)
    made = Page(render("feedback.html.j2", page=view).decode())
    made.assert_inert()
    made.assert_accessible()
    return made


def test_it_counts_on_top_and_is_no_mark_of_the_instructors() -> None:
    """The maximum leaves it out, no bar runs over, and its extra credit was not given by hand."""
    judged = {"check_leak": CellMark(10.0, 10.0), CHECK: CellMark(0.0, 0.0, extra=10.0)}
    for made in (
        page(bonus.verdict("ada", 10.0, 10.0)),
        page(bonus.verdict("ada", 10.0, 10.0), **judged),
    ):
        assert "20 of 10 points" in made.text and "10 of 10, bonus" in made.text
        assert "10 of 10 points, which count on top" in made.text
        assert "10 of 10 points, a bonus on top," in made.text
        assert "as your instructor set them" not in made.text
        widths = [float(str(bar["width"])) for bar in made.all("rect")]
        assert widths and max(widths) == 100.0


@pytest.mark.parametrize(
    ("mark", "points"), [({"extra": 0.0}, 0), ({"extra": 7.0}, 7), ({"manual": 1.0}, 1)]
)
def test_what_an_instructor_made_of_it_is_shown(mark: dict[str, float], points: int) -> None:
    """As the gradebook has it, after a change by hand of the very cell."""
    made = page(bonus.verdict("ada", 10.0, 10.0), **{CHECK: replace(CellMark(0.0, 0.0), **mark)})
    assert f"{points} of 10 points, a bonus on top, as your instructor set them" in made.text
    assert f"{10 + points} of 10 points" in made.text


def test_a_missing_bonus_is_no_lack() -> None:
    """Every exercise passes, and the next step is still offered; one that was asked for first."""
    done = page(bonus.verdict("ada", 10.0, 0.0)).text
    assert f"Every exercise passes. Well done! A good next step is {BONUS}." in done
    first = page(bonus.verdict("ada", 0.0, 0.0)).text
    assert "A good next step is leak." in first
    assert "This is a start. A good next step is leak." in page(bonus.verdict("a", 0, 10.0)).text
