"""Mark a function of the kit's own, in this process and without a sandbox.

For what the kit makes itself (mistaken references, mutants, correct variants of style): the same
cases and the same comparison as the judge's, hundreds of functions a second. Never for students'.
A function is here what is done with a case's arguments: that of a driven exercise is bound to its
driver.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.assignment.calling import result_of, returned_in_time
from grader.assignment.spec import Case, Exercise, Functions
from grader.comparison.ladder import compare
from grader.comparison.layout import INPUTS, Tolerance, Tree, earned
from grader.comparison.properties import properties
from grader.comparison.trees import deep_copy, same
from grader.judge.hidden_cases import Posed, draw

CALL_SECONDS = 2.0  # of processor time: a small change can make a loop that never ends


def pose(exercise: Exercise, functions: Functions, seed: int, visible: Case | None = None) -> Posed:
    """Draw an exercise's cases as the judge does, each with what the solution gives.

    With ``visible``, the case that students see, that one comes first.
    """
    posed = draw(exercise, functions, seed)
    if visible is None:
        return posed
    with np.errstate(all="ignore"):
        right = result_of(exercise, functions, visible.arguments)
    return [(visible, right), *posed]


def define(source: str, name: str, scope: Mapping[str, Any]) -> Callable[..., Any]:
    """Run the trusted ``source`` in a copy of ``scope`` and return the function called ``name``."""
    own = dict(scope)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what a small change makes of a line
        code = compile(source, f"<{name}>", "exec")
    exec(code, own)
    function: Callable[..., Any] = own[name]
    return function


def failed_checks(exercise: Exercise, function: Callable[..., Any], posed: Posed) -> dict[str, str]:
    """Return the checks that ``function`` fails, each with the name of the first case to show it.

    A function that raises fails every check.
    """
    failed: dict[str, str] = {}
    for case, expected in posed:
        for name in _failed_on(exercise, function, case, expected):
            failed.setdefault(name, case.name)
    return failed


def loses(exercise: Exercise, function: Callable[..., Any], posed: Posed) -> bool:
    """Tell whether ``function`` loses any marks; stops at the first case that shows it."""
    return any(_failed_on(exercise, function, case, expected) for case, expected in posed)


def points(exercise: Exercise, function: Callable[..., Any], posed: Posed) -> float:
    """Return what ``function`` earns."""
    failed = set(failed_checks(exercise, function, posed))
    return sum(earned(exercise.layout, failed).values())


def _failed_on(
    exercise: Exercise, function: Callable[..., Any], case: Case, expected: Tree
) -> list[str]:
    arguments, names = deep_copy(case.arguments), [check.name for check in exercise.checks]
    try:
        result = returned_in_time(exercise.layout, function, arguments, CALL_SECONDS)
    except Exception:
        return names
    holds = properties(exercise.holds, case.arguments)
    tolerance = Tolerance(case.tolerance)
    found = compare(exercise.layout, expected, result, tolerance, case.dims, holds)
    wrong = {name for name, finding in found.items() if finding}
    pairs = zip(exercise.arguments, arguments, case.arguments, strict=False)
    if not all(same(a, b, 0.0) for name, a, b in pairs if name not in exercise.layout.after):
        wrong.add(INPUTS)
    return [name for name in names if name in wrong]
