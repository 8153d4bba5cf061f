"""Execute the same cells in warm forks through IPython, nothing judged or kept: the bench's floor.

It stands by itself and shares nothing with the sandbox: what makes that faster moves no floor.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import types
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from grader.autograde.inbox import handed_in, open_folder
from grader.course import Course
from grader.intake.submission import Submission
from grader.judge.session import RUN
from grader.progress import bar

AT_A_TIME = 300  # submissions in memory, as many as the bench's class has by default
WARM = "import numpy as np\nnp.tanh(np.zeros((2, 2)))"


@cache
def _shell() -> Any:
    """Make a warm shell, once in each process of the pool."""
    import matplotlib.pyplot  # noqa: F401
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    own = sys.modules["__main__"]  # whose place the shell takes; the pool looks for this one
    shell: Any = InteractiveShell.instance(config=config)
    with contextlib.redirect_stdout(io.StringIO()):
        shell.run_cell(WARM)
    sys.modules["__main__"] = own
    return shell


def execute(cells: Sequence[str], files: dict[str, bytes]) -> int:
    """Run a submission's cells in a fork and return how many there were."""
    shell = _shell()
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            Path(folder, name).write_bytes(data)
        pid = os.fork()
        if pid == 0:
            with contextlib.suppress(BaseException):
                _run(shell, cells, folder)
            os._exit(0)
        os.waitpid(pid, 0)
    return len(cells)


def _run(shell: Any, cells: Sequence[str], folder: str) -> None:
    os.chdir(folder)
    sys.modules["__main__"] = shell.user_module
    sys.path.insert(0, folder)
    sys.modules["selfcheck"] = silent_check()
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for cell in cells:
            shell.run_cell(cell, store_history=True)


def silent_check() -> types.ModuleType:
    """Return what notebooks import in the place of the student's check: nothing is checked."""
    module = types.ModuleType("selfcheck")
    for name in ("check", "summary", "drive"):
        setattr(module, name, lambda *_, **__: None)
    return module


def main(folder: str, name: str, workers: int) -> None:
    """Execute every submission of a course."""
    course = Course.at(Path(folder))
    assignment = course.packed(name).load()
    files = dict(assignment.source.files)
    students = handed_in(course, name).students
    ran = found = 0
    with (
        tempfile.TemporaryDirectory() as beside,
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
        bar("floor") as progress,
    ):
        # For the processes of the pool, which start with the first task.
        os.environ |= {"MPLBACKEND": "agg", "IPYTHONDIR": beside}
        for first in range(0, len(students), AT_A_TIME):
            part = students[first : first + AT_A_TIME]
            opened = (open_folder(course, assignment, student) for student in part)
            cells = [cells_of(work) for work in opened if isinstance(work, Submission)]
            for count in pool.map(execute, cells, [files] * len(cells)):
                ran += count
                found += 1
                progress(found, len(students))
    print(ran, "cells in", found, "submissions")


def cells_of(work: Submission) -> list[str]:
    """Return the texts of the cells that run."""
    return [cell.source for cell in work.cells if cell.role in RUN]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
