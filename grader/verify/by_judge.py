"""Hold the marking to account by the judge itself: the solution, a blank, every known mistake."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from grader.assignment.assignment import Assignment
from grader.assignment.filled import Book
from grader.assignment.spec import Exercise, SpecError
from grader.autograde.inbox import open_bytes
from grader.autograde.judge_process import Task
from grader.autograde.pool import judge_all
from grader.course import Course
from grader.errors import UsageError
from grader.files.atomic import read_text
from grader.judge.judgement import Judgement
from grader.simulate.pupils import Pupil
from grader.verdict import ExerciseResult, Verdict
from grader.verify.held import SEED, Held, held
from grader.verify.pairs import Pair, calls, sampled

# By pupil: "solution", "blank", "<exercise>/<mistake>", and two of these with a plus.
Verdicts = Mapping[str, Verdict]


def judge_pupils(
    course: Course,
    name: str,
    workers: int,
    every: bool,
    progress: Callable[[int, int], None],
) -> Verdicts:
    """Judge the solution, the blank, and one pupil for each catalogued mistake.

    With ``every`` also pupils who made one in an exercise and one in a function that it calls.

    Raises UsageError when the assignment was not released, when a mistake's edits do not fit the
    solution, and when the judge itself fails.
    """
    packed = course.packed(name)
    try:
        assignment, path = packed.load(), course.released_notebook(name)
        released = json.loads(read_text(path, "run `make release` first"))
        pupils = [*_pupils(assignment), *(_in_pairs(assignment) if every else ())]
        tasks = [_task(assignment, path, released, pupil) for pupil in pupils]
    except SpecError as error:  # the solution was edited, and nothing was released since
        raise UsageError(f"{error}; write its edits anew, then `make release`") from None
    verdicts: dict[str, Verdict] = {}
    for number, (task, judged) in enumerate(judge_all(packed, tasks, workers), 1):
        progress(number, len(tasks))
        if not isinstance(judged, Judgement):
            raise UsageError(f"the judge failed on {task.student}: {judged}")
        verdicts[str(task.student)] = judged.verdict
    return verdicts


def _pupils(assignment: Assignment) -> list[Pupil]:
    """Make up the solution, the blank, and one pupil for each catalogued mistake."""
    wrong = [
        Pupil(f"{exercise.name}/{mistake.id}", mistakes={exercise.name: mistake.id})
        for exercise in assignment.spec.exercises
        for mistake in exercise.mistakes
    ]
    return [Pupil("solution"), Pupil("blank", solved=()), *wrong]


def _in_pairs(assignment: Assignment) -> Iterator[Pupil]:
    """Make up pupils with two mistakes, one below the other: those that the notebook is held to."""
    for exercise, helper in calls(assignment):
        for pair in sampled(exercise, helper, exercise.mistakes, helper.mistakes):
            named = dict(zip((exercise.name, helper.name), (m.id for m in pair), strict=True))
            yield Pupil(_both(exercise, helper, pair), mistakes=named)


def _both(exercise: Exercise, helper: Exercise, pair: Pair) -> str:
    return f"{exercise.name}/{pair[0].id} + {helper.name}/{pair[1].id}"


def _task(assignment: Assignment, path: Path, released: Book, pupil: Pupil) -> Task:
    work = open_bytes(assignment, pupil.notebook(assignment, released))
    if isinstance(work, Verdict):
        raise UsageError(f"{path} with the answers of {pupil.name}: {work.message}")
    numbers = enumerate(exercise.name for exercise in assignment.spec.exercises)
    return Task(pupil.name, work, {name: SEED + number for number, name in numbers})


def solution_earns_all(verdicts: Verdicts) -> Held:
    """Hold the solution to full marks."""
    verdict = verdicts["solution"]
    lost = [e.name for e in verdict.exercises if e.outcome != "passed"]
    text = f"{verdict.score:g} of {verdict.max_score:g} points"
    return held("solution earns full marks", [f"{text}; lost at {lost}"] if lost else [], text)


def blank_earns_nothing(verdicts: Verdicts) -> Held:
    """Hold the untouched notebook to nothing, and to being called untouched."""
    verdict = verdicts["blank"]
    wrong = [e.name for e in verdict.exercises if e.points or e.outcome != "not_attempted"]
    text = f"{verdict.score:g} points"
    return held("blank earns nothing", [f"{text} {wrong}"] if wrong else [], text)


def mistakes_cost_once(exercise: Exercise, verdicts: Verdicts) -> Held:
    """Hold each known mistake to losing marks at its own exercise, only there, by its name."""
    problems = []
    for mistake in exercise.mistakes:
        verdict = verdicts[f"{exercise.name}/{mistake.id}"]
        own, results = _of(verdict, exercise.name), verdict.exercises
        elsewhere = [r.name for r in results if r.name != exercise.name and r.outcome != "passed"]
        if own.outcome == "passed":
            problems.append(f"{mistake.id} loses nothing")
        elif own.mistake != mistake.id:
            problems.append(f"{mistake.id} is called {own.mistake}")
        if elsewhere:
            problems.append(f"{mistake.id} also costs {', '.join(elsewhere)}")
    what = f"mistakes of {exercise.name} cost once and are named"
    return held(what, problems, f"{len(exercise.mistakes)} mistakes")


def _of(verdict: Verdict, name: str) -> ExerciseResult:
    return next(result for result in verdict.exercises if result.name == name)


def both_named(exercise: Exercise, helper: Exercise, verdicts: Verdicts) -> Held:
    """Hold the judge to naming a mistake of an exercise beside one of a function that it calls.

    Two that make up for each other, wholly or in part, earn more together than the one alone: what
    is left is the helper's to tell.
    """
    pairs = sampled(exercise, helper, exercise.mistakes, helper.mistakes)
    problems, even = [], 0
    for pair in pairs:
        results = {r.name: r for r in verdicts[_both(exercise, helper, pair)].exercises}
        for each, mistake in zip((exercise, helper), pair, strict=True):
            result = results[each.name]
            alone = _of(verdicts[f"{each.name}/{mistake.id}"], each.name)
            if each is exercise and not result.stand_ins and result.points > alone.points:
                even += 1
            elif result.mistake != mistake.id:
                told = f"{each.name} is told {result.mistake}"
                problems.append(f"{_both(exercise, helper, pair)}: {told}")
    what = f"{exercise.name} wrong together with a wrong {helper.name} is told both by the judge"
    figures = f"{len(pairs)} of {len(exercise.mistakes) * len(helper.mistakes)} pairs"
    return held(what, problems, figures + (f", {even} make up for each other" if even else ""))
