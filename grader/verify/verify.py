"""``grader verify``: hold an assignment's marking to account, by the judge itself.

``verify`` is the list of what is held: the judge's marks, the description, the cases, the check in
the notebook, the references, and what small changes of the solution cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grader.assignment.assignment import Assignment
from grader.assignment.cell_headers import expand
from grader.assignment.lesson_text import lesson_source
from grader.assignment.source import Source
from grader.course import Course
from grader.errors import UsageError
from grader.files.atomic import read_text
from grader.release.draft import points_of
from grader.simulate.student_check import load_check
from grader.verify.by_judge import (
    blank_earns_nothing,
    both_named,
    judge_pupils,
    mistakes_cost_once,
    solution_earns_all,
)
from grader.verify.cases import drawn_well
from grader.verify.description import described, said_well
from grader.verify.held import Held
from grader.verify.liars import liars_earn_nothing
from grader.verify.notebook_check import named_in_the_notebook
from grader.verify.pairs import both_named_in_the_notebook, calls
from grader.verify.pointed_at import changed_lines_are_pointed_at, styles_earn_all
from grader.verify.references import gradients_are_true, published_numbers_come_out
from grader.verify.shape.rules import keeps_shape
from grader.verify.small_changes import equivalents_are, small_changes_lose_marks


def verify(
    course: Course,
    name: str,
    workers: int,
    every: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Iterator[Held]:
    """Yield what was held to account, one thing at a time.

    ``every`` marks all mutants, and pairs of mistakes by the judge, too.

    Raises UsageError when the assignment was not released.
    """
    assignment = course.packed(name).load()
    verdicts = judge_pupils(course, name, workers, every, progress)
    check = load_check(course, name)
    yield keeps_shape(assignment.spec, _lesson(course, assignment))
    yield solution_earns_all(verdicts)
    yield blank_earns_nothing(verdicts)
    for exercise in assignment.spec.exercises:
        yield mistakes_cost_once(exercise, verdicts)
        yield named_in_the_notebook(assignment, exercise, check)
        yield said_well(assignment, exercise)
    for exercise, helper in calls(assignment):
        yield both_named_in_the_notebook(assignment, exercise, helper, check)
        if every:
            yield both_named(exercise, helper, verdicts)
    for exercise in assignment.spec.exercises:
        yield described(assignment, exercise)
        yield drawn_well(assignment, exercise)
        if exercise.gradient is not None:
            yield gradients_are_true(assignment, exercise)
        if exercise.holds:
            yield liars_earn_nothing(assignment, exercise)
        if exercise.published:
            yield published_numbers_come_out(assignment, exercise)
    for exercise in assignment.spec.exercises:
        yield small_changes_lose_marks(assignment, exercise, every)
        yield equivalents_are(assignment, exercise)
    styles = _styles(course, assignment)
    for exercise in assignment.spec.exercises:
        if styles[exercise.name]:
            yield styles_earn_all(assignment, exercise, styles[exercise.name])
    if any(styles.values()):
        yield changed_lines_are_pointed_at(assignment, styles, every)


def _lesson(course: Course, assignment: Assignment) -> Source:
    """Return the lesson as it is written, with its lines; the notebook where there is no other."""
    name, path = assignment.spec.name, course.lesson(assignment.spec.name)
    if not path.exists():
        return assignment.source
    text = expand(read_text(path, "write it anew"), points_of(assignment.spec), name)
    return lesson_source(name, text, assignment.source.files)


def _styles(course: Course, assignment: Assignment) -> dict[str, dict[str, str]]:
    """Return right answers in other styles, by exercise and file name."""
    names = sorted((e.name for e in assignment.spec.exercises), key=len)
    found: dict[str, dict[str, str]] = {name: {} for name in names}
    for stem, source in course.styles(assignment.spec.name).items():
        owner = next((name for name in reversed(names) if stem.startswith(f"{name}_")), None)
        if owner is None:
            raise UsageError(f"styles/{stem}.py: no exercise has a name that this one begins with")
        found[owner][stem] = source
    return found
