"""Autograde a class: what was handed in is judged and goes into gradebook and folders.

``autograde`` is the whole way in a row: inbox, current, opened, judge, notebooks, enter, publish.
Each step takes entries, does its own to those that it is for, and hands all of them on.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from grader.assignment.assignment import Assignment
from grader.autograde.cluster import connect
from grader.autograde.inbox import (
    Arrived,
    arrived,
    digest_seen,
    folders,
    handed_in,
    work_is_likely,
)
from grader.autograde.isolation import Isolation, choose_tier, cores
from grader.autograde.judge_process import Task
from grader.autograde.pool import Judges, local_executor
from grader.class_look import ClassLook
from grader.course import Course
from grader.errors import UsageError
from grader.files.alone import alone
from grader.files.atomic import File, read_text, sweep, write_all
from grader.files.kept import Kept
from grader.gradebook.extensions import EXTENSIONS_FILE, unfitting_rows
from grader.intake.handed_in import Stray
from grader.intake.submission import Submission
from grader.judge.judgement import Judgement, failed
from grader.judge.seeds import hidden_seeds
from grader.records import current_verdict, published
from grader.sandbox import protect_parent
from grader.verdict import Verdict

if TYPE_CHECKING:
    from grader.gradebook.standing import Standing
    from grader.gradebook.write import GradebookWriter

BATCH = 50  # submissions a commit, at most
BATCH_SECONDS = 3.0  # that what is judged waits for its commit, at most


@dataclass(frozen=True)
class Entry:
    """An entry: one student's work on its way through the steps.

    ``work`` is what was handed in, taken apart where it is to be judged, or the verdict where there
    is nothing to judge. ``earlier`` is the verdict where it was graded already, and is kept. The
    judge adds the ``judgement``; then come the graded notebook and which of the answers that are
    marked by hand were written.
    """

    student: str
    work: Arrived | Submission | Verdict
    earlier: Verdict | None = None
    judgement: Judgement | None = None
    notebook: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Tell whether it stays as it was graded."""
        return self.earlier is not None

    @property
    def verdict(self) -> Verdict | None:
        """Return the verdict, None while there is none yet."""
        if isinstance(self.work, Verdict):
            return self.work
        return self.judgement.verdict if self.judgement else None


