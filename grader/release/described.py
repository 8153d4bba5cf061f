"""Hold an exercise's description to what its solution takes and gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.calling import result_of
from grader.assignment.places import at
from grader.assignment.spec import Case, Exercise
from grader.comparison.ladder import by_name
from grader.comparison.layout import INPUTS, Tree
from grader.errors import UsageError
from grader.judge.hidden_cases import draw
from grader.release.drawing import SEED


def refuse_undescribed(assignment: Assignment) -> None:
    """Raise UsageError where an output has not the shape, or the parts, that are described."""
    for exercise in assignment.spec.exercises:
        problem = next(undescribed(assignment, exercise), "")
        if problem:
            raise UsageError(at(exercise.place, f"{exercise.name}: {problem}"))


def unchecked(exercise: Exercise) -> Iterator[str]:
    """Yield what comes back and nothing checks."""
    asked = {*exercise.returns}
    if exercise.arguments and not exercise.layout.after and exercise.drive is None:
        asked.add(INPUTS)
    left = asked - {check.name for check in exercise.checks}
    if left:
        yield f"nothing checks {', '.join(sorted(left))}"


def undescribed(assignment: Assignment, exercise: Exercise) -> Iterator[str]:
    """Yield each output that has not the shape in letters, or the labels, that it is said to."""
    visible = assignment.visible(exercise.name)
    right = result_of(exercise, assignment.functions, visible.arguments)
    posed = [(visible, right), *draw(exercise, assignment.functions, SEED)]
    for case, result in posed:
        yield from _misshapen(exercise, case, by_name(exercise.layout, result)[0], case is visible)
    outputs, _ = by_name(exercise.layout, right)
    for name, labels in exercise.labels.items():
        if not _holds_so_many(outputs.get(name), len(labels)):
            yield f"nothing in {name} has {len(labels)} entries, as its labels say"


def _misshapen(
    exercise: Exercise, case: Case, outputs: Mapping[str, Tree], visible: bool
) -> Iterator[str]:
    """Yield each output whose shape is not the letters' sizes in this case.

    In the ``visible`` one, whose sizes are read from results, a letter may be unknown.
    """
    for check in exercise.checks:
        if not check.shape:
            continue
        try:
            wanted = eval(check.shape, {"__builtins__": {}}, dict(case.dims))
        except NameError as error:
            if not visible:
                yield f"{check.name} in {case.name}: {error}"
            continue
        except Exception as error:  # an expression of the author's: anything can go wrong in it
            yield f"{check.name} in {case.name}: {error}"
            continue
        if (found := getattr(outputs.get(check.name), "shape", None)) != wanted:
            yield f"{check.name} in {case.name} is {found}, not {check.shape} = {wanted}"


def _holds_so_many(tree: Any, number: int) -> bool:
    """Tell whether a tuple or list with so many entries lies anywhere in ``tree``."""
    if not isinstance(tree, tuple | list):
        return False
    return len(tree) == number or any(_holds_so_many(item, number) for item in tree)
