"""Hold the edits of known mistakes to fitting the solution, and to leaving a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.assignment.assignment import mistaken
from grader.assignment.places import at
from grader.assignment.source import Source
from grader.assignment.spec import Exercise, Spec, SpecError
from grader.errors import UsageError


def refuse_unfit_edits(spec: Spec, source: Source, scope: Mapping[str, Any]) -> None:
    """Raise UsageError, with the mistake's own line, where its edits do not make a function."""
    for exercise in spec.exercises:
        for number in range(len(exercise.mistakes)):
            with_mistake(exercise, source, number, scope)


def with_mistake(
    exercise: Exercise, source: Source, number: int, scope: Mapping[str, Any]
) -> Callable[..., Any]:
    """Return the function with a mistake in it; raises UsageError where its edits make none."""
    mistake = exercise.mistakes[number]
    try:
        return mistaken(exercise, source, number, scope)
    except SpecError as error:
        why = f"{exercise.name}: {error}; write its edits anew"
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        why = f"{exercise.name}: the edits of {mistake.id!r} leave no such function ({told})"
    raise UsageError(at(mistake.place or exercise.place, why))
