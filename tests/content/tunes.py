"""The notebook of making_music for tests: its functions, and what its lesson cells define."""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.importable import importable
from grader.assignment.source import Source
from tests.kit.course import course

NAME = "making_music"
FOLDER = course().folder(NAME)
# Lesson cells that define something; the others train, draw, or play.
DEFINING = (
    *("aside", "whole_way", "ritual", "new_run", "look", "train", "curves", "write", "score"),
    "table",
)
NOTHING: Mapping[str, Any] = {"losses": [], "curve": {}, "best": {}}


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


def handed_out(name: str) -> ModuleType:
    """A module of the student's folder, by its name."""
    with importable(source().files):
        return importlib.import_module(name)


def lesson() -> dict[str, Any]:
    """What the closing section's cells define, nothing trained yet; one's own copy of the names."""
    names = {**scope(), "runs": {"told the beat": NOTHING, "not told the beat": NOTHING}, "BAR": 8}
    with quiet(), importable(source().files):
        for cell in ("tunes", *(f"lesson_{each}" for each in DEFINING)):
            exec(compile(cell_text(cell), f"<{cell}>", "exec"), names)
    return names


def cell_text(name: str) -> str:
    """The text of a cell by its id."""
    return next(cell.source for cell in source().cells if cell.id == name)


def prose() -> str:
    """All text of the notebook, minus signs as Python writes them."""
    told = (cell.source for cell in source().cells if cell.role in ("text", "written"))
    return "\n".join(told).replace("−", "-")


@contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Keep what is printed."""
    with contextlib.redirect_stdout(io.StringIO()) as out, np.errstate(all="ignore"):
        yield out
