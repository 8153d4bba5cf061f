"""Tell by what a right reply to a case is known: most are right, and need not be taken apart."""

from __future__ import annotations

import numpy as np

from grader.assignment.spec import Case, Exercise
from grader.comparison.end_to_end import agree
from grader.comparison.layout import Tree
from grader.comparison.within import within
from grader.sandbox import Form, Refused, Right, form


def right_of(exercise: Exercise, case: Case, expected: Tree) -> Right | None:
    """Return what a right reply to a case is known by; None where it has to be looked at.

    It has to where several values are right. Numbers of one dtype may differ as far as they may in
    the ladder; where whole numbers or several dtypes are among them, a right reply is known to the
    last bit only.
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
    return Right(returned, after, lambda of, data: _agree(of, data, least, expected))


def _agree(of: Form, data: bytes, tolerance: float, expected: Tree) -> bool:
    if of.counts is None:
        return data == of.data and all(map(_finite, within(expected)))
    if data == of.data:  # to the last bit, as most; what is not finite is never right
        return bool(np.isfinite(of.numbers(of.data)).all())
    return agree(of.numbers(data), of.numbers(of.data), of.counts, tolerance)


def _finite(part: object) -> bool:
    """Tell whether a part of a result is no number that is none."""
    number = isinstance(part, np.ndarray | np.generic | complex | float)
    return not number or bool(np.isfinite(part).all())  # type: ignore[call-overload]
