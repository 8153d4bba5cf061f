"""Hold reference gradients against true ones, made in two ways.

Both ways differentiate the same number. Central differences use the solution's own forward
function; automatic differentiation (autograd, from the test extra) uses a forward pass that was
written independently.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.assignment.calling import result_of
from grader.assignment.differences import (
    Array,
    Differentiated,
    differentiated,
    numeric_gradients,
    pairs,
)
from grader.assignment.spec import Case, Exercise, Functions, Spec
from grader.comparison.ladder import by_name
from grader.comparison.layout import Tree
from grader.comparison.values import relative_error
from grader.errors import UsageError

NUMERIC_TOLERANCE = 1e-7
AUTOMATIC_TOLERANCE = 1e-10


@dataclass(frozen=True)
class Agreement:
    """Whole-array relative errors of one reference gradient; None where there is no such check."""

    name: str
    numeric: float
    automatic: float | None

    @property
    def holds(self) -> bool:
        """Whether both errors are below their tolerances."""
        automatic = 0.0 if self.automatic is None else self.automatic
        return self.numeric < NUMERIC_TOLERANCE and automatic < AUTOMATIC_TOLERANCE


def automatic_gradients(spec: Spec, exercise: Exercise, case: Case) -> dict[str, Tree]:
    """Return the true gradients of a case by automatic differentiation.

    Args:
        spec: the assignment, with the forward function's exercise.
        exercise: the one that computes gradients; its ``traced`` gets ``autograd.numpy`` and the
            forward arguments, and returns the forward function's first outputs.
        case: one of its cases.

    Returns:
        By output: float64 arrays, as `numeric_gradients` returns them.

    Raises:
        UsageError: autograd is not installed, and as `differentiated`.
    """
    try:
        autograd = importlib.import_module("autograd")
        anp = importlib.import_module("autograd.numpy")
    except ImportError:
        raise UsageError("autograd is missing: install it, or the kit's extra `test`") from None
    what = differentiated(spec, exercise, case)
    traced = what.gradient.traced
    if traced is None:
        raise UsageError(f"{exercise.name} has no forward pass that can be traced")

    # Of the other arguments some are no floats: lengths, classes, words.
    moved = sorted({place for place, _ in what.paths.values()})

    def loss(some: Any) -> Any:
        given = dict(zip(moved, some, strict=True))
        arguments = (given.get(place, fixed) for place, fixed in enumerate(what.arguments))
        made = traced(anp, *arguments)
        outputs = made if isinstance(made, tuple) else (made,)
        return what.number(dict(zip(what.forward.returns, outputs, strict=False)))

    found = autograd.grad(loss)(tuple(what.arguments[place] for place in moved))
    whole = dict(zip(moved, found, strict=True))
    every = tuple(whole.get(place) for place in range(len(what.arguments)))
    return {name: _cut(what, what.at(every, name), name) for name in what.paths}


def _cut(what: Differentiated, tree: Tree, name: str) -> Tree:
    """Leave out the steps that the upstream gradient has not."""
    steps = what.steps(name)
    return tree if steps is None else np.asarray(tree)[..., :steps]


def agreement(spec: Spec, exercise: Exercise, case: Case, functions: Functions) -> list[Agreement]:
    """Hold the reference gradients of one case against both kinds of true gradient."""
    outputs, _ = by_name(exercise.layout, result_of(exercise, functions, case.arguments))
    numeric = numeric_gradients(spec, exercise, case, functions)
    traced = exercise.gradient is not None and exercise.gradient.traced is not None
    automatic = automatic_gradients(spec, exercise, case) if traced else None
    made = []
    for name, true in numeric.items():
        other = pairs(outputs.get(name), automatic[name]) if automatic is not None else None
        for place, found, value in pairs(outputs.get(name), true):
            second = next(other)[2] if other is not None else None
            error = None if second is None else _error(found, second, AUTOMATIC_TOLERANCE)
            made.append(Agreement(name + place, _error(found, value, NUMERIC_TOLERANCE), error))
    return made


def _error(found: Any, true: Array, tolerance: float) -> float:
    if not isinstance(found, np.ndarray) or found.shape != np.shape(true):
        return float("nan")
    return relative_error(found, true, tolerance)
