"""Hold the references to the truth: gradients that are true, numbers that were published."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Exercise
from grader.comparison.ladder import by_name
from grader.comparison.trees import deep_copy
from grader.verify.gradients import agreement
from grader.verify.held import SEED, Held

SMALL = 400  # entries of a gradient's arguments up to which central differences take no time


def gradients_are_true(assignment: Assignment, exercise: Exercise) -> Held:
    """Hold reference gradients against central differences and automatic differentiation."""
    functions = assignment.functions
    drawn = exercise.cases(np.random.default_rng(SEED), functions)
    small = [c for c in drawn if c.tolerance <= 1e-6 and _size(c.arguments) <= SMALL]
    found = [
        (case.name, agreed)
        for case in [assignment.visible(exercise.name), *small]
        for agreed in agreement(assignment.spec, exercise, case, functions)
    ]
    wrong = [f"{agreed.name} ({case})" for case, agreed in found if not agreed.holds]
    numeric = max(agreed.numeric for _, agreed in found)
    text = f"{len(found)} gradients: differences {numeric:.0e}"
    traced = [agreed.automatic for _, agreed in found if agreed.automatic is not None]
    text += f", automatic {max(traced):.0e}" if traced else ""
    return Held(f"{exercise.name} is the true gradient", not wrong, ", ".join([text, *wrong]))


def _size(tree: Any) -> int:
    """Return the size of the largest array in a tree."""
    if isinstance(tree, np.ndarray):
        return tree.size
    items = tree.values() if isinstance(tree, dict) else tree
    return max((_size(item) for item in items), default=0) if hasattr(items, "__iter__") else 0


def published_numbers_come_out(assignment: Assignment, exercise: Exercise) -> Held:
    """Hold the visible example to the published numbers, to every digit printed."""
    known = exercise.published_with
    function = assignment.functions[exercise.name]
    if known is not None:
        function = next(f for m, f in assignment.mistakes(exercise) if m.id == known)
    result = function(*deep_copy(assignment.visible(exercise.name).arguments))
    outputs, _ = by_name(exercise.layout, result)
    numbers = exercise.published
    wrong = [path for path, digits in numbers.items() if not prints(outputs, path, digits)]
    with_what = f"with the mistake {known}" if known else "with the solution"
    text = f"wrong at {', '.join(wrong)}" if wrong else f"{len(numbers)} places, {with_what}"
    return Held(f"published numbers of {exercise.name} come out", not wrong, text)


def prints(outputs: dict[str, Any], path: str, digits: str) -> bool:
    """Tell whether the place ``path`` (``a[4][1]``) holds the numbers of ``digits``, as printed.

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
    """Return half a unit of the last digit printed."""
    return 0.51 * float(10.0 ** int(Decimal(text).as_tuple().exponent))
