"""Plain CSV: one row a student, one column a graded cell."""

from __future__ import annotations

from collections.abc import Iterator

from grader.csvsafe import csv_text
from grader.exports.standing import Entry, Standing, points
from grader.marks import Mark

COLUMNS = (
    "student",
    "name",
    "section",
    "status",
    "submitted",
    "score",
    "max_score",
    "late_penalty",
    "extra_credit",
)


def csv_bytes(standing: Standing) -> bytes:
    """Return the class as CSV, in UTF-8 with the mark by which Excel knows it.

    ``score`` is the cells and extra credit less the penalty. A cell that waits for its mark is
    empty, and so is the score of who is excused or handed nothing in.
    """
    names = [cell.removeprefix("check_") for cell in standing.cells]
    rows = (list(_row(entry, standing)) for entry in standing.entries)
    return csv_text([[*COLUMNS, *names], *rows]).encode("utf-8-sig", "backslashreplace")


def _row(entry: Entry, standing: Standing) -> Iterator[object]:
    who, marks = entry.who, entry.marks
    yield from (who.student, who.name, who.section, status(entry))
    yield f"{marks.timestamp.isoformat()}Z" if marks and marks.timestamp else ""
    yield "" if who.excused or entry.score is None else entry.score
    yield standing.max_points
    if marks is None:
        yield from [""] * (2 + len(standing.cells))
        return
    yield points(marks.penalty)
    yield points(sum(m.extra for m in marks.cells.values() if m.points is not None))
    for name in standing.cells:
        yield _own(marks.cells.get(name, Mark(0.0)))


def _own(mark: Mark) -> object:
    """A cell's points without its extra credit; empty while it waits."""
    return "" if mark.points is None else points(mark.points - mark.extra)


def status(entry: Entry) -> str:
    """One word: ``excused``, ``missing``, ``waiting`` for marks by hand, or ``graded``."""
    if entry.who.excused:
        return "excused"
    if entry.marks is None:
        return "missing"
    return "waiting" if entry.waiting else "graded"
