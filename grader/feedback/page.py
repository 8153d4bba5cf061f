"""Put a page of feedback into words, from a verdict, a gradebook entry and a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from grader.assignment.source import cell_id, check_cell, is_check_cell
from grader.comparison.causes import Cause
from grader.comparison.finding import Finding
from grader.comparison.where import Where
from grader.feedback.contact import Contact
from grader.feedback.student_cells import MOST_PRINTED, Shown, shown_cells
from grader.gradebook.read import CellMark, StudentMarks
from grader.gradebook.rubric_tables import Rubric, Ticks
from grader.html.lesson import Lesson
from grader.html.pictures import read_pictures
from grader.html.wording import OUTCOME_WORDS, counted
from grader.verdict import CheckResult, ExerciseResult, Verdict

NOBODY = Contact()
TONES = {"passed": "good", "not_attempted": "calm", "missing": "calm"}


@dataclass(frozen=True)
class ExerciseView:
    """An exercise as the page shows it."""

    name: str
    heading: str
    outcome: str
    word: str
    mark: str
    tone: str
    sentence: str
    points: float
    max_points: float
    bonus: bool
    by_hand: bool
    finding: Finding | None
    cause: Cause | None
    where: Where | None
    notes: tuple[str, ...]
    comments: tuple[str, ...]
    checks: tuple[CheckResult, ...]
    shown: tuple[Shown, ...]
    regrade: str = ""  # a link that starts a request to look again

    @property
    def folded(self) -> bool:
        """Tell whether there is nothing to do or to read about it: all points, and no comment."""
        return self.outcome == "passed" and self.points >= self.max_points and not self.comments

    @property
    def printed(self) -> bool:
        """Tell whether any of the shown cells has output."""
        return any(cell.text or cell.images for cell in self.shown)


@dataclass(frozen=True)
class RubricRow:
    """An item of a rubric; ``given`` is None where nobody ticked items, but gave points alone."""

    text: str
    points: float
    given: bool | None = None


@dataclass(frozen=True)
class WrittenView:
    """A question that is marked by hand: the answer, the points (None: it waits for a mark).

    ``again`` says that it has a mark, given before it was graded once more: that is not shown.
    ``beside`` are points given or taken beside the items of the rubric.
    """

    id: str
    heading: str
    max_points: float
    points: float | None
    answer: str
    comments: tuple[str, ...]
    rubric: tuple[RubricRow, ...] = ()
    beside: float = 0.0
    again: bool = False
    pictures: tuple[str, ...] = ()
    regrade: str = ""


@dataclass(frozen=True)
class StudentPage:
    """A page of feedback: everything on it."""

    student: str
    name: str
    title: str
    handed_in: str
    late_by: str  # how long after the date, and which that was; empty where it was in time
    contact: Contact
    exercises: tuple[ExerciseView, ...]
    written: tuple[WrittenView, ...]
    other: tuple[Shown, ...]
    mended: tuple[str, ...]
    problem: str
    penalty: float
    max_tested: float
    digest: str
    kit: str

    @property
    def tested(self) -> float:
        """Return the points of the exercises, without a bonus."""
        return sum(item.points for item in self.exercises if not item.bonus)

    @property
    def bonus(self) -> tuple[float, float]:
        """Return the points that count on top, and how many of them there are."""
        extra = [item for item in self.exercises if item.bonus]
        return sum(item.points for item in extra), sum(item.max_points for item in extra)

    @property
    def points(self) -> float:
        """Return all points so far, less the late penalty, never below zero."""
        by_hand = sum(item.points or 0.0 for item in self.written)
        return max(self.tested + self.bonus[0] + by_hand - self.penalty, 0)

    @property
    def max_points(self) -> float:
        """Return all points that there are, without a bonus."""
        return self.max_tested + sum(item.max_points for item in self.written)

    @property
    def waiting(self) -> bool:
        """Tell whether an answer still waits for its mark."""
        return any(item.points is None for item in self.written)

    @property
    def summary(self) -> str:
        """Say where the student stands; a bonus that is missing is no lack."""
        if not self.exercises:
            return "No exercise could be judged."
        asked = [item for item in self.exercises if not item.bonus] or self.exercises
        passed = [item for item in asked if item.outcome == "passed"]
        if len(passed) == len(asked):
            return "Every exercise passes. Well done!"
        number = counted(len(asked), "exercise")
        verb = "passes" if len(passed) == 1 else "pass"
        return f"{len(passed)} of {number} {verb}." if passed else "This is a start."

    @property
    def next_step(self) -> str:
        """Return the first exercise that does not pass, a bonus last; empty when all do."""
        in_turn = sorted(self.exercises, key=lambda item: item.bonus)
        return next((item.name for item in in_turn if item.outcome != "passed"), "")


def student_page(
    verdict: Verdict,
    marks: StudentMarks,
    cells: Sequence[Mapping[str, Any]],
    lesson: Lesson,
    rubrics: Mapping[str, Rubric] | None = None,
    ticks: Mapping[str, Ticks] | None = None,
    contact: Contact = NOBODY,
) -> StudentPage:
    """Put together the page of ``marks.student``; ``cells`` are the autograded notebook's.

    ``rubrics`` are those of the questions that are marked by hand, ``ticks`` what of them is ticked
    for this student, both by cell.
    """
    names = [exercise.name for exercise in verdict.exercises]
    shown = shown_cells(cells, names, lesson.sources)
    digest = verdict.inputs.get("submission", "")[:12]

    def asked(what: str) -> str:
        return contact.regrade(verdict.assignment, marks.student, digest, what)

    written = _written(verdict, marks, cells, lesson, rubrics or {}, ticks or {})
    return StudentPage(
        student=marks.student,
        name=marks.name,
        title=lesson.title,
        handed_in=date(marks.timestamp) if marks.timestamp else "",
        late_by=_late_by(marks),
        contact=contact,
        exercises=tuple(
            replace(_exercise(e, marks, lesson, shown[e.name]), regrade=asked(e.name))
            for e in verdict.exercises
        ),
        written=tuple(replace(each, regrade=asked(each.heading)) for each in written),
        other=tuple(cell for cell in shown[""] if cell.own),
        mended=verdict.mended,
        problem=verdict.message if verdict.outcome == "unreadable" else "",
        penalty=marks.penalty,
        max_tested=verdict.max_score,
        digest=digest,
        kit=verdict.inputs.get("kit", ""),
    )


def date(moment: datetime) -> str:
    """Return a time as people read it; all times of a gradebook are UTC."""
    return f"{moment:%-d %B %Y, %H:%M} UTC"


def _late_by(marks: StudentMarks) -> str:
    if marks.timestamp is None or marks.due is None or marks.timestamp <= marks.due:
        return ""
    late = marks.timestamp - marks.due
    hours, minutes = late.seconds // 3600, late.seconds % 3600 // 60
    parts = (counted(late.days, "day"), counted(hours, "hour"), counted(minutes, "minute"))
    told = [part for part in parts if not part.startswith("0 ")][:2] or ["less than a minute"]
    return f"{' '.join(told)} after {date(marks.due)}"


def _exercise(
    result: ExerciseResult, marks: StudentMarks, lesson: Lesson, shown: Sequence[Shown]
) -> ExerciseView:
    extra = result.points if result.bonus else 0.0  # as what a bonus is entered
    judged = CellMark(result.counted, result.points - extra, extra=extra)
    mark = marks.cells.get(check_cell(result.name), judged)
    by_hand = mark.manual is not None or mark.extra != extra
    points = mark.points if by_hand and mark.points is not None else result.points
    word, sign, sentence = OUTCOME_WORDS[result.outcome]
    tone = TONES.get(result.outcome, "part" if points else "bad")
    if result.outcome == "failed" and points:
        word = "partly right"
    empty = result.outcome == "not_attempted"  # needs no four lines to say so
    return ExerciseView(
        name=result.name,
        heading=lesson.headings.get(result.name) or result.name,
        outcome=result.outcome,
        word=word,
        mark=sign,
        tone=tone,
        sentence=sentence,
        points=points,
        max_points=result.max_points,
        bonus=result.bonus,
        by_hand=by_hand,
        finding=None if empty else result.told,
        cause=None if empty else result.cause,
        where=result.where,
        notes=() if empty else tuple(filter(None, (result.note, result.judged_with))),
        comments=_comments(marks, result.name, check_cell(result.name)),
        checks=result.checks,
        shown=tuple(shown),
    )


def _comments(marks: StudentMarks, *cells: str) -> tuple[str, ...]:
    return tuple(marks.comments[cell] for cell in cells if marks.comments.get(cell))


def _written(
    verdict: Verdict,
    marks: StudentMarks,
    cells: Sequence[Mapping[str, Any]],
    lesson: Lesson,
    rubrics: Mapping[str, Rubric],
    ticks: Mapping[str, Ticks],
) -> list[WrittenView]:
    """List the graded cells that no exercise of the verdict answers for."""
    tested = {check_cell(exercise.name) for exercise in verdict.exercises}
    answers = {cell_id(cell): cell for cell in cells}
    views = []
    for name, mark in marks.cells.items():
        if name in tested or is_check_cell(name):
            continue
        stub = lesson.sources.get(name, "")
        answer, pictures = read_pictures(answers.get(name, {}))
        # A mark and a comment of before may be on another answer, until someone has looked again.
        other = mark.waits and not mark.same
        comments = () if other else _comments(marks, name)
        ticked = None if other else ticks.get(name)
        views.append(
            WrittenView(
                id=name,
                heading=lesson.headings.get(name) or name,
                max_points=mark.max_points,
                points=None if other else mark.points,
                answer="" if answer.strip() == stub.strip() else _as_written(answer),
                comments=tuple(c for c in comments if c != "No response."),  # nbgrader's own
                rubric=_rubric_rows(rubrics.get(name, Rubric()), ticked),
                beside=ticked.adjust if ticked and ticked.items else 0.0,
                again=other and mark.points is not None,
                pictures=pictures,
            )
        )
    return views


def _rubric_rows(rubric: Rubric, ticks: Ticks | None) -> tuple[RubricRow, ...]:
    """List the items; of those that take points, only the ones that did."""
    rows = [
        RubricRow(item.text, item.points, item.id in ticks.items if ticks else None)
        for item in rubric.items
    ]
    return tuple(row for row in rows if row.points >= 0 or row.given)


def _as_written(markdown: str) -> str:
    """Return markdown as the student typed it; the autograded notebook holds its tags escaped."""
    return markdown.replace("&lt;", "<")[:MOST_PRINTED].strip()
