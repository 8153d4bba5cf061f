"""``grader verify``: an assignment's marking held to account, by the judge itself.

The solution earns full marks, a blank none, each catalogued mistake loses marks at its own exercise
alone and is named; the references are true gradients and give the published numbers; small changes
of the solution lose marks.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Exercise
from grader.autograde.inbox import open_bytes
from grader.autograde.pool import Task, judge_all
from grader.comparison.ladder import by_name
from grader.comparison.trees import deep_copy
from grader.course import Course
from grader.errors import UsageError
from grader.judge.judge import Judgement
from grader.simulate.pupils import Pupil
from grader.verdict import Verdict
from grader.verify import in_process
from grader.verify.gradients import agreement
from grader.verify.mutants import Mutant, mutants

SEED = 2024
SAMPLE = 25  # mutants of each exercise that a run marks; all of them with every=True
SMALL = 400  # entries of a gradient's arguments up to which central differences take no time


@dataclass(frozen=True)
class Held:
    """One thing that was held to account: what, whether it holds, and the figures."""

    what: str
    holds: bool
    text: str


def verify(
    course: Course,
    name: str,
    workers: int,
    every: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Iterator[Held]:
    """Yield what was checked, one finding at a time; ``every`` marks all mutants, not a sample.

    Raises UsageError when the assignment was not released.
    """
    packed = course.packed(name)
    assignment = packed.load()
    pupils = _pupils(assignment)
    tasks = [_task(course, assignment, pupil) for pupil in pupils]
    verdicts: dict[str, Verdict] = {}
    for number, (task, judged) in enumerate(judge_all(packed, tasks, workers), 1):
        progress(number, len(tasks))
        if not isinstance(judged, Judgement):
            raise UsageError(f"the judge failed on {task.student}: {judged}")
        verdicts[task.student] = judged.verdict
    yield _full(verdicts["solution"])
    yield _none(verdicts["blank"])
    for exercise in assignment.spec.exercises:
        yield _mistakes(exercise, verdicts)
    for exercise in assignment.spec.exercises:
        if exercise.numeric or exercise.automatic:
            yield _gradients(assignment, exercise)
    for exercise in assignment.spec.exercises:
        if exercise.name in assignment.spec.published:
            yield _published(assignment, exercise)
    for exercise in assignment.spec.exercises:
        yield _mutants(assignment, exercise, every)


def _pupils(assignment: Assignment) -> list[Pupil]:
    """The solution, the blank, and one pupil for each catalogued mistake."""
    wrong = [
        Pupil(f"{exercise.name}/{mistake.id}", mistakes={exercise.name: mistake.id})
        for exercise in assignment.spec.exercises
        for mistake in exercise.mistakes
    ]
    return [Pupil("solution"), Pupil("blank", solved=()), *wrong]


def _task(course: Course, assignment: Assignment, pupil: Pupil) -> Task:
    path = course.assignments / assignment.spec.name / f"{assignment.spec.name}.ipynb"
    if not path.exists():
        raise UsageError(f"{path} is missing: run `make release` first")
    released = json.loads(path.read_text(encoding="utf-8"))
    work = open_bytes(assignment, pupil.notebook(assignment, released))
    if isinstance(work, Verdict):
        raise UsageError(f"{path} with the answers of {pupil.name}: {work.message}")
    numbers = enumerate(exercise.name for exercise in assignment.spec.exercises)
    return Task(pupil.name, work, {name: SEED + number for number, name in numbers})


def _full(verdict: Verdict) -> Held:
    lost = [e.name for e in verdict.exercises if e.outcome != "passed"]
    text = f"{verdict.score:g} of {verdict.max_score:g} points"
    return Held("solution earns full marks", not lost, text + (f"; lost at {lost}" if lost else ""))


def _none(verdict: Verdict) -> Held:
    wrong = [e.name for e in verdict.exercises if e.points or e.outcome != "not_attempted"]
    return Held("blank earns nothing", not wrong, f"{verdict.score:g} points {wrong or ''}".strip())


def _mistakes(exercise: Exercise, verdicts: dict[str, Verdict]) -> Held:
    """Each known mistake loses marks at its own exercise, only there, and is named."""
    problems = []
    for mistake in exercise.mistakes:
        results = verdicts[f"{exercise.name}/{mistake.id}"].exercises
        own = next(result for result in results if result.name == exercise.name)
        elsewhere = [r.name for r in results if r.name != exercise.name and r.outcome != "passed"]
        if own.outcome == "passed":
            problems.append(f"{mistake.id} loses nothing")
        elif own.mistake != mistake.id:
            problems.append(f"{mistake.id} is called {own.mistake}")
        if elsewhere:
            problems.append(f"{mistake.id} also costs {', '.join(elsewhere)}")
    text = "; ".join(problems) or f"{len(exercise.mistakes)} mistakes"
    return Held(f"mistakes of {exercise.name} cost once and are named", not problems, text)


def _gradients(assignment: Assignment, exercise: Exercise) -> Held:
    """The reference gradients against central differences and automatic differentiation."""
    functions = assignment.functions
    drawn = exercise.cases(np.random.default_rng(SEED), functions)
    small = [c for c in drawn if c.tolerance <= 1e-6 and _size(c.arguments) <= SMALL]
    found = [
        (case.name, agreed)
        for case in [exercise.visible(functions), *small]
        for agreed in agreement(exercise, case, functions)
    ]
    wrong = [f"{agreed.name} ({case})" for case, agreed in found if not agreed.holds]
    numeric = max(agreed.numeric for _, agreed in found)
    automatic = max(agreed.automatic for _, agreed in found)
    text = f"{len(found)} gradients: differences {numeric:.0e}, automatic {automatic:.0e}"
    return Held(f"{exercise.name} is the true gradient", not wrong, ", ".join([text, *wrong]))


def _size(tree: Any) -> int:
    """The size of the largest array in a tree."""
    if isinstance(tree, np.ndarray):
        return tree.size
    items = tree.values() if isinstance(tree, dict) else tree
    return max((_size(item) for item in items), default=0) if hasattr(items, "__iter__") else 0


def _published(assignment: Assignment, exercise: Exercise) -> Held:
    """The published numbers come out on the visible example, to every digit printed."""
    spec = assignment.spec
    known = spec.published_with.get(exercise.name)
    function = assignment.functions[exercise.name]
    if known is not None:
        function = next(f for m, f in assignment.mistakes(exercise) if m.id == known)
    result = function(*deep_copy(exercise.visible(assignment.functions).arguments))
    outputs, _ = by_name(exercise.layout, result)
    numbers = spec.published[exercise.name]
    wrong = [path for path, digits in numbers.items() if not prints(outputs, path, digits)]
    with_what = f"with the mistake {known}" if known else "with the solution"
    text = f"wrong at {', '.join(wrong)}" if wrong else f"{len(numbers)} places, {with_what}"
    return Held(f"published numbers of {exercise.name} come out", not wrong, text)


def prints(outputs: dict[str, Any], path: str, digits: str) -> bool:
    """Whether the place ``path`` (``a[4][1]``) holds the numbers of ``digits``, as printed.

    To the last digit, or to a relative 1e-12 where more are printed than processors agree on.
    """
    value: Any = outputs[path.split("[")[0]]
    for index in re.findall(r"\[(\d+)\]", path):
        value = value[int(index)]
    numbers, texts = np.ravel(value), digits.split()
    if len(numbers) != len(texts):
        return False
    return all(
        abs(number - float(text)) <= max(_last_digit(text), 1e-12 * abs(number))
        for number, text in zip(numbers, texts, strict=True)
    )


def _last_digit(text: str) -> float:
    """Half a unit of the last digit printed."""
    return 0.51 * float(10.0 ** int(Decimal(text).as_tuple().exponent))


def _mutants(assignment: Assignment, exercise: Exercise, every: bool) -> Held:
    """Small changes of the solution lose marks, but for those listed as equivalent."""
    found = list(mutants(assignment.source.function_source(exercise.name)))
    chosen = found if every else random.Random(SEED).sample(found, min(SAMPLE, len(found)))
    posed = in_process.pose(exercise, assignment.functions, SEED)
    scope = assignment.source.namespace()

    def survives(mutant: Mutant) -> bool:
        function = in_process.define(mutant.source, exercise.name, scope)
        return not in_process.loses(exercise, function, posed)

    alive = [mutant.id for mutant in chosen if survives(mutant)]
    unexplained = [name for name in alive if name not in exercise.equivalent]
    text = (
        f"{len(chosen)} of {len(found)}: {len(chosen) - len(alive)} lose marks, "
        f"{len(alive) - len(unexplained)} equivalent"
    )
    what = f"small changes of {exercise.name} lose marks"
    return Held(what, not unexplained, "; ".join([text, *unexplained]))
