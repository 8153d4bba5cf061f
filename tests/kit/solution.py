"""The assignment's source for tests, straight from its text: nothing derived is read."""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jupytext

from grader.assignment.calling import completed
from grader.assignment.cell_headers import expand
from grader.assignment.example_calls import visible_cases
from grader.assignment.source import Source, source_of
from grader.assignment.spec import Case, Functions
from grader.course import Course
from grader.judge.hidden_cases import Posed
from grader.verify import in_process

ROOT = Path(__file__).parents[2]
COURSE = Course(ROOT)
NAME = "rnn_step_by_step"


@functools.cache
def source() -> Source:
    """The source notebook that the text describes."""
    text = COURSE.lesson(NAME).read_text(encoding="utf-8")
    described = COURSE.spec(NAME)
    points = {exercise.name: exercise.points for exercise in described.exercises}
    book = jupytext.reads(expand(text, points), fmt="py:percent")
    return source_of(book, NAME, COURSE.files(described))


SPEC = completed(COURSE.spec(NAME), source())
NAMES = tuple(exercise.name for exercise in SPEC.exercises)
FORWARD = tuple(name for name in NAMES if name.endswith("forward"))
BACKWARD = tuple(name for name in NAMES if name.endswith("backward"))


@functools.cache
def scope() -> Mapping[str, Any]:
    """What the solution's set-up and answer cells define."""
    with contextlib.redirect_stdout(io.StringIO()):
        return source().namespace()


def functions() -> Functions:
    """The eight reference functions by name."""
    return {name: scope()[name] for name in NAMES}


@functools.cache
def _visible() -> Mapping[str, Case]:
    return visible_cases(SPEC, source())


def visible_case(name: str) -> Case:
    """The call that the notebook's example makes."""
    return _visible()[name]


@functools.cache
def posed(name: str, seed: int, visible: bool = False) -> Posed:
    """An exercise's cases with the reference results."""
    shown = visible_case(name) if visible else None
    return in_process.pose(SPEC.exercise(name), functions(), seed, shown)


@functools.cache
def mistaken(name: str) -> dict[str, Callable[..., Any]]:
    """The functions with each catalogued mistake of an exercise, by the mistake's id."""
    text = source().function_source(name)
    return {
        mistake.id: in_process.define(mistake.apply(text), name, scope())
        for mistake in SPEC.exercise(name).mistakes
    }
