"""Export to Blackboard: the comma-separated file that its grade centre uploads.

Source: Blackboard Help for instructors, "Work offline with grade data": every cell in quotes,
users by user name, columns by the number after ``|``.
"""

from __future__ import annotations

import csv
import io

from grader.export.class_marks import ClassMarks
from grader.files.csv_write import neutral


def blackboard_bytes(marks: ClassMarks, column: str) -> bytes:
    """Return the file; ``column`` is the number of the column in Blackboard.

    Only rows with a score: Blackboard takes no excuses from a file, and an empty cell could take
    away a score that it has.
    """
    heading = f"{marks.title} [Total Pts: {marks.max_points} Score] |{column}"
    made = io.StringIO(newline="")
    writer = csv.writer(made, quoting=csv.QUOTE_ALL)
    writer.writerow(["Username", neutral(heading)])
    for entry in marks.counted:
        if not entry.who.excused:
            writer.writerow([neutral(entry.who.login or entry.who.student), entry.score])
    return made.getvalue().encode("utf-8", "backslashreplace")
