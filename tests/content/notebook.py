"""A notebook of the course for tests of its content: its functions, its cells and its prose."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.source import Source
from tests.kit import course as kits


class Notebook:
    """The solution's notebook of an assignment, read once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = kits.course().folder(name)

    def assignment(self) -> Assignment:
        """The assignment as the judge needs it."""
        return self._assignment

    @cached_property
    def _assignment(self) -> Assignment:
        return kits.assignment(self.name)

    def source(self) -> Source:
        """The solution's cells."""
        return self._assignment.source

    def scope(self) -> Mapping[str, Any]:
        """What the notebook's set-up and answer cells define."""
        return self._scope

    @cached_property
    def _scope(self) -> Mapping[str, Any]:
        with contextlib.redirect_stdout(io.StringIO()):
            return self.source().namespace()

    def cell(self, name: str) -> str:
        """The text of a cell by its id."""
        return next(cell.source for cell in self.source().cells if cell.id == name)

    def prose(self) -> str:
        """All text of the notebook, minus signs as Python writes them."""
        told = (cell.source for cell in self.source().cells if cell.role in ("text", "written"))
        return "\n".join(told).replace("−", "-")


@contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Keep what is printed, and warn of no overflow."""
    with contextlib.redirect_stdout(io.StringIO()) as out, np.errstate(all="ignore"):
        yield out
