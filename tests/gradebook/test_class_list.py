"""Who is in the class, who has handed in, and what lies in the inbox that is not graded."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.course import Course
from grader.export.export import Wanted, export
from grader.gradebook.class_list import class_list
from grader.gradebook.opening import open_gradebook
from grader.report.report import report
from tests.export.kit import table
from tests.kit.gradebook import NAME, new_course, record
from tests.kit.toy import book_of


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """One student is graded, one has handed in an archive, one an empty folder, one nothing."""
    made = new_course(tmp_path / "course")
    record(made, {"ada": 2})
    for student in ("ada", "zip", "empty"):
        (made.submitted / student / NAME).mkdir(parents=True)
    (made.submitted / "ada" / NAME / f"{NAME}.ipynb").write_text(json.dumps(book_of()))
    (made.submitted / "zip" / NAME / "work.zip").write_bytes(b"PK")
    (made.submitted / "forgot.ipynb").write_text("{}")
    with closing(open_gradebook(made)) as gradebook:
        for student in ("dora", "empty", "zip"):
            gradebook.update_or_create_student(student)
    return made


def test_the_class_is_sorted(course: Course) -> None:
    """Work, what is no work, nobody's work, and who has handed in nothing."""
    found = class_list(course, NAME)
    assert (found.students, found.absent, found.gone) == (("ada",), ("dora", "empty", "zip"), ())
    assert [stray.where for stray in found.strays] == [
        f"empty/{NAME}/", "forgot.ipynb", f"zip/{NAME}/work.zip"
    ]  # fmt: skip


def test_the_report_and_doctor_name_each(course: Course) -> None:
    """With what was found and what to do."""
    page = report(course, NAME).page.read_text(encoding="utf-8")
    told = CliRunner().invoke(main, ["doctor", "--course", str(course.root)])
    for stray in class_list(course, NAME).strays:
        assert f"<li>submitted/{stray}".replace("<student>", "&lt;student&gt;") in page
        assert f"submitted/{stray}" in told.stdout
    assert "dora, empty, zip" in page and "Nothing handed in" in page
    assert told.exit_code == 1


def test_nothing_handed_in_is_no_zero(course: Course) -> None:
    """An export has no points for who has none."""
    made = export(course, NAME, Wanted())
    assert made.path is not None
    head, *rows = table(made.path)
    scores = {row[0]: row[head.index("score")] for row in rows}
    assert scores == {"ada": "20", "dora": "", "empty": "", "zip": ""}
    assert any("nothing handed in, no grade: dora, empty, zip" in note for note in made.notes)