@dataclass
class Summary:
    """A summary of a run: how many were graded, what was not and, where wanted, the verdicts."""

    assignment: str
    tier: str = ""  # of the sandboxes; empty where none was needed
    number: int = 0
    graded: list[Verdict] = field(default_factory=list)
    kept: int = 0
    faults: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)  # who was graded so in this run, and why
    strays: tuple[Stray, ...] = ()  # what lies in the inbox and is not graded
    times: tuple[str, ...] = ()  # submissions of which nobody can tell when they were handed in
    extensions: tuple[str, ...] = ()  # rows that fit nobody
    penalties: tuple[str, ...] = ()  # that changed of what was graded already
    look: ClassLook = field(default_factory=ClassLook)  # of all who handed in, new or not


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

    Raises UsageError for what the caller can mend, or wait for: somebody else who is grading. The
    kit's own faults are listed in the summary.
    """
    protect_parent()  # it holds the course's secret
    start, workers = connect(cluster) if cluster else (local_executor, workers or cores())
    packed = course.packed(name)
    inbox = handed_in(course, name, only)
    found = inbox.students
    workers = min(workers, len(found))  # a sandbox that nobody needs takes its time to start, too
    soon = force or work_is_likely(course, name, found)
    released = read_text(course.released_notebook(name), "run `make release`")
    with (
        alone(course.lock, f"grading {name}"),
        Judges(packed, workers, start, ready=soon and not cluster) as judges,
    ):
        # It takes seconds; the judges get ready meanwhile.
        from grader.gradebook.write import open_writer

        isolation = Isolation(lambda: choose_tier(allow_unsafe, judges.warming))
        summary = Summary(name, strays=inbox.strays)
        assignment = packed.load()
        for student in found:  # who stays as graded before is not written again
            sweep(course.autograded / student / name)
        with open_writer(course, name) as gradebook:
            stands = {} if force else gradebook.standings()
            look_at_times(course, gradebook, found, summary)
            seen = Kept(course.kept(name, "inbox"))
            with Batch(gradebook, lambda entry: files_of(course, name, entry)) as batch:
                entries = open_inbox(course, assignment, found)
                entries = mark_current(course, assignment, stands, isolation, seen, entries)
                entries = open_rest(assignment, entries)
                entries = judge_class(
                    assignment, judges, isolation, course.secret(), entries, batch.publish_due
                )
                entries = add_notebooks(assignment, released, entries)
                kept = enter_all(entries, batch, summary, keep, lambda n: progress(n, len(found)))
            if only is None:  # else the rest of the class would be forgotten
                seen.write()
            summary.penalties = tuple(gradebook.renew_penalties(kept))
            look_at_class(gradebook, () if only else found, summary.look)
        summary.tier = isolation.chosen
    return summary


def look_at_class(gradebook: GradebookWriter, found: Sequence[str], look: ClassLook) -> None:
    """Note what waits for a mark and, where the class was ``found``, who handed in nothing."""
    look.waiting = gradebook.waiting()
    if found:
        look.absent = tuple(sorted(gradebook.everyone() - {*found}))


def look_at_times(
    course: Course, gradebook: GradebookWriter, found: Sequence[str], summary: Summary
) -> None:
    """Note in the summary which times of submissions, and which extensions, say nothing."""
    from grader.gradebook.submission_time import unusable_times

    summary.times = tuple(unusable_times(course, summary.assignment, found))
    people = {*folders(course.submitted), *gradebook.everyone()}
    rows = unfitting_rows(course.root / EXTENSIONS_FILE, people, course.names())
    summary.extensions = tuple(rows)


def open_inbox(course: Course, assignment: Assignment, found: Iterable[str]) -> Iterator[Entry]:
    """Read each student's work; where the kit itself fails the others are graded all the same."""
    for student in found:
        try:
            yield Entry(student, arrived(course, assignment, student))
        except Exception as error:
            yield Entry(student, failed(assignment, student, error))


def mark_current(
    course: Course,
    assignment: Assignment,
    stands: Mapping[str, Standing],
    isolation: Isolation,
    seen: Kept,
    entries: Iterable[Entry],
) -> Iterator[Entry]:
    """Mark what is graded already and stands so in the gradebook: it is kept as it is.

    A file that was ``seen`` before, and a verdict, is not taken apart: what it says is known.
    """
    for entry in entries:
        stands_so, work = stands.get(entry.student), entry.work
        assert not isinstance(work, Submission)  # nothing is taken apart before
        try:
            digest = digest_seen(work, seen)
        except Exception as error:
            yield replace(entry, work=failed(assignment, entry.student, error))
            continue
        earlier = stands_so and current_verdict(
            course, assignment, entry.student, digest, stands_so, isolation.is_safe, seen
        )
        yield replace(entry, earlier=earlier or None)


