"""Look at a lesson as rules of shape do: its texts, its code, what students get of an answer."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.assignment.places import in_lesson
from grader.assignment.source import Source, SourceCell
from grader.assignment.spec import Exercise, Spec
from grader.comparison.stub import STUB

FENCED = re.compile(r"^```.*?^```$", re.M | re.S)
SOLUTION = re.compile(
    r"^(?P<margin> *)### BEGIN SOLUTION\n(?P<lines>.*?)^ *### END SOLUTION$", re.M | re.S
)


@dataclass(frozen=True)
class LessonText:
    """A lesson to be looked at, with the exercises that it asks."""

    spec: Spec
    source: Source

    @functools.cached_property
    def texts(self) -> tuple[SourceCell, ...]:
        """Return the text cells; what stands in fenced blocks is blanked, line by line."""
        cells = (cell for cell in self.source.cells if cell.role in ("text", "written"))
        return tuple(
            SourceCell(c.id, c.role, FENCED.sub(_blank, c.source), c.points, c.line) for c in cells
        )

    @functools.cached_property
    def codes(self) -> tuple[SourceCell, ...]:
        """Return the code cells."""
        return tuple(cell for cell in self.source.cells if cell.role not in ("text", "written"))

    @property
    def answers(self) -> Iterator[tuple[Exercise, SourceCell]]:
        """Yield each exercise with its answer cell."""
        for exercise in self.spec.exercises:
            yield exercise, self.source.answer(exercise.name)

    def at(self, cell: SourceCell, position: int = 0) -> str:
        """Say where something stands in the lesson, by its ``position`` in a cell's text."""
        line = cell.line and cell.line + cell.source.count("\n", 0, position)
        return in_lesson(self.source.name, line) if line else f"cell {cell.id}"


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def blanked(source: str) -> str:
    """Return what students get of an answer's cell."""
    return SOLUTION.sub(lambda found: f"{found['margin']}{STUB}", source)


def solution_of(source: str) -> list[str]:
    """Return the lines between the solution marks."""
    return [line for found in SOLUTION.finditer(source) for line in found["lines"].splitlines()]
