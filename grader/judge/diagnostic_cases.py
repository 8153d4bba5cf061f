"""Keep an exercise's diagnostic cases, each with the reference's run on it; made once a process.

No marks depend on these cases, and they are the same for everybody: one of each kind that the
exercise draws, from a seed of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Case, Exercise
from grader.judge.right_runs import RightRuns
from grader.neighbourhood.inputs import diagnostic_inputs
from grader.parting.right_run import RightRun

MOST_KEPT = 64  # exercises whose cases are kept


@dataclass(frozen=True)
class Diagnostic:
    """A diagnostic case, with the reference's run on it."""

    case: Case
    reference: RightRun


class Diagnostics:
    """The diagnostic cases of one exercise, recorded where they are asked for."""

    def __init__(self, assignment: Assignment, exercise: Exercise) -> None:
        self._assignment, self._exercise = assignment, exercise
        drawn = diagnostic_inputs(exercise, assignment.functions)
        self.cases: dict[str, Case] = {case.name: case for case in drawn}
        self._made: dict[str, Diagnostic] = {}

    @cached_property
    def _runs(self) -> RightRuns:
        assignment = self._assignment
        return RightRuns(assignment.spec, assignment.source, assignment.names, self._exercise)

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
