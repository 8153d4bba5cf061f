"""nbgrader's exchange between users of one machine who cannot read each other's homes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course import Course
from grader.simulate.pupils import Pupil
from tests.kit.hub import Hub, hub, require_hub, settings_on_the_page
from tests.kit.people import Person, people
from tests.kit.sandbox import strongest
from tests.kit.shared_python import SharedPython, shared_python
from tests.kit.toy import NAME, assignment, new_course

pytestmark = pytest.mark.slow

COURSE = "rnn"  # on the page
ASKED = {"course_id": COURSE, "assignment_id": NAME}


@pytest.fixture
def shared() -> Iterator[SharedPython]:
    """An environment for all, with the course's name and the exchange in it."""
    strongest()
    with shared_python() as made:
        exchange = made.folder / "exchange"
        exchange.mkdir()
        exchange.chmod(0o777)
        made.set_up(on_the_page("c.Exchange.root", {"/srv/exchange": exchange}))
        yield made


def on_the_page(naming: str, places: dict[str, Path]) -> str:
    """Settings of docs/jupyterhub.md, with the places that the test has."""
    text = settings_on_the_page(naming)
    for shown, place in places.items():
        assert shown in text
        text = text.replace(shown, str(place))
    return text


def course_of(teacher: Person) -> Course:
    """A course in the teacher's home, which their own configuration names."""
    made = new_course(teacher.home / "course")
    settings = teacher.home / ".jupyter"
    settings.mkdir()
    text = on_the_page("c.CourseDirectory.root", {"/home/teacher/course": made.root})
    (settings / "nbgrader_config.py").write_text(text, encoding="utf-8")
    teacher.owns(made.root, settings)
    return made


def solve(folder: Path, student: Person) -> None:
    """Fill in the notebook that the student fetched."""
    path = folder / f"{NAME}.ipynb"
    path.write_bytes(
        Pupil(student.name).notebook(assignment(), json.loads(path.read_text("utf-8")))
    )


def assert_shut(course: Course, student: Person, shared: SharedPython) -> None:
    """Of the kit a student can read what the wheel holds, and of the course nothing."""
    code, said = shared.run(student, "inspect", "--details", "grader", where=student.home)
    assert code == 0 and f"Origin: {shared.folder}" in said, said
    code, said = student.run("cat", course.lesson(NAME), where=student.home, PATH=shared.search)
    assert code != 0 and "Permission denied" in said


def test_an_assignment_goes_out_and_its_feedback_comes_back(shared: SharedPython) -> None:
    """Each step by its own command and user; the student can read nothing of the course."""
    with people("teacher", "student") as (teacher, student):
        course = course_of(teacher)
        for who, *command in (
            (teacher, "nbgrader", "release_assignment", NAME),
            (student, "nbgrader", "fetch_assignment", NAME),
            (student, "nbgrader", "submit", NAME),
            (teacher, "nbgrader", "collect", NAME),
            (teacher, "grader", "autograde", NAME, "--course", str(course.root)),
            (teacher, "grader", "feedback", NAME, "--course", str(course.root)),
            (teacher, "nbgrader", "release_feedback", NAME),
            (student, "nbgrader", "fetch_feedback", NAME),
        ):
            if command[1] == "submit":
                solve(student.home / NAME, student)
            code, said = shared.run(who, *command, where=who.home)
            assert code == 0, (command, said)
        [page] = student.home.glob(f"{NAME}/feedback/*/{NAME}.html")
        assert "20 of" in page.read_text("utf-8")
        assert_shut(course, student, shared)


def test_a_course_on_a_hub(shared: SharedPython) -> None:
    """What docs/jupyterhub.md says, by what buttons ask: out, in, both ways of grading, back."""
    require_hub()
    with people("teacher", "ada", "bo") as (teacher, *students):
        course = course_of(teacher)
        with hub(shared, [teacher, *students]) as running:
            running.log_in(teacher)
            answer = running.ask(teacher, f"formgrader/api/assignment/{NAME}/release")
            assert answer["success"], answer
            for student in students:
                running.log_in(student)
                hand_in_on(running, student)
            assert running.ask(teacher, f"formgrader/api/assignment/{NAME}/collect")["success"]
            one, other = students
            way = f"formgrader/api/submission/{NAME}/{one.name}/autograde"
            graded = running.ask(teacher, way)
            assert graded["success"], graded
            assert score(course, one) == 20
            where = ("--course", str(course.root))
            code, said = shared.run(
                teacher, "grader", "autograde", NAME, *where, where=teacher.home
            )
            assert code == 0 and "1 graded, 1 unchanged" in said, said
            assert score(course, other) == 20
            for step in ("generate_feedback", "release_feedback"):
                answer = running.ask(teacher, f"formgrader/api/assignment/{NAME}/{step}")
                assert answer["success"], answer
            for student in students:
                running.ask(student, "assignments/fetch_feedback", **ASKED)
                [page] = student.home.glob(f"{NAME}/feedback/*/{NAME}.html")
                assert "20 of" in page.read_text("utf-8")
        assert_shut(course, one, shared)


def hand_in_on(running: Hub, student: Person) -> None:
    """Fetch, solve and submit, as the list of assignments does."""
    listed = running.ask(student, "assignments", "get", course_id=COURSE)
    assert [each["assignment_id"] for each in listed["value"]] == [NAME]
    running.ask(student, "assignments/fetch", **ASKED)
    solve(student.home / NAME, student)
    listed = running.ask(student, "assignments/submit", **ASKED)
    assert listed["success"], listed


def score(course: Course, student: Person) -> float:
    """What the tests gave a student."""
    path = course.autograded / student.name / NAME / "verdict.json"
    return float(json.loads(path.read_text("utf-8"))["score"])
