"""Hold an exercise's cases to being drawn from their seed, and from nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from grader.assignment.places import at, place_of
from grader.assignment.spec import Case, Exercise, Functions, Spec
from grader.comparison.trees import same
from grader.errors import UsageError

SEED = 2024
REMEDY = "draw from what is handed in, and from nothing else: marks must not change by themselves"


def refuse_bad_drawing(spec: Spec, functions: Functions) -> None:
    """Raise UsageError where an exercise draws no cases, or others each time."""
    for exercise in spec.exercises:
        problem = next(drawn_from_elsewhere(spec, exercise, functions), "")
        if problem:
            raise UsageError(at(exercise.place, f"the cases of {exercise.name}: {problem}"))


def drawn_from_elsewhere(spec: Spec, exercise: Exercise, functions: Functions) -> Iterator[str]:
    """Yield what is wrong with the drawing of an exercise's cases.

    Raises UsageError, with the innermost line, where the drawing fails.
    """
    before = _global_generators()
    first = cases(spec, exercise, functions, SEED)
    if not first:
        yield "none are drawn: nothing would be asked"
    if _global_generators() != before:
        yield f"they draw from a global generator: {REMEDY}"
        return
    again = cases(spec, exercise, functions, SEED)
    if not same(_arguments(first), _arguments(again), 0.0):
        yield f"the same seed gives other cases: {REMEDY}"


def cases(spec: Spec, exercise: Exercise, functions: Functions, seed: int) -> list[Case]:
    """Draw an exercise's cases; raises UsageError, with the innermost line, where that fails."""
    try:
        with np.errstate(all="ignore"):
            return list(exercise.cases(np.random.default_rng(seed), functions))
    except Exception as error:
        why = f"{exercise.name}: no cases are drawn ({type(error).__name__}: {error})"
        place = place_of(error, spec.name) or exercise.place
        raise UsageError(at(place, f"{why}: mend what draws them")) from error


def _arguments(drawn: list[Case]) -> list[tuple[object, ...]]:
    return [case.arguments for case in drawn]


def _global_generators() -> tuple[bytes, int, object]:
    kind, keys, place, *_ = np.random.get_state()
    return np.asarray(keys).tobytes(), int(place), (kind, random.getstate())
