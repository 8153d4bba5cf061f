"""Run a submission's cells to the end, without those that hang or kill their process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .data import CellResult, CellSource
from .job import Job
from .sandbox import Sandbox

MOST_SKIPPED = 3
ENDED = ("timed_out", "crashed")


def run_cells(
    sandbox: Sandbox, cells: Sequence[CellSource], files: Mapping[str, bytes] | None = None
) -> tuple[Job, list[CellResult]]:
    """Run cells in a new job; where one hangs or crashes, run the rest again without it.

    After three such cells, or when the job's processor time is used up, the cells from there on
    are ``not_run``. The caller closes the job, which is as doubtful as those before it.

    Returns: the job, alive unless even that failed, and a result for every cell, in order.
    Raises: SandboxError.
    """
    stopped: dict[int, CellResult] = {}  # by position, since ids come from elsewhere
    waiting = list(range(len(cells)))
    seconds_left = sandbox.limits.job_cpu_seconds
    doubtful = False
    while True:
        job = sandbox.job([cells[at] for at in waiting], files)
        ran = dict(zip(waiting, job.run(), strict=True))
        doubtful = job.doubtful = job.doubtful or doubtful
        if job.alive:
            break
        seconds_left -= job.cpu_seconds
        culprit = next((at for at, r in ran.items() if r.outcome in ENDED), None)
        if culprit is None or len(stopped) > MOST_SKIPPED:
            break
        stopped[culprit] = ran[culprit]
        give_up = len(stopped) >= MOST_SKIPPED or seconds_left < sandbox.limits.cell_cpu_seconds
        waiting = [at for at in waiting if at < culprit or (at > culprit and not give_up)]
    found = {**ran, **stopped}
    return job, [found.get(at) or CellResult(cell.id, "not_run") for at, cell in enumerate(cells)]
