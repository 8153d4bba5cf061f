"""Taking a student out, who has left or was renamed: nothing of anybody is lost."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from grader.course import Course
from grader.export.export import Wanted, export
from grader.feedback.feedback import feedback
from grader.files.alone import alone
from grader.gradebook.read import read_marks
from grader.gradebook.standing import VERDICTS
from grader.report.report import report
from tests.export.kit import table
from tests.kit.gradebook import NAME, new_course, record
from tests.kit.toy import SLOPE, book_of

STUDENTS = ("ada", "bo", "cy")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Three graded students; cy's folder is gone from the inbox."""
    made = new_course(tmp_path / "course")
    record(made, dict.fromkeys(STUDENTS, 2))
    for student in STUDENTS[:2]:
        path = made.submitted / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(book_of()))
    feedback(made, NAME)
    return made


def run(course: Course, *words: str, typed: str = "") -> Result:
    """The command as a user runs it."""
    return CliRunner().invoke(main, [*words, "--course", str(course.root)], input=typed)


def test_who_has_left_is_named(course: Course) -> None:
    """By the report, by an export and by doctor; the marks are still there."""
    made = export(course, NAME, Wanted())
    assert any("cy: marked" in note and "grader forget cy" in note for note in made.notes)
    page = report(course, NAME).page.read_text(encoding="utf-8")
    assert "No submission any more" in page and ">cy<" in page
    told = run(course, "doctor").stdout
    assert "grader forget cy" in told and "grader forget ada" not in told


def test_a_student_is_taken_out_after_a_copy(course: Course) -> None:
    """Gradebook, verdict and page are without him; all of it lies in the copy."""
    report(course, NAME)
    assert course.kept(NAME, "report").exists()
    done = run(course, "forget", "cy", "--yes")
    assert done.exit_code == 0, done.output
    assert not course.kept(NAME, "report").exists()  # some of the code was in it
    assert set(read_marks(course, NAME)) == {"ada", "bo"}
    [kept] = (course.root / "copies").iterdir()
    assert str(kept) in done.stdout
    for folder in ("autograded", "feedback"):
        assert (kept / folder / "cy" / NAME).is_dir()
        assert not (course.root / folder / "cy").exists()
    with closing(sqlite3.connect(kept / "gradebook.db")) as copy:
        assert copy.execute("select count(*) from submitted_assignment").fetchone() == (3,)
    with closing(sqlite3.connect(course.root / "gradebook.db")) as now:
        assert now.execute(f"select count(*) from {VERDICTS.name}").fetchone() == (2,)
    made = export(course, NAME, Wanted())
    assert made.path is not None and not made.notes
    assert [row[0] for row in table(made.path)[1:]] == ["ada", "bo"]
    report(course, NAME)


def test_it_asks_before(course: Course) -> None:
    """Whoever says no has changed nothing."""
    done = run(course, "forget", "cy", typed="n\n")
    assert done.exit_code == 1 and "1 marked in the gradebook" in done.stdout
    assert set(read_marks(course, NAME)) == set(STUDENTS)
    assert not (course.root / "copies").exists()
    assert run(course, "forget", "cy", typed="y\n").exit_code == 0


@pytest.mark.parametrize(
    ("student", "says"),
    [("ada", "holds work"), ("dora", "there is nothing"), ("..", "there is nothing")],
)
def test_nobody_else_is_taken_out(course: Course, student: str, says: str) -> None:
    """Who still has work in the inbox, whom nobody knows, and what is no name at all."""
    done = run(course, "forget", student, "--yes")
    assert done.exit_code == 2 and says in done.stderr and done.stderr.count("\n") == 1
    assert set(read_marks(course, NAME)) == set(STUDENTS)


def test_one_assignment_is_taken_out_alone(course: Course) -> None:
    """Who still works for another one keeps what there is of that."""
    (course.submitted / "cy" / SLOPE).mkdir(parents=True)
    (course.submitted / "cy" / SLOPE / f"{SLOPE}.ipynb").write_text(json.dumps(book_of(name=SLOPE)))
    (course.autograded / "cy" / SLOPE).mkdir()
    told = run(course, "forget", "cy", "--yes")
    assert told.exit_code == 2 and "--assignment" in told.stderr
    done = run(course, "forget", "cy", "--yes", "--assignment", NAME)
    assert done.exit_code == 0, done.output
    assert set(read_marks(course, NAME)) == {"ada", "bo"}
    assert [path.name for path in (course.autograded / "cy").iterdir()] == [SLOPE]
    assert {entry["name"] for entry in students(course)} == set(STUDENTS)


def students(course: Course) -> list[dict[str, str]]:
    """Whom the gradebook knows."""
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        return [{"name": row[0]} for row in database.execute("select id from student")]


@pytest.mark.parametrize("lock", ["the course's", "the gradebook's"])
def test_nobody_is_taken_out_while_somebody_writes(course: Course, lock: str) -> None:
    """One line, and nothing is moved: neither marks nor folders are half gone."""
    if lock == "the course's":
        with alone(course.lock, "grading"):
            done = run(course, "forget", "cy", "--yes")
        assert "is grading since" in done.stderr
    else:
        with closing(sqlite3.connect(course.root / "gradebook.db")) as other:
            other.execute("begin immediate")
            done = run(course, "forget", "cy", "--yes")
        assert "close what has it open" in done.stderr
    assert done.exit_code == 2 and done.stderr.count("grader: ") == 1
    assert set(read_marks(course, NAME)) == set(STUDENTS)
    assert (course.autograded / "cy").is_dir() and (course.feedback / "cy").is_dir()


def test_names_act_in_no_terminal(tmp_path: Path) -> None:
    """A student's name is a folder's, and may hold anything."""
    made = new_course(tmp_path / "course")
    record(made, {"\x1b]0;owned\x07\x1b[2J": 2})
    for words in (["doctor"], ["export", NAME], ["report", NAME], ["feedback", NAME]):
        assert "\x1b" not in run(made, *words).output


def test_who_was_cut_off_half_way_is_taken_out_again(course: Course) -> None:
    """Marks gone and folders still there: readers name him, and forgetting goes on."""
    kept = course.autograded / "cy"
    run(course, "forget", "cy", "--yes")
    [copy] = (course.root / "copies").iterdir()
    (copy / "autograded" / "cy").rename(kept)
    told = run(course, "report", NAME)
    assert told.exit_code == 2 and "grader forget cy" in told.stderr
    assert run(course, "forget", "cy", "--yes").exit_code == 0
    report(course, NAME)
