"""Moodle's grading worksheet, filled in and read back."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from grader.course import Course
from tests.export.kit import fails, run, table, written
from tests.kit.gradebook import record

WORKSHEET = '''\
Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade",\
"Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 101","Ada Lovelace",1,ADA@u.example,"Submitted, ""late""",,25.00,Yes,\
"Monday, 3 March 2025, 9:00 PM",-,
"Participant 102",=Bo,bo,b@u.example,"No submission",12.00,25.00,Yes,-,\
"Tuesday, 4 March 2025, 1:00 AM","two
lines, and a comma"
"Participant 103",Nobody,nn,n@u.example,"No submission",,25.00,Yes,-,-,-
'''


def worksheet(course: Course, text: str = WORKSHEET, encoding: str = "utf-8") -> Path:
    path = course.root / "worksheet.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def moodle(course: Course, *options: Any, sheet: Path | None = None) -> Result:
    roster = course.root / "roster.csv"
    sheet = sheet or worksheet(course)
    return run(course, "--format", "moodle", "--worksheet", sheet, "--roster", roster, *options)


def test_moodle_gets_its_own_worksheet_back_with_grades(course: Course) -> None:
    """Only cells of Grade differ; order, other columns, and the time Moodle compares stay."""
    before = table(worksheet(course))
    result = moodle(course)
    after = written(result)
    at = before[0].index("Grade")
    assert [row[at] for row in after] == ["Grade", "26", "11", ""]
    assert [row[:at] + row[at + 1 :] for row in after] == [
        row[:at] + row[at + 1 :] for row in before
    ]
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(after[0])


def test_moodle_says_what_would_be_lost(course: Course) -> None:
    """Students missing from the worksheet and grades above its maximum end with exit code 1."""
    result = moodle(course)
    assert result.exit_code == 1
    assert f"graded, but not in {course.root / 'worksheet.csv'}: josé, =cmd" in result.stderr
    assert "above 25 points, which Moodle skips: ada" in result.stderr


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_moodle_worksheet_saved_by_a_spreadsheet(course: Course, encoding: str) -> None:
    """A worksheet that went through a spreadsheet comes out as Moodle wants it: UTF-8, commas."""
    text = WORKSHEET.replace("Nobody", "Nöbody").replace('"two\nlines, and a comma"', "none")
    rows = csv.reader(io.StringIO(text))
    made = io.StringIO()
    csv.writer(made, delimiter=";", lineterminator="\n").writerows(rows)
    result = moodle(course, sheet=worksheet(course, made.getvalue(), encoding))
    assert [row[5] for row in written(result)] == ["Grade", "26", "11", ""]
    assert written(result)[3][1] == "Nöbody"


def test_moodle_worksheet_without_names(course: Course) -> None:
    """In a nameless worksheet the roster's ``login`` may hold the participant's number."""
    (course.root / "roster.csv").write_text("student,login\nbo,102\nada,101\n")
    text = "Identifier,Grade,Last modified (grade)\nParticipant 102,,-\nParticipant 101,,-\n"
    result = moodle(course, sheet=worksheet(course, text))
    assert [row[1] for row in written(result)] == ["Grade", "11", "26"]


def test_a_participant_s_number_is_not_a_student_s_id(course: Course) -> None:
    """Where there are names, ``Participant 7`` is not the student with the id 7."""
    record(course, {"7": 2})
    text = WORKSHEET.replace("Participant 103", "Participant 7")
    (course.root / "roster.csv").write_text("student,email\n7,\nada,ada@u.example\nbo,\n")
    result = moodle(course, sheet=worksheet(course, text))
    assert [row[5] for row in written(result)] == ["Grade", "26", "11", ""]


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (("Identifier,", "Kennung,"), "has no column Identifier"),
        (('"Last modified (grade)"', "Geändert"), "has no column Last modified (grade)"),
        (("Status,Grade", "Grade,Grade"), "has two columns Grade"),
        (("25.00", "20.00"), "line 2: the maximum grade is 20.00, here it is 25"),
        (("25.00", "Satisfactory"), "the maximum grade is Satisfactory"),
        ((",nn,", ",bo,"), "line 5 fits bo, as does line 3"),
        ((",bo,b@u.example", ",bo,ada@u.example"), "line 3 fits"),
    ],
)
def test_a_worksheet_that_does_not_fit(course: Course, edit: tuple[str, str], says: str) -> None:
    """One line says which line or column of the worksheet is wrong, and nothing is written."""
    fails(moodle(course, sheet=worksheet(course, WORKSHEET.replace(*edit))), says)
    assert not (course.root / "exports").exists()


def test_a_worksheet_of_another_class(course: Course) -> None:
    """A worksheet in which nobody is known is refused with what it must hold."""
    text = WORKSHEET.replace("bo,b@", "zz,b@").replace("ADA@", "x@")
    fails(moodle(course, sheet=worksheet(course, text)), "no row of")
