"""Where a known mistake asks more of right functions than the solution does, it may be told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.autograde.inbox import open_bytes
from grader.intake.submission import Submission
from grader.judge.judge import judge
from grader.judge.seeds import hidden_seeds
from grader.simulate.pupils import Pupil
from grader.verdict import ExerciseResult
from tests.authoring.kinds import NAME, new_course
from tests.kit.sandbox import strongest

pytestmark = pytest.mark.sandbox

WRONG_CELL = "def cell(x, h):\n    return 2 * x + h"
ONE_STEP_MORE = """\
def run(xs, h):
    states = []
    for x in xs:
        h = cell(x, h)
        states.append(h)
    states.append(cell(x, h))
    return np.stack(states)"""
KNOWN = """
run.mistake(
    "one-step-more",
    "the last step is taken twice",
    "How many steps are there?",
    edit("return np.stack(states)", "states.append(cell(x, h))\\n    return np.stack(states)"),
)
"""


def run_of(folder: Path, more: str) -> ExerciseResult:
    """What the judge says of a `run` that asks once more than it should, where `cell` is wrong."""
    course = new_course(folder)
    path = course.folder(NAME) / "exercises.py"
    source = path.read_text("utf-8")
    own = source.replace('@A.exercise(calls=["cell"])', f'@A.exercise(calls=["cell"]{more})')
    assert own != source or not more
    path.write_text(own + KNOWN, "utf-8")
    made = course.packed(NAME).load()
    book = json.loads(course.released_notebook(NAME).read_text("utf-8"))
    own_text = {"cell": WRONG_CELL, "run": ONE_STEP_MORE}
    work = open_bytes(made, Pupil("s", own=own_text).notebook(made, book))
    assert isinstance(work, Submission)
    verdict = judge(made, work, hidden_seeds(b"secret", "s", made, work), strongest(), "s").verdict
    return next(each for each in verdict.exercises if each.name == "run")


def test_questions_beyond_the_solutions_are_answered_where_an_exercise_says_so(
    tmp_path: Path,
) -> None:
    """One more: the mistake is told. None: the right function says no, and it is not."""
    assert run_of(tmp_path / "none", "").mistake != "one-step-more"
    assert run_of(tmp_path / "one", ", more_questions=1").mistake == "one-step-more"
