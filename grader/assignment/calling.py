"""Call an exercise's function as the judge has it called: plainly, or by its driver."""

from __future__ import annotations

import ast
import functools
import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.assignment.places import at, in_lesson
from grader.assignment.portable import portable
from grader.assignment.source import Source
from grader.assignment.spec import Case, Exercise, Functions, Spec, SpecError
from grader.comparison.drivers import driven
from grader.comparison.layout import Layout, Tree
from grader.comparison.time_limit import time_limit
from grader.comparison.trees import deep_copy, returned_by, same
from grader.comparison.within import within
from grader.errors import UsageError


@functools.lru_cache(maxsize=256)
def driver_text(exercise_name: str, drive: Callable[..., Any]) -> str:
    """Return the source of an exercise's driver; raises UsageError for one that cannot travel."""
    return portable(drive, f"the driver of {exercise_name}")


def driver_of(exercise: Exercise) -> str:
    """Return the source of the exercise's driver, empty where its function is called plainly."""
    return driver_text(exercise.name, exercise.drive) if exercise.drive is not None else ""


def bound(exercise: Exercise, functions: Functions) -> Callable[..., Any]:
    """Return what is done with the exercise's arguments: its function, or what its driver does."""
    if exercise.drive is None:
        return functions[exercise.name]
    return driven(driver_of(exercise), functions)


def result_of(exercise: Exercise, functions: Functions, arguments: tuple[Tree, ...]) -> Tree:
    """Return what the functions give on a copy of the arguments, as in the exercise's layout."""
    return returned_by(exercise.layout, bound(exercise, functions), deep_copy(arguments))


def returned_in_time(
    layout: Layout, function: Callable[..., Any], arguments: tuple[Tree, ...], seconds: float
) -> Tree:
    """Return what a function gives on arguments that it may change, with no warning shown.

    Raises TimeoutError after so many ``seconds`` of processor time, and whatever it raises.
    """
    with (
        np.errstate(all="ignore"),
        warnings.catch_warnings(),
        time_limit(seconds, processor=True),
    ):
        warnings.simplefilter("ignore")
        return returned_by(layout, function, arguments)


@contextmanager
def replaced(functions: Functions, names: Mapping[str, Any]) -> Iterator[None]:
    """Give the names that the solution's functions read other values for a while."""
    scope = next((f.__globals__ for f in functions.values() if hasattr(f, "__globals__")), {})
    before = {name: scope[name] for name in names if name in scope}
    scope.update(names)
    try:
        yield
    finally:
        for name in names:
            scope.pop(name, None)
        scope.update(before)


@dataclass(frozen=True)
class HelperCall:
    """A question: which function a right function calls, and with what."""

    name: str
    arguments: tuple[Tree, ...]
    named: Mapping[str, Tree]


@dataclass(frozen=True)
class Questions:
    """Questions that a right function asks its helpers: which, how large, of which dtypes."""

    asked: tuple[HelperCall, ...]
    elements: int  # of all arrays of the largest question, or of the case, whose part it may be
    dtypes: frozenset[str]
    functions: Functions  # of which they are asked

    @property
    def calls(self) -> int:
        """Return how many they are."""
        return len(self.asked)

    def next_is(
        self, before: int, name: str, arguments: tuple[Tree, ...], named: Mapping[str, Tree]
    ) -> bool:
        """Tell whether a right function asks this, too, after so many questions ``before`` it."""
        if before >= len(self.asked) or self.asked[before].name != name:
            return False
        right = self.asked[before]
        # Most ask in the same form; the names of the arguments are looked up for who does not.
        if len(arguments) == len(right.arguments) and named.keys() == right.named.keys():
            return same((arguments, named), (right.arguments, right.named))
        try:
            signature = inspect.signature(self.functions[name])
            mine = signature.bind(*arguments, **named)
        except (TypeError, ValueError):
            return False
        wanted = signature.bind(*right.arguments, **right.named)
        return same(dict(mine.arguments), dict(wanted.arguments))


def questions_needed(
    exercise: Exercise, functions: Functions, case: Case, helpers: tuple[str, ...]
) -> Questions:
    """Find out what a right function asks of its ``helpers`` on a case.

    What a helper calls in its turn is not asked for: whoever answers for it has done that.
    """
    depth = 0
    made: list[HelperCall] = []
    largest, dtypes = _measured(case.arguments)

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            nonlocal depth, largest, dtypes
            if not depth:
                made.append(HelperCall(name, *deep_copy((arguments, named))))
                elements, found = _measured((arguments, named))
                largest, dtypes = max(largest, elements), dtypes | found
            depth += 1
            try:
                return function(*arguments, **named)
            finally:
                depth -= 1

        return wrapped

    asked = {name: counted(name, functions[name]) for name in helpers}
    with replaced(functions, asked):
        bound(exercise, {**functions, **asked})(*deep_copy(case.arguments))
    return Questions(tuple(made), largest, dtypes, functions)


def _measured(tree: Tree) -> tuple[int, frozenset[str]]:
    """Return how many elements the arrays in a tree have, and of which dtypes they are."""
    arrays = [part for part in within(tree) if isinstance(part, np.ndarray)]
    dtypes = {array.dtype for array in arrays}  # to name one takes longer than to look at it
    return sum(array.size for array in arrays), frozenset(dtype.name for dtype in dtypes)


def completed(spec: Spec, source: Source) -> Spec:
    """Return the specification with the arguments that it leaves to the ``def`` lines.

    Raises UsageError where one says other names.
    """
    try:
        return replace(spec, exercises=tuple(_completed(e, source) for e in spec.exercises))
    except SpecError as error:
        raise UsageError(str(error)) from None


def _completed(exercise: Exercise, source: Source) -> Exercise:
    names = _arguments(exercise, source)
    if not exercise.arguments and names:
        try:
            return replace(exercise, arguments=names)
        except SpecError as error:
            raise SpecError(at(exercise.place, str(error))) from None
    if exercise.arguments != names:
        said, has = ", ".join(exercise.arguments), ", ".join(names)
        line = next((c.line for c in source.cells if c.id == exercise.name), 0)
        where = f", as {in_lesson(source.name, line)}, says" if line else ""
        why = f"{exercise.name}: its arguments are {has}{where}, not {said}"
        raise UsageError(at(exercise.place, why))
    return exercise


def _arguments(exercise: Exercise, source: Source) -> tuple[str, ...]:
    """Read the arguments' names from the driver, or from the solution's ``def`` line."""
    if exercise.drive is not None:
        return tuple(inspect.signature(exercise.drive).parameters)[1:]
    try:
        text = source.function_source(exercise.name)
    except KeyError:  # whoever compares notebook and specification says so
        return exercise.arguments
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == exercise.name:
            return tuple(argument.arg for argument in (*node.args.posonlyargs, *node.args.args))
    return exercise.arguments
