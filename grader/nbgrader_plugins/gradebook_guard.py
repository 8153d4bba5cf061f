"""Refuse to begin where the gradebook cannot be used, in one line and before anything is deleted.

nbgrader opens it when the old folder is gone already, and what goes wrong then is a traceback for
each student.
"""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.converters.base import NbGraderException
from sqlalchemy.engine import make_url

from grader.errors import UsageError
from grader.gradebook.config import CONFIG_FILE, refuse_address
from grader.gradebook.opening import refuse_unfit


class GuardedGradebook(NotebookExporter):
    """An exporter of notebooks that is made only where the gradebook can be used."""

    def __init__(self, parent: Any = None, **more: Any) -> None:
        """Look at the gradebook that the converter is about to use.

        Raises NbGraderException, and logs what to do, where that is of no use.
        """
        super().__init__(parent=parent, **more)  # type: ignore[no-untyped-call]
        if parent is not None:  # else nbconvert asks for the class's defaults
            refuse_gradebook(parent)


def refuse_gradebook(converter: Any) -> None:
    """Raise NbGraderException, and log what to do, where the converter's gradebook is unfit."""
    url = str(converter.coursedir.db_url)
    try:
        refuse_address(url)
        refuse_unfit(url)
    except UsageError as error:
        refuse(converter, str(error))


def refuse_nameless_course(converter: Any) -> None:
    """Raise NbGraderException, and log what to do, where a server would refuse an assignment.

    nbgrader enters one under the course's name, and has no row for a course without: SQLite lets
    that pass, servers do not.
    """
    places = converter.coursedir
    if not places.course_id and make_url(places.db_url).get_backend_name() != "sqlite":
        refuse(
            converter,
            "nbgrader enters no assignment on a server for a course without a name: give it one in "
            f"{CONFIG_FILE}, such as c.CourseDirectory.course_id = 'rnn'",
        )


def refuse(converter: Any, problem: str) -> None:
    """End a converter with one line."""
    converter.log.error(problem)
    raise NbGraderException(problem)
