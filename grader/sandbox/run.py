"""Run a submission's cells to the end, without those that hang or kill their process."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from .data import ENDED, CellResult, CellSource
from .job import Job
from .limits import MOST_STOPPED_CELLS, MOST_WAITS, Limits
from .outputs import Allowance
from .sandbox import Sandbox

Shorten = Callable[[str], str]  # what of a cell's source to run where all of it cannot be


def run_cells(
    sandbox: Sandbox,
    cells: Sequence[CellSource],
    files: Mapping[str, bytes] | None = None,
    shorten: Shorten = lambda source: "",
    quiet: bool = False,
    limits: Limits | None = None,
) -> tuple[Job, list[CellResult]]:
    """Run cells in a new job; where one hangs or crashes, run the rest again without it.

    Whatever such a cell has left in its process (open files, memory, half-changed names) goes
    with it, so that what the others do depends neither on it nor on when it was stopped. What
    ``shorten`` leaves of it gets a try in its place. After three of the student's cells, or when
    the job's processor time or ten waits are used up, the cells from there on are ``not_run``.
    With ``quiet`` there are no outputs; ``limits`` take the place of the sandbox's. The caller
    closes the job, whose ``cells`` are without those that were stopped, and which is as
    inconclusive as those before it.

    Returns: the job, and a result for every cell, in order; that of a cell which was stopped
    describes its first run. Raises: SandboxError.
    """
    limits = limits or sandbox.limits
    stopped: dict[int, CellResult] = {}  # by position, since ids come from elsewhere
    waiting = dict(enumerate(cells))
    left_out = 0
    seconds_left = limits.job_cpu_seconds
    inconclusive = False
    shown = Allowance()
    end = time.monotonic() + MOST_WAITS * limits.wall_seconds
    stepwise = False
    while True:
        job = sandbox.job(list(waiting.values()), files, limits)
        ran = dict(zip(waiting, job.run(end, shown, stepwise, quiet), strict=True))
        inconclusive = job.inconclusive = job.inconclusive or inconclusive
        culprit = next((at for at, result in ran.items() if result.outcome in ENDED), None)
        if culprit is None:
            break
        job.close()
        seconds_left -= job.cpu_seconds
        if job.unclear:  # it may have been the one before: once more, cell by cell
            stepwise = True
            continue
        cell = waiting.pop(culprit)
        short = "" if culprit in stopped else shorten(cell.source)
        stopped.setdefault(culprit, ran[culprit])
        if short:
            waiting[culprit] = replace(cell, source=short)
        else:
            # A function that dies in the kit's own examples is not to take the answers behind them
            # along.
            left_out += cell.kind not in ("example", "locked")
        spent = seconds_left < limits.cell_cpu_seconds or time.monotonic() > end
        last = culprit if spent or left_out >= MOST_STOPPED_CELLS else len(cells)
        waiting = {at: waiting[at] for at in sorted(waiting) if at < last}
    found = {**ran, **stopped}
    return job, [found.get(at) or CellResult(cell.id, "not_run") for at, cell in enumerate(cells)]
