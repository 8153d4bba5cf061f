"""What several tests need of the course: the assignment, a student's files, a class in a folder."""

from __future__ import annotations

import functools
import importlib.util
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.assignment.assignment import Assignment, Packed
from grader.course import Course
from grader.intake.match import plan
from grader.intake.read import parse_notebook
from grader.intake.submission import Submission
from grader.release.references import build_references, file_bytes
from grader.release.selfcheck_file import selfcheck_text
from grader.simulate.pupils import Pupil

ROOT = Path(__file__).resolve().parents[2]
NAME = "rnn_step_by_step"
WRITTEN = "written_gradients"


@functools.cache
def course() -> Course:
    """The project's own course."""
    return Course(ROOT)


@functools.cache
def packed(name: str = NAME) -> Packed:
    """The assignment as it travels."""
    return course().packed(name)


def assignment(name: str = NAME) -> Assignment:
    """The assignment as the judge needs it."""
    return packed(name).load()


@functools.cache
def released_text(name: str = NAME) -> str:
    """The released notebook's JSON text."""
    return course().released_notebook(name).read_text(encoding="utf-8")


def released(name: str = NAME) -> dict[str, Any]:
    """The released notebook, a fresh copy at each call."""
    book: dict[str, Any] = json.loads(released_text(name))
    return book


def book_of(pupil: Pupil | None = None, name: str = NAME) -> dict[str, Any]:
    """A pupil's notebook as JSON data; by default the right answer."""
    text = (pupil or Pupil("ada")).notebook(assignment(name), released(name))
    book: dict[str, Any] = json.loads(text)
    return book


def taken(book: Mapping[str, Any] | bytes) -> Submission:
    """A notebook as the judge gets it."""
    data = book if isinstance(book, bytes) else json.dumps(book).encode()
    return plan(parse_notebook(data), assignment().source)


def right(name: str) -> str:
    """The solution's text of one function."""
    return assignment().source.function_source(name)


def mistaken(name: str, mistake: str) -> str:
    """The text of one function with a catalogued mistake."""
    known = {m.id: m for m in assignment().spec.exercise(name).mistakes}
    return known[mistake].apply(right(name))


@functools.cache
def _kept(name: str) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix=f"student-{name}-")


@functools.cache
def student_folder(name: str = NAME) -> Path:
    """The files beside the student's notebook, made from the code as it is now."""
    folder = Path(_kept(name).name)
    arrays = build_references(assignment(name).spec, assignment(name).source)
    committed = (course().assignments / name / "references.npz").read_bytes()
    (folder / "references.npz").write_bytes(file_bytes(arrays, committed))
    (folder / "selfcheck.py").write_text(selfcheck_text(), encoding="utf-8")
    for file, data in assignment(name).source.files:
        (folder / file).write_bytes(data)
    return folder


@functools.cache
def selfcheck() -> ModuleType:
    """The student's own check, loaded into this process."""
    spec = importlib.util.spec_from_file_location(
        "selfcheck_under_test", student_folder() / "selfcheck.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module
