"""A bonus from its author's text to what students get."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grader.assignment.source import cell_id, read_source
from grader.errors import UsageError
from grader.release.agreement import check_agreement
from grader.release.references import from_bytes
from tests.kit import bonus, toy
from tests.kit.bonus import BONUS, CHECK
from tests.kit.toy import NAME


def test_its_check_is_a_graded_cell_of_0_points() -> None:
    """Students get it as nbgrader has it; the assignment's maximum leaves the bonus out."""
    book = json.loads(bonus.course().released_notebook(NAME).read_text("utf-8"))
    about = {cell_id(cell): cell["metadata"].get("nbgrader", {}) for cell in book["cells"]}
    assert about[CHECK]["grade"] is True and about[CHECK]["points"] == 0
    spec = bonus.course().spec(NAME)
    assert spec.points == 10.0 and spec.exercise(BONUS).points == 10.0


def test_a_check_with_other_points_than_0_is_refused() -> None:
    """Whoever makes an exercise a bonus is told what its check must say."""
    course = bonus.course()
    spec = course.spec(NAME)
    check_agreement(spec, read_source(course.solution_notebook(NAME), course.files(spec)))
    before = read_source(toy.course().solution_notebook(NAME), course.files(spec))
    with pytest.raises(UsageError, match=r"check_remember says 10\.0 points, a bonus has 0 there"):
        check_agreement(spec, before)


def test_only_a_bonus_is_told_of_in_the_references() -> None:
    """So files that were released before there was such a thing stay to the byte."""

    def layouts(path: Path) -> dict[str, Any]:
        about = json.loads(bytes(from_bytes(path.read_bytes())["about"]))["exercises"]
        return {name: entry["layout"] for name, entry in about.items()}

    found = layouts(bonus.course().assignments / NAME / "references.npz")
    assert found[BONUS].pop("bonus") is True
    assert found == layouts(toy.course().assignments / NAME / "references.npz")


@pytest.fixture
def own_check() -> ModuleType:
    """The student's check of the assignment with a bonus, freshly loaded."""
    path = bonus.course().assignments / NAME / "selfcheck.py"
    spec = importlib.util.spec_from_file_location("selfcheck_with_bonus", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def shown(module: ModuleType, *names: str) -> tuple[str, list[Any]]:
    """What the checks of the right functions print, and the numbers that they publish."""
    numbers: list[Any] = []
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as out:
        patch.setattr(sys, "displayhook", numbers.append)
        patch.setenv("NBGRADER_EXECUTION", "autograde")
        for name in names:
            module.check(name, bonus.assignment().functions[name])
        module.summary()
    return out.getvalue(), numbers


def test_the_students_check_shows_its_points_and_publishes_none(own_check: ModuleType) -> None:
    """nbgrader refuses a number above the cell's 0; who looks at the panel sees what is earned."""
    text, numbers = shown(own_check, "leak", BONUS)
    assert numbers == [10.0, 0.0]
    assert text.count("10 of 10 points\n") == 1
    assert text.count("10 of 10 points, a bonus on top\n") == 1
    assert "20 of 10 points\n" in text and text.count("[####################]") == 3
    html = own_check.examine(own_check.references()[BONUS], bonus.assignment().functions[BONUS])[0]
    assert "10 of 10 points, a bonus on top <meter" in html._repr_html_()


def test_the_summary_is_good_without_the_bonus(own_check: ModuleType) -> None:
    """It is marked in its line, and missing it is no lack; missing another exercise is."""
    panels: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own_check, "_show", panels.append)
        shown(own_check, "leak")
        own_check._checked.clear()
        shown(own_check, BONUS)
    _, without, _, alone = panels
    assert without.good and "bonus, not checked yet" in repr(without)
    assert not alone.good and "10 of 10 points" in repr(alone)
