"""Configure nbgrader in one place: this kit's own settings, and what a course's file adds."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from grader.comparison.stub import STUB
from grader.course import Course
from grader.errors import UsageError

if TYPE_CHECKING:
    from nbgrader.apps import NbGraderAPI

CONFIG_FILE = "nbgrader_config.py"
FOLDERS = {"source_directory": "source", "release_directory": "assignments"}


def set_folders(config: Config) -> None:
    """Set where nbgrader finds source and release, and what it leaves of a blanked function."""
    for key, folder in FOLDERS.items():
        config.CourseDirectory[key] = folder
    config.ClearSolutions.code_stub = {"python": STUB}


def stock_config() -> str:
    """Return the text of a configuration that has this course's folders and nothing of the kit."""
    lines = (f"c.CourseDirectory.{key} = {folder!r}\n" for key, folder in FOLDERS.items())
    return "c = get_config()\n" + "".join(lines)


def load_config(course: Course) -> Config:
    """Load the kit's settings, then what the course's own file adds.

    Raises UsageError when that file fails.
    """
    config = Config()
    set_folders(config)
    if (course.root / CONFIG_FILE).exists():
        loader = PyFileConfigLoader(CONFIG_FILE, path=str(course.root))
        try:
            config.merge(loader.load_config())
        except Exception as error:  # it is a program: anything can go wrong in it
            why = f"{type(error).__name__}: {error}"
            raise UsageError(f"{CONFIG_FILE} fails ({why}): mend it") from None
    config.CourseDirectory.root = str(course.root)
    if "db_url" not in config.CourseDirectory:
        config.CourseDirectory.db_url = f"sqlite:///{course.root / 'gradebook.db'}"
    return config


def gradebook_url(course: Course) -> str:
    """Return the gradebook as SQLAlchemy wants it named; SQLite in the course by default.

    Raises UsageError when no database can be opened by that name.
    """
    from sqlalchemy.engine import make_url  # takes a second to import
    from sqlalchemy.exc import ArgumentError

    url = str(load_config(course).CourseDirectory.db_url)
    try:
        make_url(url).get_dialect().import_dbapi()
    except (ArgumentError, ImportError, ValueError) as error:
        raise UsageError(f"{CONFIG_FILE} has a db_url of no use ({error}): mend it") from None
    return url


def nbgrader_api(course: Course) -> NbGraderAPI:
    """Return nbgrader's own API on a course."""
    find_programs()
    from nbgrader.apps import NbGraderAPI  # takes seconds to import

    return NbGraderAPI(config=load_config(course))


def find_programs() -> None:
    """Let nbgrader find the programs that it starts by their bare names, such as alembic."""
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([beside, os.environ.get("PATH", os.defpath)])
