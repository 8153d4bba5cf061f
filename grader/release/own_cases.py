"""Hold the solution to getting through the cases that its own author draws."""

from __future__ import annotations

import numpy as np

from grader.assignment.calling import result_of
from grader.assignment.places import at, in_lesson, place_of
from grader.assignment.spec import Exercise, Functions, Spec
from grader.comparison.time_limit import time_limit
from grader.errors import UsageError
from grader.release.drawing import SEED, cases
from grader.sandbox import Limits


def refuse_failing_solution(spec: Spec, functions: Functions) -> None:
    """Raise UsageError, with the innermost line, where the solution fails on a case of its own.

    What takes longer than a call may is stopped, and refused as well.
    """
    for exercise in spec.exercises:
        for case in cases(spec, exercise, functions, SEED):
            try:
                with np.errstate(all="ignore"), time_limit(seconds_of(exercise), processor=True):
                    result_of(exercise, functions, case.arguments)
            except Exception as error:
                why = _why(exercise, error)
                told = f"the solution of {exercise.name} fails on its own case {case.name!r}: {why}"
                place = place_of(error, spec.name) or in_lesson(spec.name)
                drawn = f" (its cases are drawn in {exercise.place})" if exercise.place else ""
                raise UsageError(at(place, told + drawn)) from error


def seconds_of(exercise: Exercise) -> float:
    """Return the processor time that one call of an exercise may take."""
    return exercise.call_seconds or Limits().call_cpu_seconds


def _why(exercise: Exercise, error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return (
            f"a call takes more than its {seconds_of(exercise):g} s of processor time: draw "
            "smaller cases, or give it more with call_seconds="
        )
    return f"{type(error).__name__}: {error}"
