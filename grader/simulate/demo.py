"""Run a bundled class through the whole kit, in a course folder of its own: ``make demo``.

Released, handed in, graded, then a page for each student, the class report and the marks as a
table; at the end where each of them lies.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from grader.assignment.assignment import Assignment
from grader.autograde.autograde import Summary, autograde
from grader.course import Course
from grader.export.export import Wanted, export
from grader.feedback.feedback import feedback
from grader.gradebook.state import gradebook_file
from grader.release.release import release
from grader.report.report import report
from grader.simulate.copy_course import copy_of
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil, synthetic
from grader.verdict import ExerciseResult, Verdict

IN_THE_TABLE = {
    "passed": "",
    "failed": "",
    "raised": "raised",
    "timed_out": "timed out",
    "crashed": "crashed",
    "not_attempted": "empty",
    "missing": "missing",
    "grader_error": "fault",
}
SYNTHETIC = 15  # pupils, where an assignment has no class of its own


def bundled_class(course: Course, assignment: Assignment) -> list[Pupil]:
    """Return the assignment's own class; where it brings none, one is made up."""
    module = course.demo_class(assignment.spec.name)
    return list(module.PUPILS) if module else synthetic(assignment, SYNTHETIC)


def demo(
    course: Course, name: str, folder: Path, progress: Callable[[int, int], None]
) -> tuple[Course, Summary]:
    """Release, hand in, grade: everything in ``folder``, nothing in the course's own folders."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    trial = copy_of(course, folder)
    release(trial, name)
    assignment = trial.packed(name).load()
    hand_in(trial, assignment, bundled_class(trial, assignment))
    # The bundled class is the kit's own, so it may run where nothing can be isolated.
    return trial, autograde(trial, name, allow_unsafe=True, progress=progress)


def write_results(course: Course, name: str) -> list[tuple[str, Path]]:
    """Write feedback, report and export of the graded class; return what lies where."""
    pages = feedback(course, name)
    page, _ = report(course, name)
    marks = export(course, name, Wanted(provisional=True)).path
    places = [
        (f"{len(pages.written)} pages of feedback", course.feedback),
        ("class report", page),
        ("marks, provisional until the written question is marked", marks or course.root),
        ("gradebook for formgrader", gradebook_file(course) or course.root),
    ]
    return [(what, path) for what, path in places if path.exists()]


def show(summary: Summary, console: Console) -> None:
    """Print the class as a table: score, marks by exercise, where to look next."""
    graded = sorted(summary.graded, key=lambda verdict: verdict.student or "")
    table = Table(title=f"{summary.assignment}: {len(graded)} submissions")
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    names = next((v.exercises for v in graded if v.exercises), ())
    for exercise in names:
        # As wide as the longest of the outcomes; a longer name has several lines.
        table.add_column(exercise.name.replace("_", " "), justify="right", max_width=9)
    table.add_column("look at first", overflow="fold")
    for verdict in graded:
        table.add_row(*_row(verdict, len(names)))
    console.print(table)


def _row(verdict: Verdict, width: int) -> list[Any]:
    score = f"{verdict.score:g}/{verdict.max_score:g}"
    if verdict.outcome != "graded":
        return [verdict.student, score, *[""] * width, f"{verdict.outcome}: {verdict.message}"]
    marks = [IN_THE_TABLE[e.outcome] or f"{e.points:g}/{e.max_points:g}" for e in verdict.exercises]
    return [verdict.student, score, *marks, _next_step(verdict)]


def _next_step(verdict: Verdict) -> str:
    """Return the first exercise that did not pass, with its mistake or the first thing wrong."""
    first = next((e for e in verdict.exercises if e.outcome != "passed"), None)
    if first is None:
        return "nothing: all right"
    return f"{first.name}: {_reason(first)}"


def _reason(exercise: ExerciseResult) -> str:
    if exercise.mistake:
        return exercise.mistake
    if exercise.outcome == "failed":
        failed = [check.name for check in exercise.checks if check.outcome == "failed"]
        return f"{', '.join(failed[:4])} not right"
    if exercise.outcome == "missing":
        return exercise.message
    return exercise.outcome.replace("_", " ")
