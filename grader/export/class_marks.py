"""Join the gradebook's marks in one assignment with the roster: where each student stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.class_list import class_list, gone
from grader.gradebook.read import StudentMarks, others_marks, read_marks
from grader.gradebook.roster import Person, as_known, enrolled, filled_in, read_roster
from grader.gradebook.state import no_gradebook
from grader.plain_text import some
from grader.records import read_records

Points = int | float


@dataclass(frozen=True)
class ClassEntry:
    """An entry of a class: one student and their marks; None when nothing was handed in."""

    who: Person
    marks: StudentMarks | None = None

    @property
    def score(self) -> Points | None:
        """Compute the score, None when nothing was handed in."""
        return None if self.marks is None else rounded(self.marks.score)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Return the cells that nbgrader wants marked, or looked at again."""
        return self.marks.waiting if self.marks else ()


@dataclass(frozen=True)
class ClassMarks:
    """Marks of a class in one assignment; ``left_out`` are graded students not in the roster.

    ``gone`` says whose marks have no submission any more, ``others`` whose are of another run than
    their verdicts and therefore not here, with the ``remedy``; empty where there are none.
    """

    name: str
    title: str
    entries: tuple[ClassEntry, ...]
    cells: tuple[str, ...]
    max_points: Points
    left_out: tuple[str, ...] = ()
    gone: str = ""
    others: tuple[str, ...] = ()
    remedy: str = ""

    @property
    def counted(self) -> tuple[ClassEntry, ...]:
        """Return those with something to report: a score, or that they are excused."""
        return tuple(e for e in self.entries if e.who.excused or e.score is not None)

    @property
    def waiting(self) -> dict[str, list[str]]:
        """Return, for each cell that still waits for marks, whose answers do."""
        found: dict[str, list[str]] = {}
        for entry in self.entries:
            for cell in () if entry.who.excused else entry.waiting:
                found.setdefault(cell, []).append(entry.who.student)
        return found


def rounded(value: float) -> Points:
    """Round to hundredths; whole points become an int, so that they are written without ``.0``."""
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def read_class_marks(
    course: Course, name: str, roster: Path | None = None, provisional: bool = False
) -> ClassMarks:
    """Read where the class stands, in the roster's order or by student id.

    Raises UsageError when nothing is graded, the gradebook or the roster cannot be used, or marks
    are of another run than their verdicts; when ``provisional`` these are left out.
    """
    nothing = UsageError(f"nothing is graded for {name}: run `grader autograde {name}` first")
    if no_gradebook(course):
        raise nothing
    listed = read_roster(roster, name, course.names()) if roster else None
    marks = read_marks(course, name)
    verdicts = read_records(course, name, brief=True).verdicts
    others, remedy = others_marks(course, name, marks, verdicts)
    if others and not provisional:
        raise UsageError(f"{remedy}; --provisional leaves them out")
    marks = {who: entry for who, entry in marks.items() if who not in others}
    if not marks:
        raise nothing
    known = enrolled(course)
    people = {who: known.get(who, Person(who)) for who in sorted({*known, *marks})}
    if listed is not None:
        listed = as_known(listed, people)
        if not listed.keys() & people.keys():
            raise UsageError(
                f"no student of {roster} is in the gradebook ({some(people)}): its column "
                "`student` must hold the names of the folders in submitted/"
            )
        people = {who: filled_in(person, known) for who, person in listed.items()}
    cells = next(iter(marks.values())).cells
    left = class_list(course, name).gone
    return ClassMarks(
        name,
        course.spec(name).title,
        tuple(ClassEntry(person, marks.get(who)) for who, person in people.items()),
        tuple(cells),
        rounded(sum(mark.max_points for mark in cells.values())),
        tuple(sorted(marks.keys() - people.keys())),
        gone(course, name, left) if left else "",
        tuple(others),
        remedy,
    )
