"""What a verb holds at a time does not grow with the class but by a few words a student."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.autograde import autograde as autograde_room
from grader.autograde import pool
from grader.autograde.judge_process import Task
from grader.comparison.finding import Finding
from grader.course import Course
from grader.export.export import Wanted, export
from grader.feedback.feedback import feedback
from grader.files.atomic import write_all
from grader.gradebook.write import GradebookWriter
from grader.judge.judgement import Judgement
from grader.records import published
from grader.report.course_report import course_report
from grader.report.report import report
from grader.sandbox import SAFE
from grader.verdict import CheckResult, ExerciseResult, Verdict
from grader.written.desk import Desk
from tests.kit import toy
from tests.kit.gradebook import EXERCISES, NAME, WRITTEN, new_course
from tests.kit.here import Here

FEW, MANY = 20, 120
# A verdict of this class takes 20 kB, and a notebook more; a name and a row of a table are left.
MOST = 8_000  # bytes a student
LONG = 4_000


def student(number: int) -> str:
    return f"s{number:03d}"


def told(number: int) -> Verdict:
    """A verdict like nobody else's, with much to say."""
    results = []
    for name, points in EXERCISES.items():
        text = f"{name} {number} " + "x" * LONG
        finding = Finding("values", text, "0.5", f"0.{number}", "there")
        checks = (CheckResult("output", "failed", 0.0, points, finding),)
        results.append(ExerciseResult(name, "failed", 0.0, points, checks, finding))
    return Verdict(
        student(number), NAME, NAME, "graded", 0.0, 20.0, tuple(results),
        inputs={"submission": f"{number:064d}"}, sandbox={"tier": "B", "limits": "y" * 500},
    )  # fmt: skip


def book(number: int) -> dict[str, Any]:
    """A notebook with much in it that is shown on no page."""
    made = toy.book_of(toy.Pupil(student(number), solved=(), written=f"Answer {number}."))
    made["metadata"]["own"] = [f"{number} {place}" for place in range(1000)]
    return made


def graded(folder: Path, size: int) -> Course:
    """A graded class, of which no submission ran."""
    course = new_course(folder)
    with GradebookWriter(course, NAME) as writer:
        for number in range(size):
            made = told(number)
            who = student(number)
            writer.save(who, made, {WRITTEN: f"{number:064d}"})
            write_all(published(course, who, NAME, made, json.dumps(book(number))))
            (course.submitted / who / NAME).mkdir(parents=True)
            (course.submitted / who / NAME / f"{NAME}.ipynb").write_text("{}")
        writer.commit()
    return course


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, Course]:
    """A small class and a large one."""
    folder = tmp_path_factory.mktemp("flat")
    return graded(folder / "few", FEW), graded(folder / "many", MANY)


def peak(work: Callable[[], object]) -> int:
    """The bytes that were held at once, at most, while something was done."""
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def export_all(course: Course, name: str) -> None:
    assert export(course, name, Wanted(provisional=True)).path


def look_at_answers(course: Course, name: str) -> None:
    desk = Desk(course, name)
    assert desk.tally().waiting and desk.read(WRITTEN)


VERBS: dict[str, Callable[[Course, str], object]] = {
    "report": report,
    "report --all": lambda course, _: course_report(course),
    "feedback": feedback,
    "export": export_all,
    "written": look_at_answers,
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_larger_class_takes_a_few_words_more_a_student(
    verb: str, classes: tuple[Course, Course]
) -> None:
    """No verb holds the verdicts or the notebooks of a class, only what its tables say of each."""
    run = VERBS[verb]
    run(classes[0], NAME)  # what is loaded once, and kept for all
    few, many = (peak(lambda course=course: run(course, NAME)) for course in classes)  # type: ignore[misc]
    assert (many - few) / (MANY - FEW) < MOST, (few, many)


class Ready:
    """A judge that says at once what it was told to say."""

    def ready(self, tier: str | None = None) -> str:
        return SAFE[0]

    def judge(self, packed: Any, task: Task, tier: str | None = None) -> Judgement:
        assignment = packed.load()
        made = told(int(str(task.student)[1:]))
        inputs = dict(assignment.inputs(task.submission.sha256))
        return Judgement(replace(made, inputs=inputs, sandbox={"tier": SAFE[0]}), {})


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Judges that take no time and no memory."""
    monkeypatch.setattr(autograde_room, "local_executor", lambda workers: Here())
    monkeypatch.setattr(pool, "_judge_process", Ready)
    monkeypatch.setattr(autograde_room, "choose_tier", lambda allow_unsafe, warming: SAFE[0])
    yield


def handed_in_by(folder: Path, size: int) -> Course:
    course = new_course(folder)
    for number in range(size):
        place = course.submitted / student(number) / NAME / f"{NAME}.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(book(number)))
    return course


@pytest.mark.usefixtures("at_once")
def test_grading_a_larger_class_takes_a_few_words_more_a_student(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run that grades all of them, and the one after it that finds nothing new."""
    monkeypatch.setattr(autograde_room, "BATCH", 10)  # which is held until it is written
    monkeypatch.setattr(autograde_room, "BATCH_SECONDS", 600.0)
    few, many = (handed_in_by(tmp_path / str(size), size) for size in (FEW, MANY))

    def run(course: Course) -> None:
        made = autograde_room.autograde(course, NAME, workers=2, keep=False)
        assert not made.faults and made.number + made.kept in (1, FEW, MANY)

    run(handed_in_by(tmp_path / "first", 1))  # what is loaded once
    first, again = (
        [peak(lambda course=course: run(course)) for course in (few, many)]  # type: ignore[misc]
        for _ in range(2)
    )
    assert (first[1] - first[0]) / (MANY - FEW) < MOST, first
    assert (again[1] - again[0]) / (MANY - FEW) < MOST, again
