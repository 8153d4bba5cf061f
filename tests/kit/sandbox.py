"""Warm sandboxes shared by the tests of a process, one a tier, and what attacks are held to."""

from __future__ import annotations

import atexit
import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from grader.sandbox import CellResult, CellSource, Job, Limits, Sandbox, SandboxError, run_cells
from grader.sandbox.worker_process import WorkerProcess

# Small, so that what meets them does so soon; but for the clock on the wall, which a busy machine
# would let run out for what is right, too.
LIMITS = Limits(
    cell_cpu_seconds=1.0,
    call_cpu_seconds=1.0,
    job_cpu_seconds=20.0,
    wall_seconds=120.0,
    memory_bytes=256 << 20,
    file_bytes=4 << 20,
    folder_bytes=8 << 20,
    folder_files=500,
    message_bytes=8 << 20,
    output_bytes=64 << 10,
)
HASTY = replace(LIMITS, wall_seconds=2.0)  # for code that waits for ever
# For code that meets a limit of its own; on a busy machine the same work takes more processor time.
ROOMY = replace(LIMITS, cell_cpu_seconds=60.0, call_cpu_seconds=60.0, job_cpu_seconds=120.0)
ISOLATED = [pytest.param(tier, marks=pytest.mark.sandbox, id=f"tier{tier}") for tier in "AB"]
EVERY = [*ISOLATED, pytest.param("C", id="tierC")]


_workers: dict[Sandbox, WorkerProcess] = {}  # the one that each sandbox began with


@lru_cache(maxsize=9)
def _start(tier: str, limits: Limits) -> Sandbox | str:
    try:
        sandbox = Sandbox(limits, tier)
    except SandboxError as error:
        return str(error)
    atexit.register(sandbox.close)
    _workers[sandbox] = sandbox._worker
    return sandbox


def sandbox_at(tier: str, limits: Limits = LIMITS) -> Sandbox:
    """Return this process's warm sandbox of a tier; skip the test where it cannot be started."""
    started = _start(tier, limits)
    if isinstance(started, str):
        pytest.skip(f"tier {tier} cannot be started here: {started}")
    return started


def strongest() -> Sandbox:
    """The strongest warm sandbox that starts here, for whoever is no attack; skips below tier B."""
    started = _start("A", LIMITS)
    return sandbox_at("B", LIMITS) if isinstance(started, str) else started


def cells(*sources: str) -> list[CellSource]:
    """Make answer cells c0, c1, …"""
    return [CellSource(f"c{n}", source, "answer") for n, source in enumerate(sources)]


def run(
    sandbox: Sandbox, *sources: str, files: dict[str, bytes] | None = None
) -> tuple[Job, list[CellResult]]:
    """Run cells as a submission's are run."""
    return run_cells(sandbox, cells(*sources), files)


def run_once(sandbox: Sandbox, *sources: str) -> list[CellResult]:
    """Run cells in one job and end it."""
    with sandbox.job(cells(*sources)) as job:
        return job.run()


def printed(result: CellResult) -> str:
    """Return what a cell wrote to standard output."""
    streams = [out for out in result.outputs if out.get("name") == "stdout"]
    return "".join(out["text"] for out in streams)


def raised(result: CellResult) -> str:
    """Return the name of the exception that a cell ended with, or nothing."""
    names = [out["ename"] for out in result.outputs if out["output_type"] == "error"]
    return names[-1] if names else ""


def assert_unharmed(sandbox: Sandbox) -> None:
    """The next job works at once, finds an empty folder, and no process is left behind."""
    job, results = run(
        sandbox, "import os\nimport numpy as np\nprint(os.listdir())", "f = lambda x: np.tanh(x)"
    )
    with job:
        assert [result.outcome for result in results] == ["ok", "ok"], results
        assert printed(results[0]) == "[]\n"
        assert job.call("f", (0.0,)).value == 0.0
    assert _workers[sandbox] is sandbox._worker, "the worker itself was harmed"
    # bubblewrap is two processes, its own first process inside included
    assert len(descendants(sandbox)) == (2 if sandbox.tier == "A" else 0)


def descendants(sandbox: Sandbox) -> list[int]:
    """Return the processes below the sandbox's worker."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    found, waiting = [], [sandbox._worker.process.pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


HERE = Path(os.path.abspath(__file__)).parents[2]
