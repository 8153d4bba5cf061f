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
from grader.gradebook.table_version import look_up_here

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
    url = str(load_config(course).CourseDirectory.db_url)
    refuse_address(url)
    return url


def contact_line(course: Course) -> str:
    """Return the course's line on whom its students ask, ``c.Grader.contact``; often empty."""
    told = load_config(course).get("Grader", {}).get("contact", "")
    return told if isinstance(told, str) else ""


def refuse_address(url: str) -> None:
    """Raise UsageError where no database can be opened by that name; repeats no password of it."""
    from sqlalchemy.engine import make_url  # takes a second to import
    from sqlalchemy.exc import ArgumentError

    try:
        parts = make_url(url)
        if "@" in (parts.host or ""):
            raise ValueError
        dialect = parts.get_dialect()
        name, driver = dialect.name, dialect.driver
        dialect.import_dbapi()
    except ArgumentError as error:
        better = "write postgresql://" if url.startswith("postgres:") else "mend it"
        raise UsageError(f"{CONFIG_FILE} has a db_url of no use ({error}): {better}") from None
    except ValueError:  # not repeated: what stands there may be the rest of a password with an @
        raise UsageError(
            f"{CONFIG_FILE} has a db_url of no use (its host or port is none): mend it, and write "
            "signs within a password as %40 and the like"
        ) from None
    except ImportError as error:
        raise UsageError(
            f"{CONFIG_FILE} has a db_url whose driver {driver} cannot be used here ({error}): "
            + _driver_remedy(name, driver)
        ) from None


def _driver_remedy(database: str, driver: str) -> str:
    if database != "postgresql":
        return "install it"
    kit = "run `make postgres`, or install the kit's extra `postgres`"
    # From SQLAlchemy 2.1 on this is what postgresql:// means by itself.
    return kit if driver == "psycopg" else f"write postgresql+psycopg:// and {kit}"


def nbgrader_api(course: Course) -> NbGraderAPI:
    """Return nbgrader's own API on a course."""
    find_programs()
    from nbgrader.apps import NbGraderAPI  # takes seconds to import

    look_up_here()
    return NbGraderAPI(config=load_config(course))


def find_programs() -> None:
    """Let nbgrader find the programs that it starts by their bare names, such as alembic."""
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([beside, os.environ.get("PATH", os.defpath)])
