"""Autograde a class: collect submissions, judge them, write notebooks, verdicts and gradebook."""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.assignment import Assignment
from grader.cluster import connect
from grader.course import Course
from grader.errors import UsageError
from grader.exchange import carry, exchange_files
from grader.files import read_text, write_beside
from grader.intake import (
    Submission,
    UnreadableSubmission,
    find_notebook,
    parse_notebook,
    plan,
    read_file,
)
from grader.judge import Judgement, unreadable
from grader.notebook import graded_notebook, released_cells
from grader.pool import Judges, Task, local_executor
from grader.sandbox import Sandbox, protect_parent
from grader.verdict import Verdict, VerdictError

if TYPE_CHECKING:
    from grader.gradebook import Writer

BATCH = 50  # submissions a commit
SAFE = ("A", "B")  # below these a submission could read the solution

Graded = tuple[str, Verdict | None, str | None, dict[str, bool]]


@dataclass
class Summary:
    """What became of a class: how many were graded and, where wanted, their verdicts."""

    assignment: str
    tier: str
    number: int = 0
    graded: list[Verdict] = field(default_factory=list)
    kept: int = 0
    faults: list[str] = field(default_factory=list)


def choose_tier(allow_unsafe: bool, warming: Sequence[Future[str]] = ()) -> str:
    """Return the strongest isolation that starts here; raises UsageError when it is too weak.

    Judge processes that are ``warming`` up know it, the first of them soonest.
    """
    try:
        tier = warming[0].result() if warming else _try_tier()
    except BrokenProcessPool:
        tier = _try_tier()
    if tier in SAFE or allow_unsafe:
        return tier
    raise UsageError(
        "this system cannot isolate submissions (no bubblewrap, no Landlock): a submission could "
        "read the solution; install bubblewrap, or accept that with --allow-unsafe"
    )


def _try_tier() -> str:
    with Sandbox() as sandbox:
        return sandbox.tier


def students(course: Course, name: str, only: str | None) -> list[str]:
    """The students who handed in ``name``; raises UsageError when there are none."""
    folder = course.submitted
    found: list[str] = []
    if folder.is_dir():
        with os.scandir(folder) as entries:
            found = sorted(e.name for e in entries if e.is_dir(follow_symlinks=False))
    found = [s for s in found if is_real_folder(folder / s / name) and only in (None, s)]
    odd = [student for student in found if not _is_text(student)]
    if odd:
        raise UsageError(f"{folder} holds the folder {odd[0]!r}: its name is not UTF-8, rename it")
    if not found:
        who = f"{only or '<student>'}"
        raise UsageError(f"nothing to grade: put submissions into {folder / who / name}/")
    return found


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_real_folder(path: Path) -> bool:
    """Whether ``path`` is a folder and not a link to one."""
    return path.is_dir() and not path.is_symlink()


def take_in(
    course: Course, assignment: Assignment, student: str
) -> tuple[Submission | Verdict, str]:
    """Read one submission; a notebook that cannot be read at all is a verdict already.

    Raises OSError when this machine cannot open it: that says nothing about the submission.
    """
    name = assignment.spec.name
    folder = course.submitted / student / name
    data = b""
    try:
        path, notes = find_notebook(folder, name)
        data = read_file(path)
        submission = plan(parse_notebook(data), assignment.source)
        submission = Submission(submission.cells, (*notes, *submission.mended), submission.sha256)
        return submission, submission.sha256
    except UnreadableSubmission as why:
        digest = hashlib.sha256(data).hexdigest()
        return unreadable(assignment, str(why), digest, student), digest


def seeds(
    secret: bytes, student: str, assignment: Assignment, submission: Submission
) -> dict[str, int]:
    """Derive the seed of each exercise's hidden inputs from the course secret.

    HMAC-SHA256 over student, assignment, exercise and the submitted cells: the same submission
    gets the same inputs, a changed one gets new ones.
    """
    return {
        exercise.name: int.from_bytes(
            hmac.digest(
                secret,
                "\0".join((student, assignment.spec.name, exercise.name, submission.sha256)).encode(
                    "utf-8", "surrogateescape"
                ),
                "sha256",
            )[:16],
            "big",
        )
        for exercise in assignment.spec.exercises
    }


