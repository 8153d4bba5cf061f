"""Verify holds the kit to pointing at changed lines, and fails where it does not."""

from __future__ import annotations

import pytest

from grader.course import Course
from grader.errors import UsageError
from grader.parting.finding import Parting
from grader.verify import pointed_at
from grader.verify.verify import _styles
from tests.kit.course import NAME, assignment, course

EXERCISE = "rnn_cell_backward"


def styles() -> dict[str, dict[str, str]]:
    """Those of one exercise, none of the others."""
    found = _styles(course(), assignment())
    return {name: of if name == EXERCISE else {} for name, of in found.items()}


def test_every_exercise_has_two_other_styles() -> None:
    """Each is right, and none of its lines is pointed at."""
    for name, found in _styles(course(), assignment()).items():
        assert len(found) >= 2
        exercise = assignment().spec.exercise(name)
        assert pointed_at.styles_earn_all(assignment(), exercise, found).holds


def test_most_changed_lines_are_pointed_at() -> None:
    """The figures are in the text; a statement that is gone has no line."""
    held = pointed_at.changed_lines_are_pointed_at(assignment(), styles(), every=False)
    assert held.holds and " mutants of other styles" in held.text


@pytest.mark.parametrize("found", [None, Parting("value", 1)])
def test_it_fails_where_nothing_or_another_line_is_found(found, monkeypatch) -> None:
    """Not one changed line is the function's head."""
    monkeypatch.setattr(pointed_at, "where", lambda between: found)
    held = pointed_at.changed_lines_are_pointed_at(assignment(), styles(), every=False)
    assert not held.holds and held.text.startswith("0 of ")


def test_a_style_that_is_wrong_is_told() -> None:
    """One that loses marks, and one of which a line would be pointed at."""
    exercise = assignment().spec.exercise(EXERCISE)
    source = next(iter(styles()[EXERCISE].values())).replace("1 - ", "2 - ", 1)
    held = pointed_at.styles_earn_all(assignment(), exercise, {"odd": source})
    assert not held.holds and held.text == "odd loses marks"


def test_a_style_of_no_exercise_is_refused(tmp_path) -> None:
    """Its file's name begins with none."""
    folder = tmp_path / "solutions" / NAME / "styles"
    folder.mkdir(parents=True)
    (folder / "nothing_plain.py").write_text("def f(): ...\n")
    with pytest.raises(UsageError, match="no exercise"):
        _styles(Course(tmp_path), assignment())


def test_a_loop_without_an_end_is_no_finding() -> None:
    """Neither hangs nor fails."""
    exercise = assignment().spec.exercise(EXERCISE)
    source = f"def {EXERCISE}(da_next, cache):\n    while True:\n        da_next = da_next * 1.1\n"
    assert pointed_at.pointed_at(assignment(), exercise, source) is None
