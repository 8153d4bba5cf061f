"""Run student code warm and locked in: one fork a job, plain data in and out.

::

    with Sandbox(Limits()) as sandbox:             # tier=None takes the strongest that starts
        sandbox.tier                               # 'A' | 'B' | 'C'
        job, results = run_cells(sandbox, cells, files={"utils.py": b"..."})
        with job:                                  # results: one CellResult a cell, in order
            job.defines(["step"])                  # {'step': 'function'}
            reply = job.call("step", (x, state, parameters), store_as="forward")
            reply = job.call("step_backward", (d_state, Stored("forward", (1,))))
            reply = job.call("sequence", (xs, state0, parameters), mask_globals=True,
                             stand_ins={"step": right}, max_stand_in_calls=T)
            job.alive                              # False after 'timed_out' and 'crashed'

``sandbox.job(cells, files)`` gives a job whose cells have not run yet (``job.run()``);
``run_cells`` also runs again without cells that hang or kill their process.
``sandbox.watched_job(cells)`` also gives a count of the system calls that it is refused.
Nothing here raises because of what student code does; ``SandboxError`` is the kit's own fault.
"""

from .data import (
    ENDED,
    Call,
    CellKind,
    CellResult,
    CellSource,
    Definition,
    Later,
    RaisedError,
    Reply,
    Right,
    SandboxError,
    Stored,
)
from .inside.wire import Form, Refused, form
from .inside.worker import cpu_seconds
from .isolation import adopt_orphans, bubblewrap, protect_parent
from .job import Job
from .limits import MOST_IDLE, MOST_JOBS, MOST_WAITS, SAFE, Limits
from .run import run_cells
from .sandbox import Sandbox, available_tiers

__all__ = [
    "ENDED",
    "MOST_IDLE",
    "MOST_JOBS",
    "MOST_WAITS",
    "SAFE",
    "Call",
    "CellKind",
    "CellResult",
    "CellSource",
    "Definition",
    "Form",
    "Job",
    "Later",
    "Limits",
    "RaisedError",
    "Refused",
    "Reply",
    "Right",
    "Sandbox",
    "SandboxError",
    "Stored",
    "adopt_orphans",
    "available_tiers",
    "bubblewrap",
    "cpu_seconds",
    "form",
    "protect_parent",
    "run_cells",
]
