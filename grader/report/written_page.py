"""Write a report's page and its table, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.course import Course
from grader.files.atomic import write_beside
from grader.files.csv_write import csv_text


def write_page(
    course: Course, name: str, page: Iterable[bytes], rows: Iterable[Sequence[object]]
) -> tuple[Path, Path]:
    """Write ``report/<name>.html`` and ``.csv`` and return their paths."""
    folder = course.root / "report"
    paths = folder / f"{name}.html", folder / f"{name}.csv"
    write_beside(paths[0], page)
    # With a byte order mark, without which Excel spoils names.
    write_beside(paths[1], csv_text(rows).encode("utf-8-sig"))
    return paths
