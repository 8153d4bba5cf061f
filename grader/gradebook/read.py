"""Read the gradebook: what an instructor gave and wrote by hand, and late penalties."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from shlex import quote
from typing import Any

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)

from grader.assignment.source import read_notebook
from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.opening import opened
from grader.gradebook.standing import ROWS, Standing, by_notebook, standings
from grader.gradebook.state import no_gradebook
from grader.intake.handed_in import survey
from grader.plain_text import some
from grader.shared import SharedNames, once
from grader.verdict import Verdict

Asked = Callable[..., Any]  # a query for columns of one assignment's submissions
LAST = 1_000_000  # the place of a cell that the notebook does not have


@dataclass(frozen=True, slots=True)
class CellMark:
    """A mark of one graded cell: points by tests and by hand (None: not given), and the maximum."""

    max_points: float
    auto: float | None = None
    manual: float | None = None
    extra: float = 0.0
    waits: bool = False  # nbgrader wants someone to mark it, or to look at its mark again
    same: bool = False  # the mark by hand is on the answer of now, though it was graded again

    @property
    def points(self) -> float | None:
        """Return the points that count; None while the cell waits for its mark."""
        # As nbgrader scores: a mark by hand takes the place of the tests'.
        best = self.auto if self.manual is None else self.manual
        return None if best is None else best + self.extra


@dataclass(frozen=True, slots=True)
class StudentMarks:
    """Marks of one student: their entry in the gradebook for one assignment."""

    student: str
    name: str = ""
    timestamp: datetime | None = None
    penalty: float = 0.0
    cells: Mapping[str, CellMark] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    standing: Standing | None = None  # None: no submission in the gradebook
    due: datetime | None = None  # with the student's extension

    @property
    def score(self) -> float:
        """Compute the score: tests, marks by hand and extra credit, less the late penalty."""
        earned = sum(mark.points or 0.0 for mark in self.cells.values())
        return max(0.0, earned - self.penalty)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Return the cells that nbgrader wants marked, or looked at again."""
        return tuple(name for name, mark in self.cells.items() if mark.waits)


def read_marks(course: Course, name: str) -> dict[str, StudentMarks]:
    """Read every student's entry for the assignment ``name`` in one session.

    Raises UsageError when the gradebook does not know the assignment or cannot be read.
    """
    unknown = UsageError(
        f"the gradebook does not know {name}: run `grader autograde {name} --force`"
    )
    if no_gradebook(course):
        raise unknown
    with opened(course) as gradebook:
        try:
            assignment = gradebook.find_assignment(name)
        except MissingEntry:
            raise unknown from None
        return _read(gradebook.db, assignment, _places(course, name))


def _places(course: Course, name: str) -> dict[str, int]:
    """Return where in the notebook each cell stands: a server gives rows in no order.

    Nothing where it is not released; then the cells stay in the database's order.
    """
    try:
        book = read_notebook(course.released_notebook(name), "")
    except UsageError:
        return {}
    names = (cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in book.cells)
    return {grade_id: place for place, grade_id in enumerate(names)}


def others_marks(
    course: Course, name: str, marks: Mapping[str, StudentMarks], verdicts: Mapping[str, Verdict]
) -> tuple[list[str], str]:
    """Return whose ``marks`` are not those of the ``verdicts`` on disk, and what to do about it.

    Those without a verdict are among them. Nobody, and nothing, where all is of one run.
    """
    others = [
        student
        for student in sorted(_judged(verdicts) | marks.keys())
        if not _agrees(marks.get(student), verdicts.get(student))
    ]
    if not others:
        return [], ""
    here = set(survey(course.submitted, name, course.names()).students)
    again = [student for student in others if student in here]
    gone = [student for student in others if student not in here]
    one = f" --student {quote(again[0])}" if len(again) == 1 else ""
    remedies = [f"run `grader autograde {name}{one}` for {some(again)}"] if again else []
    if gone:
        remedies.append(
            f"of {some(gone)} there is no work in {course.submitted.name}/: put it back, or take "
            f"it out with `grader forget {quote(gone[0])}`"
        )
    return others, (
        f"the gradebook does not hold the marks of the verdicts in {course.autograded.name}/: "
        + "; ".join(remedies)
    )


