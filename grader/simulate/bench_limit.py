"""Do what no judge can do without, in one process: the bench's limit.

The same cells, the same hidden inputs and right results, the same calls and the same comparing,
with no isolation, no fork, no IPython and no message. Only for the bench's own class: nothing holds
what a submission does.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.calling import bound
from grader.assignment.spec import Case, Exercise
from grader.autograde.inbox import handed_in, open_folder
from grader.comparison.ladder import compare
from grader.comparison.layout import Tolerance, Tree
from grader.comparison.time_limit import time_limit
from grader.comparison.trees import deep_copy, returned_by
from grader.course import Course
from grader.intake.submission import Submission
from grader.judge.hidden_cases import draw
from grader.judge.seeds import hidden_seeds
from grader.progress import bar
from grader.simulate.bench_floor import cells_of, silent_check

CALL_SECONDS = 2.0  # of processor time: a known mistake may not come to its end


def cases_compared(assignment: Assignment, work: Submission, secret: bytes) -> int:
    """Run, ask and compare one submission; return how many cases were compared."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(cells_of(work)):
        with contextlib.suppress(Exception):
            exec(compile(cell, f"<cell {number}>", "exec"), names)
    seeds = hidden_seeds(secret, "", assignment, work)
    compared = 0
    for exercise in assignment.spec.exercises:
        posed = draw(exercise, assignment.functions, seeds[exercise.name])
        if exercise.name in names:
            compared += sum(_asked(exercise, names, case, right) for case, right in posed)
    return compared


def _asked(exercise: Exercise, names: dict[str, Any], case: Case, right: Tree) -> int:
    arguments = deep_copy(case.arguments)
    try:
        with time_limit(CALL_SECONDS, processor=True):
            made = returned_by(exercise.layout, bound(exercise, names), arguments)
    except Exception:
        return 0
    compare(exercise.layout, right, made, Tolerance(case.tolerance, reveal=False), case.dims)
    return 1


def compare_all(folder: str, name: str) -> None:
    """Do it with every submission of a course."""
    course = Course.at(Path(folder))
    assignment, secret = course.packed(name).load(), course.secret()
    sys.modules["selfcheck"] = silent_check()
    warnings.simplefilter("ignore")
    found = compared = 0
    students = handed_in(course, name).students
    with (
        tempfile.TemporaryDirectory() as beside,
        np.errstate(all="ignore"),
        bar("limit") as progress,
    ):
        for file, data in assignment.source.files:
            Path(beside, file).write_bytes(data)
        sys.path.insert(0, beside)
        os.chdir(beside)
        for done, student in enumerate(students, 1):
            work = open_folder(course, assignment, student)
            if isinstance(work, Submission):
                found += 1
                with contextlib.redirect_stdout(io.StringIO()):
                    compared += cases_compared(assignment, work, secret)
            progress(done, len(students))
    print(compared, "cases of", found, "submissions")


if __name__ == "__main__":
    compare_all(sys.argv[1], sys.argv[2])
