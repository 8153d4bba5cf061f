"""Hold an exercise's cases to being drawn as hidden inputs must be."""

from __future__ import annotations

from collections.abc import Iterator

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Case, Exercise
from grader.comparison.trees import same
from grader.release.drawing import cases, drawn_from_elsewhere
from grader.verify.held import SEED, Held, held


def drawn_well(assignment: Assignment, exercise: Exercise) -> Held:
    """Hold cases to their seed: the same gives the same, another gives others, nothing else counts.

    The first case must be a general one, in which no array fits by luck: every letter has a size of
    its own and none is 1. A backward case must hold the cache of its own forward call.
    """
    what = f"cases of {exercise.name} are drawn from their seed, the first a general one"
    problems = list(drawn_from_elsewhere(assignment.spec, exercise, assignment.functions))
    first = _draw(assignment, exercise, SEED)
    if first:
        problems += _drawn_badly(assignment, exercise, first)
    return held(what, problems, f"{len(first)} cases")


def _draw(assignment: Assignment, exercise: Exercise, seed: int) -> list[Case]:
    return cases(assignment.spec, exercise, assignment.functions, seed)


def _drawn_badly(assignment: Assignment, exercise: Exercise, first: list[Case]) -> Iterator[str]:
    for one, other in zip(first, _draw(assignment, exercise, SEED + 1), strict=False):
        if one.arguments and same(one.arguments, other.arguments):
            yield f"another seed gives the same {one.name}"
    sizes = list(first[0].dims.values())
    if len(set(sizes)) < len(sizes) or min(sizes, default=2) < 2:
        yield f"{first[0].name}, the first, has the sizes {dict(first[0].dims)}"
    for case in first:
        if case.forward is not None:
            made = assignment.functions[case.forward.function](*case.forward.arguments)
            if not same(made[case.forward.pick], case.arguments[case.forward.into], 0.0):
                yield f"{case.name} does not hold the cache of its own forward call"