def open_rest(assignment: Assignment, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Take apart what is to be judged; where the kit fails the others are graded all the same."""
    for entry in entries:
        if entry.kept or not isinstance(entry.work, Arrived):
            yield entry
            continue
        try:
            yield replace(entry, work=entry.work.opened)
        except Exception as error:
            yield replace(entry, work=failed(assignment, entry.student, error))


def judge_class(
    assignment: Assignment,
    judges: Judges,
    isolation: Isolation,
    secret: bytes,
    entries: Iterable[Entry],
    waiting: Callable[[], None] = lambda: None,
) -> Iterator[Entry]:
    """Judge what needs it, on all processes at once; the rest goes through as it is.

    ``waiting`` is called while nothing comes.
    """

    def task(entry: Entry) -> Task | None:
        if entry.kept or not isinstance(entry.work, Submission):
            return None
        drawn = hidden_seeds(secret, entry.student, assignment, entry.work)
        return Task(entry.student, entry.work, drawn)

    work = ((entry, task(entry)) for entry in entries)
    for entry, judged in judges.judge(work, isolation.tier, waiting):
        if isinstance(judged, Exception):
            yield replace(entry, work=failed(assignment, entry.student, judged))
        else:
            yield replace(entry, judgement=judged)


def add_notebooks(
    assignment: Assignment, released: str, entries: Iterable[Entry]
) -> Iterator[Entry]:
    """Add the graded notebook, and which written answers wait for a mark."""
    for entry in entries:
        try:
            yield _with_notebook(assignment, released, entry)
        except Exception as error:
            yield replace(entry, work=failed(assignment, entry.student, error))


def _with_notebook(assignment: Assignment, released: str, entry: Entry) -> Entry:
    if entry.kept:
        return entry
    # Only now: a run with nothing new would wait for it.
    from grader.autograde.graded_notebook import answers, graded_notebook

    if not isinstance(entry.work, Submission) or entry.judgement is None:
        return replace(entry, answers=answers(assignment, None, released))
    judged = entry.judgement
    text = graded_notebook(released, entry.work, judged.verdict, judged.outputs)
    return replace(entry, notebook=text, answers=answers(assignment, entry.work, released))


def enter_all(
    entries: Iterable[Entry],
    batch: Batch,
    summary: Summary,
    keep: bool,
    progress: Callable[[int], None],
) -> set[str]:
    """Count each entry and enter what is new; return who stays as graded before."""
    kept: set[str] = set()
    for done, entry in enumerate(entries, 1):
        if count(summary, entry, keep):
            batch.enter(entry)
        elif entry.kept:
            kept.add(entry.student)
            batch.publish_due()
        progress(done)
    return kept


def count(summary: Summary, entry: Entry, keep: bool) -> bool:
    """Count an entry in the summary; tell whether it is to be entered and published.

    The kit's own faults are not: what was known of that submission before stays.
    """
    if entry.earlier is not None:
        summary.look.add(entry.student, entry.earlier)
        summary.kept += 1
        return False
    verdict = entry.verdict
    if verdict is None:
        return False
    if verdict.outcome == "grader_error":
        summary.faults.append(f"{entry.student}: {verdict.fault}")
        return False
    summary.number += 1
    summary.look.add(entry.student, verdict)
    if verdict.outcome == "unreadable":
        summary.unreadable.append(f"{entry.student}: {verdict.message}")
    if keep:
        summary.graded.append(verdict)
    return True


def files_of(course: Course, name: str, entry: Entry) -> list[File]:
    """Return an entry's notebook and verdict as they are to lie in the student's folder."""
    if entry.verdict is None:
        return []
    return published(course, entry.student, name, entry.verdict, entry.notebook)


class Batch:
    """A batch of entries for the gradebook; committed together, and published after that.

    It is full, or a few seconds old, so that one submission which takes long keeps nobody's marks.
    What is cut off in between is graded again. At its end, and when the run is interrupted, it
    commits what is left; after a UsageError the gradebook has dropped that.
    """

    def __init__(self, gradebook: GradebookWriter, files: Callable[[Entry], list[File]]) -> None:
        self._gradebook = gradebook
        self._files = files
        self._entries: list[Entry] = []
        self._due = math.inf

    def enter(self, entry: Entry) -> None:
        """Save an entry's marks, and commit when the batch is full."""
        if entry.verdict is not None:
            self._gradebook.save(entry.student, entry.verdict, entry.answers)
            self._due = min(self._due, time.monotonic() + BATCH_SECONDS)
            self._entries.append(entry)
        if len(self._entries) >= BATCH:
            self._flush()
        self.publish_due()

    def publish_due(self) -> None:
        """Commit and publish what has waited for long enough."""
        if time.monotonic() > self._due:
            self._flush()

    def _flush(self) -> None:
        entries, self._entries = self._entries, []  # what the gradebook refuses is not published
        self._due = math.inf
        # The gradebook first: a published verdict never says more than that holds.
        self._gradebook.commit()
        write_all([file for entry in entries for file in self._files(entry)])

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, _: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, UsageError):
            self._flush()
