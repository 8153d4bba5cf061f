"""Hold the marking to telling both mistakes: of a wrong function, and of a wrong one that calls it.

A wrong cell function is replaced where its sequence is marked, so that the sequence's own mistake
can be told as if the cell were right.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Exercise, Mistake
from grader.comparison.causes import Cause
from grader.verify.held import SEED, Held, held

SAMPLE = 50  # pairs of an exercise and one that it calls

Pair = tuple[Mistake, Mistake]  # in the exercise, and in the one that it calls


def calls(assignment: Assignment) -> Iterator[tuple[Exercise, Exercise]]:
    """Yield each exercise with each one that it calls."""
    for exercise in assignment.spec.exercises:
        for name in exercise.calls:
            yield exercise, assignment.spec.exercise(name)


def sampled(
    exercise: Exercise,
    helper: Exercise,
    mistakes: Sequence[Mistake],
    helpers_mistakes: Sequence[Mistake],
    most: int = SAMPLE,
) -> list[Pair]:
    """Return pairs of a mistake of ``exercise`` and one of its ``helper``, always the same."""
    found = list(itertools.product(mistakes, helpers_mistakes))
    chosen = random.Random(f"{SEED} {exercise.name} {helper.name}")
    return chosen.sample(found, min(most, len(found)))


def both_named_in_the_notebook(
    assignment: Assignment, exercise: Exercise, helper: Exercise, check: ModuleType
) -> Held:
    """Hold the released check to naming the exercise's mistake beside one of its helper, and both.

    Mistakes that call the right helper wrongly in the same way at first are told together; two that
    make up for each other are right together, which is the helper's to tell.
    """
    what = f"{exercise.name} wrong together with a wrong {helper.name} is told both in the notebook"
    if not {exercise.name, helper.name} <= set(check.references()):
        return held(what, ["the released folder does not know it: run `make release`"])
    mine, theirs = (_shown(each, check) for each in (exercise, helper))
    pairs = sampled(exercise, helper, mine, theirs)
    problems, among, even = [], 0, 0
    for pair in pairs:
        both = f"{pair[0].id} with {pair[1].id} of {helper.name}"
        try:
            scope = _scope(assignment, (exercise, helper), pair)
        except SyntaxError as error:
            problems.append(f"{both} leaves no such function ({error})")
            continue
        for each, mistake in zip((exercise, helper), pair, strict=True):
            panel, message = check.examine(check.references()[each.name], scope[each.name])
            said = Cause(mistake.id, mistake.title, mistake.hint).text()
            if said in panel.notes:
                continue
            if each is exercise and not message and not panel.notes:
                even += 1
                continue
            among += each is exercise
            if not _told_among(mistake, panel.notes):
                notes = " ".join(panel.notes) or "nothing"
                problems.append(f"{both}: {each.name} is told {notes}")
    figures = f"{len(pairs)} of {len(mine) * len(theirs)} pairs"
    figures += f", {among} as one of several" if among else ""
    return held(what, problems, figures + (f", {even} right together" if even else ""))


def _shown(exercise: Exercise, check: ModuleType) -> list[Mistake]:
    """Return the mistakes that show on the visible example."""
    known = check.references()[exercise.name].mistakes
    return [mistake for mistake in exercise.mistakes if known.shows(mistake.id)]


def _scope(
    assignment: Assignment, exercises: tuple[Exercise, Exercise], pair: Pair
) -> Mapping[str, Any]:
    """Return a notebook's names in which both functions are mistaken."""
    scope = dict(assignment.source.namespace())
    for exercise, mistake in zip(exercises, pair, strict=True):
        source = assignment.source.function_source(exercise.name)
        exec(compile(mistake.apply(source), f"<{exercise.name}>", "exec"), scope)
    return scope


def _told_among(mistake: Mistake, notes: Sequence[str]) -> bool:
    return any(note.startswith("It looks as if") and mistake.title in note for note in notes)
