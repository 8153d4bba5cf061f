"""Carry the two small files that nbgrader's exchange lays beside a submission for feedback."""

from __future__ import annotations

import hmac
from pathlib import Path

from grader.course import Course
from grader.files.atomic import File, write_beside
from grader.intake.handed_in import SECRET, STAMP
from grader.intake.read import UnreadableSubmission, read_file

MOST = 1000  # bytes


def exchange_files(folder: Path) -> dict[str, bytes]:
    """Read those of the two files that lie in ``folder`` as small regular files."""
    found = {}
    for name in (STAMP, SECRET):
        try:
            data = read_file(folder / name)
        except (UnreadableSubmission, OSError):
            continue
        if 0 < len(data) <= MOST:
            found[name] = data
    return found


def carried(source: Path, target: Path) -> list[File]:
    """Return the two files of ``target`` as those of ``source``; what is absent there goes."""
    found = exchange_files(source)
    return [(target / name, found.get(name)) for name in (STAMP, SECRET)]


def complete(course: Course, student: str, name: str, folder: Path) -> None:
    """Write both files into ``folder``, for ``nbgrader release_feedback`` stops without them.

    The exchange names a released page after the submission's secret, which only its student and
    the course hold. Work that did not come through the exchange gets a secret of the course's.
    """
    told = f"feedback\0{name}\0{student}".encode("utf-8", "surrogateescape")
    own = hmac.digest(course.secret(), told, "sha256").hex().encode()
    found = exchange_files(course.autograded / student / name)
    write_beside(folder / STAMP, found.get(STAMP, b""))
    write_beside(folder / SECRET, found.get(SECRET, own))
