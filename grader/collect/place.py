"""Put a notebook into ``submitted/``: what lies there already gives way only with a word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.course import Course
from grader.files.atomic import File
from grader.files.names import names_in
from grader.gradebook.submission_time import UnusableTime, read_time
from grader.intake.handed_in import STAMP
from grader.intake.read import UnreadableSubmission, find_notebook, read_file
from grader.plain_text import one_line

NEW, SAME, REPLACED, KEPT = "new", "unchanged", "replaced", "kept"


@dataclass(frozen=True)
class Placed:
    """What becomes of one student's notebook: ``files`` are to be written, ``said`` is the reason.

    ``was`` is what lay there before, as name and contents, where it is replaced.
    """

    student: str
    outcome: str
    said: str = ""
    files: tuple[File, ...] = ()
    was: tuple[tuple[str, bytes], ...] = ()


def place(
    course: Course, student: str, name: str, data: bytes, time: datetime | None, replace: bool
) -> Placed:
    """Compare a notebook with what lies in the student's folder, and say what is to be written.

    The later of two stays, by their times; where a time is not known, what lies there stays, unless
    it is asked to ``replace`` it.
    """
    folder = course.submitted / student / name
    stamp = f"{time:%Y-%m-%d %H:%M:%S} UTC\n".encode() if time else None
    files = ((folder / f"{name}.ipynb", data), (folder / STAMP, stamp))
    for path in (course.submitted, folder.parent, folder):
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            return _kept(student, f"{_shown(path, course)} is no folder")
    if not any(entry not in (STAMP,) and entry[0] != "." for entry in names_in(folder)):
        return Placed(student, NEW, files=files)
    try:
        path, _ = find_notebook(folder, name)
        old = read_file(path)
        before = read_time(folder)
    except UnreadableSubmission as why:
        return _kept(student, f"what lies in {_shown(folder, course)} is odd: {why}")
    except UnusableTime as why:
        return _kept(student, str(why))
    if old == data:
        later = time is not None and before is None
        return Placed(student, SAME, files=files[1:] if later else ())
    known = time is not None and before is not None
    if replace or (time is not None and before is not None and time > before):
        gone = ((path, None),) if path.name != f"{name}.ipynb" else ()
        return Placed(student, REPLACED, _when(before, time), (*gone, *files), _was(folder, path))
    if known:
        return _kept(student, f"what lies there is no earlier ({_when(before, time)})")
    return _kept(student, "another notebook lies there, and which is later is not told: --replace")


def _kept(student: str, why: str) -> Placed:
    return Placed(student, KEPT, one_line(why, 400))


def _when(before: datetime | None, time: datetime | None) -> str:
    told = [f"{each:%Y-%m-%d %H:%M:%S} UTC" if each else "no time" for each in (before, time)]
    return f"there {told[0]}, in the archive {told[1]}"


def _was(folder: Path, path: Path) -> tuple[tuple[str, bytes], ...]:
    """Return what is replaced, for a copy of it."""
    return tuple(_contents(each) for each in (path, folder / STAMP) if each.is_file())


def _contents(path: Path) -> tuple[str, bytes]:
    return path.name, read_file(path)


def _shown(path: Path, course: Course) -> str:
    return str(path.relative_to(course.root))


def all_files(placed: list[Placed]) -> Iterator[File]:
    """Yield all that is to be written; a time that is not told takes away one that was."""
    for each in placed:
        for path, data in each.files:
            if data is not None or path.exists():
                yield path, data
