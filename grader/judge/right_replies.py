"""Tell by what a right reply to a case is known: most are right, and need not be taken apart."""

from __future__ import annotations

import numpy as np

from grader.assignment.spec import Case, Exercise
from grader.comparison.end_to_end import agree
from grader.comparison.layout import Tree
from grader.sandbox import Form, Refused, Right, form


def right_of(exercise: Exercise, case: Case, expected: Tree) -> Right | None:
    """Return what a right reply to a case is known by; None where it has to be looked at.

    It has to where several values are right, and where others than floats are among the numbers.
    """
    checks = exercise.checks
    if any(check.kind == "holds" for check in checks):
        return None
    least = min([case.tolerance, *(check.tolerance for check in checks if check.tolerance)])
    names = exercise.layout.after
    try:
        returned = form(expected["returned"] if names else expected)
        after = form(tuple(expected["after"][name] for name in names)) if names else None
    except Refused:
        return None
    if returned.counts is None or (after is not None and after.counts is None):
        return None
    return Right(returned, after, lambda of, data: _agree(of, data, least))


def _agree(of: Form, data: bytes, tolerance: float) -> bool:
    counts = of.counts or ()
    if data == of.data:  # to the last bit, as most
        return bool(np.isfinite(of.numbers(of.data)).all())
    return agree(of.numbers(data), of.numbers(of.data), counts, tolerance)
