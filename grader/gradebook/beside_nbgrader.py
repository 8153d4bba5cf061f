"""Record beside the marks that nbgrader's own steps have written what those do not know."""

from __future__ import annotations

from collections.abc import Mapping

from nbgrader.api import Grade, Gradebook, MissingEntry

from grader.assignment.source import check_cell
from grader.course import Course
from grader.gradebook.standing import make_table, note
from grader.verdict import Verdict


def is_settled(grade: Grade) -> bool:
    """Tell whether a cell has a mark by hand that nobody has to look at again."""
    return grade.manual_score is not None and not grade.needs_manual_grade


def settled_cells(name: str, student: str, url: str) -> frozenset[str]:
    """Return the cells that have such a mark, before nbgrader grades a submission again."""
    with Gradebook(url) as gradebook:
        try:
            notebook = gradebook.find_submission_notebook(name, name, student)
        except MissingEntry:
            return frozenset()
        return frozenset(grade.name for grade in notebook.grades if is_settled(grade))


def note_verdict(
    name: str,
    student: str,
    verdict: Verdict,
    answers: Mapping[str, str],
    settled: frozenset[str],
    url: str,
) -> None:
    """Note the verdict that nbgrader's marks of a submission are from, as `GradebookWriter` does.

    ``url`` names the gradebook that they were written to; ``settled`` is what `settled_cells` said
    before.
    """
    with Gradebook(url) as gradebook:
        make_table(gradebook.db)
        notebook = gradebook.find_submission_notebook(name, name, student).id
        note(gradebook.db, notebook, verdict, answers, settled)
        gradebook.db.commit()


def save_bonus(course: Course, name: str, student: str, verdict: Verdict, url: str) -> None:
    """Record the points of bonus exercises as `GradebookWriter` does, beside nbgrader's marks.

    nbgrader's own step gives no more than the 0 points that such a check carries; ``url`` names
    the gradebook that it wrote to.
    """
    cells, points = bonus_cells(course, name), check_points(verdict)
    if cells:
        with Gradebook(url) as gradebook:
            for cell in cells:
                grade = gradebook.find_grade(cell, name, name, student)
                grade.extra_credit = points.get(cell) or None
            gradebook.db.commit()


def bonus_cells(course: Course, name: str) -> list[str]:
    """Return the check cells of bonus exercises."""
    return [check_cell(each.name) for each in course.spec(name).exercises if each.bonus]


def check_points(verdict: Verdict) -> dict[str, float]:
    """Return the points of a verdict by check cell."""
    return {check_cell(exercise.name): exercise.points for exercise in verdict.exercises}
