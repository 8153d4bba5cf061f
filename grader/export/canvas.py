"""Export to Canvas: the CSV that its gradebook imports.

Source: canvas-lms, lib/gradebook_importer.rb and lib/gradebook_exporter.rb.
"""

from __future__ import annotations

from grader.export.class_marks import ClassMarks
from grader.files.csv_write import csv_text

POSSIBLE = "    Points Possible"  # four blanks, as in Canvas's own file
EXCUSED = "EX"


def canvas_bytes(marks: ClassMarks, column: str | None) -> bytes:
    """Return the file; ``column`` is the assignment's number in Canvas, which finds it there.

    Who handed nothing in has no row, since an empty cell would take away a score that Canvas has.
    """
    sis = any(entry.who.sis_user_id for entry in marks.counted)
    heading = f"{marks.title} ({column})" if column else marks.title
    between = ["SIS User ID"] if sis else []
    rows: list[list[object]] = [
        ["Student", "ID", *between, "SIS Login ID", "Section", heading],
        [POSSIBLE, *[""] * (3 + sis), marks.max_points],
    ]
    for entry in marks.counted:
        who = entry.who
        ids = [who.sis_user_id] if sis else []
        grade = EXCUSED if who.excused else entry.score
        name, login = who.name or who.student, who.login or who.student
        rows.append([name, who.canvas_id, *ids, login, who.section, grade])
    return csv_text(rows).encode("utf-8", "backslashreplace")
