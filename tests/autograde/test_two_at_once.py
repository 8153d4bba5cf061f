"""Two who grade at once: the second is told who is first, and a student who came twice is one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Comment, Grade, SubmittedNotebook

from grader.cli import main
from grader.course import Course
from grader.files.alone import alone
from grader.gradebook.config import nbgrader_api
from grader.gradebook.opening import open_gradebook
from grader.gradebook.read import others_marks, read_marks
from grader.gradebook.write import GradebookWriter
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.kit.gradebook import NAME, WRITTEN, new_course, verdict
from tests.kit.toy import assignment


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with one submission."""
    made = new_course(tmp_path / "course")
    hand_in(made, assignment(), [Pupil("ada")])
    return made


def test_the_second_ends_in_one_line(course: Course) -> None:
    """Nothing is judged twice, and nothing of the first one's is touched."""
    with alone(course.lock, f"grading {NAME}"):
        words = ["autograde", NAME, "--course", str(course.root)]
        done = CliRunner().invoke(main, words)
    assert done.exit_code == 2 and done.stderr.count("\n") == 1
    assert f"is grading {NAME} since" in done.stderr and "run this again" in done.stderr
    assert not course.autograded.exists()


def test_nbgraders_door_waits_its_turn_too(course: Course) -> None:
    """Formgrader's button says the same."""
    with alone(course.lock, f"grading {NAME}"):
        done = nbgrader_api(course).autograde(NAME, "ada")
    assert not done["success"] and f"is grading {NAME} since" in done["log"] + done["error"]


def test_a_student_who_was_entered_meanwhile_is_entered_once(course: Course) -> None:
    """What came in between the saving and the commit is no error, and the later marks count."""
    with GradebookWriter(course, NAME) as writer:
        writer.save("ada", verdict("ada", 1), {WRITTEN: "said"})
        writer.save("bo", verdict("bo", 2), {WRITTEN: ""})
        with closing(open_gradebook(course)) as other:
            other.add_student("ada")
            other.add_submission(NAME, "ada")
        writer.commit()
    made = {"ada": verdict("ada", 1), "bo": verdict("bo", 2)}
    marks = read_marks(course, NAME)
    assert others_marks(course, NAME, marks, made) == ([], "")
    assert marks.keys() == {"ada", "bo"} and marks["ada"].cells[WRITTEN].waits
    with closing(open_gradebook(course)) as gradebook:  # what was given up left no row behind
        theirs = {row[0] for row in gradebook.db.query(SubmittedNotebook.id)}
        for kind in (Grade, Comment):
            held = [row[0] for row in gradebook.db.query(kind.notebook_id)]
            assert {*held} == theirs and len(held) % len(theirs) == 0
