"""Execute the same cells in warm forks, nothing judged or kept: the floor of the bench."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from grader.autograde.inbox import handed_in, open_folder
from grader.course import Course
from grader.intake.submission import Submission
from grader.judge.session import RUN
from grader.sandbox import CellSource, Sandbox, run_cells


@cache
def _sandbox() -> Sandbox:
    return Sandbox(tier="C")


def execute(submission: Submission, files: dict[str, bytes]) -> int:
    """Run a submission's cells in a fork and return how many ran."""
    cells = [CellSource(cell.id, cell.source) for cell in submission.cells if cell.role in RUN]
    job, results = run_cells(_sandbox(), cells, files)
    job.close()
    return len(results)


def main(folder: str, name: str, workers: int) -> None:
    """Execute every submission of a course."""
    course = Course.at(Path(folder))
    assignment = course.packed(name).load()
    files = dict(assignment.source.files)
    opened = (open_folder(course, assignment, s) for s in handed_in(course, name).students)
    submissions = [work for work in opened if isinstance(work, Submission)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        ran = pool.map(execute, submissions, [files] * len(submissions))
        print(sum(ran), "cells in", len(submissions), "submissions")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
