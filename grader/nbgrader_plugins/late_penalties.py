"""Take off late penalties: one ready policy for nbgrader's plugin point, extensions from a CSV.

Turned on in ``nbgrader_config.py``; nbgrader's default is no penalty::

    c.AssignLatePenalties.plugin_class = "grader.late.TenPercentADay"
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin

from grader.files.names import one_form
from grader.gradebook.extensions import EXTENSIONS_FILE, extension_rows

Extensions = dict[tuple[str, str], datetime]


def read_extensions(path: Path) -> Extensions:
    """Read until when each student may hand in each assignment, in UTC without a zone.

    Returns nothing when there is no such file. Raises UsageError for a row that cannot be used.
    """
    return {(row.student, row.assignment): row.until for row in extension_rows(path)}


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
        until = self._extensions.get((one_form(student), one_form(name)))
        if until is None:
            return timedelta(0)
        due: datetime = self.parent.gradebook.find_submission(name, student).duedate
        return max(until - due, timedelta(0))
