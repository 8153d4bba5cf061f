"""Draw an exercise's hidden cases from their seed, each with what the solution gives."""

from __future__ import annotations

import warnings

import numpy as np

from grader.assignment.calling import result_of
from grader.assignment.spec import Case, Exercise, Functions
from grader.comparison.layout import Tree

Posed = list[tuple[Case, Tree]]


def draw(exercise: Exercise, functions: Functions, seed: int) -> Posed:
    """Draw the cases and compute the right results; none where the exercise draws none."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a mean of nothing, in the author's own solution
        cases = exercise.cases(np.random.default_rng(seed), functions)
        return [(case, result_of(exercise, functions, case.arguments)) for case in cases]
