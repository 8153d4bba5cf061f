"""Say why a gradebook cannot be used, and what to do about it."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator

from nbgrader.api import InvalidEntry
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from grader.errors import UsageError

# Of SQLite's words, PostgreSQL's and its driver's the first that fit, and the remedy. A server says
# what it refuses within what the driver says of the connection, so that comes last.
REMEDIES = (
    ("is full|No space left", "make space where it lies and run this again"),
    ("locked", "close what has it open (formgrader, a database browser) and run this again"),
    ("not a database|malformed", "put back a copy of it, or set it aside and grade again"),
    ("unable to open|readonly", "make its folder and file readable and writable for you: its "
     "owner may `chmod g+w` both"),
    ("password", "give the password in ~/.pgpass, which you alone may read, or in PGPASSWORD"),
    (r'(database|role) "[^"]*" does not exist', "create it with createuser and createdb"),
    ("permission denied|must be owner", "let that user own the database"),
    ("pg_hba", "let the server's pg_hba.conf accept that user from this machine"),
    ("duplicate key|UNIQUE constraint|deadlock|lock timeout|could not serialize",
     "run this again, with nothing else writing to it"),
    ("too long for type", "shorten the name of the student or assignment: nbgrader keeps 128 "
     "characters"),
    ("connection|resolve host", "see that the server runs, and that db_url names it"),
)  # fmt: skip
OLDER = "keep a copy of it, then run `nbgrader db upgrade`"


def unusable(url: str, reason: str) -> UsageError:
    """Return the error for a gradebook that cannot be used, with the remedy for its ``reason``.

    It is one line, and repeats no password of the address ``url``.
    """
    remedy = next((then for words, then in REMEDIES if re.search(words, reason)), OLDER)
    why = " ".join(reason.split())  # a server's are several lines
    return UsageError(f"the gradebook {_shown(url)} cannot be used ({why}): {remedy}")


@contextlib.contextmanager
def named(url: str) -> Iterator[None]:
    """Turn whatever the database, SQLite or nbgrader raises into the error with a remedy."""
    try:
        yield
    except DBAPIError as error:
        raise unusable(url, str(error.orig)) from None
    except (sqlite3.Error, InvalidEntry) as error:
        raise unusable(url, str(error)) from None


def _shown(url: str) -> str:
    parts = make_url(url).difference_update_query(["password"])
    return parts.render_as_string(hide_password=True)
