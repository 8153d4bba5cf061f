"""A rubric fits a written question, or nothing is released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from grader.assignment.source import read_source
from grader.errors import UsageError
from grader.release.agreement import check_agreement
from grader.release.release import release
from tests.kit import toy
from tests.kit.bonus import replace_in
from tests.kit.toy import NAME

Rubric = Mapping[str, float]


def agree(rubrics: Mapping[str, Rubric]) -> None:
    """Hold rubrics against the toy's one question, ``leaky``, of 5 points."""
    course = toy.course()
    spec = course.spec(NAME)
    source = read_source(course.solution_notebook(NAME), course.files(spec))
    check_agreement(replace(spec, rubrics=rubrics), source)


@pytest.mark.parametrize(
    "items", [{"all": 5}, {"names w": 2, "says why": 3}, {f"part {n}": 5 / 3 for n in range(3)}]
)
def test_a_rubric_that_adds_up_is_taken(items: Rubric) -> None:
    """In whole points or in thirds, whose sum is not exact."""
    agree({"leaky": items})


@pytest.mark.parametrize(
    ("rubrics", "said"),
    [
        ({"leaky": {"names w": 2, "says why": 2}}, "adds up to 4 points and its question has 5: "),
        ({"leaky": {}}, "adds up to 0 points and its question has 5: change an item"),
        ({"leaky": {"all": float("nan")}}, "adds up to nan points"),
        ({"other": {"all": 5}}, "for 'other', and no written question of that name: name one of"),
        ({"written_leaky": {"all": 5}}, r"the notebook's \(leaky\), or take the rubric out"),
        ({"leak": {"all": 10}}, "for 'leak', and no written question"),
    ],
)
def test_a_rubric_that_does_not_fit_is_refused(rubrics: Mapping[str, Rubric], said: str) -> None:
    """Another sum than the question's points, and a question that there is not."""
    with pytest.raises(UsageError, match=said) as refused:
        agree(rubrics)
    assert "\n" not in str(refused.value)


def test_a_release_stops_at_it(tmp_path: Path) -> None:
    """With the author's own files, and nothing of the course is touched."""
    course = toy.new_course(tmp_path / "course")
    before = course.released_notebook(NAME).read_bytes()
    exercises = course.folder(NAME) / "exercises.py"
    replace_in(exercises, "REMEMBER), ", 'REMEMBER), rubrics={"leaky": {"names w": 2}}, ')
    replace_in(course.lesson(NAME), "# *Write here.*", "# *Write your answer here.*")
    with pytest.raises(UsageError, match="adds up to 2 points"):
        release(course, NAME)
    assert course.released_notebook(NAME).read_bytes() == before
