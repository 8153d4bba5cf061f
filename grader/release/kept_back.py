"""Hold back what is not for students: lines of solutions, model answers, hidden tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.assignment.places import at, in_lesson
from grader.assignment.source import Source
from grader.assignment.spec import REFERENCES, Exercise
from grader.errors import UsageError


def refuse_solutions(
    source: Source, released: Mapping[str, bytes], exercises: Sequence[Exercise] = ()
) -> None:
    """Raise UsageError if a released file holds a line of a solution, or a hidden test."""
    secret = solution_lines(source)
    # What is said of mistakes is locked in its file: it is read here before that.
    said = [f"{m.title}\n{m.hint}" for exercise in exercises for m in exercise.mistakes]
    for name, data in (*released.items(), (REFERENCES, "\n".join(said).encode())):
        text = data.decode("utf-8", errors="replace")
        if name.endswith((".ipynb", ".json")):
            # JSON escapes quotes, and a line that holds one would not be found in it.
            text = "\n".join([text, *strings(json.loads(text))])
        for line in secret:
            if line in text:
                place = _told_at(source, line) or _told_by(exercises, line)
                why = f"{name} would be released with solution text: {line!r}"
                raise UsageError(at(place, why))
        if "HIDDEN TESTS" in text or "SOLUTION" in text:
            raise UsageError(f"{name} would be released with a solution or hidden-test mark")


def _told_by(exercises: Sequence[Exercise], line: str) -> str:
    """Return where the words on a mistake tell a line of a solution; empty where none do."""
    mistakes = (mistake for exercise in exercises for mistake in exercise.mistakes)
    return next((m.place for m in mistakes if line in m.title or line in m.hint), "")


def _told_at(source: Source, line: str) -> str:
    """Return where the lesson tells a line of a solution outside of it; empty where it does not."""
    for cell in source.cells:
        inside = cell.role == "written"
        for number, text in enumerate(cell.source.splitlines()):
            if "BEGIN SOLUTION" in text or "END SOLUTION" in text:
                inside = "BEGIN" in text
            elif not inside and line in text and cell.line:
                return in_lesson(source.name, cell.line + number)
    return ""


def strings(tree: Any) -> Iterator[str]:
    """Yield every text in JSON data, keys included."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from strings(value)
    elif isinstance(tree, list):
        for item in tree:
            yield from strings(item)
    elif isinstance(tree, str):
        yield tree


def solution_lines(source: Source) -> list[str]:
    """Return the lines of solutions and model answers that say something.

    Those have 20 characters or more.
    """
    lines: list[str] = []
    for cell in source.cells:
        inside = cell.role == "written"
        for line in cell.source.splitlines():
            if "BEGIN SOLUTION" in line or "END SOLUTION" in line:
                inside = "BEGIN" in line
            elif inside and len(line.strip()) >= 20:
                lines.append(line.strip())
    return lines
