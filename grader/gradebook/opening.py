"""Open the gradebook by nbgrader's own class; why it cannot be opened is an error with a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from nbgrader.api import Base, Gradebook, InvalidEntry
from sqlalchemy import Inspector, inspect
from sqlalchemy.exc import DBAPIError

from grader.course import Course
from grader.gradebook.config import find_programs, gradebook_url
from grader.gradebook.state import absent, connected
from grader.gradebook.table_version import look_up_here
from grader.gradebook.unusable import named, unusable


def open_gradebook(course: Course) -> Gradebook:
    """Open the course's gradebook; raises UsageError when it is locked or of another version."""
    url = gradebook_url(course)
    find_programs()
    look_up_here()
    refuse_unfit(url)
    with named(url):
        return _Opened(url)


@contextmanager
def opened(course: Course) -> Iterator[Gradebook]:
    """Open the course's gradebook and close it; its errors, in here as well, are UsageErrors."""
    with named(gradebook_url(course)), closing(open_gradebook(course)) as gradebook:
        yield gradebook


class _Opened(Gradebook):  # type: ignore[misc]  # nbgrader comes without types
    """nbgrader's gradebook, which leaves no connection behind where it cannot be opened."""

    def __init__(self, url: str) -> None:
        try:
            super().__init__(url)
        except (DBAPIError, InvalidEntry):  # the second of a file that it may only read
            self.close()
            raise


def refuse_unfit(url: str) -> None:
    """Raise UsageError where a gradebook that there is cannot be read or is an older nbgrader's.

    To be called before nbgrader adds its new tables beside the old ones.
    """
    if not absent(url):
        with connected(url) as database:
            lacking = _lacking(inspect(database))
        if lacking:
            raise unusable(url, f"it is an older nbgrader's, without {lacking}")


def _lacking(known: Inspector) -> str:
    """Return the first column that an older nbgrader's tables lack; empty when they lack none."""
    present = set(known.get_table_names())
    for name, table in Base.metadata.tables.items():
        if name in present:  # nbgrader adds whole tables by itself
            columns = {column["name"] for column in known.get_columns(name)}
            missing = sorted({str(column.name) for column in table.columns} - columns)
            if missing:
                return f"{name}.{missing[0]}"
    return ""
