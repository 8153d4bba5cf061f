"""The demo of the kit's own assignment: its bundled class, and what becomes of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.assignment.python_cells import parsed
from grader.cli import main
from grader.course import Course
from grader.gradebook.state import count_submissions
from grader.intake.read import UnreadableSubmission
from grader.intake.submission import Submission
from grader.records import read_records
from grader.simulate.copy_course import copy_of
from grader.simulate.demo import bundled_class
from grader.simulate.pupils import Pupil
from tests.kit.course import NAME, assignment, course, released, taken

# What their own texts come to: one is right, one has no end, one is no Python.
OWN = {"jonas": "passed", "kofi": "timed_out", "lena": "missing"}
RAISES = {"passes-all-caches"}  # the one of their mistakes that ends in an error


def demanded(pupil: Pupil, exercise: str) -> tuple[str, str | None]:
    """The outcome that a pupil was made for in an exercise, and the mistake found there."""
    if exercise in pupil.own:
        return OWN[pupil.name], None
    if exercise in pupil.mistakes:
        mistake = pupil.mistakes[exercise]
        return ("raised" if mistake in RAISES else "failed"), mistake
    solved = pupil.solved is None or exercise in pupil.solved
    return ("passed" if solved else "not_attempted"), None


@pytest.mark.slow
@pytest.mark.sandbox
def test_the_demo_comes_out_as_its_own_file_says(tmp_path: Path) -> None:
    """From release to the table of marks: each pupil gets what they were made for, and a page."""
    here = copy_of(course(), tmp_path / "course")
    result = CliRunner().invoke(main, ["demo", NAME, "--course", str(here.root)])
    assert result.exit_code == 0, result.output
    pupils, trial = bundled_class(course(), assignment()), Course.at(here.root / "build" / "demo")
    verdicts = read_records(trial, NAME).verdicts
    assert set(verdicts) == {pupil.name for pupil in pupils}
    for pupil in pupils:
        told = verdicts[pupil.name]
        assert re.search(rf"\b{pupil.name} .* {told.score:g}/95 ", result.output), result.output
        if taken_or_none(pupil) is None:
            assert told.outcome == "unreadable"
            continue
        found = {e.name: (e.outcome, e.mistake) for e in told.exercises}
        names = [exercise.name for exercise in assignment().spec.exercises]
        assert found == {name: demanded(pupil, name) for name in names}, pupil.name
    assert f"{len(pupils)} pages of feedback: build/demo/feedback" in result.output
    assert count_submissions(trial) == len(pupils)


def test_the_class_of_the_demo_is_what_the_issue_asks_for() -> None:
    """At least twelve submissions: perfect, blank, half done, mistakes, unreadable, endless."""
    pupils = bundled_class(course(), assignment())
    assert len({pupil.name for pupil in pupils}) == len(pupils) >= 12
    perfect, blank, half = pupils[:3]
    assert perfect.solved is None and not perfect.mistakes and not perfect.own
    assert blank.solved == () and half.solved and len(half.solved) == 4
    assert len({m for pupil in pupils for m in pupil.mistakes.items()}) >= 6
    assert any("while t < " in text for pupil in pupils for text in pupil.own.values())
    answers = [taken_or_none(pupil) for pupil in pupils]
    assert answers.count(None) == 1
    cells = [cell for answer in answers if answer for cell in answer.cells if cell.role == "answer"]
    broken = [cell.id for cell in cells if isinstance(parsed(cell.source), SyntaxError)]
    assert broken == ["lstm_forward"]


def taken_or_none(pupil: Pupil) -> Submission | None:
    """A pupil's submission, None when it cannot be read."""
    data = pupil.notebook(assignment(), released())
    try:
        return taken(data)
    except UnreadableSubmission:
        return None
