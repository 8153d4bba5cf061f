"""The notebook of language_model for tests: its functions, and what its lesson cells define."""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.importable import importable
from grader.assignment.source import Source
from tests.kit.course import course

NAME = "language_model"
FOLDER = course().folder(NAME)
# Lesson cells that only define something, or count; the others train.
DEFINING = (
    *("counts", "baselines", "whole_way", "new_run", "write", "look", "train", "training_plot"),
    *("stages", "rescue"),
)


@functools.cache
def assignment() -> Assignment:
    """The assignment as the judge needs it."""
    return course().packed(NAME).load()


def source() -> Source:
    """The solution's cells."""
    return assignment().source


@functools.cache
def scope() -> Mapping[str, Any]:
    """What the notebook's set-up and answer cells define."""
    with contextlib.redirect_stdout(io.StringIO()):
        return source().namespace()


@functools.cache
def _defined() -> Mapping[str, Any]:
    names = {**scope(), "learner": {"losses": [], "written": {}, "curve": {}}}
    with contextlib.redirect_stdout(io.StringIO()), importable(source().files):
        exec(compile(setup_cell("names"), "<names>", "exec"), names)
        for cell in DEFINING:
            exec(compile(setup_cell(f"lesson_{cell}"), f"<{cell}>", "exec"), names)
    return names


def lesson() -> dict[str, Any]:
    """What the closing section's cells define, nothing trained yet; one's own copy of the names."""
    names = dict(_defined())
    # Functions read the names that they were defined among: all of them are made anew.
    for cell in ("whole_way", "new_run", "write", "look", "train", "rescue"):
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(setup_cell(f"lesson_{cell}"), f"<{cell}>", "exec"), names)
    return names


def setup_cell(name: str) -> str:
    """The text of a cell by its id."""
    return next(cell.source for cell in source().cells if cell.id == name)


def prose() -> str:
    """All text of the notebook, minus signs as Python writes them."""
    told = (cell.source for cell in source().cells if cell.role in ("text", "written"))
    return "\n".join(told).replace("−", "-")


@contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Keep what is printed, and warn of no overflow."""
    with contextlib.redirect_stdout(io.StringIO()) as out, np.errstate(all="ignore"):
        yield out
