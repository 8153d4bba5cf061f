"""``grader collect``: an archive of Moodle, Canvas or Gradescope becomes folders in ``submitted/``.

Its steps: open, read the names, ask who is who, choose one notebook each, compare with what lies
there, write. Everything is read before anything is written, and what is not taken is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.collect.archive import Archive, open_archive
from grader.collect.choose import Chosen, choose
from grader.collect.handed_file import HandedFile
from grader.collect.people import People, same_form
from grader.collect.place import KEPT, REPLACED, Placed, all_files, place
from grader.collect.platforms import read_platform
from grader.course import Course
from grader.errors import UsageError
from grader.files.alone import alone
from grader.files.atomic import write_all
from grader.files.names import names_in
from grader.gradebook.forget import COPIES
from grader.gradebook.roster import class_people
from grader.intake.handed_in import Stray

ROSTER = "roster.csv"  # in the course's folder, where no other is named


@dataclass(frozen=True)
class Collected:
    """What became of an archive: notebooks by student, what was not taken, what is to be said."""

    platform: str
    placed: tuple[Placed, ...]
    strays: tuple[Stray, ...]
    twice: tuple[str, ...]  # of whom a later attempt was taken
    late: tuple[str, ...]  # whom the platform calls late
    absent: tuple[str, ...]  # in the class, and not in the archive
    copies: Path | None = None  # where what was replaced lies

    def count(self, outcome: str) -> int:
        """Count the notebooks of one outcome."""
        return sum(each.outcome == outcome for each in self.placed)

    @property
    def complete(self) -> bool:
        """Tell whether everything that was handed in lies in ``submitted/`` now."""
        return not any(stray.lost for stray in self.strays) and not self.count(KEPT)


def collect(
    course: Course, name: str, path: Path, roster: Path | None = None, replace: bool = False
) -> Collected:
    """Take the notebooks of the assignment ``name`` out of the archive at ``path``.

    ``roster`` is a list of the class; by default the course's ``roster.csv``, else the gradebook's
    students. Raises UsageError where the archive or the list cannot be used: nothing is written.
    """
    listed = roster or (course.root / ROSTER if (course.root / ROSTER).exists() else None)
    people = class_people(course, name, listed)
    if not people:
        raise UsageError(
            f"it is not known who is in the class: give --roster FILE, keep a {ROSTER} in the "
            "course's folder, or enter the students with `nbgrader db student import`"
        )
    with alone(course.lock, "collecting"), open_archive(path) as archive:
        read = read_platform(archive)
        work, unknown = _by_student(People(people.values()), read.files)
        names = same_form(work, names_in(course.submitted))
        out = {*course.spec(name).files, *names_in(course.assignments / name)}
        chosen = {names[who]: choose(files, name, out) for who, files in sorted(work.items())}
        placed = _placed(course, name, archive, chosen, replace)
        copies = _written(course, name, placed)
    strays = [
        *(Stray(file, why, "it is not read") for file, why in archive.refused.items()),
        *(Stray(member.name, "its name says not whose it is", "") for member in read.unread),
        *unknown,
        *(stray for each in chosen.values() for stray in each.strays),
    ]
    return Collected(
        read.platform,
        tuple(placed),
        tuple(strays),
        tuple(who for who, each in chosen.items() if each.passed_over),
        tuple(who for who, each in chosen.items() if each.file and each.file.late),
        tuple(who for who in people if who not in work),
        copies,
    )


def _by_student(
    people: People, files: tuple[HandedFile, ...]
) -> tuple[dict[str, list[HandedFile]], list[Stray]]:
    """Sort files by the student whose they are, and name those of whom that is not known."""
    work: dict[str, list[HandedFile]] = {}
    strays = []
    for file in files:
        meant = people.whom(file.sender)
        if len(meant) == 1:
            work.setdefault(meant.pop(), []).append(file)
            continue
        who = f"{file.sender} is " + (
            f"{' or '.join(sorted(meant))} of the class" if meant else "nobody in the class"
        )
        remedy = "give the roster what the platform calls them: name, login, email or canvas_id"
        strays.append(Stray(file.member.name, who, remedy))
    return work, strays


def _placed(
    course: Course, name: str, archive: Archive, chosen: Mapping[str, Chosen], replace: bool
) -> list[Placed]:
    """Read what was chosen, and compare it with what lies in ``submitted/``."""
    return [
        place(course, who, name, archive.read(each.file.member), each.file.time, replace)
        for who, each in chosen.items()
        if each.file is not None
    ]


def _written(course: Course, name: str, placed: list[Placed]) -> Path | None:
    """Write all of it, or nothing; return where copies of what was replaced lie, if any do."""
    kept = course.root / COPIES / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    copies = list(_copies(kept / course.submitted.name, name, placed))
    write_all([*copies, *all_files(placed)])
    return kept if copies else None


def _copies(folder: Path, name: str, placed: list[Placed]) -> Iterator[tuple[Path, bytes]]:
    for each in placed:
        if each.outcome == REPLACED:
            for file, data in each.was:
                yield folder / each.student / name / file, data
