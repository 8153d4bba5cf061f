"""A bonus: its points are extra credit in nbgrader's gradebook, whichever way they come there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import determine_grade

from grader.assignment.source import cell_id
from grader.autograde.graded_notebook import graded_notebook
from grader.autograde.inbox import open_bytes
from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.beside_nbgrader import save_bonus
from grader.gradebook.config import gradebook_url, stock_config
from grader.gradebook.opening import open_gradebook
from grader.gradebook.read import read_marks
from grader.gradebook.write import GradebookWriter, register
from grader.intake.submission import Submission
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from grader.verdict import Verdict
from tests.kit import bonus
from tests.kit.bonus import BONUS, CHECK
from tests.kit.gradebook import hand_in_at
from tests.kit.toy import NAME, WRITTEN
from tests.nbgrader_plugins.test_commands import nbgrader

POLICY = '\nc.AssignLatePenalties.plugin_class = "grader.late.TenPercentADay"\n'
Row = tuple[float | None, float | None, float | None]  # by tests, by hand, extra


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return bonus.new_course(tmp_path / "course")


@pytest.fixture
def gradebook(course: Course) -> Iterator[Gradebook]:
    with closing(open_gradebook(course)) as opened:
        yield opened


def save(course: Course, *verdicts: Verdict) -> None:
    """Enter verdicts as a run of autograde does."""
    with GradebookWriter(course, NAME) as writer:
        for made in verdicts:
            writer.save(str(made.student), made, {WRITTEN: ""})
        writer.commit()


def unreadable(student: str) -> Verdict:
    return Verdict(student, NAME, NAME, "unreadable", 0.0, 10.0, message="The notebook: no.")


def rows(course: Course, student: str) -> dict[str, Row]:
    """What the gradebook has for each graded cell of a student."""
    with closing(open_gradebook(course)) as opened:
        [notebook] = opened.find_submission(NAME, student).notebooks
        return {g.name: (g.auto_score, g.manual_score, g.extra_credit) for g in notebook.grades}


def test_its_points_are_extra_credit_on_top_of_the_maximum(course: Course) -> None:
    """nbgrader's own sums: the maximum leaves the bonus out, the score has it."""
    save(course, bonus.verdict("ada", 10.0, 10.0), bonus.verdict("bo", 10.0, 0.0))
    with closing(open_gradebook(course)) as opened:
        assert opened.find_assignment(NAME).max_score == 15.0  # with the written question
        scores = {s.student_id: s.score for s in opened.assignment_submissions(NAME)}
    assert scores == {"ada": 20.0, "bo": 10.0}
    assert rows(course, "ada")[CHECK] == (0.0, None, 10.0)
    assert rows(course, "bo")[CHECK] == (0.0, None, None)


@pytest.mark.parametrize("later", [bonus.verdict("ada", 10.0, 0.0), unreadable("ada")])
def test_a_regrade_writes_it_anew(course: Course, later: Verdict) -> None:
    """What the judge no longer gives is gone; extra credit on other cells is a person's."""
    save(course, bonus.verdict("ada", 10.0, 4.0))
    with closing(open_gradebook(course)) as opened:
        opened.find_grade("check_leak", NAME, NAME, "ada").extra_credit = 0.5
        opened.find_grade(CHECK, NAME, NAME, "ada").extra_credit = 9.0
        opened.db.commit()
    save(course, bonus.verdict("ada", 10.0, 4.0))
    assert rows(course, "ada")[CHECK][2] == 4.0
    save(course, later)
    assert rows(course, "ada")[CHECK] == (0.0, None, None)
    assert rows(course, "ada")["check_leak"][2] == 0.5


def test_the_late_penalty_is_a_share_of_it_too(course: Course) -> None:
    """As nbgrader has it, who takes the penalty from the score with extra credit."""
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(POLICY)
    with closing(open_gradebook(course)) as opened:
        opened.update_or_create_assignment(NAME, duedate=datetime(2025, 3, 1))
    hand_in_at(course, "ada", "2025-03-03 12:00:00 UTC")
    save(course, bonus.verdict("ada", 10.0, 10.0))
    assert read_marks(course, NAME)["ada"].penalty == 2.0


