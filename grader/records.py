"""Keep verdicts on disk: ``autograded/<student>/<assignment>/verdict.json``, by the notebook."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.assignment.assignment import Assignment
from grader.course import Course
from grader.errors import UsageError
from grader.files.atomic import File, write_beside
from grader.files.kept import Kept
from grader.files.names import names_in
from grader.gradebook.exchange_files import carried, exchange_files
from grader.sandbox import SAFE
from grader.verdict import Verdict, VerdictError

if TYPE_CHECKING:
    from grader.gradebook.standing import Standing  # it brings nbgrader along, which takes seconds

VERDICT_FILE = "verdict.json"


@dataclass(frozen=True)
class Records:
    """The verdicts of one assignment by student, in the order of their ids.

    ``unusable`` are the students whose file is no verdict of this release.
    """

    name: str
    verdicts: Mapping[str, Verdict]
    unusable: tuple[str, ...] = ()


def read_records(
    course: Course, name: str, only: str | None = None, *, brief: bool = False
) -> Records:
    """Read the verdicts of ``name``, of the student ``only`` or of all.

    Where all of a class are held at a time they are to be ``brief``. Raises UsageError when nothing
    was graded yet.
    """
    verdicts: dict[str, Verdict] = {}
    unusable: list[str] = []
    for student in names_in(course.autograded):
        path = course.autograded / student / name / VERDICT_FILE
        if only not in (None, student) or not path.exists():
            continue
        verdict = read_verdict(path)
        if verdict is None:
            unusable.append(student)
        else:
            verdicts[student] = verdict.brief if brief else verdict
    if not verdicts and not unusable:
        whose = f" of {only}" if only else ""
        again = f" --student {only}" if only else ""
        raise UsageError(
            f"nothing{whose} is graded for {name}: run `grader autograde {name}{again}` first"
        )
    return Records(name, verdicts, tuple(unusable))


def unreadable_work(course: Course, name: str) -> Iterator[tuple[str, str]]:
    """Yield who handed in a notebook that cannot be read, and why; nobody if nothing is graded."""
    for student in names_in(course.autograded):
        verdict = read_verdict(course.autograded / student / name / VERDICT_FILE)
        if verdict is not None and verdict.outcome == "unreadable":
            yield student, verdict.message


def read_verdict(path: Path) -> Verdict | None:
    """Read the verdict at ``path``, None when there is none that this release can read."""
    try:
        return parse_verdict(path.read_bytes())
    except OSError:
        return None


def parse_verdict(data: bytes) -> Verdict | None:
    """Parse a verdict's file, None where this release cannot."""
    try:
        return Verdict.from_json(data.decode("utf-8"))
    except (UnicodeDecodeError, VerdictError):
        return None


def record_time(graded: Path) -> float:
    """Return when the verdict in the folder of a graded submission was written; 0 without one."""
    try:
        return (graded / VERDICT_FILE).stat().st_mtime
    except OSError:
        return 0.0


def has_record(graded: Path) -> bool:
    """Tell whether a verdict lies in the folder of a graded submission."""
    return (graded / VERDICT_FILE).exists()


def current_verdict(
    course: Course,
    assignment: Assignment,
    student: str,
    digest: str,
    standing: Standing,
    is_safe: Callable[[], bool] = lambda: True,
    seen: Kept | None = None,
) -> Verdict | None:
    """Return the verdict on this very submission, made with this source and this kit.

    It is brief, and one that was ``seen`` before is not taken apart.

    None where there is none; and it counts only when the gradebook holds its marks: ``standing`` is
    what it holds. What was graded without isolation is not current once there is a safe way: only
    then is asked whether this run ``is_safe``.
    """
    name = assignment.spec.name
    folder = course.autograded / student / name
    if exchange_files(folder) != exchange_files(course.submitted / student / name):
        return None  # the same work, handed in again: its time counts, and so does its secret
    inputs = dict(assignment.inputs(digest))
    verdict = _brief_verdict(folder / VERDICT_FILE, inputs, seen)
    if verdict is None or verdict.outcome == "grader_error":
        return None
    if verdict.outcome == "graded":
        exposed = verdict.sandbox.get("tier", SAFE[0]) not in SAFE
        if (exposed and is_safe()) or not _has_something(folder / f"{name}.ipynb"):
            return None
    same = dict(verdict.inputs) == inputs
    return verdict if same and standing.agrees(verdict) else None


def _brief_verdict(path: Path, inputs: Mapping[str, str], seen: Kept | None) -> Verdict | None:
    """Read the brief verdict at ``path``; of the very bytes ``seen``, by this kit, it is known."""
    try:
        data = path.read_bytes()
    except OSError:
        return None

    def found() -> dict[str, Any] | None:
        verdict = parse_verdict(data)
        return verdict.to_kept() if verdict else None

    key = ("verdict", *inputs.values(), hashlib.sha256(data).hexdigest())
    kept = found() if seen is None else seen.of(key, found)
    return Verdict.from_kept(kept) if kept is not None else None


def _has_something(path: Path) -> bool:
    """Tell whether there is a file with something in it: after a power cut it may be empty."""
    try:
        return path.is_file() and path.stat().st_size > 0
    except OSError:
        return False


def published(
    course: Course, student: str, name: str, verdict: Verdict, notebook: str | None
) -> list[File]:
    """Return the files of a graded submission: the autograded notebook, and then the verdict."""
    book = course.autograded / student / name / f"{name}.ipynb"
    # The verdict last: it says that the submission is graded, so what is cut off before is graded
    # again.
    files = published_verdict(course, student, name, verdict)
    return [(book, None if notebook is None else notebook.encode()), *files]


def published_verdict(course: Course, student: str, name: str, verdict: Verdict) -> list[File]:
    """Return the verdict's file, after the time and the secret of the submission it is on."""
    folder = course.autograded / student / name
    carried_over = carried(course.submitted / student / name, folder)
    return [*carried_over, (folder / VERDICT_FILE, verdict.to_json().encode())]


def write_verdict(path: Path, verdict: Verdict) -> None:
    """Write a verdict as JSON, beside and renamed."""
    write_beside(path, verdict.to_json().encode())
