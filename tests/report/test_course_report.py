"""The report over a course: students and exercises over all assignments."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.course import Course
from grader.errors import UsageError
from grader.feedback.feedback import feedback
from grader.gradebook.write import register
from grader.report.course_report import course_report
from grader.report.report import report
from grader.verdict import ExerciseResult, Verdict
from tests.kit import toy
from tests.kit.gradebook import NAME, enter, hand_in_at, new_course, publish, verdict
from tests.kit.page import Page


def slope(student: str, points: float) -> Verdict:
    """A verdict on the second toy assignment, whose first exercise earned these points."""
    outcome = "failed" if points else "not_attempted"
    results = [
        ExerciseResult(each.name, "not_attempted", 0.0, each.points)
        for each in toy.assignment(toy.SLOPE).spec.exercises
    ]
    results[0] = replace(results[0], outcome=outcome, points=points)
    most = sum(result.max_points for result in results)
    return Verdict(student, toy.SLOPE, toy.SLOPE, "graded", points, most, tuple(results))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Two assignments: ada did both, bo the one, and somebody with a hostile name the other."""
    made = new_course(tmp_path / "course")
    register(made, toy.SLOPE)
    evil = "<img src=x onerror=alert(1)>"
    for name, verdicts in (
        (NAME, {"ada": verdict("ada", 2), "bo": verdict("bo", 1)}),
        (toy.SLOPE, {"ada": slope("ada", 0.0), evil: slope(evil, 5.0)}),
    ):
        for student, each in verdicts.items():
            publish(made, student, name, each, None)
        enter(made, verdicts, name=name)
    return made


def test_each_student_stands_in_a_row_with_all_assignments(course: Course) -> None:
    """Points by assignment and together; who handed in nothing of one is not left out."""
    feedback(course, NAME)
    report(course, NAME)
    path, made = course_report(course)
    page = Page(path.read_text(encoding="utf-8"))
    page.assert_inert()
    page.assert_accessible()
    links = {link["href"] for link in page.all("a")}
    assert {f"../feedback/ada/{NAME}/{NAME}.html", f"{NAME}.html"} <= links
    assert f"{toy.SLOPE}.html" not in links  # whose report was not written
    head, *rows = csv.reader(io.StringIO(made.read_text(encoding="utf-8-sig"), newline=""))
    places = [head.index(each) for each in ("student", "points", NAME, toy.SLOPE)]
    found = {row[places[0]]: [row[at] for at in places[1:]] for row in rows}
    assert found["ada"] == ["20", "20.0", "0.0"] and found["bo"] == ["10", "10.0", ""]
    assert found["<img src=x onerror=alert(1)>"] == ["5", "", "5.0"]


def test_signs_say_how_each_exercise_went(course: Course) -> None:
    """Each with its word, for who cannot see it; the exercises below have their success."""
    page = Page(course_report(course)[0].read_text(encoding="utf-8"))
    said = [span["aria-label"] for span in page.all("span") if "aria-label" in span]
    assert said.count("leak passed") == 2 and said.count("remember passed") == 1
    assert sum(label.endswith("partly right") for label in said) == 1
    assert "1 of 2" in page.text and "50 %" in page.text


def test_assignments_stand_in_the_order_in_which_they_were_handed_in(tmp_path: Path) -> None:
    """And not by their names; one of which nothing is graded is named."""
    made = new_course(tmp_path / "course")
    register(made, toy.SLOPE)
    page = ""
    for first, second in ((NAME, toy.SLOPE), (toy.SLOPE, NAME)):
        times = {first: "2026-03-01 12:00:00 UTC", second: "2026-04-01 12:00:00 UTC"}
        for name, each in ((NAME, verdict("ada")), (toy.SLOPE, slope("ada", 5.0))):
            hand_in_at(made, "ada", times[name], name=name)
            publish(made, "ada", name, each, None)
            enter(made, {"ada": each}, name=name)
        page = course_report(made)[0].read_text(encoding="utf-8")
        assert page.index(f'scope="col">{first}<') < page.index(f'scope="col">{second}<')
    for path in made.autograded.glob(f"*/{NAME}/verdict.json"):
        path.unlink()
    alone = Page(course_report(made)[0].read_text(encoding="utf-8"))
    assert f"Nothing is graded yet of {NAME}." in alone.text


def test_marks_of_another_run_stop_it(course: Course) -> None:
    """Nothing is made of two different runs."""
    publish(course, "ada", NAME, verdict("ada", 0), None)
    with pytest.raises(UsageError, match="ada"):
        course_report(course)


def test_the_command_is_asked_for_in_two_ways(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--all`` from anywhere, ``--course`` alone in the course; with a name it is refused."""
    there = CliRunner().invoke(main, ["report", "--all", "--course", str(course.root)])
    monkeypatch.chdir(course.root)
    here = CliRunner().invoke(main, ["report", "--course"])
    for told in (there, here):
        assert told.exit_code == 0, told.output
        assert "all-assignments.html" in told.stdout
    both = CliRunner().invoke(main, ["report", NAME, "--all"])
    assert both.exit_code == 2 and "leave the name out" in both.stderr
    one = CliRunner().invoke(main, ["report", NAME, "--course", str(course.root)])
    assert one.exit_code == 0 and f"{NAME}.html" in one.stdout


def test_before_grading_it_is_one_line(tmp_path: Path) -> None:
    """The remedy, and nothing written."""
    made = new_course(tmp_path / "course")
    with pytest.raises(UsageError, match="grader autograde"):
        course_report(made)
    assert not (made.root / "report").exists()
