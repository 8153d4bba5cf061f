"""``grader try``: the specification, the solution, every mistake, and a student's panel."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from grader.assignment.spec import Exercise
from grader.course import Course
from grader.drafting.student_panel import panel_of_mistake
from grader.drafting.told import BAD, GOOD, Paint, heading, panel_lines, trial_lines
from grader.drafting.trial import drafted, exercises_of, tried
from grader.files.atomic import write_beside
from grader.verify.shape.rules import keeps_shape

WIDTH = 100  # columns, where a terminal has as many


def try_out(
    course: Course,
    name: str,
    function: str | None,
    mistake: str | None,
    page: Path | None,
    say: Callable[[str], None],
    paint: Paint,
) -> bool:
    """Say what an assignment, or one function of it, does as it is written now.

    With ``page`` the notebook as students get it is written there; ``paint`` colours words.

    Returns: whether all is well. Raises UsageError, with the line, where it cannot be tried.
    """
    draft = drafted(course, name)
    assignment = draft.assignment
    width = min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDTH)
    say(heading(assignment, paint))
    well = True
    shown: Exercise | None = None
    for exercise in exercises_of(assignment, function):
        trial = tried(assignment, exercise)
        well &= trial.well
        for line in trial_lines(assignment, trial, width, paint):
            say(line)
        known = [each.id for each in exercise.mistakes]
        if shown is None and known and (mistake is None or mistake in known):
            shown = exercise
    if function is None:
        shape = keeps_shape(assignment.spec, assignment.source)
        well &= shape.holds
        say("")
        for problem in [shape.text] if shape.holds else shape.text.split("; "):
            say(paint(f"{shape.what}: {problem}", GOOD if shape.holds else BAD))
    if shown is not None or mistake is not None:
        asked = shown or exercises_of(assignment, function)[0]
        id_, panel = panel_of_mistake(assignment, asked, mistake)
        for line in panel_lines(asked, id_, panel, paint):
            say(line)
    if page is not None:
        from grader.drafting.page import draft_page  # nbconvert takes a second to import

        write_beside(page, draft_page(course, draft).encode())
    return well
