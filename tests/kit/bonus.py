"""The toy ``leaky`` with a bonus: its second exercise, worth 10 points on top of 10.

Released once a process, and entered into a gradebook once.
"""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path

from grader.assignment.assignment import Assignment
from grader.course import Course
from grader.gradebook.write import register
from grader.release.release import release
from grader.verdict import ExerciseResult, Verdict
from tests.kit.toy import NAME, ROOT, TOYS

BONUS, CHECK = "remember", "check_remember"


@functools.cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="bonus-")


def written(folder: Path) -> Course:
    """The course as its author writes it: not released yet."""
    shutil.copytree(
        TOYS / NAME, folder / "solutions" / NAME, ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    made = Course.at(folder)
    replace_in(
        made.folder(NAME) / "exercises.py", f'name="{BONUS}",', f'name="{BONUS}", bonus=True,'
    )
    replace_in(
        made.lesson(NAME),
        f'"{CHECK}", "locked": true, "points": 10',
        f'"{CHECK}", "locked": true, "points": 0',
    )
    return made


def replace_in(path: Path, old: str, new: str) -> None:
    """Edit a file where ``old`` stands once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


@functools.cache
def course() -> Course:
    """The course, released and in the gradebook; to be looked at only."""
    made = written(Path(_kept().name) / "course")
    release(made, NAME)
    register(made, NAME)
    return made


def new_course(folder: Path) -> Course:
    """A copy of the course in ``folder``, to be worked in."""
    return Course.at(shutil.copytree(course().root, folder, dirs_exist_ok=True))


def assignment() -> Assignment:
    """The assignment as the judge needs it."""
    return course().packed(NAME).load()


def verdict(student: str, leak: float, remember: float) -> Verdict:
    """A verdict with these points; the second are the bonus."""
    earned = {"leak": leak, BONUS: remember}
    results = tuple(
        ExerciseResult(
            name, "passed" if points == 10.0 else "failed", points, 10.0, bonus=name == BONUS
        )
        for name, points in earned.items()
    )
    return Verdict(student, NAME, NAME, "graded", leak + remember, 10.0, results)
