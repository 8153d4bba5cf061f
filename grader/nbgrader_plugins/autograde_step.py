"""Autograde with this kit's judge when nbgrader's own ``autograde`` or formgrader's button runs.

nbgrader grades in two passes. In the first its cleaning steps are replaced by one that reads the
submitted file as data, judges it and puts the graded notebook in its place; the second keeps
nbgrader's own steps that save grades and late penalties, and executes nothing.
"""

from __future__ import annotations

import atexit
import functools
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from traitlets.config import Config

from grader.autograde.graded_notebook import answers, graded_notebook
from grader.autograde.inbox import open_folder
from grader.autograde.isolation import accepted
from grader.autograde.judge_process import FAULTS, JudgeProcess, Task
from grader.course import Course
from grader.files.alone import alone
from grader.files.atomic import write_all
from grader.gradebook.config import set_folders
from grader.gradebook.source_folder import write_source
from grader.gradebook.submission_time import UnusableTime, read_time
from grader.judge.judge import failed
from grader.judge.seeds import hidden_seeds
from grader.records import published_verdict
from grader.sandbox import protect_parent
from grader.verdict import Verdict


class Judged(NamedTuple):
    """What is known of a submission between nbgrader's two passes."""

    text: str
    verdict: Verdict
    answers: Mapping[str, str]
    settled: frozenset[str] = frozenset()  # what was marked by hand before


_judged: dict[tuple[Path, str, str], Judged] = {}


class GraderError(RuntimeError):
    """A failure of the judge itself: nbgrader must not save what it has for this submission."""


class Judge(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader comes without types
    """A preprocessor that replaces a submitted notebook by its graded one."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Judge the file that nbgrader read.

        Raises GraderError for the kit's own faults, UsageError while the class is graded: whoever
        does that enters this student as well. Raises UnusableTime where nobody can tell when it was
        handed in: nbgrader logs the line, and grades the others.
        """
        from grader.gradebook.beside_nbgrader import settled_cells

        course, name, student = _whose(self, resources)
        read_time(course.submitted / student / name)
        with alone(course.lock, f"grading {student}'s {name} in formgrader or nbgrader"):
            made = _judge(course, name, student)
        if made.verdict.outcome == "grader_error":
            raise GraderError(made.verdict.fault)
        settled = settled_cells(name, student, resources["nbgrader"]["db_url"])
        _judged[course.root, student, name] = made._replace(settled=settled)
        book: NotebookNode = nbformat.reads(made.text, as_version=4)
        return book, resources


class SaveBonus(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader comes without types
    """A preprocessor that records the points of bonus exercises as extra credit.

    nbgrader takes no more from a cell's output than the cell's points, and such a check has none.
    It comes before the late penalty, which is a share of the whole score.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Write what `Judge` found in the first pass; the notebook stays as it is."""
        from grader.gradebook.beside_nbgrader import save_bonus

        course, name, student = _whose(self, resources)
        made = _judged.get((course.root, student, name))
        if made is not None:
            save_bonus(course, name, student, made.verdict, resources["nbgrader"]["db_url"])
        return nb, resources


class Publish(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader comes without types
    """A preprocessor that writes the verdict once the gradebook has the marks.

    So the verdict never says more than the gradebook.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Publish what `Judge` found in the first pass; the notebook is nbgrader's to write."""
        from grader.gradebook.beside_nbgrader import note_verdict

        course, name, student = _whose(self, resources)
        made = _judged.pop((course.root, student, name), None)
        if made is not None:
            _, verdict, answered, settled = made
            url = resources["nbgrader"]["db_url"]
            note_verdict(name, student, verdict, answered, settled, url)
            write_all(published_verdict(course, student, name, verdict))
        return nb, resources


def _whose(step: NbGraderPreprocessor, resources: ResourcesDict) -> tuple[Course, str, str]:
    """Return the course, the assignment and the student that nbgrader is at."""
    about = resources["nbgrader"]
    root = Path(step.parent.parent.coursedir.root)  # of the converter's application
    return Course.at(root), str(about["assignment"]), str(about["student"])


def _judge(course: Course, name: str, student: str) -> Judged:
    packed = course.packed(name)
    assignment = packed.load()
    released = course.released_notebook(name).read_text(encoding="utf-8")
    work = open_folder(course, assignment, student)
    if isinstance(work, Verdict):
        return Judged(_with_message(released, work), work, answers(assignment, None, released))
    drawn = hidden_seeds(course.secret(), student, assignment, work)
    process = _judge_process()
    tier = accepted(process.ready(), allow_unsafe=False)
    try:
        judged = process.judge(packed, Task(student, work, drawn, alone=True), tier)
    except FAULTS as error:
        return Judged("", failed(assignment, student, error), {})
    text = graded_notebook(released, work, judged.verdict, judged.outputs)
    return Judged(text, judged.verdict, answers(assignment, work, released))


def _with_message(released: str, verdict: Verdict) -> str:
    """Return the released notebook, zero points in every check, for one that cannot be read."""
    book = json.loads(released)
    for cell in book["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("grade") and not about.get("solution"):
            error = {"output_type": "error", "ename": "unreadable", "evalue": verdict.message}
            # An error and no number: nbgrader gives no points for such a check.
            cell["outputs"] = [{**error, "traceback": [verdict.message]}]
    return json.dumps(book)


@functools.cache
def _judge_process() -> JudgeProcess:
    protect_parent()  # it holds the course's secret
    process = JudgeProcess()
    atexit.register(process.close)
    return process


def register_before(config: Config, **about: Any) -> None:
    """Enter the assignment into the gradebook, and write the files that nbgrader copies from.

    The course is where nbgrader takes it to be: formgrader's server may run in another folder.
    """
    from grader.gradebook.write import register

    places = config.CourseDirectory
    course = Course.at(Path(places.root) if "root" in places else Path.cwd())
    write_source(course, about["assignment"])
    register(course, about["assignment"])


def existing_time(coursedir: CourseDirectory, folder: str) -> datetime | None:
    """Read ``timestamp.txt`` for nbgrader as `GradebookWriter` does; takes a method's place.

    A time that cannot be told is logged. It stops no collecting, and grading stops at it later.
    """
    try:
        return read_time(Path(folder))
    except UnusableTime as why:
        coursedir.log.error(str(why))
        return None


def configure(config: Config) -> None:
    """Set nbgrader up for this kit; called from ``nbgrader_config.py``."""
    set_folders(config)
    # nbgrader has no hook for it; its own stops at a byte order mark, and guesses at dates.
    CourseDirectory.get_existing_timestamp = existing_time
    config.Autograde.sanitize_preprocessors = [Judge]
    # Without Execute, which stands here in nbgrader: the judge's outputs are in the cells already.
    config.Autograde.autograde_preprocessors = [
        *(SaveAutoGrades, SaveBonus, AssignLatePenalties, Publish)
    ]
    config.Autograde.exporter_class = "grader.nbgrader_plugins.gradebook_guard.GuardedGradebook"
    config.Autograde.pre_convert_hook = functools.partial(register_before, config)
    config.GenerateAssignment.exporter_class = (
        "grader.nbgrader_plugins.source_guard.GuardedNotebook"
    )
    config.GenerateFeedback.exporter_class = (
        "grader.nbgrader_plugins.feedback_exporter.FeedbackPage"
    )
