"""Get the tables of wrong versions ready before a class is judged: once for a release.

Without them grading is the same, and a diagnosis takes longer and knows the catalogue alone.
"""

from __future__ import annotations

from collections.abc import Callable

from grader.assignment.assignment import Packed
from grader.autograde.inbox import handed_in, work_is_likely
from grader.course import NEIGHBOURHOOD, Course
from grader.errors import UsageError
from grader.neighbourhood.keeping import has_tables, with_tables


def tables_missing(course: Course, name: str, only: str | None, force: bool) -> Packed | None:
    """Return the assignment where work waits for a judge and tables are missing or stale.

    Where there is nothing to grade, or what is there cannot be, whoever grades it says so.
    """
    try:
        found = handed_in(course, name, only).students
    except UsageError:
        return None
    if not (force or work_is_likely(course, name, found)):
        return None
    packed = course.packed(name)
    return None if has_tables(packed) else packed


def make_ready(course: Course, packed: Packed, progress: Callable[[int, int], None]) -> None:
    """Make the tables, and keep them beside the course."""
    with_tables(packed, course.kept(packed.source.name, NEIGHBOURHOOD), progress)