def refuse_others(
    course: Course, name: str, marks: Mapping[str, StudentMarks], verdicts: Mapping[str, Verdict]
) -> None:
    """Raise UsageError that names whose ``marks`` are not those of their verdicts on disk.

    Nothing is made of two different runs. Who has no verdict, or one of a fault, is not asked for.
    """
    judged = _judged(verdicts)
    asked = {student: entry for student, entry in marks.items() if student in judged}
    others, remedy = others_marks(course, name, asked, verdicts)
    if others:
        raise UsageError(remedy)


def _judged(verdicts: Mapping[str, Verdict]) -> set[str]:
    """Return whose verdicts say something of their work: all but those on a fault of the kit."""
    return {who for who, verdict in verdicts.items() if verdict.outcome != "grader_error"}


def _agrees(marks: StudentMarks | None, verdict: Verdict | None) -> bool:
    stands = marks.standing if marks else None
    return stands is not None and verdict is not None and stands.agrees(verdict)


def _read(db: Any, assignment: Any, place: Mapping[str, int]) -> dict[str, StudentMarks]:
    """Read the entries by student; a handful of queries, however many students there are."""

    def ours(*columns: Any) -> Any:
        return db.query(SubmittedNotebook.id, *columns).filter(
            SubmittedNotebook.assignment_id == SubmittedAssignment.id,
            SubmittedAssignment.assignment_id == assignment.id,
        )

    stands = standings(db, assignment.id)
    cells = dict(db.query(BaseCell.id, BaseCell.name).all())
    said = _comments(ours, cells)
    times = (SubmittedAssignment.timestamp, SubmittedAssignment.extension)
    about = (SubmittedNotebook.late_submission_penalty, *times)
    who = ours(*about, Student.id, Student.first_name, Student.last_name)
    entries: dict[str, StudentMarks] = {}
    for notebook, penalty, stamp, more, student, *names in who.filter(
        SubmittedAssignment.student_id == Student.id
    ):
        name = " ".join(part for part in names if part)
        due = once(assignment.duedate and assignment.duedate + (more or timedelta()))
        comments, stands_so = said.get(notebook, {}), stands[student]
        entries[notebook] = StudentMarks(
            student, name, stamp, penalty or 0.0, {}, comments, stands_so, due
        )
    for notebook, marks in _cell_marks(db, ours, cells, entries):
        ordered = dict(sorted(marks.items(), key=lambda mark: place.get(mark[0], LAST)))
        entries[notebook] = replace(entries[notebook], cells=SharedNames.of(ordered))
    return {entry.student: entry for entry in entries.values()}


def _comments(ours: Asked, cells: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return what was written by hand, by notebook and cell."""
    found: dict[str, dict[str, str]] = {}
    asked = ours(Comment.cell_id, Comment.comment).filter(
        Comment.notebook_id == SubmittedNotebook.id, Comment.comment.is_not(None)
    )
    for notebook, cell, comment in asked.yield_per(ROWS):
        if comment:
            found.setdefault(notebook, {})[cells[cell]] = once(comment)
    return found


def _cell_marks(
    db: Any, ours: Asked, cells: Mapping[str, str], entries: Mapping[str, StudentMarks]
) -> Iterator[tuple[str, dict[str, CellMark]]]:
    """Yield the marks of each notebook by cell."""
    most = {cell.id: cell.max_score for kind in (GradeCell, TaskCell) for cell in db.query(kind)}
    scores = (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
    asked = ours(Grade.cell_id, *scores).filter(Grade.notebook_id == SubmittedNotebook.id)
    for notebook, rows in by_notebook(asked):
        stands = entries[notebook].standing
        marks = {}
        for _, cell, auto, manual, extra, waits in rows:
            where, most_of = cells[cell], float(most.get(cell) or 0.0)
            same = stands is not None and where in stands.marked
            marks[where] = once(CellMark(most_of, auto, manual, extra or 0.0, bool(waits), same))
        yield notebook, marks
