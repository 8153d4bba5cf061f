"""Describe what an exercise returns, part by part, and how its points are spread over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

from grader.comparison.telling import EVERYTHING, Telling

Array = npt.NDArray[Any]
Tree = Any  # arrays, numbers, strings and None in nested tuples, lists and dictionaries


INPUTS = "inputs"  # the check that arguments are left untouched
# What a check may be about: how a value is compared, and in which words.
KINDS = ("array", "number", "ints", "flags", "text", "tree", "choice", "holds")


@dataclass(frozen=True)
class Check:
    """A check, one line of an exercise's marks: a part of the result, or a property of the call.

    ``name`` is the output's name (``a_next``, ``dWax``, ``caches``) or ``inputs`` for "arguments
    left untouched". ``shape`` is written in letters, ``"(n_a, m)"``; empty where there is no one
    array. ``main`` marks the values that the exercise is about: if one of them is wrong the
    exercise earns at most half of its points. ``kind`` is one of `KINDS`, or empty: an array where
    the right value is one, else a tree. With ``after`` the value is the state of the argument
    ``name`` after the call. ``tolerance`` takes the place of the case's, ``words`` say what
    ``holds``, and ``among`` are the answers that may be chosen.
    """

    name: str
    points: float
    shape: str = ""
    main: bool = False
    kind: str = ""
    after: bool = False
    tolerance: float = 0.0
    words: str = ""
    among: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A layout of a result: what an exercise returns and how its points are spread.

    Where a check is about an argument ``after`` the call, the result is a dictionary of what was
    ``returned`` and of the arguments ``after`` it, by name. Points of a ``bonus`` count on top.
    """

    name: str
    arguments: tuple[str, ...]
    returns: tuple[str, ...]
    checks: tuple[Check, ...]
    returns_dict: bool = False
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bonus: bool = False

    @property
    def after(self) -> tuple[str, ...]:
        """Return the arguments whose state after the call is looked at."""
        return tuple(line.name for line in self.checks if line.after)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Return the names of all values: what is returned, and arguments after the call."""
        return self.returns + self.after


@dataclass(frozen=True)
class Tolerance:
    """A tolerance: how far from the reference a value may be, and what messages show of values.

    With ``reveal`` they show the right ones; ``tell`` says what they tell of those that came.
    """

    relative: float = 1e-6
    reveal: bool = False
    tell: Telling = EVERYTHING


def earned(layout: Layout, failed: set[str]) -> dict[str, float]:
    """Compute the points by check when the checks in ``failed`` did not hold.

    A wrong main value caps the exercise at half of its points, and the ``inputs`` check counts
    only when every main value is right: leaving arguments alone is no merit of a wrong answer.
    """
    wrong_main = any(line.main and line.name in failed for line in layout.checks)
    points = {
        line.name: 0.0
        if line.name in failed or (wrong_main and line.name == INPUTS)
        else line.points
        for line in layout.checks
    }
    total, half = sum(points.values()), sum(line.points for line in layout.checks) / 2
    if wrong_main and total > half:
        points = {name: value * half / total for name, value in points.items()}
    return points
