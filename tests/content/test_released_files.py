"""What is committed for students and for grading: made by the code as it is, without a solution."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from grader.assignment.cell_headers import expand, shorten
from grader.release import release as room
from grader.release.kept_back import refuse_solutions, solution_lines
from grader.release.percent_text import to_notebook, to_text
from grader.release.references import build_references, file_bytes
from grader.release.selfcheck_file import selfcheck_text
from tests.kit.course import assignment, course, packed, released_text

MOST_BYTES = 300_000  # of what is known of an assignment, locks and all: students fetch it
every_assignment = pytest.mark.parametrize("name", course().names())


def contents(folder: Path) -> dict[str, bytes]:
    """The content of every file in ``folder``."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def folder(name: str) -> Path:
    """What is committed for students."""
    return course().assignments / name


def points(name: str) -> dict[str, float]:
    """The points of an assignment's exercises."""
    return {exercise.name: exercise.points for exercise in assignment(name).spec.exercises}


def text(name: str) -> str:
    """The assignment's text."""
    return course().lesson(name).read_text(encoding="utf-8")


@every_assignment
def test_the_committed_files_are_up_to_date(name: str) -> None:
    """selfcheck.py, the modules and the source notebook equal what the code makes of the text."""
    assert (folder(name) / "selfcheck.py").read_text(encoding="utf-8") == selfcheck_text()
    for file, data in packed(name).source.files:
        stamped = room.stamp(data, file, course().place(course().spec(name), file))
        assert (folder(name) / file).read_bytes() == stamped
    long, figures = expand(text(name), points(name)), course().figures(name)
    book = to_notebook(long, name, figures, packed(name).source.files, text(name))
    assert nbformat.writes(book) + "\n" == course().solution_notebook(name).read_text("utf-8")


@every_assignment
def test_the_committed_references_are_up_to_date(name: str) -> None:
    """Recomputed references agree with the committed ones, in values and in description."""
    data = (folder(name) / "references.npz").read_bytes()
    arrays = build_references(assignment(name).spec, assignment(name).source)
    assert file_bytes(arrays, data) == data
    assert len(data) <= MOST_BYTES


@every_assignment
def test_the_text_is_written_as_adoption_writes_it(name: str) -> None:
    """Taken back from its notebook the text is the same, so that edits alone show in a diff."""
    figures = course().figures(name)
    book = to_notebook(expand(text(name), points(name)), name, figures, packed(name).source.files)
    assert shorten(to_text(book, figures), points(name)) == text(name)


@every_assignment
def test_the_committed_notebook_holds_no_solution(name: str) -> None:
    """No line of a solution or a model answer, no mark, and a stub in every answer cell."""
    lines = solution_lines(packed(name).source)
    assert len(lines) > 50 and any(line.startswith("**1.**") for line in lines)
    refuse_solutions(packed(name).source, contents(folder(name)))
    texts = {
        cell["id"]: "".join(cell["source"]) for cell in json.loads(released_text(name))["cells"]
    }
    for exercise in assignment(name).spec.exercises:
        assert "raise NotImplementedError" in texts[exercise.name]
