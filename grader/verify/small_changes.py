"""Hold the marking to noticing every small change of the solution that changes a result."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.calling import bound
from grader.assignment.spec import Exercise
from grader.comparison.trees import deep_copy, returned_by, same
from grader.judge.hidden_cases import Posed
from grader.neighbourhood.mutants import Mutant, mutants
from grader.verify import in_process
from grader.verify.held import SEED, Held, held

SAMPLE = 40  # mutants of each exercise that a run marks; all of them with every=True
EXACT = 1e-6  # tolerance of cases in float64: what is equivalent gives the same last bit there


def small_changes_lose_marks(assignment: Assignment, exercise: Exercise, every: bool) -> Held:
    """Hold mutants to losing marks, but for those listed as equivalent; ``every`` takes all."""
    found = list(_mutants(assignment, exercise))
    chosen = found if every else random.Random(SEED).sample(found, min(SAMPLE, len(found)))
    posed = in_process.pose(exercise, assignment.functions, SEED)
    scope = assignment.source.namespace()
    alive = [
        mutant.id
        for mutant in chosen
        if not in_process.loses(exercise, _function(mutant, exercise, scope), posed)
    ]
    unexplained = [name for name in alive if name not in exercise.equivalent]
    if exercise.holds:  # of several right answers a change may give another one
        by_id = {mutant.id: mutant for mutant in chosen}
        unexplained = [
            name
            for name in unexplained
            if _same_results(exercise, _function(by_id[name], exercise, scope), posed)
        ]
    figures = (
        f"{len(chosen)} of {len(found)}: {len(chosen) - len(alive)} lose marks, "
        f"{len(alive) - len(unexplained)} equivalent"
    )
    what = f"small changes of {exercise.name} lose marks"
    lines = {mutant.id: mutant.line for mutant in chosen}
    told = [f"line {lines[name]} of its code: {name!r}" for name in unexplained]
    remedy = "draw a case that shows it, or list it: .equivalent('why', '...')"
    return Held(what, not unexplained, "; ".join([figures, *told, *([remedy] if told else [])]))


def _mutants(assignment: Assignment, exercise: Exercise) -> Iterator[Mutant]:
    source = assignment.source.function_source(exercise.name)
    return mutants(source, assignment.spec.lookalikes)


def equivalents_are(assignment: Assignment, exercise: Exercise) -> Held:
    """Hold mutants that are listed as equivalent to the solution's results, to the last bit."""
    by_id = {m.id: m for m in _mutants(assignment, exercise)}
    what = f"changes of {exercise.name} listed as equivalent are"
    problems = list(_not_equivalent(assignment, exercise, by_id))
    return held(what, problems, f"{len(exercise.equivalent)} of them")


def _not_equivalent(
    assignment: Assignment, exercise: Exercise, by_id: Mapping[str, Mutant]
) -> Iterator[str]:
    scope = assignment.source.namespace()
    # Some show only on inputs that few draws hold.
    seeds = range(SEED + 1, SEED + 4)
    posed = [p for seed in seeds for p in in_process.pose(exercise, assignment.functions, seed)]
    for name, why in exercise.equivalent.items():
        if name not in by_id:
            yield f"{name} is no change of the solution"
            continue
        function = _function(by_id[name], exercise, scope)
        if not why:
            yield f"{name} has no reason"
        if not _same_results(exercise, function, posed) or in_process.loses(
            exercise, function, posed
        ):
            yield f"{name} gives other results"


def _same_results(exercise: Exercise, function: Callable[..., Any], posed: Posed) -> bool:
    after = exercise.layout.after
    for case, expected in posed:
        arguments = deep_copy(case.arguments)
        with np.errstate(all="ignore"):
            got = returned_by(exercise.layout, function, arguments)
        pairs = zip(exercise.arguments, arguments, case.arguments, strict=False)
        untouched = all(same(a, b, 0.0) for name, a, b in pairs if name not in after)
        exact = case.tolerance > EXACT or same(got, expected, 0.0)
        if not exact or not untouched:
            return False
    return True


def _function(mutant: Mutant, exercise: Exercise, scope: Mapping[str, Any]) -> Callable[..., Any]:
    function = in_process.define(mutant.source, exercise.name, scope)
    return bound(exercise, {**scope, exercise.name: function})
