"""Look at the course's gradebook without changing it: is there one, how much is in it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from grader.course import Course
from grader.gradebook.config import gradebook_url


def gradebook_file(course: Course) -> Path | None:
    """Return the file of a gradebook in SQLite, None where it is a server's."""
    url = make_url(gradebook_url(course))
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def no_gradebook(course: Course) -> bool:
    """Tell whether there is none yet: nbgrader makes an empty one by looking."""
    file = gradebook_file(course)
    return file is not None and not file.exists()


def count_submissions(course: Course) -> int:
    """Count the submissions in a gradebook that there is; raises SQLAlchemyError."""
    engine = create_engine(gradebook_url(course))
    try:
        with engine.connect() as database:
            # In plain SQL: nbgrader's own Gradebook adds the tables that it misses.
            rows = database.execute(text("select count(*) from submitted_assignment"))
            return int(rows.scalar_one())
    finally:
        engine.dispose()
