"""Write verdicts into nbgrader's gradebook, by its own models, in one session and in batches."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import nbformat
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from sqlalchemy import inspect, literal, or_
from sqlalchemy.exc import DBAPIError, IntegrityError

from grader.assignment.derived import refuse_other_points
from grader.assignment.source import read_notebook
from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.beside_nbgrader import bonus_cells, check_points, is_settled
from grader.gradebook.config import gradebook_url
from grader.gradebook.late_policy import has_own_policy, late_plugin
from grader.gradebook.new_rows import NewRows
from grader.gradebook.opening import open_gradebook
from grader.gradebook.source_folder import write_source
from grader.gradebook.standing import ROWS, Standing, make_table, note, standings
from grader.gradebook.submission_time import UnusableTime, read_time
from grader.gradebook.turn import turn
from grader.gradebook.unusable import named
from grader.verdict import Verdict

if TYPE_CHECKING:
    from nbgrader.plugins import LateSubmissionPlugin


def register(course: Course, name: str) -> None:
    """Enter the assignment into the gradebook when it is absent.

    Raises UsageError when its graded cells changed after submissions were graded, and when they
    carry other points than the exercises.
    """
    book = read_notebook(course.released_notebook(name), "run `make release` first")
    refuse_other_points(course.spec(name), book)
    url = gradebook_url(course)
    with named(url):
        with open_gradebook(course) as gradebook:
            known = _known_cells(gradebook, name)
            if known == _graded_cells(book):
                return
            if known and gradebook.find_notebook(name, name).submissions:
                raise UsageError(
                    f"the graded cells of {name} changed after submissions were graded: release it "
                    f"under a new name, or remove it with `nbgrader db assignment remove {name}`"
                )
            gradebook.update_or_create_assignment(name)
        from nbgrader.preprocessors import SaveCells  # it brings all of nbconvert along

        saver = SaveCells()
        about = {"notebook": name, "assignment": name, "db_url": url}
        saver.preprocess(book, {"nbgrader": about})


def _graded_cells(book: nbformat.NotebookNode) -> dict[str, float]:
    return {
        cell.metadata.nbgrader.grade_id: float(cell.metadata.nbgrader.points)
        for cell in book.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }


def _known_cells(gradebook: Gradebook, name: str) -> dict[str, float]:
    try:
        notebook = gradebook.find_notebook(name, name)
    except MissingEntry:
        return {}
    return {cell.name: float(cell.max_score) for cell in notebook.grade_cells}


def open_writer(course: Course, name: str) -> GradebookWriter:
    """Enter the assignment into the gradebook where it is absent, and open it for writing.

    nbgrader's source folder is written, too: what of nbgrader is used beside this needs it.
    """
    write_source(course, name)
    register(course, name)
    return GradebookWriter(course, name)


@dataclass(frozen=True)
class _Pending:
    """A verdict that waits for the commit, and the id of the submitted notebook it is on."""

    notebook: str
    verdict: Verdict
    answers: Mapping[str, str]
    settled: frozenset[str]
    by_hand: tuple[Grade, ...]


class GradebookWriter:
    """The gradebook's only writer while a class is graded; the caller commits in batches."""

    def __init__(self, course: Course, name: str) -> None:
        self._course = course
        self._url = gradebook_url(course)
        self._pending: dict[str, _Pending] = {}
        self._new = NewRows()
        with ExitStack() as held:
            held.enter_context(turn(self._url))
            gradebook = held.enter_context(closing(open_gradebook(course)))
            self._db = gradebook.db
            with named(self._url):
                make_table(self._db)
            self._notebook = gradebook.find_notebook(name, name)
            self._assignment = gradebook.find_assignment(name)
            self._grade_cells = {cell.name: cell.id for cell in self._notebook.grade_cells}
            self._solution_cells = {cell.name: cell.id for cell in self._notebook.solution_cells}
            self._gradebook = gradebook
            if has_own_policy(course):
                _ = self._late  # what the course names may fail: before anything is judged
            self._bonus = bonus_cells(course, name)
            self._held = held.pop_all()

    def __enter__(self) -> GradebookWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Give up what was begun where the gradebook refuses it: a UsageError with the remedy."""
        with named(self._url):
            try:
                yield
            except DBAPIError:
                self._drop()
                raise

    def _drop(self) -> None:
        self._db.rollback()
        self._new.forget()

    @cached_property
    def _late(self) -> LateSubmissionPlugin:
        return late_plugin(self._course, self._assignment.name, self._gradebook)

    def everyone(self) -> frozenset[str]:
        """Return all students of the gradebook."""
        # No flush: rows of this run are of students who were not known.
        with self._asked(), self._db.no_autoflush:
            return frozenset(row[0] for row in self._db.query(Student.id).all())

    def waiting(self) -> int:
        """Count the answers of this assignment that wait for a mark, or for another look."""
        with self._asked():
            grades = self._db.query(Grade).join(
                SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id
            )
            return int(
                grades.filter(
                    SubmittedNotebook.notebook_id == self._notebook.id,
                    Grade.needs_manual_grade.is_(True),
                ).count()
            )

    def standings(self) -> dict[str, Standing]:
        """Return where each student's submission of this assignment stands in the gradebook."""
        with self._asked():
            return standings(self._db, self._assignment.id)

    def save(self, student: str, verdict: Verdict, answers: Mapping[str, str]) -> None:
        """Record a verdict; ``answers`` are digests by hand-marked cell, empty of an untouched one.

        Scores given by hand are kept; a regrade marks them as needing another look. The extra
        credit of a bonus exercise's check is what the judge gives, whatever stood there. Raises
        UsageError when the gradebook is locked or refuses it: nothing since the last commit is
        kept then.
        """
        with self._asked():
            self._save(student, verdict, answers)

    def _save(self, student: str, verdict: Verdict, answers: Mapping[str, str]) -> None:
        submission = self._submission(student)
        notebook = self._notebook_of(submission)
        points = check_points(verdict)
        names = {number: name for name, number in self._grade_cells.items()}
        total = 0.0
        settled: set[str] = set()
        by_hand = []
        for grade in self._rows(Grade, notebook, names):
            name = names[grade.cell_id]
            if is_settled(grade):
                settled.add(name)
            if name in answers:
                by_hand.append(grade)
                # As nbgrader has it: an answer that is still the stub gets zero, any other waits
                # for a mark.
                grade.auto_score = None if answers[name] else 0.0
            elif name in self._bonus:
                grade.auto_score, grade.extra_credit = 0.0, points.get(name) or None
            else:
                grade.auto_score = points.get(name, 0.0)
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
            best = grade.auto_score if grade.manual_score is None else grade.manual_score
            if best is not None:  # as nbgrader counts: no extra credit while there is no mark
                total += best + (grade.extra_credit or 0.0)
        self._comments(notebook, answers)
        self._penalty(submission, notebook, total)
        self._pending[student] = _Pending(
            notebook.id, verdict, answers, frozenset(settled), tuple(by_hand)
        )

    def renew_penalties(self, students: Container[str]) -> list[str]:
        """Work out late penalties again of submissions whose marks stay as they are.

        Due dates and extensions move, and so does the policy. Returns a line for each penalty that
        changed; raises UsageError when the gradebook is locked.
        """
        with self._asked():
            found = self._db.query(SubmittedAssignment, SubmittedNotebook.late_submission_penalty)
            found = found.filter_by(assignment_id=self._assignment.id).join(SubmittedNotebook)
            told = [
                self._renewed(row, penalty or 0.0)
                for row, penalty in found.yield_per(ROWS)
                if row.student_id in students
            ]
            self._db.commit()
        return [line for line in told if line]

    def _renewed(self, submission: SubmittedAssignment, before: float) -> str:
        if not submission.timestamp or (self._seconds_late(submission) <= 0 and not before):
            return ""  # the marks need not be read
        notebook = self._notebook_of(submission)
        grades = self._rows(Grade, notebook, self._grade_cells.values())
        self._penalty(submission, notebook, float(sum(grade.score for grade in grades)))
        after = notebook.late_submission_penalty or 0.0
        if abs(after - before) < 1e-9:
            return ""
        return f"{submission.student_id}: {before:.4g} points off before, {after:.4g} now"

    def commit(self) -> None:
        """Write what is pending, all together; raises UsageError when the gradebook is locked."""
        pending, self._pending = self._pending, {}
        with self._asked():
            try:
                self._write(pending)
            except IntegrityError:
                # Somebody else has entered one of these students meanwhile, by formgrader's button
                # say: what was new is there now.
                self._drop()
                for student, entry in pending.items():
                    self._save(student, entry.verdict, entry.answers)
                pending, self._pending = self._pending, {}
                self._write(pending)

    def _write(self, pending: Mapping[str, _Pending]) -> None:
        for entry in pending.values():
            for grade in entry.by_hand:
                if inspect(grade).persistent:
                    # Asked when it is written: a mark that somebody gave meanwhile is on the
                    # answer of before.
                    marked = Grade.manual_score.is_not(None)
                    grade.needs_manual_grade = or_(marked, literal(grade.auto_score is None))
        self._db.flush()
        new = self._new.enter(self._db)
        for entry in pending.values():
            told = entry.notebook, entry.verdict, entry.answers, entry.settled
            note(self._db, *told, new=entry.notebook in new)
        self._db.commit()

    def _submission(self, student: str) -> SubmittedAssignment:
        """Find or make the student's submission, with a grade and a comment for every cell."""
        with self._db.no_autoflush:  # a student comes once: the rows of a batch go together
            found = (
                self._db.query(SubmittedAssignment)
                .filter_by(assignment_id=self._assignment.id, student_id=student)
                .one_or_none()
            )
            known = found is not None or self._db.get(Student, student) is not None
        if not known:
            self._db.add(Student(id=student))
        if found is None:
            found = SubmittedAssignment(assignment_id=self._assignment.id, student_id=student)
            notebook = SubmittedNotebook(
                id=new_uuid(), notebook_id=self._notebook.id, assignment=found
            )
            self._db.add(found)
            cells = {Grade: self._grade_cells, Comment: self._solution_cells}
            self._new.make(notebook.id, {kind: of.values() for kind, of in cells.items()})
        folder = self._course.submitted / student / str(self._assignment.name)
        try:
            found.timestamp = read_time(folder) or found.timestamp  # as nbgrader: none is no news
        except UnusableTime:  # said for each run, whether or not this submission is graded again
            found.timestamp = None
        return found

    def _notebook_of(self, submission: SubmittedAssignment) -> SubmittedNotebook:
        """Return a submission's notebook; it has one."""
        if not inspect(submission).persistent:
            [notebook] = submission.notebooks
            return notebook
        # By both columns of nbgrader's index: by the submission alone all of the class are read.
        asked = self._db.query(SubmittedNotebook).filter_by(notebook_id=self._notebook.id)
        with self._db.no_autoflush:
            return asked.filter_by(assignment_id=submission.id).one()

    def _rows(self, kind: type[Any], notebook: SubmittedNotebook, cells: Iterable[str]) -> Any:
        """Return the grades or the comments of a submitted notebook, of these cells by id."""
        if notebook.id in self._new:
            return self._new.of(notebook.id, kind)
        asked = self._db.query(kind).filter_by(notebook_id=notebook.id)
        with self._db.no_autoflush:
            return asked.filter(kind.cell_id.in_(list(cells))).all()  # by nbgrader's index, too

    def _comments(self, notebook: SubmittedNotebook, answers: Mapping[str, str]) -> None:
        names = {number: name for name, number in self._solution_cells.items()}
        for comment in self._rows(Comment, notebook, names):
            empty = not answers.get(names[comment.cell_id], "no such cell")
            # The words that nbgrader's own SaveAutoGrades leaves.
            comment.auto_comment = "No response." if empty else None

    def _penalty(
        self, submission: SubmittedAssignment, notebook: SubmittedNotebook, total: float
    ) -> None:
        """Ask the plugin as nbgrader's own AssignLatePenalties does, with the same lateness."""
        late = self._seconds_late(submission)
        notebook.late_submission_penalty = None
        if late > 0:
            penalty = self._late.late_submission_penalty(submission.student_id, total, late)
            if penalty is not None:
                # Kept between nothing and the score, as nbgrader does with a plugin's answer.
                notebook.late_submission_penalty = min(max(penalty, 0.0), total)

    def _seconds_late(self, submission: SubmittedAssignment) -> float:
        due = self._assignment.duedate
        if not due or not submission.timestamp:
            return 0.0
        due += submission.extension or timedelta(0)
        return float((submission.timestamp - due).total_seconds())
