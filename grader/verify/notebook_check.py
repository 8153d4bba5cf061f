"""Hold the student's own check to naming the mistakes that show on the cases that it asks."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Exercise, Mistake
from grader.comparison.causes import Cause
from grader.verify import in_process
from grader.verify.held import Held, held


def named_in_the_notebook(assignment: Assignment, exercise: Exercise, check: ModuleType) -> Held:
    """Hold the released check to full points for the solution and a name for each mistake.

    A mistake that gives the right result on both of its cases may pass there.
    """
    what = f"mistakes of {exercise.name} are named in the notebook"
    reference = check.references().get(exercise.name)
    if reference is None:
        return held(what, ["the released folder does not know it: run `make release`"])
    asked = [case for case in (reference, reference.other) if case is not None]
    names = [mistake.id for mistake in exercise.mistakes]
    known = {name for name in names if any(case.mistakes.shows(name) for case in asked)}
    scope = assignment.source.namespace()
    source = assignment.source.function_source(exercise.name)
    problems = []
    panel, message = check.examine(reference, in_process.define(source, exercise.name, scope))
    if exercise.sealed:
        return _only_answered(what, panel, message)
    if message or panel.points != panel.max_points:
        problems.append(f"the solution earns {panel.points:g} of {panel.max_points:g} points there")
    for mistake in exercise.mistakes:
        try:
            function = in_process.define(mistake.apply(source), exercise.name, scope)
        except (SyntaxError, KeyError) as error:
            problems.append(f"{mistake.id} leaves no such function ({error})")
            continue
        panel, message = check.examine(reference, function)
        problem = _problem(mistake, panel, message, mistake.id in known)
        problems += [f"{mistake.id} {problem}"] if problem else []
    hidden = len(exercise.mistakes) - len(known)
    text = f"{len(known)} mistakes" + (f", {hidden} do not show there" if hidden else "")
    return held(what, problems, text)


def _only_answered(what: str, panel: Any, message: str) -> Held:
    """Hold the check of a question to saying that there is an answer, and not which is right."""
    told = message or panel.points or not all(row.answered for row in panel.rows)
    return held(what, ["the notebook judges the answer"] if told else [], "answered, no more")


def _problem(mistake: Mistake, panel: Any, message: str, shows: bool) -> str:
    if not shows:
        failed = [row.name for row in panel.rows if not row.passed]
        told = not message or failed == ["arguments untouched"]  # which that row says by itself
        return "" if told else "is no mistake that the notebook can name: say which in the text"
    said = Cause(mistake.id, mistake.title, mistake.hint).text()
    if not message or panel.points >= panel.max_points:
        return "loses nothing there"
    return "" if said in panel.notes else f"is told as: {' '.join(panel.notes) or 'nothing'}"
