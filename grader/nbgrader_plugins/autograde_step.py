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
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.autograde.graded_notebook import answers, graded_notebook
from grader.autograde.inbox import open_folder
from grader.autograde.isolation import accepted
from grader.autograde.judge_process import FAULTS, JudgeProcess, Task
from grader.course import Course
from grader.files.alone import alone
from grader.files.atomic import write_all
from grader.gradebook.submission_time import read_time
from grader.judge.judgement import failed
from grader.judge.seeds import hidden_seeds
from grader.nbgrader_plugins.configure import configure
from grader.records import published_verdict
from grader.sandbox import protect_parent
from grader.verdict import Verdict

__all__ = ["Judge", "Publish", "SaveBonus", "configure"]  # the last for courses that name it here


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
