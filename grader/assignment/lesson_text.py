"""Read a lesson's text (jupytext percent format) cell by cell, each with its line.

jupytext makes the notebook of it; what is read here is where each cell stands, and what of it
runs, which is all that an author's quick look needs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.assignment.places import in_lesson
from grader.assignment.source import Source, SourceCell, cell_role
from grader.errors import UsageError

MARKER = re.compile(r"^# %%(?P<header>.*)$", re.M)
ABOUT = re.compile(r" nbgrader=(?P<about>\{[^}]*\})")
TAGS = re.compile(r" tags=(?P<tags>\[[^\]]*\])")
COMMENT = re.compile(r"^# ?", re.M)


@dataclass(frozen=True)
class LessonCell:
    """A cell of a lesson: what stands behind ``# %%``, all that follows, and the header's line."""

    header: str
    body: str
    line: int

    @property
    def markdown(self) -> bool:
        """Tell whether it is text, and not code."""
        return self.header.startswith((" [markdown]", " [md]"))


def lesson_cells(text: str) -> Iterator[LessonCell]:
    """Yield the cells of a lesson; what stands before the first one is none of them."""
    found = [*MARKER.finditer(text)]
    ends = [each.start() for each in found[1:]] + [len(text)]
    line, at = 1, 0
    for each, end in zip(found, ends, strict=False):
        line, at = line + text.count("\n", at, each.start()), each.start()
        yield LessonCell(each["header"], text[each.end() : end], line)


def lesson_source(name: str, text: str, files: tuple[tuple[str, bytes], ...]) -> Source:
    """Return what a lesson with long headers says of its cells, without making a notebook."""
    cells = []
    for number, cell in enumerate(lesson_cells(text)):
        about, tags = _metadata(cell.header)
        body = COMMENT.sub("", cell.body) if cell.markdown else cell.body
        role = cell_role(about, "markdown" if cell.markdown else "code", tags)
        made = SourceCell(
            str(about.get("grade_id") or f"cell-{number}"),
            role,
            body.strip("\n"),
            float(about.get("points") or 0.0),
            cell.line + len(cell.body) - len(cell.body.lstrip("\n")),
        )
        cells.append(made)
    return Source(name, tuple(cells), files)


def refuse_unread_headers(name: str, text: str) -> None:
    """Raise UsageError, with its line, for a header with metadata that are no JSON.

    jupytext goes on without them, and a cell would lose its points or its lock.
    """
    for cell in lesson_cells(text):
        if "nbgrader=" in cell.header and not _metadata(cell.header)[0]:
            told = cell.header.strip()[:120]
            raise UsageError(f"{in_lesson(name, cell.line)}: a cell header that is no JSON: {told}")


def placed(source: Source, text: str) -> Source:
    """Return a notebook's source with the lines at which its named cells stand in the lesson."""
    lines = {cell.id: cell.line for cell in lesson_source(source.name, text, ()).cells}
    cells = (replace(cell, line=lines.get(cell.id, 0)) for cell in source.cells)
    return replace(source, cells=tuple(cells))


def _metadata(header: str) -> tuple[Mapping[str, Any], list[str]]:
    """Return nbgrader's part of a header, and its tags; nothing where they are no JSON."""
    about, tags = ABOUT.search(header), TAGS.search(header)
    return _json(about["about"], {}) if about else {}, _json(tags["tags"], []) if tags else []


def _json(text: str, otherwise: Any) -> Any:
    try:
        return json.loads(text)
    except ValueError:  # whoever makes the notebook says so, with its place
        return otherwise
