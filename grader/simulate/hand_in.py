"""Hand in for made-up students: their notebooks where the grader looks for submissions."""

from __future__ import annotations

import json
from collections.abc import Iterable

from grader.assignment.assignment import Assignment
from grader.course import Course
from grader.errors import UsageError
from grader.files.atomic import read_text, write_beside
from grader.simulate.pupils import Pupil, synthetic_pupils


def hand_in(course: Course, assignment: Assignment, pupils: Iterable[Pupil]) -> None:
    """Write each pupil's notebook to ``submitted/<name>/<assignment>/``."""
    name = assignment.spec.name
    released = json.loads(read_text(course.released_notebook(name), "run `make release` first"))
    for pupil in pupils:
        target = course.submitted / pupil.name / name / f"{name}.ipynb"
        write_beside(target, pupil.notebook(assignment, released))


def simulate(course: Course, name: str, number: int, seed: int = 0) -> int:
    """Write a synthetic class into ``submitted/`` and return its size.

    Raises UsageError when ``submitted/`` holds this assignment already: real work is never mixed
    with made-up work.
    """
    present = list(course.submitted.glob(f"*/{name}")) if course.submitted.is_dir() else []
    if present:
        raise UsageError(
            f"{course.submitted} holds {len(present)} submissions of {name} already: "
            "use an empty course folder with --course DIR"
        )
    assignment = course.packed(name).load()
    hand_in(course, assignment, synthetic_pupils(assignment, number, seed))
    return number
