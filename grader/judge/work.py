"""Bound the judge's work on an exercise, counted and not timed: a verdict is no machine's.

A unit is about a value that is looked at, or 64 bytes of numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from grader.comparison.layout import Tree
from grader.judge.hidden_cases import Posed

UNIT = 64  # bytes that are compared in about the time of one value
LEAST = 200_000  # units for any exercise, however little it returns
MOST_TIMES = 50  # as much as is right may come back, in all attempts together
TOO_MUCH = "far more than was asked for"


class Work:
    """The work on one exercise: what may be read and compared of what the calls give back."""

    def __init__(self, cases: Posed) -> None:
        self.cases = cases
        self.spent = 0

    @cached_property
    def most(self) -> int:
        """Return the units that there are; only who spends the least looks at what is asked."""
        asked = sum(size(case.arguments) + size(expected) for case, expected in self.cases)
        return LEAST + MOST_TIMES * asked

    def spend(self, units: int) -> bool:
        """Spend units; tell whether there were enough."""
        self.spent += units
        return self.spent <= LEAST or self.spent <= self.most


def size(tree: Tree) -> int:
    """Count the units of a tree."""
    if isinstance(tree, np.ndarray):
        return 1 + tree.nbytes // UNIT
    if isinstance(tree, Mapping):
        return sum(map(size, tree.values()))
    if isinstance(tree, tuple | list):
        return sum(map(size, tree))
    return 1 + getattr(tree, "nbytes", 0) // UNIT
