"""Read when a submission was handed in: nbgrader's ``timestamp.txt``, by both ways of grading.

nbgrader's collect writes it; where people lay submissions out themselves, editors and scripts do,
with a byte order mark or in UTF-16. What cannot be read is an error with a remedy, never no time.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from nbgrader import utils

from grader.course import Course
from grader.files.decode import decoded
from grader.gradebook.exchange_files import MOST
from grader.intake.handed_in import STAMP
from grader.intake.read import UnreadableSubmission, read_file
from grader.plain_text import one_line

REMEDY = "write it as 2026-04-03 17:00:00 UTC and grade again"
# Day and month, or month and day, each of one or two digits, before a year.
SHORT_DATE = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(?=\d{2}(?:\d{2})?(?!\d))")
# An offset in hours and minutes: nbgrader takes it for seconds, of which its own are 900 or more.
OFFSET = re.compile(r"(?<=\d) ?([+-](?:0\d|1[0-4])):?([0-5]\d)$")
# What is a date at all: nbgrader would take any other number for a day of this month.
DATE = re.compile(
    r"(?<!\d)\d{4}-?\d\d?-?\d\d?|\d{4}[./]\d\d?[./]\d\d?|\d\d?([./-])\d\d?\1\d\d"
    r"|[A-Za-z]{3}.*\d{4}|\d[ -]?[A-Za-z]{3}.*\d\d"
)


class UnusableTime(ValueError):
    """A time that cannot be told from a ``timestamp.txt``; the message names it and the remedy."""


def read_time(folder: Path) -> datetime | None:
    """Return the time of the submission in ``folder``, in UTC without a zone.

    None where nothing says it: there is no such file, or it is empty. Raises UnusableTime for one
    that says no time, or a date that can be read in two ways.
    """
    path = folder / STAMP
    where = "/".join(path.parts[-3:])  # within submitted/
    if not (path.exists() or path.is_symlink()):
        return None
    try:
        data = read_file(path)
    except UnreadableSubmission as why:
        raise UnusableTime(f"{where}: {why}; {REMEDY}") from None
    except OSError as error:
        raise UnusableTime(f"{where}: it cannot be read ({error.strerror}); mend that") from None
    if len(data) > MOST:
        raise UnusableTime(f"{where}: it is too long for a time; {REMEDY}")
    text = decoded(data).strip("\0\ufeff \t\r\n")
    if not text:
        return None
    time, other = _parsed(text), _parsed(SHORT_DATE.sub(r"\3\2\1\2", text))
    shown = one_line(text, 60)
    if time is None:
        raise UnusableTime(f"{where}: {shown!r} is no time; {REMEDY}")
    if other is not None and other != time:
        ways = " or ".join(f"{each:%Y-%m-%d %H:%M:%S} UTC" for each in (time, other))
        raise UnusableTime(f"{where}: {shown!r} can be read in two ways; write {ways}")
    return time


def unusable_times(course: Course, name: str, students: Iterable[str]) -> Iterator[str]:
    """Yield a line for each submission whose time cannot be told."""
    for student in students:
        try:
            read_time(course.submitted / student / name)
        except UnusableTime as why:
            yield str(why)


def _parsed(text: str) -> datetime | None:
    """Read a time as nbgrader does; None where it says none, or no date."""
    if not DATE.search(text):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of a zone that is not known
            return utils.parse_utc(OFFSET.sub(r"\1:\2", text))  # type: ignore[no-any-return]
    except (ValueError, OverflowError, TypeError, AttributeError, Warning):
        return None