def test_a_check_released_with_other_points_is_refused(course: Course) -> None:
    """A bonus carries exactly 0: an exercise that became one, or is none any more, is told of."""
    bonus.replace_in(course.folder(NAME) / "exercises.py", " bonus=True,", "")
    with pytest.raises(UsageError, match="released with 0 points, the exercises say 10: run"):
        register(course, NAME)
    bonus.replace_in(
        course.folder(NAME) / "exercises.py", 'name="leak",', 'name="leak", bonus=True,'
    )
    with pytest.raises(UsageError, match=r"with 10 points, the exercises say 0 \(it is a bonus\)"):
        register(course, NAME)


def submission() -> Submission:
    """The solution, as it is handed in."""
    book = json.loads(bonus.course().released_notebook(NAME).read_text("utf-8"))
    made = open_bytes(bonus.assignment(), Pupil("ada").notebook(bonus.assignment(), book))
    assert isinstance(made, Submission)
    return made


@pytest.mark.parametrize("points", [10.0, 4.0, 0.0])
def test_nbgraders_own_steps_give_the_same_gradebook(course: Course, points: float) -> None:
    """SaveAutoGrades takes the graded notebook's number, and the kit's step adds the credit."""
    made = bonus.verdict("ada", 10.0, points)
    released = course.released_notebook(NAME).read_text("utf-8")
    book: Any = nbformat.reads(graded_notebook(released, submission(), made, {}), as_version=4)
    cell = next(c for c in book.cells if cell_id(c) == CHECK)
    assert determine_grade(cell) == (0.0, 0.0)
    save(course, made)
    ours = rows(course, "ada")
    with closing(open_gradebook(course)) as opened:
        for grade in opened.find_submission(NAME, "ada").notebooks[0].grades:
            grade.auto_score = grade.extra_credit = None
        opened.db.commit()
    url = gradebook_url(course)
    about = {"notebook": NAME, "assignment": NAME, "student": "ada", "db_url": url}
    SaveAutoGrades().preprocess(book, {"nbgrader": about})
    save_bonus(course, NAME, "ada", made, url)
    assert rows(course, "ada") == ours


@pytest.mark.slow
@pytest.mark.sandbox
def test_nbgraders_command_and_the_kits_give_the_same_gradebook(
    course: Course, tmp_path: Path
) -> None:
    """A class by either way: right, right without the bonus, and with half of it.

    Late by two and a half days, so that the penalty must have seen the credit.
    """
    from grader.autograde.autograde import autograde

    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(POLICY)
    with closing(open_gradebook(course)) as opened:
        opened.update_or_create_assignment(NAME, duedate=datetime(2025, 3, 1))
    mistakes = {BONUS: "caches-empty"}
    pupils = [Pupil("ada"), Pupil("bo", solved=("leak",)), Pupil("cy", mistakes=mistakes)]
    hand_in(course, bonus.assignment(), pupils)
    for pupil in pupils:
        hand_in_at(course, pupil.name, "2025-03-03 12:00:00 UTC")
    other = Course.at(shutil.copytree(course.root, tmp_path / "other"))
    autograde(course, NAME)
    code, said = nbgrader(other.root, "autograde", NAME)
    assert code == 0, said
    one, two = read_marks(course, NAME), read_marks(other, NAME)
    assert {s: (m.cells, m.penalty) for s, m in one.items()} == {
        s: (m.cells, m.penalty) for s, m in two.items()
    }
    assert one["ada"].cells[CHECK].extra == 10.0 and one["ada"].penalty == 2.0
    assert 0.0 < one["cy"].cells[CHECK].extra < 10.0 and one["bo"].cells[CHECK].extra == 0.0


@pytest.mark.slow
def test_stock_nbgrader_gives_a_bonus_0_of_0(course: Course) -> None:
    """Without this kit's configuration the rest is graded, and a bonus adds nothing."""
    (course.root / "nbgrader_config.py").write_text(
        stock_config()
        + "c.Execute.timeout = c.Execute.iopub_timeout = c.Execute.startup_timeout = 300\n"
    )
    hand_in(course, bonus.assignment(), [Pupil("ada")])
    code, said = nbgrader(course.root, "autograde", NAME)
    assert code == 0, said
    assert rows(course, "ada")["check_leak"] == (10.0, None, None)
    assert rows(course, "ada")[CHECK] == (0.0, None, None)
    assert read_marks(course, NAME)["ada"].cells[CHECK].max_points == 0.0
