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
from grader.release.references import build_references, from_bytes, keep_committed, to_bytes
from grader.release.release import release
from grader.release.selfcheck_file import selfcheck_text
from grader.simulate.copy_course import copy_of
from tests.kit.course import NAME, ROOT, assignment, course, packed, released_text

FILES = ("references.npz", f"{NAME}.ipynb", "rnn_utils.py", "selfcheck.py")
FOLDER = ROOT / "assignments" / NAME


def contents(folder: Path) -> dict[str, bytes]:
    """The content of every file in ``folder``."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


POINTS = {exercise.name: exercise.points for exercise in assignment().spec.exercises}


def text() -> str:
    """The assignment's text."""
    return course().lesson(NAME).read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_fresh_release_is_what_is_committed(tmp_path: Path) -> None:
    """From the text alone come the committed files, to the last byte."""
    trial = copy_of(course(), tmp_path / "course")
    trial.solution_notebook(NAME).unlink()
    made = release(trial, NAME)
    assert contents(made.folder) == contents(FOLDER)
    assert made.files == FILES and made.changed == ()
    assert (
        trial.solution_notebook(NAME).read_bytes() == course().solution_notebook(NAME).read_bytes()
    )


def test_the_committed_files_are_up_to_date() -> None:
    """selfcheck.py, the modules and the source notebook equal what the code makes of the text."""
    assert (FOLDER / "selfcheck.py").read_text(encoding="utf-8") == selfcheck_text()
    utils = (ROOT / "rnn_utils.py").read_bytes()
    stamped = room.stamp(utils, "rnn_utils.py", "rnn_utils.py at the project's root")
    assert (FOLDER / "rnn_utils.py").read_bytes() == stamped
    long, figures = expand(text(), POINTS), course().figures(NAME)
    book = to_notebook(long, NAME, figures, packed().source.files, text())
    assert nbformat.writes(book) + "\n" == course().solution_notebook(NAME).read_text("utf-8")


def test_the_committed_references_are_up_to_date() -> None:
    """Recomputed references agree with the committed ones, in values and in description."""
    data = (FOLDER / "references.npz").read_bytes()
    arrays = build_references(assignment().spec, assignment().source)
    assert to_bytes(keep_committed(arrays, from_bytes(data))) == data


def test_the_text_is_written_as_adoption_writes_it() -> None:
    """Taken back from its notebook the text is the same, so that edits alone show in a diff."""
    figures = course().figures(NAME)
    book = to_notebook(expand(text(), POINTS), NAME, figures, packed().source.files)
    assert shorten(to_text(book, figures), POINTS) == text()


def test_the_committed_notebook_holds_no_solution() -> None:
    """No line of a solution or a model answer, no mark, and a stub in every answer cell."""
    lines = solution_lines(packed().source)
    assert len(lines) > 60 and any(line.startswith("**1.**") for line in lines)
    refuse_solutions(packed().source, contents(FOLDER))
    texts = {cell["id"]: "".join(cell["source"]) for cell in json.loads(released_text())["cells"]}
    for exercise in assignment().spec.exercises:
        assert "raise NotImplementedError" in texts[exercise.name]
