"""Run a submission's cells in a fork, and again in the next where that has died."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from grader.assignment.assignment import Assignment
from grader.assignment.example_calls import EXAMPLE_CELL
from grader.assignment.python_cells import definitions_only
from grader.intake.submission import PlannedCell, Submission
from grader.judge.bound_again import needs_none_of, stood_until
from grader.judge.own_text import OwnText
from grader.sandbox import (
    MOST_IDLE,
    MOST_JOBS,
    MOST_WAITS,
    CellKind,
    CellResult,
    CellSource,
    Definition,
    Job,
    Limits,
    Sandbox,
    run_cells,
)

RUN: dict[str, CellKind] = {"answer": "answer", "example": "locked", "extra": "other"}


def _kind(cell: PlannedCell) -> CellKind:
    """Tell an exercise's example, whose variables no answer may lean on, from set-up."""
    example = cell.role == "example" and cell.id.startswith(EXAMPLE_CELL)
    return "example" if example else RUN[cell.role]


@dataclass
class Session:
    """A session of one submission: a fork with its cells run, and a new one when that is gone."""

    assignment: Assignment
    submission: Submission
    sandbox: Sandbox
    job: Job | None = None
    cells: tuple[CellSource, ...] = ()  # those that run to their end: what hung never runs again
    results: tuple[CellResult, ...] = ()
    defined: dict[str, Definition] | None = None  # what the names of exercises stand for, in job
    inconclusive: bool = False  # whether what stopped it need not be the student's doing
    cpu_seconds: float = 0.0  # of the forks that have ended
    idle_seconds: float = 0.0
    began: float = field(default_factory=time.monotonic)
    stood: set[str] = field(default_factory=set)  # exercises that count as they stood earlier

    def __post_init__(self) -> None:
        """Take the cells that are to be run."""
        self.cells = tuple(
            CellSource(cell.id, cell.source, _kind(cell))
            for cell in self.submission.cells
            if cell.role in RUN
        )
        self.own = OwnText(self.cells)

    @property
    def limits(self) -> Limits:
        """Return the sandbox's limits, raised where an exercise's calls may take longer."""
        usual = self.sandbox.limits
        longest = max((e.call_seconds for e in self.assignment.spec.exercises), default=0.0)
        times = max(longest / usual.call_cpu_seconds, 1.0)
        if times == 1.0:
            return usual
        return replace(
            usual,
            job_cpu_seconds=times * usual.job_cpu_seconds,
            wall_seconds=times * usual.wall_seconds,
        )

    def out_of_budget(self) -> bool:
        """Tell whether the submission has used up its share, and holds up everybody else."""
        limits = self.limits
        waited = time.monotonic() - self.began > MOST_WAITS * limits.wall_seconds
        # The clock on the wall also runs while others use the machine.
        self.inconclusive = self.inconclusive or waited
        idle = self.idle_seconds + (self.job.idle_seconds if self.job else 0.0)
        idled = idle > MOST_IDLE * limits.idle_seconds
        return waited or idled or self.cpu_seconds > MOST_JOBS * limits.job_cpu_seconds

    def fork(self) -> Job:
        """Run the student's cells in a new fork and return it; what the first one shows counts."""
        files = {**dict(self.assignment.source.files), **self.assignment.driver_file}
        # Only the first fork's outputs are kept: tracebacks and figures of another are for nobody.
        # Of a cell that hangs, what it defines before that is kept.
        again = bool(self.results)
        job, results = run_cells(
            self.sandbox, self.cells, files, definitions_only, quiet=again, limits=self.limits
        )
        self.cells = job.cells
        self.results = self.results or tuple(results)
        return job

    def living(self) -> Job:
        """Return the fork in use, or a new one when it has died."""
        if self.job is None or not self.job.alive:
            self.close()
            self.job, self.defined = self.fork(), None
        return self.job

    def defines(self, name: str) -> Definition:
        """Tell what an exercise's name stands for; asked once a fork, for all of them."""
        job = self.living()
        if self.defined is None:
            found = job.defines([exercise.name for exercise in self.assignment.spec.exercises])
            if not job.alive:
                return "missing"
            self.defined = found
        return self.defined[name]

    @contextmanager
    def as_it_stood(self, name: str) -> Iterator[Session]:
        """Give a session that ends with an exercise's own check, at the cost of this one."""
        planned = self.submission.cells
        ids = {cell.id for cell in planned[: stood_until(planned, name)]}
        cells = tuple(cell for cell in self.cells if cell.id in ids)
        earlier = replace(self, job=None, defined=None)
        earlier.cells = cells  # without those that were stopped
        try:
            yield earlier
        finally:
            earlier.close()
            self.cpu_seconds, self.idle_seconds = earlier.cpu_seconds, earlier.idle_seconds
            self.inconclusive = earlier.inconclusive

    def leave_out_examples(self, names: Iterable[str]) -> None:
        """Run no examples in the next fork, where none of these functions reads what they bind."""
        planned = self.submission.cells
        examples = [cell for cell in planned if cell.role in RUN and _kind(cell) == "example"]
        if all(needs_none_of(planned, name, examples) for name in names):
            self.cells = tuple(cell for cell in self.cells if cell.kind != "example")

    def close(self) -> None:
        """End the fork in use."""
        if self.job is not None:
            self.end(self.job)
            self.job = None

    def end(self, job: Job) -> None:
        """End a fork and count what it took."""
        job.close()
        self.cpu_seconds += job.cpu_seconds
        self.idle_seconds += job.idle_seconds
        self.inconclusive = self.inconclusive or job.inconclusive
