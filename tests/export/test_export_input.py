"""What an export refuses or reports: waiting marks, bad files, damaged gradebooks."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
import unicodedata
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import nbgrader
import pytest
from nbgrader import dbutil

from grader.cli import main
from grader.course import Course
from grader.export.export import FORMATS
from grader.export.plain import COLUMNS
from grader.gradebook.config import gradebook_url
from grader.gradebook.roster import TEXTS
from tests.export.kit import ROSTER, fails, run, written
from tests.kit.gradebook import NAME, WRITTEN, record
from tests.kit.toy import ROOT


def test_nothing_is_written_while_answers_wait(course: Course) -> None:
    """Who waits for a mark in which cell is said, and the exit code is 1."""
    record(course, {"eve": 2, "finn": 1}, answered=True)
    result = run(course)
    assert result.exit_code == 1 and result.stdout == ""
    assert f"{WRITTEN}: 2 answers wait for a mark (eve, finn)" in result.stderr
    assert "--provisional" in result.stderr
    assert not (course.root / "exports").exists()


def test_provisional_writes_them_and_says_so(course: Course) -> None:
    """``--provisional`` writes what there is; the cell stays empty and the status says it waits."""
    record(course, {"eve": 2}, answered=True)
    result = run(course, "--provisional")
    assert result.exit_code == 0 and "1 answer waits for a mark (eve)" in result.stderr
    header, *rows = written(result)
    [eve] = [dict(zip(header, row, strict=True)) for row in rows if row[0] == "eve"]
    assert (eve["status"], eve["score"], eve[WRITTEN]) == ("waiting", "20", "")


def test_a_regrade_asks_for_another_look(course: Course) -> None:
    """A mark that nbgrader wants looked at again after a regrade counts as waiting."""
    record(course, {"ada": 2}, answered=True)
    result = run(course)
    assert result.exit_code == 1 and f"{WRITTEN}: 1 answer waits" in result.stderr


def test_excused_students_keep_nobody_waiting(course: Course) -> None:
    """An excused student's answer needs no mark."""
    record(course, {"eve": 2}, answered=True)
    with (course.root / "roster.csv").open("a") as file:
        file.write(f"eve,Eve,,,,,,{NAME}\n")
    assert run(course, "--roster", course.root / "roster.csv").exit_code == 0


BAD_ROSTERS: dict[str, tuple[str | bytes, str]] = {
    "no column": ("name,section\nAda,1\n", "has no column student"),
    "two columns": ("student,student\na,b\n", "has two columns student"),
    "twice": ("student\nada\nbo\nada\n", "line 4: ada has a row already"),
    "no id": ("student,name\n,Ada\n", "line 2: the student's id is missing"),
    "too wide": ("student,name\nada,Lovelace, Ada\n", "line 2: 3 cells under 2 columns"),
    "excused": ("student,excused\nada,perhaps\n", "excused says 'perhaps'"),
    "canvas id": ("student,canvas_id\nada,U-1\n", "canvas_id 'U-1' is not a number"),
    "empty": ("", "is empty"),
    "one login": ("student,login\nada,x\nbo,X\n", "line 3: the login X of bo is ada's already"),
    "another's id": ("student,login\nada,bo\nbo,\n", "the login bo of bo is ada's already"),
    "one canvas id": ("student,canvas_id\nada,7\nbo,07\n", "the canvas_id 7 of bo is ada's"),
    "one sis id": ("student,sis_user_id\nada,U\nbo,U\n", "the sis_user_id U of bo is ada's"),
    "header only": ("student,name\n", "has no students"),
    "signs of a terminal": ("st\x1b[2Judent\n", "has no column student"),
    "an endless header": ("name," * 10_000, "has no column student"),
    "strangers": ("student\nzoe\nyan\n", "no student of"),
    "binary": (b"PK\x03\x04\x00\x00student", "is not a text file"),
    "huge cell": ("student\n" + "a" * 200_000 + "\n", "save it as CSV again"),
    "open quote": ('student,name\nada,"' + "x\n" * 90_000, "save it as CSV again"),
}


@pytest.mark.parametrize("kind", BAD_ROSTERS)
def test_a_bad_roster_is_one_line(course: Course, kind: str) -> None:
    """A roster that cannot be used ends with 2 and one line; nothing is written."""
    content, says = BAD_ROSTERS[kind]
    path = course.root / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    fails(run(course, "--roster", path), says)
    assert not (course.root / "exports").exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_a_roster_of_any_program_is_read(course: Course, encoding: str) -> None:
    """Byte order marks, UTF-16 and Windows-1252 are told apart."""
    path = course.root / "roster.csv"
    path.write_bytes(ROSTER.replace("\n", "\r\n").encode(encoding))
    result = run(course, "--roster", path)
    assert result.exit_code == 0
    assert ["josé", "'@José"] in [row[:2] for row in written(result)]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_one_in_either_unicode_form(course: Course, form: str) -> None:
    """The roster's é may be one character or two: it is the student whose folder has the other."""
    record(course, {"zoe\u0308": 1})  # as macOS names a folder
    path = course.root / "roster.csv"
    path.write_text(unicodedata.normalize(form, f"{ROSTER}zoë,Zoë,,,,,,\n"), encoding="utf-8")
    result = run(course, "--roster", path)
    assert result.exit_code == 0 and "left out" not in result.stderr
    graded = {row[0] for row in written(result) if "graded" in row}
    assert {"josé", "zoe\u0308"} <= graded


