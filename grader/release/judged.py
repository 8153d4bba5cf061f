"""Let the judge itself mark the solution and the blank notebook before students get anything.

Without isolation: it is the author's own code, which has run in this process already.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.filled import filled
from grader.assignment.places import in_lesson
from grader.assignment.spec import Exercise
from grader.errors import UsageError
from grader.intake.match import plan
from grader.intake.read import parse_notebook
from grader.judge.judge import judge
from grader.release.drawing import SEED
from grader.release.own_cases import seconds_of
from grader.sandbox import Limits, Sandbox
from grader.verdict import ExerciseResult, Verdict

OWN_CODE = "C"  # the tier that isolates nothing


def refuse_unfair_marks(assignment: Assignment, released: Path) -> None:
    """Raise UsageError unless the solution earns all and the released notebook nothing."""
    path = released / f"{assignment.spec.name}.ipynb"
    book = json.loads(path.read_text(encoding="utf-8"))
    names = [exercise.name for exercise in assignment.spec.exercises]
    answers = {name: assignment.source.function_source(name).rstrip() for name in names}
    with Sandbox(tier=OWN_CODE) as sandbox:
        right = _marked(assignment, filled(book, answers), sandbox)
        blank = _marked(assignment, book, sandbox)
    for exercise, result in zip(assignment.spec.exercises, right.exercises, strict=True):
        if result.outcome != "passed":
            raise UsageError(_not_earned(assignment, exercise, result))
    for exercise, result in zip(assignment.spec.exercises, blank.exercises, strict=True):
        if result.points or result.outcome != "not_attempted":
            why = (
                f"the untouched {exercise.name} is {result.outcome.replace('_', ' ')}, with "
                f"{result.points:g} points: its stub must raise NotImplementedError"
            )
            raise UsageError(f"{_line(assignment, exercise)}: {why}")


def _marked(assignment: Assignment, book: Mapping[str, Any], sandbox: Sandbox) -> Verdict:
    submission = plan(parse_notebook(json.dumps(book).encode()), assignment.source)
    seeds = {e.name: SEED + number for number, e in enumerate(assignment.spec.exercises)}
    return judge(assignment, submission, seeds, sandbox).verdict


def _not_earned(assignment: Assignment, exercise: Exercise, result: ExerciseResult) -> str:
    """Say what keeps the solution from its marks, and whether text or exercises are to be mended.

    What a solution cannot do on cases that its author draws may be either's fault: both are named.
    """
    remedies = {
        "timed_out": f"a call takes more than its {seconds_of(exercise):g} s of processor time: "
        "draw smaller cases, or give it more with call_seconds=",
        "crashed": "its process ends, or what it returns is over the limits "
        f"({Limits().message_bytes >> 20} MB, {Limits().items} items): draw smaller cases",
    }
    why = remedies.get(result.outcome) or ", ".join(result.message.splitlines())
    where = _line(assignment, exercise)
    drawn = f"; its cases are drawn in {exercise.place}" if exercise.place else ""
    return (
        f"{where}: the judge gives the solution of {exercise.name} {result.points:g} of "
        f"{result.max_points:g} points ({result.outcome.replace('_', ' ')}): {why}{drawn}"
    )


def _line(assignment: Assignment, exercise: Exercise) -> str:
    return in_lesson(assignment.spec.name, assignment.source.answer(exercise.name).line)
