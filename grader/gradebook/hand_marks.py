"""Read and write the marks that people give to written answers: one short transaction each.

The points are nbgrader's manual score of the cell, the words its manual comment, as formgrader
writes them. Whoever saves says which mark they saw, by its version: where the gradebook holds
another one by now, nothing is written and both are returned.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import update

from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.opening import opened
from grader.gradebook.rubric_tables import (
    Rubric,
    Ticks,
    hold_rubrics,
    make_rubric_tables,
    read_rubric,
    read_ticks,
    write_rubric,
    write_ticks,
)
from grader.gradebook.standing import Noted, read_noted
from grader.gradebook.state import no_gradebook


@dataclass(frozen=True)
class HandMark:
    """A mark of one written answer as the gradebook holds it.

    ``points`` are those given by hand and ``auto`` those by the kit (0 of an empty answer), None
    where there are none. ``waits``: nbgrader wants it looked at. ``same``: the mark is on the very
    answer of now, whose digest is ``answer``; ``verdict`` is the digest of the verdict. ``ticks``
    are the rubric's items, None where the points are not theirs: a mark made elsewhere counts, and
    what was ticked before does not.
    """

    student: str
    name: str
    cell: str
    points: float | None
    auto: float | None
    extra: float
    waits: bool
    comment: str
    answer: str
    same: bool
    verdict: str
    ticks: Ticks | None
    notebook: str
    grade: str

    @property
    def version(self) -> str:
        """Return a digest of all that whoever marks must have seen before they change it."""
        ticked = [self.ticks.items, self.ticks.adjust] if self.ticks else None
        seen = [self.points, self.waits, self.comment, self.answer, ticked]
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]

    @property
    def state(self) -> str:
        """Return where it stands: ``marked``, ``waiting``, ``old``, ``again`` or ``empty``.

        ``old`` is a mark on another answer, ``again`` one on this answer that was graded once more.
        """
        if self.points is not None:
            return "marked" if not self.waits else "again" if self.same else "old"
        return "waiting" if self.waits or self.auto is None else "empty"


@dataclass(frozen=True)
class MarkChange:
    """A change of a mark: what is to be saved, and the ``version`` of the mark that was seen.

    ``points`` None takes the mark back: the answer waits again. ``waits`` is wanted by whoever
    puts back what was before.
    """

    student: str
    cell: str
    version: str
    points: float | None
    comment: str
    ticks: Ticks | None = None
    waits: bool = False


@dataclass(frozen=True)
class MarksSaved:
    """What came of saving: the marks before and now, or those that are not as they were seen."""

    before: tuple[HandMark, ...] = ()
    now: tuple[HandMark, ...] = ()
    others: tuple[HandMark, ...] = ()
    other_rubric: bool = False

    @property
    def done(self) -> bool:
        """Tell whether it was saved."""
        return not self.others and not self.other_rubric


class MarksByHand:
    """The marks of one assignment's written questions, in an open gradebook."""

    def __init__(self, db: Any, assignment: Any) -> None:
        self.db = db
        self._id, self._name = assignment.id, assignment.name

    def read(self, cells: Sequence[str], students: Sequence[str] | None = None) -> list[HandMark]:
        """Read the marks of some cells, of some students or of all; a handful of queries."""
        columns = (Grade.id, Grade.manual_score, Grade.auto_score, Grade.extra_credit)
        rows = self._asked(students, *columns, Grade.needs_manual_grade, of=Grade, cells=cells)
        found = rows.all()
        some = None if students is None else [row[0] for row in found]
        notes = self._asked(students, Comment.manual_comment, of=Comment, cells=cells)
        comments = {(book, cell): told for book, cell, _, _, _, told in notes}
        ticks, noted = read_ticks(self.db, some), read_noted(self.db, some)
        marks = []
        for book, cell, student, first, last, grade, points, auto, extra, waits in found:
            note = noted.get(book, Noted())
            now, marked = note.answers.get(cell, ("", ""))
            ticked = ticks.get((book, cell))
            marks.append(
                HandMark(
                    student=student,
                    name=" ".join(part for part in (first, last) if part),
                    cell=cell,
                    points=points,
                    auto=auto,
                    extra=extra or 0.0,
                    waits=bool(waits),
                    comment=comments.get((book, cell)) or "",
                    answer=now,
                    same=bool(now) and now == marked,
                    verdict=note.digest,
                    ticks=ticked if ticked and ticked.agrees(points) else None,
                    notebook=book,
                    grade=grade,
                )
            )
        return marks

    def _asked(
        self, students: Sequence[str] | None, *columns: Any, of: Any, cells: Sequence[str]
    ) -> Any:
        """Ask for columns of grades or comments, beside whose and of which cell they are."""
        who = (Student.id, Student.first_name, Student.last_name)
        asked = self.db.query(SubmittedNotebook.id, BaseCell.name, *who, *columns).filter(
            SubmittedNotebook.assignment_id == SubmittedAssignment.id,
            SubmittedAssignment.assignment_id == self._id,
            SubmittedAssignment.student_id == Student.id,
            of.notebook_id == SubmittedNotebook.id,
            of.cell_id == BaseCell.id,
            BaseCell.name.in_(cells),
        )
        return asked if students is None else asked.filter(Student.id.in_(students))

    def rubric(self, cell: str, own: Mapping[str, float]) -> Rubric:
        """Return the rubric of a question; the assignment's ``own`` where none was saved."""
        return read_rubric(self.db, self._id, cell, own)

    def save(
        self,
        changes: Sequence[MarkChange],
        rubrics: Mapping[str, Rubric] | None = None,
        keep: Mapping[str, Rubric] | None = None,
    ) -> MarksSaved:
        """Save changes, all or none, and with them other ``rubrics`` by cell.

        A rubric's number is that of the one that was seen. Nothing is saved where one of the marks
        or rubrics is another by now. Rubrics to ``keep`` are the assignment's own: saved with the
        first mark, so that the items go on meaning what they meant then.
        """
        make_rubric_tables(self.db)
        try:
            by_cell = {(each.student, each.cell): each for each in changes}
            saved = self._save(by_cell, rubrics or {}, keep or {})
            if saved.done:
                self.db.commit()
            return saved
        finally:
            self.db.rollback()  # what was not committed, and its lock

    def _save(
        self,
        changes: Mapping[tuple[str, str], MarkChange],
        rubrics: Mapping[str, Rubric],
        keep: Mapping[str, Rubric],
    ) -> MarksSaved:
        students = sorted({student for student, _ in changes})
        cells = sorted({cell for _, cell in changes})
        grades = [mark.grade for mark in self.read(cells, students)]
        # A write first: nobody else changes these rows between the look at them and the commit.
        hold_rubrics(self.db)
        held = update(Grade).where(Grade.id.in_(grades)).values(extra_credit=Grade.extra_credit)
        self.db.execute(held.execution_options(synchronize_session=False))
        marks = {(mark.student, mark.cell): mark for mark in self.read(cells, students)}
        missing = [student for student, cell in changes if (student, cell) not in marks]
        if missing:
            raise UsageError(f"the gradebook has no submission of {missing[0]} any more")
        others = [marks[who] for who, each in changes.items() if each.version != marks[who].version]
        if others:
            return MarksSaved(others=tuple(others))
        for cell, rubric in rubrics.items():
            if rubric.number != self.rubric(cell, {}).number:
                return MarksSaved(other_rubric=True)
            write_rubric(self.db, self._id, cell, replace(rubric, number=rubric.number + 1))
        for cell, rubric in keep.items():
            if not self.rubric(cell, {}).saved:
                write_rubric(self.db, self._id, cell, rubric)
        for who, change in changes.items():
            self._write(marks[who], change)
        self.db.flush()
        now = {(mark.student, mark.cell): mark for mark in self.read(cells, students)}
        before = tuple(marks[who] for who in changes)
        return MarksSaved(before, tuple(now[who] for who in changes))

    def _write(self, mark: HandMark, change: MarkChange) -> None:
        # As formgrader does: what has no points waits.
        waits = change.waits or (change.points is None and mark.auto is None)
        values = {"manual_score": change.points, "needs_manual_grade": waits}
        made = update(Grade).where(Grade.id == mark.grade).values(values)
        self.db.execute(made.execution_options(synchronize_session=False))
        if change.comment != mark.comment:
            cell = self.db.query(BaseCell.id).filter(BaseCell.name == mark.cell)
            said = (
                update(Comment)
                .where(Comment.notebook_id == mark.notebook, Comment.cell_id.in_(cell))
                .values(manual_comment=change.comment or None)
            )
            self.db.execute(said.execution_options(synchronize_session=False))
        ticks = change.ticks if change.points is not None else None
        if ticks is not None and change.points is not None:
            ticks = replace(ticks, points=change.points)
        write_ticks(self.db, mark.notebook, mark.cell, ticks)


@contextmanager
def marks_by_hand(course: Course, name: str) -> Iterator[MarksByHand]:
    """Open the gradebook for marking the assignment ``name`` by hand.

    Raises UsageError where there is none, where it does not know the assignment, is locked or
    cannot be read; what it refuses in here is a UsageError as well.
    """
    if no_gradebook(course):
        raise UsageError(
            f"there is no gradebook: put it back where it was, or run `grader autograde {name}`"
        )
    with opened(course) as gradebook:
        try:
            assignment = gradebook.find_assignment(name)
        except MissingEntry:
            raise UsageError(
                f"the gradebook does not know {name}: run `grader autograde {name}`"
            ) from None
        yield MarksByHand(gradebook.db, assignment)
