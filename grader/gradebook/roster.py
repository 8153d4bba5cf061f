"""Tell who is in the class and what other systems call them: the roster, and the gradebook."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from nbgrader.api import Student

from grader.course import Course
from grader.errors import UsageError
from grader.files.csv_read import read_table
from grader.files.names import one_form
from grader.gradebook.opening import opened
from grader.gradebook.state import no_gradebook

YES, NO = {"yes", "y", "true", "1", "x"}, {"", "no", "n", "false", "0"}


@dataclass(frozen=True)
class Person:
    """A student of the roster; ``student`` is the id in nbgrader, all else other systems use."""

    student: str
    name: str = ""
    email: str = ""
    login: str = ""  # Canvas: SIS Login ID; Blackboard: Username; Moodle: Username or ID number
    section: str = ""
    canvas_id: str = ""
    sis_user_id: str = ""
    excused: bool = False


TEXTS = ("student", "name", "email", "login", "section", "canvas_id", "sis_user_id")


def read_roster(path: Path, assignment: str, known: Collection[str]) -> dict[str, Person]:
    """Read the roster by student, ids in one Unicode form; only the column ``student`` is needed.

    ``known`` are the names of the course's assignments, of which a student may be excused. Raises
    UsageError for a student without id or with two rows, for two students with one id on a
    platform, and for a cell with no meaning.
    """
    people: dict[str, Person] = {}
    taken: dict[tuple[str, str], str] = {}
    for line, row in read_table(path, ["student"]).records():
        where = f"{path}, line {line}"
        cells = {key: row.get(key, "") for key in TEXTS}
        cells["student"] = who = one_form(cells["student"])
        if not who:
            raise UsageError(f"{where}: the student's id is missing")
        if who in people:
            raise UsageError(f"{where}: {who} has a row already: leave one of them out")
        if not (cells["canvas_id"] or "0").isdecimal():
            raise UsageError(f"{where}: canvas_id {cells['canvas_id']!r} is not a number")
        excused = _excused(row.get("excused", ""), assignment, known, where)
        people[who] = Person(**cells, excused=excused)
        _own_names(people[who], taken, where)
    if not people:
        raise UsageError(f"{path} has no students: add a row for each")
    return people


def _own_names(person: Person, taken: dict[tuple[str, str], str], where: str) -> None:
    """Raise UsageError when a platform would take the student for another one of the roster."""
    names = {
        "login": person.login or person.student,
        "canvas_id": person.canvas_id.lstrip("0"),
        "sis_user_id": person.sis_user_id,
    }
    for column, name in names.items():
        other = taken.setdefault((column, name.casefold()), person.student)
        if name and other != person.student:
            raise UsageError(
                f"{where}: the {column} {name} of {person.student} is {other}'s already: "
                "a platform would give one of them the other's grade; mend the roster"
            )


def _excused(text: str, assignment: str, known: Collection[str], where: str) -> bool:
    """Tell whether ``text`` excuses from this assignment: yes, no, or names of assignments."""
    if text.lower() in YES | NO:
        return text.lower() in YES
    names = text.replace(";", " ").split()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(
            f"{where}: excused says {unknown[0]!r}: write yes, no, or names of assignments "
            f"({', '.join(known)})"
        )
    return assignment in names


def class_people(course: Course, assignment: str, roster: Path | None) -> dict[str, Person]:
    """Return the class by student: the roster's, filled in from the gradebook, else the latter's.

    Raises UsageError as `read_roster` does, for an id that cannot name a folder, and where the
    gradebook cannot be read.
    """
    known = {} if no_gradebook(course) else enrolled(course)
    if roster is None:
        return known
    listed = as_known(read_roster(roster, assignment, course.names()), known)
    for who in listed:
        if who[0] == "." or "/" in who or "\0" in who:
            raise UsageError(f"{roster}: the student {who!r} cannot name a folder: mend the id")
    return {who: filled_in(person, known) for who, person in listed.items()}


def enrolled(course: Course) -> dict[str, Person]:
    """Read everyone in the gradebook, with the names and the LMS ids that it may have."""
    with opened(course) as gradebook:
        return {
            s.id: Person(
                s.id,
                ", ".join(part for part in (s.last_name, s.first_name) if part),
                s.email or "",
                canvas_id=s.lms_user_id or "",
            )
            for s in gradebook.db.query(Student)
        }


def as_known(listed: dict[str, Person], known: Iterable[str]) -> dict[str, Person]:
    """Call the roster's students what the gradebook calls them: in its Unicode form."""
    ids = {one_form(who): who for who in known}
    called = {ids.get(who, who): person for who, person in listed.items()}
    return {who: replace(person, student=who) for who, person in called.items()}


def filled_in(person: Person, known: dict[str, Person]) -> Person:
    """Fill in what the roster leaves open, as the gradebook has it."""
    had = known.get(person.student, person)
    return replace(
        person,
        name=person.name or had.name,
        email=person.email or had.email,
        canvas_id=person.canvas_id or had.canvas_id,
    )
