"""Read notebooks for pages: their cells, and the headings of the released one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.assignment.source import cell_id
from grader.course import Course

ANY_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)


def read_cells(path: Path) -> list[dict[str, Any]]:
    """Read a notebook's cells; none when it is absent or no notebook (an unreadable submission)."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [cell for cell in cells if isinstance(cell, dict)]


@dataclass(frozen=True)
class Lesson:
    """A lesson, the released notebook: title, heading and released text for each graded cell."""

    title: str
    headings: Mapping[str, str]
    sources: Mapping[str, str]


def lesson(course: Course, name: str) -> Lesson:
    """Read titles from the released notebook; the assignment's name serves where it has none."""
    title, heading = "", ""
    headings: dict[str, str] = {}
    sources: dict[str, str] = {}
    for cell in read_cells(course.released_notebook(name)):
        text = "".join(cell.get("source", ""))
        if cell.get("cell_type") == "markdown" and not cell.get("metadata", {}).get("nbgrader"):
            found = ANY_HEADING.findall(text)
            title = title or (found[0] if found else "")
            heading = _main_heading(text) or heading
        else:
            headings[cell_id(cell)] = heading
            sources[cell_id(cell)] = text
    return Lesson(title or name, headings, sources)


def _main_heading(text: str) -> str:
    """Return the last heading of the second level, which is where an exercise begins."""
    found = re.findall(r"^##\s+(.+?)\s*$", text, re.MULTILINE)
    return re.sub(r"[`*$\\]", "", found[-1]) if found else ""
