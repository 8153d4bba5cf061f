"""The student's notebook is run from the first cell to the last, whatever is filled in."""

from __future__ import annotations

import json
import os
import re
import shutil
import warnings
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from grader.simulate.pupils import Pupil
from tests.kit.course import assignment, book_of, course, student_folder

pytestmark = pytest.mark.slow

FILLED = {"nothing": 0, "exercise 1": 1, "exercises 1 to 4": 4, "all of it": None}
CASES = [(name, case) for name in course().names() for case in ("nothing", "all of it")]
CASES += [("rnn_step_by_step", case) for case in ("exercise 1", "exercises 1 to 4")]
MOST_CHARACTERS = 3_000_000  # with all that it shows: pictures, and of music sounds
SOUNDS = {"making_music": 4}  # the first one, one's own, and two more


@pytest.mark.parametrize(("name", "case"), CASES)
def test_it_runs_to_the_summary(name: str, case: str, tmp_path: Path) -> None:
    """No cell stops it; the last one adds up the points, and an error is an empty example's."""
    work = shutil.copytree(student_folder(name), tmp_path / "work")
    exercises = {exercise.name: exercise for exercise in assignment(name).spec.exercises}
    solved = tuple([*exercises][: FILLED[case]])
    book = nbformat.reads(json.dumps(book_of(Pupil("s", solved=solved), name)), as_version=4)
    unlike = ("NBGRADER", "PYTHONPATH")
    env = {name: value for name, value in os.environ.items() if not name.startswith(unlike)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        where = {"metadata": {"path": str(work)}}
        NotebookClient(book, timeout=300, kernel_name="python3", resources=where).execute(env=env)
    raised = [cell.id for cell in book.cells if _errors(cell)]
    assert raised == [f"example_{exercise}" for exercise in exercises if exercise not in solved]
    last = next(cell for cell in book.cells if cell.id == "summary")
    told = "".join(str(output.get("data", {}).get("text/plain", "")) for output in last.outputs)
    points = sum(exercises[exercise].points for exercise in solved)
    whole = assignment(name).spec.points
    assert re.search(rf"\b{points:g} of {whole:g} points", told)
    kept = json.dumps(book)
    assert len(kept) < MOST_CHARACTERS
    if case == "all of it":
        assert kept.count("data:audio/wav") == SOUNDS.get(name, 0)


def _errors(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    outputs = cell.get("outputs", [])
    return [output for output in outputs if output.output_type == "error"]
