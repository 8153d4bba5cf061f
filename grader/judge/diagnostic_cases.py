"""Keep an exercise's diagnostic cases, each with the reference's run on it; made once a process.

No marks depend on these cases, and they are the same for everybody: one of each kind that the
exercise draws, from a seed of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Case, Exercise
from grader.judge.right_runs import RightRuns
from grader.parting.right_run import RightRun

SEED = 20_160  # of the first try to draw diagnostic cases
MOST_TRIES = 50
MOST_KEPT = 64  # exercises whose cases are kept
SMALLEST_SIDE = 3  # of the first case: what has two rows is easily like something else


@dataclass(frozen=True)
class Diagnostic:
    """A diagnostic case, with the reference's run on it."""

    case: Case
    reference: RightRun


class Diagnostics:
    """The diagnostic cases of one exercise, recorded where they are asked for."""

    def __init__(self, assignment: Assignment, exercise: Exercise) -> None:
        self._runs = RightRuns(assignment.spec, assignment.source, assignment.names, exercise)
        self.cases: dict[str, Case] = {}
        for case in _drawn(assignment, exercise):
            self.cases.setdefault(case.name, case)
        self._made: dict[str, Diagnostic] = {}

    def first(self) -> str:
        """Return the name of the case that shows the most: the first one."""
        return next(iter(self.cases), "")

    def of(self, name: str) -> Diagnostic | None:
        """Return the case of a name, with the reference's run; None where there is none."""
        if name in self.cases and name not in self._made:
            case = self.cases[name]
            self._made[name] = Diagnostic(case, self._runs.of(case))
        return self._made.get(name)


_made: dict[tuple[str, str], Diagnostics] = {}  # by the assignment's digest and the exercise


def diagnostics(assignment: Assignment, exercise: Exercise) -> Diagnostics:
    """Return an exercise's diagnostic cases; drawn and recorded once a process."""
    key = assignment.sha256, exercise.name
    if key not in _made:
        if len(_made) >= MOST_KEPT:
            _made.clear()
        _made[key] = Diagnostics(assignment, exercise)
    return _made[key]


def _drawn(assignment: Assignment, exercise: Exercise) -> list[Case]:
    """Draw the cases, the first of them with sizes that are all different and not too small."""
    drawn: list[Case] = []
    for seed in range(SEED, SEED + MOST_TRIES):
        with np.errstate(all="ignore"):
            drawn = exercise.cases(np.random.default_rng(seed), assignment.functions)
        sizes = [*drawn[0].dims.values()] if drawn else []
        if len({*sizes}) == len(sizes) and min(sizes, default=0) >= SMALLEST_SIDE:
            break
    return drawn
