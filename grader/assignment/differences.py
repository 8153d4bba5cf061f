"""Differentiate by central differences what an exercise's gradients are the derivative of.

An author says what is differentiated, by names (`Gradient`): the exercise's own loss, or the
outputs of a forward function, each multiplied by its upstream gradient and added up. Which output
is the derivative with respect to what follows from the names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.assignment.calling import bound
from grader.assignment.spec import Case, Exercise, Functions, Gradient, Spec
from grader.comparison.ladder import by_name
from grader.comparison.layout import Tree
from grader.comparison.trees import deep_copy, real, returned_by
from grader.errors import UsageError

Array = np.ndarray[Any, Any]
Path = tuple[int, str | None]  # an argument's place, and its key where that is a dictionary

STEP = float(np.cbrt(np.finfo(np.float64).eps))  # error and rounding are about equal at this step


@dataclass(frozen=True)
class Differentiated:
    """What is differentiated in one case: the arguments, and how outputs make one number."""

    exercise: Exercise
    forward: Exercise
    gradient: Gradient
    arguments: tuple[Tree, ...]  # of the forward function, in float64
    upstream: Mapping[str, Array]  # by the forward function's output
    paths: Mapping[str, Path]  # by the exercise's output

    def number(self, outputs: Mapping[str, Any]) -> Any:
        """Make one number of the forward function's outputs."""
        if not self.upstream:
            return outputs[self.loss]
        total: Any = 0.0
        for name, upstream in self.upstream.items():
            # Steps without an upstream gradient do not count.
            steps = tuple(slice(size) for size in upstream.shape)
            total = total + (upstream * outputs[name][steps]).sum()
        return total

    @property
    def loss(self) -> str:
        """Return the output that is differentiated where there is no upstream gradient."""
        numbers = [c.name for c in self.forward.checks if c.kind == "number"]
        return self.gradient.of or (numbers or list(self.forward.returns))[0]

    def steps(self, name: str) -> int | None:
        """Return how many steps an output has that is as long as the upstream gradient."""
        if name not in self.gradient.over_time:
            return None
        return int(next(iter(self.upstream.values())).shape[-1])

    def at(self, tree: tuple[Tree, ...], name: str) -> Tree:
        """Return the part of the arguments, or of something like them, that an output is of."""
        place, key = self.paths[name]
        return tree[place] if key is None else tree[place][key]


def differentiated(spec: Spec, exercise: Exercise, case: Case) -> Differentiated:
    """Find out what an exercise differentiates in a case; float32 inputs are taken as float64.

    Raises UsageError where names lead nowhere: an output that is the derivative to nothing, an
    upstream gradient that is no argument, a case without the forward call.
    """
    gradient = exercise.gradient
    if gradient is None:
        raise UsageError(f"{exercise.name} does not say what it differentiates")
    forward, arguments = exercise, case.arguments
    own = dict(zip(exercise.arguments, case.arguments, strict=False))
    if gradient.forward:
        forward = _exercise(spec, exercise, gradient.forward)
        if case.forward is not None:
            arguments = case.forward.arguments
        elif {*forward.arguments} <= {*own}:  # it hands on no cache: it is called likewise
            arguments = tuple(own[name] for name in forward.arguments)
        else:
            raise UsageError(f"{exercise.name}: case {case.name!r} has no call of {forward.name}")
    lost = [name for name in gradient.upstream if name not in own]
    lost += [name for name in gradient.upstream.values() if name not in forward.returns]
    if lost:
        raise UsageError(f"{exercise.name}: its upstream gradient {lost[0]!r} is nowhere")
    return Differentiated(
        exercise,
        forward,
        gradient,
        _float64(arguments),
        {of: np.asarray(own[name], np.float64) for name, of in gradient.upstream.items()},
        {name: _path(exercise, forward, arguments, name) for name in _outputs(exercise)},
    )


def _exercise(spec: Spec, exercise: Exercise, name: str) -> Exercise:
    try:
        return spec.exercise(name)
    except KeyError:
        raise UsageError(f"{exercise.name} differentiates {name!r}: no such exercise") from None


