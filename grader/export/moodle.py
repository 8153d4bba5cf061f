"""Export to Moodle: the grading worksheet of an assignment, downloaded, filled in, uploaded again.

Source: moodle, mod/assign/feedback/offline/importgradeslib.php and locallib.php.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.export.class_marks import ClassEntry, ClassMarks, Points
from grader.files.csv_read import Table, read_table
from grader.files.names import one_form
from grader.plain_text import some

NEEDED = ("Identifier", "Grade", "Last modified (grade)")  # what Moodle's importer insists on
IDENTITY = ("Identifier", "ID number", "Username", "Email address")
MAXIMUM = "maximum grade"  # its capitals differ between versions


@dataclass(frozen=True)
class Filled:
    """The filled worksheet, and what did not go into it."""

    data: bytes
    not_there: tuple[str, ...]  # graded, but not in the worksheet
    too_high: tuple[str, ...]  # above the maximum, which Moodle skips


def fill(marks: ClassMarks, path: Path) -> Filled:
    """Fill the column ``Grade`` of the worksheet at ``path``; all other cells stay as they are.

    ``Last modified (grade)`` stays too: by it Moodle sees that a grade was changed there since the
    download, and keeps that one. Raises UsageError when the worksheet does not fit.
    """
    sheet = read_table(path, NEEDED)
    _same_maximum(sheet, marks.max_points)
    graded = [e for e in marks.counted if not e.who.excused]
    found = _matched(sheet, graded)
    if not found:
        raise UsageError(
            f"no row of {path} belongs to a graded student: its {_identities(sheet)} must be the "
            "student's id, or `login` or `email` in a --roster"
        )
    at = sheet.columns.index("Grade")
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(sheet.columns)
    for line, cells in sheet.rows:
        grade = (str(found[line].score),) if line in found else (cells[at],)
        writer.writerow([*cells[:at], *grade, *cells[at + 1 :]])
    there = {entry.who.student for entry in found.values()}
    return Filled(
        made.getvalue().encode("utf-8"),
        tuple(e.who.student for e in graded if e.who.student not in there),
        tuple(e.who.student for e in found.values() if (e.score or 0) > marks.max_points),
    )


def _identities(sheet: Table) -> str:
    return " or ".join(name for name in IDENTITY if name in sheet.columns)


def _matched(sheet: Table, graded: list[ClassEntry]) -> dict[int, ClassEntry]:
    """Find the entry of each row by its line; raises UsageError when two fit together."""
    by_key: dict[str, ClassEntry] = {}
    for entry in graded:
        who = entry.who
        for key in {one_form(k).casefold() for k in (who.student, who.login, who.email) if k}:
            if key in by_key:
                both = some([by_key[key].who.student, who.student])
                raise UsageError(f"{both} have the same name {key!r}: mend the roster")
            by_key[key] = entry
    found: dict[int, ClassEntry] = {}
    rows: dict[str, int] = {}
    for line, row in sheet.records():
        fits = {by_key[key].who.student: by_key[key] for key in _keys(row) if key in by_key}
        twice = [rows[student] for student in fits if student in rows]
        if len(fits) > 1 or twice:
            also = f", as does line {twice[0]}" if twice else ""
            raise UsageError(
                f"{sheet.path}, line {line} fits {some(fits)}{also}: tell students apart by "
                "`login` or `email` in a --roster"
            )
        for student, entry in fits.items():
            found[line], rows[student] = entry, line
    return found


def _keys(row: dict[str, str]) -> list[str]:
    """Return what a row calls its student: its ids.

    In a nameless worksheet the number of its identifier is one, too.
    """
    ids = [one_form(row[name]).casefold() for name in IDENTITY if row.get(name)]
    if not any(name in row for name in IDENTITY[1:]):
        ids.append(row["Identifier"].rpartition(" ")[2])
    return ids


def _same_maximum(sheet: Table, wanted: Points) -> None:
    """Raise UsageError when Moodle counts to another maximum; it skips higher grades silently."""
    name = next((column for column in sheet.columns if column.lower() == MAXIMUM), None)
    for line, row in sheet.records() if name else ():
        text = row[name or ""]
        try:
            same = float(text.replace(",", ".")) == wanted
        except ValueError:
            same = False
        if not same:
            raise UsageError(
                f"{sheet.path}, line {line}: the maximum grade is {text or 'missing'}, here it is "
                f"{wanted}: set Moodle's to {wanted} and download the worksheet again"
            )
