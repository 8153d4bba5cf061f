"""A function that calls one that works in place: judged, and checked in the notebook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.autograde.inbox import open_bytes
from grader.course import Course
from grader.intake.submission import Submission
from grader.judge.judge import judge
from grader.judge.seeds import hidden_seeds
from grader.release.release import release
from grader.simulate.pupils import Pupil
from grader.simulate.student_check import load_check
from grader.verdict import ExerciseResult
from tests.kit.sandbox import strongest

pytestmark = pytest.mark.sandbox
LESSON = '''\
# %% [markdown]
# # In place

# %% locked setup
import numpy as np

from selfcheck import check

# %% answer
def advance(state, x):
    """Add x to the state, in place."""
    ### BEGIN SOLUTION
    state["sum"] += x
    state["count"] = state["count"] + 1
    ### END SOLUTION

# %% example
state = {"sum": np.zeros(2), "count": 0}
advance(state, np.array([1.0, 2.0]))
print(state)

# %% check
check("advance", advance)

# %% answer
def travel(xs, state):
    """Advance for each of xs; keep a copy of each sum."""
    ### BEGIN SOLUTION
    sums = []
    for x in xs:
        advance(state, x)
        sums.append(state["sum"].copy())
    return sums
    ### END SOLUTION

# %% example
state = {"sum": np.ones(2), "count": 3}
print(travel([np.array([1.0, 2.0]), np.array([3.0, 5.0])], state))

# %% check
check("travel", travel)
'''
EXERCISES = """\
from grader.authoring import Assignment, after, tree

A = Assignment("In place")


@A.exercise()
def advance(draw):
    (n,) = draw.sizes(n=(2, 5))
    return {"sum": draw.normal(n), "count": 4}, draw.normal(n)


@A.exercise(calls=["advance"])
def travel(draw):
    n, steps = draw.sizes(n=(2, 5), steps=(3, 5))
    return [draw.normal(n) for _ in range(steps)], {"sum": draw.normal(n), "count": 1}


advance.also(state=after(2, main=True))
travel.returns(sums=tree(3, main=True))
travel.also(state=after(1))
"""
NOT_IN_PLACE = (
    "def advance(state, x):\n    return {'sum': state['sum'] + x, 'count': state['count'] + 1}"
)
RIGHT = (
    "def travel(xs, state):\n    sums = []\n    for x in xs:\n        advance(state, x)\n"
    "        sums.append(state['sum'].copy())\n    return sums"
)


# The same by a driver, which also calls the step itself.
DRIVEN = """
def travel_and_once_more(student, xs, state):
    sums = student.travel(xs, state)
    student.advance(state, xs[0])
    return sums, state


@A.exercise(calls=["advance"], drive=travel_and_once_more)
"""


@pytest.fixture(scope="module", params=["plain", "driven"])
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The course, released."""
    root = tmp_path_factory.mktemp("chain")
    folder = Path(root) / "solutions" / "in_place"
    folder.mkdir(parents=True)
    lesson, exercises = LESSON, EXERCISES
    if request.param == "driven":
        lesson = lesson.replace("print(travel([", 'print(drive("travel", [')
        lesson = lesson.replace("import check\n", "import check, drive\n")
        exercises = exercises.replace('@A.exercise(calls=["advance"])\n', DRIVEN.lstrip())
        exercises = exercises.replace(
            "travel.returns(sums=tree(3, main=True))\ntravel.also(state=after(1))",
            "travel.returns(sums=tree(3, main=True), state=tree(1))",
        )
    (folder / "lesson.py").write_text(lesson)
    (folder / "exercises.py").write_text(exercises)
    made = Course.at(root)
    release(made, "in_place")
    return made


def judged(course: Course, **own: str) -> dict[str, ExerciseResult]:
    """What the judge says of each exercise, with some functions' texts replaced."""
    assignment = course.packed("in_place").load()
    book = json.loads(course.released_notebook("in_place").read_text("utf-8"))
    work = open_bytes(assignment, Pupil("s", own=own).notebook(assignment, book))
    assert isinstance(work, Submission)
    drawn = hidden_seeds(b"secret", "s", assignment, work)
    verdict = judge(assignment, work, drawn, strongest(), "s").verdict
    return {each.name: each for each in verdict.exercises}


def test_a_right_sequence_is_right_with_a_step_that_does_not_work_in_place(course: Course) -> None:
    """The stand-in writes into the state as the right step does, in judge and notebook."""
    found = judged(course, advance=NOT_IN_PLACE)
    assert found["advance"].points == 0 and found["advance"].outcome == "failed"
    assert found["travel"].outcome == "passed" and found["travel"].stand_ins == ("advance",)
    check = load_check(course, "in_place")
    scope = dict(course.packed("in_place").load().source.namespace())
    exec(NOT_IN_PLACE, scope)
    exec(RIGHT, scope)
    panel, message = check.examine(check.references()["travel"], scope["travel"])
    assert message == "" and panel.notes == ("right, once advance is: mend that one first",)


def test_what_is_overwritten_later_is_wrong_with_a_stand_in_too(course: Course) -> None:
    """All sums are the one array that goes on being changed: no copy of the kit's hides it."""
    same = RIGHT.replace(".copy()", "")
    for own in ({"travel": same}, {"travel": same, "advance": NOT_IN_PLACE}):
        found = judged(course, **own)
        assert found["travel"].points < found["travel"].max_points, own
        assert found["travel"].checks[0].outcome == "failed"


def test_an_exercise_need_not_ask_that_arguments_are_left_alone(course: Course) -> None:
    """Where nothing is asked of them, a change of others costs nothing and is no fault."""
    found = judged(course, advance="def advance(state, x):\n    state['sum'] += x\n"
                                   "    state['count'] += 1\n    x *= 0")  # fmt: skip
    assert found["advance"].outcome == "passed"
