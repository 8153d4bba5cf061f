"""A course folder with a real gradebook of nbgrader, filled without running any submission.

The assignment is the toy ``leaky``: two exercises of 10 points and a written question of 5.
"""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Collection, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook

from grader.course import Course
from grader.files.atomic import write_all
from grader.gradebook.opening import open_gradebook
from grader.gradebook.write import GradebookWriter, register
from grader.records import published, published_verdict
from grader.verdict import ExerciseResult, Verdict
from tests.kit import toy

NAME, WRITTEN = toy.NAME, toy.WRITTEN
EXERCISES = {name: toy.POINTS[name] for name, of in toy.OF.items() if of == NAME}


@functools.cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="gradebook-")


@functools.cache
def _registered() -> Course:
    """What every course here begins as; nbgrader takes seconds to make a gradebook."""
    course = toy.new_course(Path(_kept().name) / "course")
    register(course, NAME)
    return course


def new_course(folder: Path, due: datetime | None = None) -> Course:
    """A copy of the course with the assignment in its gradebook."""
    course = Course.at(shutil.copytree(_registered().root, folder, dirs_exist_ok=True))
    with closing(open_gradebook(course)) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=due)
    return course


def verdict(student: str, solved: int = len(EXERCISES)) -> Verdict:
    """A verdict with the first ``solved`` exercises right and the others empty."""
    results = tuple(
        ExerciseResult(name, "passed", points, points)
        if place < solved
        else ExerciseResult(name, "not_attempted", 0.0, points, note="Still empty.")
        for place, (name, points) in enumerate(EXERCISES.items())
    )
    score, most = sum(r.points for r in results), sum(r.max_points for r in results)
    return Verdict(student, NAME, NAME, "graded", score, most, results)


def hand_in_at(course: Course, student: str, when: str, name: str = NAME) -> None:
    """Write the time of a submission where nbgrader's collect writes it."""
    stamp = course.submitted / student / name / "timestamp.txt"
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(when + "\n", encoding="utf-8")


def record(course: Course, solved: Mapping[str, int], answered: bool = False) -> None:
    """Enter a verdict for each student; ``answered``: the written question waits for a mark."""
    made = {student: verdict(student, number) for student, number in solved.items()}
    enter(course, made, made if answered else ())
    for student, of in made.items():
        write_all(published_verdict(course, student, NAME, of))


def enter(
    course: Course,
    verdicts: Mapping[str, Verdict],
    answered: Collection[str] = (),
    name: str = NAME,
) -> None:
    """Enter verdicts into the gradebook; the written questions of some wait for a mark."""
    with GradebookWriter(course, name) as writer:
        for student, made in verdicts.items():
            writer.save(
                student,
                made,
                {WRITTEN: "said" if student in answered else ""} if name == NAME else {},
            )
        writer.commit()


def mark_by_hand(
    gradebook: Gradebook, student: str, points: float | None, extra: float | None = None
) -> None:
    """Mark the written question as formgrader does."""
    grade = gradebook.find_grade(WRITTEN, NAME, NAME, student)
    grade.manual_score, grade.extra_credit, grade.needs_manual_grade = points, extra, False
    gradebook.db.commit()


def publish(
    course: Course, student: str, name: str, verdict: Verdict, notebook: str | None
) -> None:
    """Write the files of a graded submission."""
    write_all(published(course, student, name, verdict, notebook))