def test_a_student_has_one_row_in_whatever_unicode_form(course: Course) -> None:
    """Two rows that look alike are two rows of one student."""
    path = course.root / "roster.csv"
    path.write_text("student\njosé\njose\u0301\n", encoding="utf-8")
    fails(run(course, "--roster", path), "line 3: josé has a row already")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_roster_of_any_line_end_is_read(course: Course, end: str) -> None:
    """Lone carriage returns end a line too, and the last line needs no end."""
    path = course.root / "roster.csv"
    path.write_bytes(ROSTER.strip().replace("\n", end).encode())
    result = run(course, "--roster", path)
    assert result.exit_code == 0
    assert [row[0] for row in written(result)][-1] == "dora"


def test_graded_students_whom_the_roster_lacks_are_named(course: Course) -> None:
    """The file is written without them, they are listed, and the exit code is 1."""
    path = course.root / "roster.csv"
    path.write_text("student\nada\nbo\n")
    result = run(course, "--roster", path)
    assert result.exit_code == 1
    assert "not in the roster, left out: =cmd, chloe, josé" in result.stderr
    assert [row[0] for row in written(result)] == ["student", "ada", "bo"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--format", "moodle"], "give --worksheet FILE"),
        (["--format", "blackboard"], "give --column-id N"),
        (["--format", "gradescope"], "give --student S"),
        (["--format", "csv", "--student", "ada"], "--student is not for --format csv"),
        (["--format", "csv", "--column-id", "3"], "--column-id is not for --format csv"),
        (["--format", "canvas", "--column-id", "x"], "--column-id 'x' is not a number"),
        (["--roster", "/nowhere/roster.csv"], "cannot be read (No such file"),
        (["--roster", "/"], "cannot be read (Is a directory"),
        (["--output", "/dev/null/grades.csv"], "cannot be written"),
    ],
)
def test_options_that_do_not_fit(course: Course, options: list[str], says: str) -> None:
    """A missing, superfluous or wrong option is one line with the remedy."""
    fails(run(course, *options), says)


def test_output_says_where(course: Course, tmp_path: Path) -> None:
    """``--output`` writes there, in a folder made for it, and nothing into exports/."""
    target = tmp_path / "new" / "grades.csv"
    assert run(course, "--output", target).stdout.strip() == str(target)
    assert target.exists() and not (course.root / "exports").exists()


def test_before_anything_is_graded(course: Course) -> None:
    """Without a gradebook, and with one that has no submission, the remedy is named."""
    (course.root / "gradebook.db").unlink()
    fails(run(course), f"nothing is graded for {NAME}: run `grader autograde {NAME}` first")
    assert not (course.root / "gradebook.db").exists()


def damage_older(path: Path) -> None:
    """Take away what nbgrader 0.6 and later added."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("alter table grade drop column extra_credit")
        db.execute("alter table student drop column lms_user_id")
        db.execute("update alembic_version set version_num = '50a4d84c131a'")
        db.commit()


def damage_first(path: Path) -> None:
    """Put nbgrader's own example of a gradebook made before 2017 in its place."""
    shutil.copy(Path(nbgrader.__file__).parent / "tests" / "apps" / "files" / path.name, path)


def damage_other(path: Path) -> None:
    path.write_bytes(b"not a database at all, but long enough to be one" * 40)


def damage_torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (damage_first, "run `nbgrader db upgrade`"),
        (damage_older, "run `nbgrader db upgrade`"),
        (damage_other, "put back a copy of it"),
        (damage_torn, "put back a copy of it"),
    ],
)
def test_a_gradebook_that_cannot_be_read(
    course: Course, damage: Callable[[Path], None], says: str
) -> None:
    """An older nbgrader's gradebook and a damaged one are left byte for byte as they were."""
    path = course.root / "gradebook.db"
    damage(path)
    before = path.read_bytes()
    fails(run(course), says)
    assert path.read_bytes() == before


def test_the_named_remedy_mends_an_older_gradebook(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ``nbgrader db upgrade`` an old gradebook opens; here it knows no such assignment."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    damage_first(course.root / "gradebook.db")
    dbutil.upgrade(gradebook_url(course))
    fails(run(course), f"the gradebook does not know {NAME}: run `grader autograde")


def test_a_locked_gradebook(course: Course) -> None:
    """While another program writes, one line says so; afterwards the export works."""
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(
            "\nc.CourseDirectory.db_url = "
            f"'sqlite:///{course.root / 'gradebook.db'}?timeout=0.05'\n"
        )
    with closing(sqlite3.connect(course.root / "gradebook.db", isolation_level=None)) as db:
        db.execute("begin exclusive")
        fails(run(course), "close what has it open")
        db.execute("rollback")
    assert run(course).exit_code == 0


def test_the_documentation_names_every_format_option_and_column() -> None:
    """docs/exports.md lists what the command, the roster and the plain CSV have, and no more."""
    text = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    options = {o for p in main.commands["export"].params for o in p.opts if o.startswith("--")}
    assert {o for o in options if o not in text} <= {"--course"}
    assert set(re.findall(r"^\| `(\w+)`(?: \(default\))? \|", text, re.MULTILINE)) == {
        *FORMATS,
        *TEXTS,
        "excused",
    }
    assert not [column for column in COLUMNS if f"`{column}`" not in text]
