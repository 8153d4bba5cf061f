"""Try an assignment as it is written now: each solution, and what each known mistake costs.

In this process and without nbgrader, so that an author can ask after every few lines. `release`
and `verify` ask the judge itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.calling import bound, returned_in_time
from grader.assignment.spec import Case, Exercise, Mistake
from grader.comparison.fingerprints import result_fingerprint, same_fingerprint
from grader.comparison.trees import deep_copy, same
from grader.course import Course
from grader.errors import UsageError
from grader.judge.hidden_cases import Posed
from grader.release.draft import Draft, read_draft
from grader.release.faults import refuse_faults
from grader.verify import in_process
from grader.verify.held import SEED

Made = tuple[str, Any]  # "returned" and a result, or the type and the text of an exception


@dataclass(frozen=True)
class MistakeTried:
    """A known mistake that was tried: what it still earns, and as which one it is told."""

    mistake: Mistake
    points: float
    loses: bool
    told_as: str

    @property
    def well(self) -> bool:
        """Tell whether it costs marks and is called by its own name."""
        return self.loses and self.told_as == self.mistake.id


@dataclass(frozen=True)
class ExerciseTried:
    """A trial of one exercise: its cases, what the solution fails there, and its mistakes."""

    exercise: Exercise
    visible: Case
    hidden: tuple[Case, ...]
    failed: tuple[str, ...]  # checks that the solution itself fails, each with the case's name
    milliseconds: float  # of the solution's call on the visible case
    mistakes: tuple[MistakeTried, ...]

    @property
    def well(self) -> bool:
        """Tell whether there is nothing to mend."""
        return not self.failed and all(each.well for each in self.mistakes)


def drafted(course: Course, name: str) -> Draft:
    """Read an assignment and hold it to what a release would refuse, as far as that is quick.

    Raises UsageError with the line of the lesson or of the exercises.
    """
    draft = read_draft(course, name)
    refuse_faults(course, draft)
    return draft


def exercises_of(assignment: Assignment, function: str | None) -> Sequence[Exercise]:
    """Return the exercise of a name, or all; raises UsageError with the names that there are."""
    found = [e for e in assignment.spec.exercises if function in (None, e.name)]
    if not found:
        known = ", ".join(e.name for e in assignment.spec.exercises)
        raise UsageError(f"no exercise is called {function!r}: {known}")
    return found


def tried(assignment: Assignment, exercise: Exercise) -> ExerciseTried:
    """Try one exercise; raises UsageError where an example fails or a mistake does not fit."""
    visible = assignment.visible(exercise.name)
    posed = in_process.pose(exercise, assignment.functions, SEED, visible)
    solution = bound(exercise, assignment.functions)
    started = time.perf_counter()
    _called(exercise, solution, visible)
    milliseconds = (time.perf_counter() - started) * 1000
    failed = in_process.failed_checks(exercise, solution, posed)
    return ExerciseTried(
        exercise,
        visible,
        tuple(case for case, _ in posed[1:]),
        tuple(f"{check} in {case}" for check, case in failed.items()),
        milliseconds,
        tuple(_mistakes(assignment, exercise, posed)),
    )


def _mistakes(assignment: Assignment, exercise: Exercise, posed: Posed) -> Iterator[MistakeTried]:
    """Try each mistake on all cases; of two that give the same everywhere the first is told."""
    cases = [case for case, _ in posed]
    before: list[tuple[str, Callable[..., Any], Made]] = []
    for mistake, function in assignment.mistakes(exercise):
        points = in_process.points(exercise, function, posed)
        first = _printed(exercise, _called(exercise, function, cases[0]))
        told_as = next(
            (
                name
                for name, other, print_ in before
                if _same_print(print_, first) and _same_everywhere(exercise, function, other, cases)
            ),
            mistake.id,
        )
        if told_as == mistake.id:
            before.append((mistake.id, function, first))
        yield MistakeTried(mistake, points, points < exercise.points, told_as)


def _called(exercise: Exercise, function: Callable[..., Any], case: Case) -> Made:
    try:
        arguments = deep_copy(case.arguments)
        made = returned_in_time(exercise.layout, function, arguments, in_process.CALL_SECONDS)
        return "returned", made
    except Exception as error:
        return type(error).__name__, str(error)


def _printed(exercise: Exercise, made: Made) -> Made:
    kind, result = made
    return kind, result_fingerprint(exercise.layout, result) if kind == "returned" else result


def _same_print(one: Made, other: Made) -> bool:
    if one[0] != other[0]:
        return False
    return same_fingerprint(one[1], other[1]) if one[0] == "returned" else bool(one[1] == other[1])


def _same_everywhere(
    exercise: Exercise, one: Callable[..., Any], other: Callable[..., Any], cases: list[Case]
) -> bool:
    for case in cases:
        mine, yours = _called(exercise, one, case), _called(exercise, other, case)
        if mine[0] != yours[0] or not same(mine[1], yours[1], case.tolerance):
            return False
    return True
