"""True gradients, two ways, to hold the reference backward functions against.

Both ways differentiate the same number: the forward function's outputs, each multiplied by its
upstream gradient, added up. Central differences use the solution's own forward function; automatic
differentiation (autograd, from the test extra) uses a forward pass that was written independently.
"""

from __future__ import annotations

import copy
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.assignment.spec import Case, Exercise, Forward, Functions
from grader.comparison.values import relative_error
from grader.errors import UsageError

Array = np.ndarray[Any, Any]
Gradients = dict[str, Array]
Traced = Callable[..., tuple[Any, ...]]  # (numpy-like module, *arguments) -> outputs

STEP = float(np.cbrt(np.finfo(np.float64).eps))  # error and rounding are about equal at this step
NUMERIC_TOLERANCE = 1e-7
AUTOMATIC_TOLERANCE = 1e-10


@dataclass(frozen=True)
class Wiring:
    """How a backward function's arguments and results belong to its forward function.

    ``upstream`` maps a position among the backward function's arguments to the position of the
    forward output whose gradient it is. ``inputs`` maps a gradient's name to the forward argument
    that it belongs to: its position, and its key where that argument is a dictionary. Gradients
    named in ``over_time`` hold as many steps (last axis) as the upstream gradient, not the input.
    """

    upstream: Mapping[int, int]
    inputs: Mapping[str, tuple[int, str | None]]
    over_time: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Agreement:
    """Whole-array relative errors of one reference gradient; NaN where there is no such check."""

    name: str
    numeric: float
    automatic: float

    @property
    def holds(self) -> bool:
        """Whether both errors are below their tolerances."""
        return self.numeric < NUMERIC_TOLERANCE and self.automatic < AUTOMATIC_TOLERANCE


def numeric_gradients(case: Case, functions: Functions, wiring: Wiring) -> Gradients:
    """Return the true gradients of a backward ``case`` by central differences.

    Args:
        case: a backward case with a ``forward``; float32 inputs are taken as float64.
        functions: the reference functions by name.
        wiring: what belongs to what.

    Returns:
        Float64 arrays by gradient name, in the shapes that the backward function returns.

    Source:
        Press et al., Numerical Recipes, 3rd edition (2007), section 5.7.
    """
    forward = _forward(case)
    arguments = _float64(forward.arguments)
    function = functions[forward.function]

    def loss() -> float:
        return float(_weighted(function(*arguments), case, wiring))

    gradients = {}
    for name, path in wiring.inputs.items():
        array = _at(arguments, path)
        gradients[name] = _differences(loss, array, _shape(name, array, case, wiring))
    return gradients


def _differences(loss: Callable[[], float], array: Array, shape: tuple[int, ...]) -> Array:
    """Move each entry of ``array`` up and down, in place, and put it back."""
    gradient = np.zeros(shape)
    for index in np.ndindex(*shape):
        old = array[index]
        array[index] = above = old + STEP
        high = loss()
        array[index] = below = old - STEP
        low = loss()
        array[index] = old
        gradient[index] = (high - low) / (above - below)
    return gradient


def automatic_gradients(case: Case, traced: Traced, wiring: Wiring) -> Gradients:
    """Return the true gradients of a backward ``case`` by automatic differentiation.

    Args:
        case: a backward case with a ``forward``; float32 inputs are taken as float64.
        traced: the forward function, written so that autograd can follow it: it gets
            ``autograd.numpy`` and the forward arguments and returns the outputs.
        wiring: what belongs to what.

    Returns:
        Float64 arrays by gradient name, in the shapes that the backward function returns.

    Raises:
        UsageError: autograd is not installed.
    """
    try:
        autograd = importlib.import_module("autograd")
        anp = importlib.import_module("autograd.numpy")
    except ImportError:
        raise UsageError("autograd is missing: pip install -e '.[test]'") from None
    arguments = _float64(_forward(case).arguments)

    def loss(inputs: Any) -> Any:
        return _weighted(traced(anp, *inputs), case, wiring)

    whole = autograd.grad(loss)(arguments)
    gradients = {}
    for name, path in wiring.inputs.items():
        array = np.asarray(_at(whole, path))
        shape = _shape(name, array, case, wiring)
        gradients[name] = array[tuple(slice(size) for size in shape)]
    return gradients


def agreement(exercise: Exercise, case: Case, functions: Functions) -> list[Agreement]:
    """Hold the reference gradients of one backward case against both kinds of true gradient."""
    found = functions[exercise.name](*copy.deepcopy(case.arguments))
    numeric = exercise.numeric(case, functions) if exercise.numeric else {}
    automatic = exercise.automatic(case) if exercise.automatic else {}
    return [
        Agreement(
            name,
            _error(found[name], numeric.get(name), NUMERIC_TOLERANCE),
            _error(found[name], automatic.get(name), AUTOMATIC_TOLERANCE),
        )
        for name in exercise.returns
    ]


def _error(found: Array, true: Array | None, tolerance: float) -> float:
    if true is None or found.shape != true.shape:
        return float("nan")
    return relative_error(found, true, tolerance)


def _weighted(outputs: tuple[Any, ...], case: Case, wiring: Wiring) -> Any:
    """Add up the outputs times their upstream gradients; steps without one do not count."""
    total: Any = 0.0
    for argument, output in wiring.upstream.items():
        upstream = np.asarray(case.arguments[argument], dtype=np.float64)
        steps = tuple(slice(size) for size in upstream.shape)
        total = total + (upstream * outputs[output][steps]).sum()
    return total


def _forward(case: Case) -> Forward:
    if case.forward is None:
        raise ValueError(f"case {case.name!r} has no forward function to differentiate")
    return case.forward


def _float64(tree: Any) -> Any:
    """Copy nested tuples and dictionaries of arrays, each array as float64 of its own."""
    if isinstance(tree, tuple):
        return tuple(_float64(item) for item in tree)
    if isinstance(tree, Mapping):
        return {key: _float64(value) for key, value in tree.items()}
    return np.array(tree, dtype=np.float64)


def _at(arguments: Any, path: tuple[int, str | None]) -> Array:
    position, key = path
    array: Array = arguments[position] if key is None else arguments[position][key]
    return array


def _shape(name: str, array: Array, case: Case, wiring: Wiring) -> tuple[int, ...]:
    shape: tuple[int, ...] = array.shape
    if name not in wiring.over_time:
        return shape
    steps: int = case.arguments[next(iter(wiring.upstream))].shape[-1]
    return (*shape[:-1], steps)
