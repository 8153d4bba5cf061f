"""Export grades from the gradebook into the files that other systems take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median

from grader.course import Course
from grader.errors import UsageError
from grader.export.blackboard import blackboard_bytes
from grader.export.canvas import canvas_bytes
from grader.export.class_marks import ClassMarks, read_class_marks
from grader.export.gradescope import results_bytes
from grader.export.moodle import fill
from grader.export.plain import csv_bytes
from grader.files.atomic import write_beside
from grader.gradebook.read import read_marks, refuse_others
from grader.html.wording import counted, number
from grader.plain_text import some
from grader.records import read_records

# format: the options that it takes beside --provisional and --output
FORMATS = {
    "csv": {"roster"},
    "canvas": {"roster", "column"},
    "moodle": {"roster", "worksheet"},
    "blackboard": {"roster", "column"},
    "gradescope": {"student"},
}
FLAGS = {"column": "--column-id", "roster": "--roster", "worksheet": "--worksheet"}


@dataclass(frozen=True)
class Wanted:
    """A request for an export: a format and what that format needs."""

    kind: str = "csv"
    roster: Path | None = None
    worksheet: Path | None = None
    column: str | None = None
    student: str | None = None
    provisional: bool = False
    output: Path | None = None

    def __post_init__(self) -> None:
        """Raise UsageError for an option that the format does not take, or one that it lacks."""
        for option in ("roster", "worksheet", "column", "student"):
            if getattr(self, option) is not None and option not in FORMATS[self.kind]:
                flag = FLAGS.get(option, f"--{option}")
                raise UsageError(f"{flag} is not for --format {self.kind}: leave it out")
        if self.column is not None and not self.column.isdecimal():
            raise UsageError(f"--column-id {self.column!r} is not a number")
        if self.kind == "blackboard" and self.column is None:
            raise UsageError(
                "give --column-id N, the number after | in the column's heading in a file that "
                "Blackboard itself made; without it Blackboard would add a column of text"
            )
        if self.kind == "moodle" and self.worksheet is None:
            raise UsageError(
                "give --worksheet FILE, the grading worksheet downloaded from the assignment in "
                "Moodle (in English)"
            )
        if self.kind == "gradescope" and self.student is None:
            raise UsageError("give --student S: Gradescope takes one submission at a time")


@dataclass(frozen=True)
class Exported:
    """A result of an export: the file, None when not written; what to know, and what is wrong.

    ``standing`` says how the class stands, where the file is about a class.
    """

    path: Path | None
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    standing: str = ""


def export(course: Course, name: str, wanted: Wanted) -> Exported:
    """Write the grades of ``name`` as ``wanted``; nothing is written while answers wait for marks.

    Raises UsageError when nothing is graded, or the gradebook or a file cannot be used.
    """
    if wanted.student is not None:
        return _one_submission(course, name, wanted, wanted.student)
    marks = read_class_marks(course, name, wanted.roster, wanted.provisional)
    waiting = tuple(
        f"{cell}: {counted(len(who), 'answer waits', 'answers wait')} for a mark ({some(who)})"
        for cell, who in marks.waiting.items()
    )
    if waiting and not wanted.provisional:
        remedy = "mark them in formgrader, or export them as they stand with --provisional"
        return Exported(None, problems=(*waiting, f"nothing written: {remedy}"))
    data, notes, problems = _content(marks, wanted)
    path = wanted.output or course.root / "exports" / f"{name}-{wanted.kind}.csv"
    _write(path, data)
    return Exported(path, (*waiting, *notes), problems, _standing(marks))


def _standing(marks: ClassMarks) -> str:
    scores = [entry.score for entry in marks.entries if entry.score is not None]
    if not scores:
        return ""
    of = f"of {number(marks.max_points)} points, {counted(len(scores), 'student')} with a score"
    return f"median {number(median(scores))} {of}"


def _content(marks: ClassMarks, wanted: Wanted) -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
    """Return the file's bytes, notes and problems in the wanted format."""
    notes, problems = _about(marks)
    if wanted.kind == "csv":
        return csv_bytes(marks), notes, problems
    if wanted.kind == "canvas":
        if wanted.column is None:
            notes += ("no --column-id: Canvas will ask which assignment this is",)
        return canvas_bytes(marks, wanted.column), notes, problems
    excused = [entry.who.student for entry in marks.entries if entry.who.excused]
    if excused:
        notes += (f"excused, to be entered by hand: {some(excused)}",)
    if wanted.kind == "blackboard":
        return blackboard_bytes(marks, wanted.column or ""), notes, problems
    filled = fill(marks, wanted.worksheet or Path())
    if filled.not_there:
        problems += (f"graded, but not in {wanted.worksheet}: {some(filled.not_there)}",)
    if filled.too_high:
        problems += (
            f"above {marks.max_points} points, which Moodle skips: {some(filled.too_high)}",
        )
    return filled.data, notes, problems


def _about(marks: ClassMarks) -> tuple[tuple[str, ...], tuple[str, ...]]:
    absent = (entry.who for entry in marks.entries if entry.marks is None)
    missing = [who.student for who in absent if not who.excused and who.student not in marks.others]
    none = f"nothing handed in, no grade: {some(missing)}" if missing else ""
    notes = tuple(filter(None, (none, marks.gone)))
    problems: tuple[str, ...] = ()
    if marks.others:
        problems = (f"left out: {some(marks.others)}; {marks.remedy}",)
    if marks.left_out:
        problems += (f"graded, but not in the roster, left out: {some(marks.left_out)}",)
    return notes, problems


def _one_submission(course: Course, name: str, wanted: Wanted, student: str) -> Exported:
    verdicts = read_records(course, name, student).verdicts
    verdict = verdicts.get(student)
    if verdict is None or verdict.outcome == "grader_error":
        raise UsageError(
            f"the verdict of {student} cannot be used: run `grader autograde {name} "
            f"--student {student} --force`"
        )
    refuse_others(course, name, read_marks(course, name), verdicts)
    path = wanted.output or course.root / "exports" / f"{name}-{student}-results.json"
    _write(path, results_bytes(verdict))
    return Exported(path)


def _write(path: Path, data: bytes) -> None:
    try:
        write_beside(path, data)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}): give --output FILE"
        ) from None
