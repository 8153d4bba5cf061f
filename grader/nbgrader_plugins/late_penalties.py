"""Take off late penalties: one ready policy for nbgrader's plugin point, extensions from a CSV.

Turned on in ``nbgrader_config.py``; nbgrader's default is no penalty::

    c.AssignLatePenalties.plugin_class = "grader.late.TenPercentADay"
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin

from grader.errors import UsageError
from grader.files.csv_read import read_table

EXTENSIONS_FILE = "extensions.csv"  # in the course's folder
EXTENSION_COLUMNS = ("student", "assignment", "until")

Extensions = dict[tuple[str, str], datetime]


def read_extensions(path: Path) -> Extensions:
    """Read until when each student may hand in each assignment, in UTC without a zone.

    Returns nothing when there is no such file. Raises UsageError for a row that cannot be used.
    """
    found: Extensions = {}
    if not path.exists():
        return found
    for line, row in read_table(path, EXTENSION_COLUMNS).records():
        who = (row["student"], row["assignment"])
        if not all(who):
            raise UsageError(f"{path.name}, line {line}: give both a student and an assignment")
        if who in found:
            raise UsageError(f"{path.name}, line {line}: {who[0]} has two rows for {who[1]}")
        found[who] = _moment(row["until"], f"{path.name}, line {line}")
    return found


def _moment(text: str, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{where}: {text!r} is not a time with its zone, such as 2025-03-31T23:59+02:00"
        ) from None


class TenPercentADay(LateSubmissionPlugin):  # type: ignore[misc]
    """A late penalty: none for 48 hours, then 10 % of the score for every day that has begun.

    An extension moves the student's due date, and the 48 hours with it. It comes from the row of
    ``extensions.csv`` or from the gradebook (nbgrader's ``grant_extension``): the later one counts.
    """

    grace = timedelta(hours=48)
    percent = 10  # of the score, a day

    def __init__(self, **about: Any) -> None:
        super().__init__(**about)
        root = Path(CourseDirectory(parent=self).root)
        self._extensions = read_extensions(root / EXTENSIONS_FILE)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points to take off, None for none; called only for late submissions."""
        late = timedelta(seconds=total_seconds_late) - self._extended(student_id) - self.grace
        days = math.ceil(late / timedelta(days=1))
        return min(self.percent * days, 100) / 100 * score if days > 0 else None

    def _extended(self, student: str) -> timedelta:
        """Return by how much ``extensions.csv`` moves the due date that nbgrader counted from.

        nbgrader hands over neither assignment nor dates; its preprocessor, the parent, has both.
        """
        name = self.parent.assignment_id
        until = self._extensions.get((student, name))
        if until is None:
            return timedelta(0)
        due: datetime = self.parent.gradebook.find_submission(name, student).duedate
        return max(until - due, timedelta(0))
