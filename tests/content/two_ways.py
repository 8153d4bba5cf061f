"""The notebook of gated_and_two_way for tests: its functions, and what its lesson cells define."""

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

NAME = "gated_and_two_way"
FOLDER = course().folder(NAME)
DEFINING = ("both_ways", "whole_way", "train", "senses", "letters", "letters_bars", "memory")


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


def cell(name: str) -> str:
    """The text of a cell by its id."""
    return next(cell.source for cell in source().cells if cell.id == name)


def lesson() -> dict[str, Any]:
    """What the closing section's cells define, nothing trained yet; one's own copy of the names."""
    names = dict(scope())
    with importable(source().files), quiet():
        for name in DEFINING:
            exec(compile(cell(f"lesson_{name}"), f"<{name}>", "exec"), names)
    return names


def prose() -> str:
    """All text of the notebook, minus signs as Python writes them."""
    told = (cell.source for cell in source().cells if cell.role in ("text", "written"))
    return "\n".join(told).replace("−", "-")


@contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Keep what is printed, and warn of no overflow."""
    with contextlib.redirect_stdout(io.StringIO()) as out, np.errstate(all="ignore"):
        yield out
