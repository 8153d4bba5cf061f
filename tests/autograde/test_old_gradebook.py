"""The gradebook decides what is current: nothing is made of two different runs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from grader.autograde.autograde import Summary, autograde
from grader.course import Course
from grader.errors import UsageError
from grader.export.export import Wanted, export
from grader.feedback.feedback import feedback
from grader.gradebook.config import nbgrader_api
from grader.nbgrader_plugins import autograde_step
from grader.report.report import report
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.export.kit import table
from tests.kit.gradebook import NAME, new_course
from tests.kit.toy import assignment

FULL, HALF = 20.0, 10.0
READERS: dict[str, Callable[[Course], object]] = {
    "export": lambda course: export(course, NAME, Wanted()),
    "gradescope": lambda course: export(course, NAME, Wanted("gradescope", student="ada")),
    "feedback": lambda course: feedback(course, NAME),
    "a page": lambda course: feedback(course, NAME, "ada"),
    "report": lambda course: report(course, NAME),
}


def grade(course: Course, *pupils: Pupil) -> Summary:
    """Hand in and grade for real."""
    hand_in(course, assignment(), list(pupils))
    return autograde(course, NAME, workers=1, allow_unsafe=True)


def graded(summary: Summary) -> list[str]:
    """Who was graded, and not kept."""
    return sorted(verdict.student for verdict in summary.graded)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course whose gradebook was put back from a copy: ada has handed in better work since."""
    course = new_course(tmp_path_factory.mktemp("old"))
    grade(course, Pupil("ada", solved=("leak",)), Pupil("bo"))
    copy = shutil.copy(course.root / "gradebook.db", course.root / "copy.db")
    assert graded(grade(course, Pupil("ada"))) == ["ada"]
    os.replace(copy, course.root / "gradebook.db")
    return course


@pytest.fixture
def old(prepared: Course, tmp_path: Path) -> Course:
    """A copy of it."""
    return Course.at(shutil.copytree(prepared.root, tmp_path / "course"))


@pytest.fixture(scope="module")
def graded_since(prepared: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The course after the run that makes its gradebook current."""
    course = Course.at(shutil.copytree(prepared.root, tmp_path_factory.mktemp("since") / "course"))
    assert graded(autograde(course, NAME, workers=1, allow_unsafe=True)) == ["ada"]
    return course


@pytest.fixture
def current(graded_since: Course, tmp_path: Path) -> Course:
    """A copy of it."""
    return Course.at(shutil.copytree(graded_since.root, tmp_path / "course"))


@pytest.mark.parametrize("reader", READERS)
def test_who_reads_refuses_names_who_and_mends_nothing(old: Course, reader: str) -> None:
    """Marks of then and verdicts of now are never put together."""
    before = (old.root / "gradebook.db").read_bytes()
    with pytest.raises(UsageError, match=f"run `grader autograde {NAME} --student ada` for ada"):
        READERS[reader](old)
    assert (old.root / "gradebook.db").read_bytes() == before
    assert not old.feedback.exists() and not (old.root / "exports").exists()


def test_an_export_may_leave_out_whose_marks_are_not_current(old: Course) -> None:
    """Said as a problem: one student whom nobody can grade again is no reason to wait for all."""
    made = export(old, NAME, Wanted(provisional=True))
    assert made.path is not None and any("left out: ada;" in each for each in made.problems)
    assert not any("nothing handed in" in note for note in made.notes)
    head, *rows = table(made.path)
    scores = {row[0]: row[head.index("score")] for row in rows}
    assert scores == {"ada": "", "bo": str(int(FULL))}


def test_a_student_without_a_verdict_holds_no_page_up(current: Course) -> None:
    """Marks alone, of whom nothing lies on disk: pages and report go on, an export names him."""
    shutil.rmtree(current.autograded / "ada")
    assert len(feedback(current, NAME).written) == 1 and report(current, NAME).page.exists()
    with pytest.raises(UsageError, match="--student ada` for ada; --provisional leaves"):
        export(current, NAME, Wanted())


def test_an_emptied_folder_is_no_work_to_grade_again(old: Course) -> None:
    """The remedy is one that works: there is nothing that autograde could grade."""
    for path in (old.submitted / "ada" / NAME).iterdir():
        path.unlink()
    with pytest.raises(UsageError, match=r"no work in submitted/.*`grader forget ada`"):
        report(old, NAME)


def test_the_others_pages_are_theirs(old: Course) -> None:
    """What is asked for by name depends on that student alone."""
    assert len(feedback(old, NAME, "bo").written) == 1


def test_autograde_grades_what_is_not_current(old: Course) -> None:
    """It is the one student whose marks differ; then all is made as ever."""
    summary = autograde(old, NAME, workers=1, allow_unsafe=True)
    assert graded(summary) == ["ada"] and summary.kept == 1
    made = export(old, NAME, Wanted(provisional=True))
    assert made.path is not None
    scores = {row[0]: row for row in table(made.path)}
    assert str(int(FULL)) in scores["ada"] and str(int(FULL)) in scores["bo"]
    assert len(feedback(old, NAME).written) == 2 and report(old, NAME).page.exists()


def changed(course: Course, statement: str) -> None:
    """Change the gradebook behind everybody's back."""
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        assert database.execute(statement).rowcount != 0
        database.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "update grade set auto_score = 3.0 where auto_score = 10.0",
        "delete from grader_verdict",
        "drop table grader_verdict",
        "update grader_verdict set digest = 'another'",
    ],
)
def test_marks_of_nobody_are_not_current(current: Course, statement: str) -> None:
    """Points changed beside the tests, a digest that is lost: autograde enters them again."""
    changed(current, statement)
    with pytest.raises(UsageError, match="for ada, bo"):
        report(current, NAME)
    assert graded(autograde(current, NAME, workers=1, allow_unsafe=True)) == ["ada", "bo"]
    report(current, NAME)


def test_a_mark_by_hand_is_no_other_run(current: Course) -> None:
    """An instructor may overrule a test, and give extra credit: that stands."""
    changed(
        current, "update grade set manual_score = 3.0, extra_credit = 1.0 where auto_score = 10.0"
    )
    report(current, NAME)
    assert not graded(autograde(current, NAME, workers=1, allow_unsafe=True))


@pytest.mark.filterwarnings("ignore:Cell is missing an id")
def test_nbgraders_door_writes_it_too(old: Course) -> None:
    """What formgrader's button has graded is current, for this kit's verbs as well."""
    assert nbgrader_api(old).autograde(NAME, "ada", force=True)["success"]
    autograde_step._judge_process().close()
    autograde_step._judge_process.cache_clear()
    assert report(old, NAME).page.exists()
    assert not graded(autograde(old, NAME, workers=1, allow_unsafe=True))


def test_nbgrader_can_upgrade_such_a_gradebook(current: Course) -> None:
    """The table stands beside nbgrader's own, which know their version."""
    command = [sys.executable, "-m", "nbgrader", "db", "upgrade"]
    done = subprocess.run(command, cwd=current.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    report(current, NAME)
