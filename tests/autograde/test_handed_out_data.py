"""A file of data beside the notebook: handed out, and there wherever cells run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from grader.autograde.mark import mark
from grader.course import Course
from grader.errors import UsageError
from grader.release.release import release
from grader.simulate.pupils import Pupil
from tests.kit.toy import NAME, new_course

DATA = b"0.25 0.5\n\xff\x00"  # bytes, as they are: no text that an editor would mend
READ = """\
with open("levels.dat", "rb") as file:
    levels = file.read()
assert levels[-1] == 0 and len(levels) == 11
"""

pytestmark = pytest.mark.sandbox


@pytest.fixture
def here(tmp_path: Path) -> Course:
    """A course whose set-up cell reads data."""
    made = new_course(tmp_path / "course")
    (made.folder(NAME) / "files" / "levels.dat").write_bytes(DATA)
    exercises = made.folder(NAME) / "exercises.py"
    before = exercises.read_text("utf-8")
    text = before.replace('files=("leaky_utils.py",)', 'files=("leaky_utils.py", "levels.dat")')
    exercises.write_text(text, "utf-8")
    lesson = made.lesson(NAME)
    words = lesson.read_text("utf-8").replace("import numpy as np\n", "import numpy as np\n" + READ)
    lesson.write_text(words, "utf-8")
    assert text != before and READ in words
    release(made, NAME)
    return made


def test_data_are_handed_out_as_they_are(here: Course) -> None:
    """No line above them says what they are derived from: that is for modules."""
    assert (here.assignments / NAME / "levels.dat").read_bytes() == DATA
    assert (here.source / NAME / "levels.dat").read_bytes() == DATA


def test_cells_find_data_where_marks_are_made(here: Course, tmp_path: Path) -> None:
    """The solution's own cells in the judge, and the student's in the sandbox."""
    assignment, folder = here.packed(NAME).load(), os.getcwd()
    for pupil, score in ((Pupil("ada"), 20.0), (Pupil("blank", solved=()), 0.0)):
        path = tmp_path / f"{pupil.name}.ipynb"
        book = json.loads(here.released_notebook(NAME).read_text("utf-8"))
        path.write_bytes(pupil.notebook(assignment, book))
        found = mark(here, NAME, path)
        assert (found.outcome, found.score) == ("graded", score), found
    assert os.getcwd() == folder


def test_data_that_a_function_wants_at_each_call_are_refused(here: Course) -> None:
    """A right function must give the same wherever the judge calls it: release says so."""
    lesson = here.lesson(NAME)
    line = "h_next = squash(w * h + u * x + b)"
    text = lesson.read_text("utf-8")
    assert text.count(line) == 1
    lesson.write_text(
        text.replace(line, f"np.fromfile('levels.dat', np.uint8)\n    {line}"), "utf-8"
    )
    with pytest.raises(UsageError, match=r"the solution of leak fails .*FileNotFoundError"):
        release(here, NAME)
