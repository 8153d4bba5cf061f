"""Look at the course's gradebook without changing it: is there one, how much is in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url

from grader.course import Course
from grader.gradebook.config import gradebook_url
from grader.gradebook.unusable import named

SUBMISSIONS = "submitted_assignment"  # a table of nbgrader's


def gradebook_file(course: Course) -> Path | None:
    """Return the file of a gradebook in SQLite, None where it is a server's."""
    return _file(gradebook_url(course))


def _file(url: str) -> Path | None:
    parts = make_url(url)
    return Path(parts.database or "") if parts.get_backend_name() == "sqlite" else None


def no_gradebook(course: Course) -> bool:
    """Tell whether there is none yet: nbgrader makes an empty one by looking.

    Raises UsageError when a server does not answer.
    """
    return absent(gradebook_url(course))


def absent(url: str) -> bool:
    """Tell the same of an address: no file, or a server's database without nbgrader's tables."""
    file = _file(url)
    if file is not None:
        return not file.exists()
    with connected(url) as database:
        return not inspect(database).has_table(SUBMISSIONS)


def count_submissions(course: Course) -> int:
    """Count the submissions in a gradebook that there is; raises UsageError when it has none."""
    with connected(gradebook_url(course)) as database:
        # In plain SQL: nbgrader's own Gradebook adds the tables that it misses.
        return int(database.execute(text(f"select count(*) from {SUBMISSIONS}")).scalar_one())


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Connect with a gradebook; its errors, in here as well, are UsageErrors with a remedy."""
    engine = create_engine(url)
    try:
        with named(url), engine.connect() as database:
            yield database
    finally:
        engine.dispose()
