"""A course of two toy assignments of two functions each, for tests of the engine.

``leaky`` is a step (``leak``) and a sequence of it (``remember``), with a question that is marked
by hand and a module of its own; ``slope`` is a function (``climb``) and its gradients
(``climb_backward``). Both are released once a process, which takes a second.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.assignment.assignment import Assignment, Packed
from grader.assignment.modules import load_spec
from grader.assignment.spec import Exercise
from grader.autograde.inbox import open_bytes
from grader.course import Course
from grader.intake.submission import Submission
from grader.release.release import release
from grader.simulate.pupils import Pupil
from grader.verdict import Verdict

ROOT = Path(__file__).resolve().parents[2]
TOYS = Path(__file__).parent / "toys"
NAME, SLOPE = "leaky", "slope"
WRITTEN = "written_leaky"
OF = {"leak": NAME, "remember": NAME, "climb": SLOPE, "climb_backward": SLOPE}
POINTS = {"leak": 10.0, "remember": 10.0, "climb": 6.0, "climb_backward": 10.0}


@functools.cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="toys-")


@functools.cache
def course() -> Course:
    """The course, released; to be looked at only."""
    root = Path(_kept().name) / "course"
    shutil.copytree(TOYS, root / "solutions", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    made = Course.at(root)
    for name in (NAME, SLOPE):
        release(made, name)
    return made


def new_course(folder: Path) -> Course:
    """A copy of the course in ``folder``, to be worked in."""
    compiled = shutil.ignore_patterns("__pycache__")  # of whoever tried the check in place
    return Course.at(shutil.copytree(course().root, folder, ignore=compiled, dirs_exist_ok=True))


@functools.cache
def packed(name: str = NAME) -> Packed:
    """An assignment as it travels."""
    return course().packed(name)


def assignment(name: str = NAME) -> Assignment:
    """An assignment as the judge needs it."""
    return packed(name).load()


@functools.cache
def exercise(function: str) -> Exercise:
    """How one function is marked, straight from the text: nothing is released for it."""
    name = OF[function]
    text = (TOYS / name / "exercises.py").read_text(encoding="utf-8")
    return load_spec(name, (("exercises.py", text),)).exercise(function)


@functools.cache
def released_text(name: str = NAME) -> str:
    """The released notebook's JSON text."""
    return (course().assignments / name / f"{name}.ipynb").read_text(encoding="utf-8")


def released(name: str = NAME) -> dict[str, Any]:
    """The released notebook, a fresh copy at each call."""
    book: dict[str, Any] = json.loads(released_text(name))
    return book


def book_of(pupil: Pupil | None = None, name: str = NAME) -> dict[str, Any]:
    """A pupil's notebook as JSON data; by default the right answer."""
    made = (pupil or Pupil("ada")).notebook(assignment(name), released(name))
    book: dict[str, Any] = json.loads(made)
    return book


def taken(book: Mapping[str, Any] | bytes, name: str = NAME) -> Submission:
    """A notebook as the judge gets it."""
    data = book if isinstance(book, bytes) else json.dumps(book).encode()
    work = open_bytes(assignment(name), data)
    assert isinstance(work, Submission), work
    return work


def right(function: str) -> str:
    """The solution's text of one function."""
    return assignment(OF[function]).source.function_source(function)


def edited(function: str, *edits: tuple[str, str]) -> str:
    """The solution's text of one function with edits that each fit once."""
    text = right(function)
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def mistaken(function: str, mistake: str) -> str:
    """The text of one function with a catalogued mistake."""
    known = {m.id: m for m in exercise(function).mistakes}
    return known[mistake].apply(right(function))


def selfcheck(name: str = NAME) -> ModuleType:
    """The student's own check of an assignment, loaded into this process."""
    return _selfcheck(name)


@functools.cache
def _selfcheck(name: str) -> ModuleType:  # one module, whether or not the name is given
    path = course().assignments / name / "selfcheck.py"
    spec = importlib.util.spec_from_file_location(f"selfcheck_of_{name}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def same_marks(one: Verdict, other: Verdict) -> bool:
    """Whether two verdicts agree in everything but the time they took."""
    return replace(one, seconds=0.0) == replace(other, seconds=0.0)
