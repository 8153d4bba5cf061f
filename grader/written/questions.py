"""Find an assignment's written questions, and read what a class answered to them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.assignment.source import WRITTEN_CELL, cell_id
from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.hand_marks import HandMark
from grader.html.lesson import lesson, read_cells
from grader.html.pictures import read_pictures
from grader.html.wording import counted
from grader.plain_text import one_line
from grader.records import VERDICT_FILE, read_verdict

EXCERPT = 160  # characters
GROUP = 16  # hexadecimal digits


@dataclass(frozen=True)
class Question:
    """A written question: its cell, its title, its text and a model answer in markdown.

    ``rubric`` is the assignment's own: points by item. ``most`` are the points that there are.
    """

    cell: str
    title: str
    text: str
    model: str
    most: float
    rubric: Mapping[str, float]


def written_questions(course: Course, name: str) -> list[Question]:
    """Read the questions of a released assignment, in their order.

    Raises UsageError where it has none.
    """
    cells = read_cells(course.released_notebook(name))
    if not cells:
        raise UsageError(f"{name} is not released: run `grader release {name}`")
    headings, rubrics = lesson(course, name).headings, course.spec(name).rubrics
    models = {cell_id(cell): _source(cell) for cell in read_cells(course.solution_notebook(name))}
    found, before = [], ""
    for cell in cells:
        about, key = cell.get("metadata", {}).get("nbgrader", {}), cell_id(cell)
        if about.get("grade") and about.get("solution") and cell.get("cell_type") == "markdown":
            rubric = rubrics.get(key.removeprefix(WRITTEN_CELL), {})
            title = headings.get(key) or key
            most = float(about.get("points") or 0.0)
            found.append(Question(key, title, before, models.get(key, ""), most, rubric))
        elif cell.get("cell_type") == "markdown":
            before = _source(cell)
    if not found:
        raise UsageError(f"{name} has no written question: nothing of it is marked by hand")
    return found


def _source(cell: Mapping[str, Any]) -> str:
    return "".join(cell.get("source", ""))


@dataclass(frozen=True)
class WrittenAnswer:
    """An answer: its text as the student typed it, and pictures as addresses that hold all data."""

    text: str = ""
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Brief:
    """What the list shows of an answer: its first words, and which answers are the same."""

    excerpt: str = ""
    group: str = ""


@dataclass
class _Read:
    """What was read of one student's folder; ``stamp`` tells whether it is still so."""

    stamp: tuple[int, ...] = ()
    verdict: str = ""
    briefs: Mapping[str, Brief] = field(default_factory=dict)


class ClassAnswers:
    """The answers of a class to written questions, read from the autograded notebooks.

    What the list needs is kept while the files stay as they are: a class of a thousand is read
    once.
    """

    def __init__(self, course: Course, name: str, questions: list[Question]) -> None:
        self._course, self._name = course, name
        self._cells = {question.cell for question in questions}
        self._kept: dict[str, _Read] = {}

    def _folder(self, student: str) -> Path:
        return self._course.autograded / student / self._name

    def current(self, mark: HandMark) -> bool:
        """Tell whether the files on disk are what the gradebook holds the marks of.

        An answer of another run is shown, but not marked: nobody gets points for what another text
        says.
        """
        return bool(mark.verdict) and self._read(mark.student).verdict == mark.verdict

    def brief(self, mark: HandMark) -> Brief:
        """Return what the list shows."""
        return self._read(mark.student).briefs.get(mark.cell, Brief())

    def full(self, mark: HandMark) -> WrittenAnswer:
        """Read the whole answer."""
        for cell in read_cells(self._folder(mark.student) / f"{self._name}.ipynb"):
            if cell_id(cell) == mark.cell:
                return _answer(cell)
        return WrittenAnswer()

    def _read(self, student: str) -> _Read:
        folder = self._folder(student)
        paths = folder / VERDICT_FILE, folder / f"{self._name}.ipynb"
        stamp = tuple(number for path in paths for number in _stamp(path))
        kept = self._kept.get(student)
        if kept is None or kept.stamp != stamp:
            verdict = read_verdict(paths[0])
            briefs = {
                cell_id(cell): _brief(_answer(cell))
                for cell in read_cells(paths[1])
                if cell_id(cell) in self._cells
            }
            kept = _Read(stamp, verdict.digest if verdict else "", briefs)
            self._kept[student] = kept
        return kept


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        told = path.stat()
    except OSError:
        return (0, 0, 0)
    return (told.st_mtime_ns, told.st_size, told.st_ino)


def _answer(cell: Mapping[str, Any]) -> WrittenAnswer:
    text, pictures = read_pictures(cell)
    return WrittenAnswer(text.replace("&lt;", "<").strip(), pictures)  # as it was typed


def _brief(answer: WrittenAnswer) -> Brief:
    """Return the first words, and a name that equal answers share, however they are spaced."""
    said = repr((" ".join(answer.text.split()).casefold(), answer.pictures))
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    pictures = f"[{counted(len(answer.pictures), 'picture')}] " if answer.pictures else ""
    return Brief(pictures + one_line(answer.text, EXCERPT), digest[:GROUP])
