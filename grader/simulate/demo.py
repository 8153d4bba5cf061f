"""Run a bundled class through the whole kit, in a course folder of its own: ``make demo``.

Released, handed in, graded, then a page for each student, the class report and the marks as a
table; at the end where each of them lies.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

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
    page = report(course, name).page
    marks = export(course, name, Wanted(provisional=True)).path
    places = [
        (f"{len(pages.written)} pages of feedback", course.feedback),
        ("class report", page),
        ("marks, provisional until the written question is marked", marks or course.root),
        ("gradebook for formgrader", gradebook_file(course) or course.root),
    ]
    return [(what, path) for what, path in places if path.exists()]
