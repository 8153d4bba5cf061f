"""Export as plain CSV: one row a student, one column a graded cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.assignment.source import CHECK_CELL
from grader.export.class_marks import ClassEntry, ClassMarks, Points, rounded
from grader.files.csv_write import csv_text
from grader.gradebook.read import CellMark

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


def csv_bytes(marks: ClassMarks) -> bytes:
    """Return the class as CSV, in UTF-8 with the mark by which Excel knows it.

    ``score`` is the cells and extra credit less the penalty. A cell that waits for its mark is
    empty, and so is the score of who is excused or handed nothing in.
    """
    names = [cell.removeprefix(CHECK_CELL) for cell in marks.cells]
    rows = (list(_row(entry, marks.cells, marks.max_points)) for entry in marks.entries)
    return csv_text([[*COLUMNS, *names], *rows]).encode("utf-8-sig", "backslashreplace")


def _row(entry: ClassEntry, cells: Sequence[str], max_points: Points) -> Iterator[object]:
    who, marks = entry.who, entry.marks
    yield from (who.student, who.name, who.section, status(entry))
    yield f"{marks.timestamp.isoformat()}Z" if marks and marks.timestamp else ""
    yield "" if who.excused or entry.score is None else entry.score
    yield max_points
    if marks is None:
        yield from [""] * (2 + len(cells))
        return
    yield rounded(marks.penalty)
    yield rounded(sum(m.extra for m in marks.cells.values() if m.points is not None))
    for name in cells:
        yield _own(marks.cells.get(name, CellMark(0.0)))


def _own(mark: CellMark) -> object:
    """Return a cell's points without its extra credit; empty while it waits."""
    return "" if mark.points is None else rounded(mark.points - mark.extra)


def status(entry: ClassEntry) -> str:
    """Return one word: ``excused``, ``missing``, ``waiting`` for marks by hand, or ``graded``."""
    if entry.who.excused:
        return "excused"
    if entry.marks is None:
        return "missing"
    return "waiting" if entry.waiting else "graded"