def autograde(
    course: Course,
    name: str,
    *,
    only: str | None = None,
    workers: int | None = None,
    allow_unsafe: bool = False,
    force: bool = False,
    cluster: str | None = None,
    keep: bool = True,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Summary:
    """Grade everything submitted for ``name`` that is not graded yet.

    ``progress`` is called with the number done and the number in all. Without ``keep`` the summary
    holds no verdicts, and memory does not grow with the class: they are in the folders.

    Raises UsageError for what the caller can mend; the kit's own faults are listed in the summary.
    """
    protect_parent()  # it holds the course's secret
    start, workers = connect(cluster) if cluster else (local_executor, workers or cores())
    packed = course.packed(name)
    found = students(course, name, only)
    workers = min(workers, len(found))  # a sandbox that nobody needs takes its time to start, too
    released = read_text(course.assignments / name / f"{name}.ipynb", "run `make release`")
    with Judges(packed, workers, start, ready=not cluster) as judges, ExitStack() as opened:

        @functools.cache
        def writer() -> Writer:
            """Open the gradebook late: nbgrader takes a while to import, the judges do not wait."""
            from grader.gradebook import Writer, register

            register(course, name)
            return opened.enter_context(Writer(course, name))

        def known() -> Container[str]:
            return () if force else writer().students()

        summary = Summary(name, choose_tier(allow_unsafe, judges.warming))
        graded = _verdicts(course, judges, summary.tier, found, functools.cache(known), released)
        _enter(course, writer(), summary, graded, keep, lambda done: progress(done, len(found)))
    return summary


def _enter(
    course: Course,
    writer: Writer,
    summary: Summary,
    graded: Iterator[Graded],
    keep: bool,
    progress: Callable[[int], None],
) -> None:
    """Write what is graded into gradebook, folders and summary, some at a time."""
    pending: list[Graded] = []

    def flush() -> None:
        """Commit first, then publish: what was cut off in between is graded again."""
        batch = pending.copy()
        pending.clear()  # what the gradebook refuses is never published
        writer.commit()
        for student, verdict, text, _ in batch:
            if verdict is not None:
                publish(course, student, summary.assignment, verdict, text)

    try:
        for done, entry in enumerate(graded, 1):
            if _record(writer, summary, entry, keep):
                pending.append(entry)
            progress(done)
            if len(pending) >= BATCH:
                flush()
    except UsageError:  # the gradebook has dropped what was not committed
        pending.clear()
        raise
    finally:
        flush()


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _record(writer: Writer, summary: Summary, entry: Graded, keep: bool) -> bool:
    """Enter one verdict into gradebook and summary; say whether it is to be published.

    The kit's own faults are not: what was known of that submission before stays.
    """
    student, verdict, _, answered = entry
    if verdict is None:
        summary.kept += 1
        return False
    if verdict.outcome == "grader_error":
        summary.faults.append(f"{student}: {fault(verdict)}")
        return False
    writer.save(student, verdict, answered)
    summary.number += 1
    if keep:
        summary.graded.append(verdict)
    return True


def fault(verdict: Verdict) -> str:
    """The first message of the kit's own fault in a verdict."""
    notes = [e.note for e in verdict.exercises if e.outcome == "grader_error"]
    return notes[0] if notes else verdict.message


def _verdicts(
    course: Course,
    judges: Judges,
    tier: str,
    found: Sequence[str],
    known: Callable[[], Container[str]],
    released: str,
) -> Iterator[Graded]:
    """Return student, verdict (None when kept), notebook text and which answers were written.

    The judges begin at once. What is current is kept for the students whom the gradebook knows.
    """
    assignment, secret = judges.packed.load(), course.secret()
    settled: list[Graded] = []

    def tasks() -> Iterator[Task]:
        for student in found:
            try:
                taken, digest = take_in(course, assignment, student)
            except Exception as error:  # of one submission: the others are graded
                settled.append(_faulty(assignment, student, error))
                continue
            safe = tier in SAFE
            if is_current(course, assignment, student, digest, safe) and student in known():
                settled.append((student, None, None, {}))
            elif isinstance(taken, Verdict):
                settled.append((student, taken, None, answered_cells(assignment, None, released)))
            else:
                yield Task(student, taken, seeds(secret, student, assignment, taken))

    judged = judges.judge(tasks(), tier)

    def graded() -> Iterator[Graded]:
        for task, judgement in judged:
            yield from settled
            settled.clear()
            yield _graded(assignment, task, judgement, released)
        yield from settled

    return graded()


def _graded(
    assignment: Assignment, task: Task, judged: Judgement | Exception, released: str
) -> Graded:
    if isinstance(judged, Exception):
        return _faulty(assignment, task.student, judged)
    try:
        text = graded_notebook(released, task.submission, judged.verdict, judged.outputs)
        answered = answered_cells(assignment, task.submission, released)
    except Exception as error:
        return _faulty(assignment, task.student, error)
    return task.student, judged.verdict, text, answered


def _faulty(assignment: Assignment, student: str, error: Exception) -> Graded:
    """What there is to say of a submission on which the kit itself failed: no marks."""
    message = f"The grader failed here: {type(error).__name__}: {error}"
    empty = unreadable(assignment, "", "", student)
    verdict = Verdict(**{**vars(empty), "outcome": "grader_error", "message": message})
    return student, verdict, None, {}


def answered_cells(
    assignment: Assignment, submission: Submission | None, released: str
) -> dict[str, bool]:
    """For each cell that is marked by hand: whether the student wrote anything into it."""
    stubs = released_cells(released)
    answers = {}
    for cell in assignment.source.cells:
        if cell.role == "written":
            text = (submission.answer(cell.id) if submission else None) or ""
            stub = "".join(stubs.get(cell.id, {}).get("source", ""))
            answers[cell.id] = text.strip() not in ("", stub.strip())
    return answers


def is_current(
    course: Course, assignment: Assignment, student: str, digest: str, safe: bool = True
) -> bool:
    """Whether this very submission was graded already with this source and this kit.

    What was graded without isolation is not current once there is a ``safe`` way.
    """
    name = assignment.spec.name
    folder = course.autograded / student / name
    if exchange_files(folder) != exchange_files(course.submitted / student / name):
        return False  # the same work, handed in again: its time counts, and so does its secret
    try:
        verdict = Verdict.from_json((folder / "verdict.json").read_text(encoding="utf-8"))
    except (OSError, VerdictError):
        return False
    if verdict.outcome == "graded":
        exposed = verdict.sandbox.get("tier", SAFE[0]) not in SAFE
        if (safe and exposed) or not (folder / f"{name}.ipynb").is_file():
            return False
    wanted = dict(assignment.inputs(digest))
    return verdict.outcome != "grader_error" and dict(verdict.inputs) == wanted


def publish(
    course: Course, student: str, name: str, verdict: Verdict, notebook: str | None
) -> None:
    """Write the autograded notebook and then the verdict, each beside and renamed."""
    folder = course.autograded / student / name
    if notebook is not None:
        write_beside(folder / f"{name}.ipynb", notebook.encode())
    else:
        (folder / f"{name}.ipynb").unlink(missing_ok=True)
    publish_verdict(course, student, name, verdict)


def publish_verdict(course: Course, student: str, name: str, verdict: Verdict) -> None:
    """Write the verdict, after the time and the secret of the submission that it is on."""
    folder = course.autograded / student / name
    carry(course.submitted / student / name, folder)
    write_beside(folder / "verdict.json", verdict.to_json().encode())
