"""Tell an author in a terminal what a trial has found: in colour there, plainly elsewhere."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from grader.assignment.assignment import Assignment
from grader.assignment.places import in_lesson
from grader.assignment.spec import Case, Exercise
from grader.drafting.trial import ExerciseTried, MistakeTried

MARGIN = 11  # columns of the labels
Paint = Callable[[str, str], str]  # a text, and how it is meant: one of these
GOOD, BAD, STRONG, QUIET, PLAIN = "good", "bad", "strong", "quiet", "plain"


def heading(assignment: Assignment, paint: Paint) -> str:
    """Return the assignment's name, title and points in one line."""
    spec = assignment.spec
    number = len(spec.exercises)
    by_hand = f", {assignment.manual_points:g} by hand" if assignment.manual_points else ""
    said = f"{number} exercise{'s' if number > 1 else ''}, {spec.points:g} points by tests{by_hand}"
    return f"{paint(spec.name, STRONG)} · {spec.title}: {said}"


def trial_lines(
    assignment: Assignment, trial: ExerciseTried, width: int, paint: Paint
) -> Iterator[str]:
    """Yield what is told of one exercise, in lines of at most ``width`` columns."""
    exercise = trial.exercise
    yield ""
    yield paint(_signature(exercise), STRONG) + f" · {exercise.points:g} points"
    line = assignment.source.answer(exercise.name).line
    for place in filter(None, (in_lesson(assignment.spec.name, line), exercise.place)):
        yield _line("", paint(place, QUIET))
    yield from _wrapped("checks", ", ".join(map(_check, exercise.layout.checks)), width, paint)
    yield from _wrapped(
        "example", f"runs, {trial.milliseconds:.2g} ms{_sizes(trial.visible)}", width, paint
    )
    if trial.failed:
        yield from _wrapped(
            "hidden", f"the solution fails {'; '.join(trial.failed)}", width, paint, BAD
        )
    else:
        number = len(trial.hidden)
        yield _line("hidden", paint(f"right on {number} case{'s' if number != 1 else ''}", GOOD))
        cases = ", ".join(f"{case.name}{_sizes(case)}" for case in trial.hidden)
        yield from _wrapped("", cases, width, paint)
    yield from _mistake_lines(trial, width, paint)


def _mistake_lines(trial: ExerciseTried, width: int, paint: Paint) -> Iterator[str]:
    found, well = len(trial.mistakes), sum(each.well for each in trial.mistakes)
    if not found:
        yield _line("mistakes", "none are known yet")
        return
    said = f"{well} of {found} lose marks and are named"
    yield _line("mistakes", paint(said, GOOD if well == found else BAD))
    longest = max(len(each.mistake.id) for each in trial.mistakes)
    for each in trial.mistakes:
        earned = f"{each.points:g} of {trial.exercise.points:g}"
        told = paint("named" if each.well else "NOT OK", GOOD if each.well else BAD)
        yield _line("", f"{each.mistake.id:<{longest}}  {earned:>10}  {told}")
        if not each.well:
            yield from _wrapped("", _trouble(each), width, paint, BAD)


def _trouble(tried: MistakeTried) -> str:
    """Say what is to be mended about a mistake, and where it stands."""
    if not tried.loses:
        why = "loses nothing: draw a case that shows it"
    else:
        why = f"is told as {tried.told_as}, which gives the same everywhere"
    place = f" ({tried.mistake.place})" if tried.mistake.place else ""
    return f"it {why}{place}"


def _signature(exercise: Exercise) -> str:
    returned = ", ".join(exercise.returns)
    if exercise.returns_dict:
        returned = f"{{{returned}}}"
    arrow = f" -> {returned}" if returned else ""
    return f"{exercise.name}({', '.join(exercise.arguments)}){arrow}"


def _check(check: object) -> str:
    name, points, shape, main = (getattr(check, x) for x in ("name", "points", "shape", "main"))
    return f"{name}{' ' + shape if shape else ''} {points:g}{' main' if main else ''}"


def _sizes(case: Case) -> str:
    sizes = ", ".join(f"{letter} = {size}" for letter, size in case.dims.items())
    return f" ({sizes})" if sizes and sizes != case.name else ""


def _line(label: str, text: str) -> str:
    return f"  {label:<{MARGIN - 2}}{text}"


def _wrapped(label: str, text: str, width: int, paint: Paint, how: str = PLAIN) -> Iterator[str]:
    """Yield a text in as many lines as it takes, the label before the first."""
    for part in textwrap.wrap(text, max(width - MARGIN, 40), break_long_words=False):
        yield _line(label, paint(part, how))
        label = ""


def panel_lines(exercise: Exercise, mistake: str, panel: str, paint: Paint) -> Iterator[str]:
    """Yield what a student sees whose function has a mistake."""
    yield ""
    yield paint(f"A student whose {exercise.name} has {mistake} sees", STRONG)
    yield from (f"  {line}".rstrip() for line in panel.splitlines())