def _outputs(exercise: Exercise) -> tuple[str, ...]:
    """Return the outputs that are gradients: all of a backward function's, else those named."""
    gradient = exercise.gradient
    if gradient is None or gradient.forward or not gradient.wrt:
        return exercise.returns
    return tuple(gradient.wrt)


def _path(exercise: Exercise, forward: Exercise, arguments: tuple[Tree, ...], name: str) -> Path:
    """Find what an output is the derivative to: as it is said, or by its name without the d."""
    wrt = exercise.gradient.wrt if exercise.gradient is not None else {}
    words = [wrt[name]] if name in wrt else [name, name.removeprefix("d")]
    for word in words:
        argument, _, key = word.partition(".")
        if argument in forward.arguments:
            place = forward.arguments.index(argument)
            if not key:
                return place, None
            if isinstance(arguments[place], Mapping) and key in arguments[place]:
                return place, key
        for place, given in enumerate(arguments):
            if isinstance(given, Mapping) and word in given:
                return place, word
    raise UsageError(
        f"{exercise.name}: {name} is the derivative to no argument of {forward.name}: say in wrt= "
        "to which"
    )


def numeric_gradients(
    spec: Spec, exercise: Exercise, case: Case, functions: Functions
) -> dict[str, Tree]:
    """Return the true gradients of a case by central differences.

    Args:
        spec: the assignment, with the forward function's exercise.
        exercise: the one that computes gradients.
        case: one of its cases.
        functions: the reference functions by name.

    Returns:
        By output: float64 arrays of the shapes that the exercise returns, nested as the argument is
        that they are the derivative to.

    Raises:
        UsageError: as `differentiated`.

    Source:
        Press et al., Numerical Recipes, 3rd edition (2007), section 5.7.
    """
    what = differentiated(spec, exercise, case)
    function = bound(what.forward, functions)

    def loss() -> float:
        result = returned_by(what.forward.layout, function, deep_copy(what.arguments))
        outputs, _ = by_name(what.forward.layout, result)
        return float(what.number(outputs))

    return {
        name: _differences(loss, what.at(what.arguments, name), what.steps(name))
        for name in what.paths
    }


def _differences(loss: Callable[[], float], tree: Tree, steps: int | None) -> Tree:
    """Move each entry of the arrays in ``tree`` up and down, in place, and put it back."""
    if isinstance(tree, Mapping):
        return {key: _differences(loss, value, steps) for key, value in tree.items()}
    if isinstance(tree, tuple | list):
        return type(tree)([_differences(loss, value, steps) for value in tree])
    shape = tree.shape if steps is None else (*tree.shape[:-1], steps)
    gradient = np.zeros(shape)
    for index in np.ndindex(*shape):
        old = tree[index]
        tree[index] = above = old + STEP
        high = loss()
        tree[index] = below = old - STEP
        low = loss()
        tree[index] = old
        gradient[index] = (high - low) / (above - below)
    return gradient


def _float64(tree: Any) -> Any:
    """Copy nested containers of arrays and numbers, each as a float64 array of its own.

    What is no number of that kind stays: a class, a word, a place in an array.
    """
    if isinstance(tree, tuple | list):
        return type(tree)([_float64(item) for item in tree])
    if isinstance(tree, Mapping):
        return {key: _float64(value) for key, value in tree.items()}
    floats = isinstance(tree, np.ndarray) and tree.dtype.kind == "f"
    if floats or (real(tree) is not None and not isinstance(tree, int | np.integer | np.ndarray)):
        return np.array(tree, dtype=np.float64)
    return deep_copy(tree)


def pairs(found: Tree, true: Tree, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield every true gradient with the one that was found for it, and its place.

    A dictionary of gradients has the keys of what they are of, or those with a ``d`` before them.
    What is missing is None.
    """
    if isinstance(true, Mapping):
        held = found if isinstance(found, Mapping) else {}
        for key, value in true.items():
            named = key if key in held else f"d{key}"
            yield from pairs(held.get(named), value, f"{path}[{key!r}]")
    elif isinstance(true, tuple | list):
        items = found if isinstance(found, tuple | list) else ()
        for place, value in enumerate(true):
            mine = items[place] if place < len(items) else None
            yield from pairs(mine, value, f"{path}[{place}]")
    else:
        yield path, found, true
