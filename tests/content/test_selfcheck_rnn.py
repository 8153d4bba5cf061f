"""What students of rnn_step_by_step see when they check a right answer."""

from __future__ import annotations

import re

import pytest

from tests.kit.course import assignment, selfcheck

EXERCISES = {exercise.name: exercise for exercise in assignment().spec.exercises}


@pytest.fixture(autouse=True)
def _graded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check runs as where nbgrader grades: it publishes the points, and raises."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


@pytest.mark.parametrize("name", EXERCISES)
def test_the_solution_passes_the_students_own_check(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every point on the visible example; each gradient agrees with central differences."""
    shown: list[object] = []
    monkeypatch.setattr("sys.displayhook", shown.append)
    selfcheck().check(name, assignment().functions[name])
    printed = capsys.readouterr().out
    assert shown == [EXERCISES[name].points] and f"{name}: all checks passed" in printed
    errors = re.findall(r"agrees with the numerical gradient to (\S+)", printed)
    outputs = len(EXERCISES[name].returns) if name.endswith("backward") else 0
    assert len(errors) == outputs and all(float(error) < 1e-5 for error in errors)
