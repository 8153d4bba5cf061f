"""Show what a student with a known mistake would see in the notebook."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.assignment.assignment import Assignment
from grader.assignment.spec import REFERENCES, SELFCHECK, Exercise
from grader.course import Course
from grader.errors import UsageError
from grader.release.references import build_references, to_bytes
from grader.release.selfcheck_file import selfcheck_text
from grader.simulate.student_check import load_check
from grader.verify.in_process import define


def panel_of_mistake(
    assignment: Assignment, exercise: Exercise, mistake: str | None
) -> tuple[str, str]:
    """Return a mistake's id and the panel that it gives, the exercise's first if none is named.

    It is made by the very check that students would get. Raises UsageError with the names that
    there are.
    """
    found = [each for each in exercise.mistakes if mistake in (None, each.id)]
    if not found:
        names = ", ".join(each.id for each in exercise.mistakes) or "none yet"
        raise UsageError(f"{exercise.name} has no mistake {mistake!r}: {names}")
    source = found[0].apply(assignment.source.function_source(exercise.name))
    function = define(source, exercise.name, assignment.names)
    needed = {exercise.name, *_below(assignment, exercise)}
    arrays = build_references(assignment.spec, assignment.source, needed)
    name = assignment.spec.name
    with tempfile.TemporaryDirectory(prefix="try-") as folder:
        course = Course(Path(folder))
        beside = course.assignments / name
        beside.mkdir(parents=True)
        (beside / SELFCHECK).write_text(selfcheck_text(), "utf-8")
        (beside / REFERENCES).write_bytes(to_bytes(arrays))
        check = load_check(course, name)
        panel, _ = check.examine(check.references()[exercise.name], function)
    return found[0].id, str(panel)


def _below(assignment: Assignment, exercise: Exercise) -> Iterator[str]:
    for name in exercise.calls:
        yield name
        yield from _below(assignment, assignment.spec.exercise(name))
