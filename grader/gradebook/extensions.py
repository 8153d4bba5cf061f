"""Read ``extensions.csv``: until when a student may hand in an assignment."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import UsageError
from grader.files.csv_read import read_table
from grader.files.names import one_form
from grader.plain_text import one_line

EXTENSIONS_FILE = "extensions.csv"  # in the course's folder
EXTENSION_COLUMNS = ("student", "assignment", "until")


@dataclass(frozen=True)
class Extension:
    """An extension: a row of the file; ``until`` is in UTC without a zone."""

    line: int
    student: str
    assignment: str
    until: datetime


def extension_rows(path: Path) -> list[Extension]:
    """Read the rows, names in one Unicode form; none when there is no such file.

    Raises UsageError for a row that cannot be used.
    """
    found: dict[tuple[str, str], Extension] = {}
    if not path.exists():
        return []
    for line, row in read_table(path, EXTENSION_COLUMNS).records():
        who = (one_form(row["student"]), one_form(row["assignment"]))
        if not all(who):
            raise UsageError(f"{path.name}, line {line}: give both a student and an assignment")
        if who in found:
            raise UsageError(f"{path.name}, line {line}: {who[0]} has two rows for {who[1]}")
        until = _moment(row["until"], f"{path.name}, line {line}")
        found[who] = Extension(line, *who, until)
    return list(found.values())


def unfitting_rows(
    path: Path, students: Collection[str], assignments: Collection[str]
) -> Iterator[str]:
    """Yield a line for each row that fits no student or no assignment that there is."""
    known = {"student": _by_form(students), "assignment": _by_form(assignments)}
    for row in extension_rows(path):
        for column, names in known.items():
            name = getattr(row, column)
            if name not in names:
                like = difflib.get_close_matches(name, names, 1)
                meant = f"; is it {names[like[0]]}?" if like else ""
                none = "has handed in" if column == "student" else "is there"
                told = f"{path.name}, line {row.line}: no {column} {name} {none}{meant}"
                yield one_line(told, 400)


def _by_form(names: Collection[str]) -> dict[str, str]:
    return {one_form(name): name for name in names}


def _moment(text: str, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{where}: {text!r} is not a time with its zone, such as 2025-03-31T23:59+02:00"
        ) from None
