"""Take the visible cases from the notebook: what its example cells call while they run.

What students see and what the check asks are one thing, typed once. Each answer's function is
wrapped; the first call of an exercise's function in its own example cell is its visible case. A
cache that another function made in an example is known again by its identity.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.assignment.calling import driver_of
from grader.assignment.importable import importable, run_cell
from grader.assignment.places import in_lesson
from grader.assignment.source import Source
from grader.assignment.spec import Case, Exercise, Forward, Spec
from grader.comparison.drivers import driven
from grader.comparison.ladder import by_name
from grader.comparison.trees import deep_copy
from grader.errors import UsageError

NAME = "the example in the notebook"
EXAMPLE_CELL = "example_"  # what the id of an exercise's example begins with


@dataclass(frozen=True)
class Called:
    """A call that an example cell made: ``given`` and ``result`` are the very objects."""

    function: str
    arguments: tuple[Any, ...]  # copied before the call
    given: tuple[Any, ...]
    result: Any


def visible_cases(spec: Spec, source: Source) -> dict[str, Case]:
    """Run the source's cells and return each exercise's visible case by its name.

    Raises UsageError when a cell fails and when an example cell does not call its function.
    """
    cases: dict[str, Case] = {}
    calls: list[Called] = []
    scope: dict[str, Any] = {"__name__": f"examples_of_{source.name}"}
    exercises = {exercise.name: exercise for exercise in spec.exercises}
    driven_ = {e.name: e for e in spec.exercises if e.drive is not None}
    drive = _recording_driver(driven_, scope, calls)
    shown = contextlib.redirect_stdout(io.StringIO())
    with importable(source.files, drive), _generator_kept(), shown:
        for cell in source.cells:
            if cell.role not in ("answer", "example"):
                continue
            before = len(calls)
            with np.errstate(all="ignore"):
                run_cell(source.name, cell.id, cell.source, cell.line, scope)
            if cell.role == "answer" and cell.id not in driven_:
                scope[cell.id] = _recording(cell.id, scope[cell.id], calls)
            name = cell.id.removeprefix(EXAMPLE_CELL)
            if cell.role == "example" and cell.id != name and name in exercises:
                made = _case(exercises[name], calls[:before], calls[before:])
                if made is None:
                    place = in_lesson(source.name, cell.line)
                    raise UsageError(f"{place}: the example cell of {name} does not call it")
                cases[name] = made
    lacking = [name for name in exercises if name not in cases]
    if lacking:
        place = in_lesson(source.name, source.answer(lacking[0]).line)
        raise UsageError(
            f"{place}: {lacking[0]} has no example: add a cell headed '# %% example' that calls it"
        )
    return cases


@contextlib.contextmanager
def _generator_kept() -> Iterator[None]:
    """Leave NumPy's global generator as it was: examples seed it, as the web's do."""
    state = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(state)


def _recording(name: str, function: Callable[..., Any], calls: list[Called]) -> Callable[..., Any]:
    """Wrap a function so that its calls are added to ``calls``, but for those made within one."""

    def wrapped(*arguments: Any, **named: Any) -> Any:
        if named:
            raise UsageError(f"the example of {name} gives arguments by name: give them in order")
        before = len(calls)
        copied = deep_copy(arguments)
        result = function(*arguments)
        del calls[before:]  # what it called itself
        calls.append(Called(name, copied, arguments, result))
        return result

    return wrapped


def _recording_driver(
    exercises: Mapping[str, Exercise], scope: Mapping[str, Any], calls: list[Called]
) -> Callable[..., Any]:
    """Return ``drive(name, *arguments)``, whose calls are added to ``calls``."""

    def drive(name: str, *arguments: Any) -> Any:
        if name not in exercises:
            raise UsageError(f"an example drives {name!r}, which has no driver")
        copied = deep_copy(arguments)
        result = driven(driver_of(exercises[name]), scope)(*arguments)
        calls.append(Called(name, copied, arguments, result))
        return result

    return drive


def _case(exercise: Exercise, earlier: list[Called], calls: list[Called]) -> Case | None:
    at = next((at for at, call in enumerate(calls) if call.function == exercise.name), None)
    if at is None:
        return None
    own = calls[at]
    forward = _forward(own, [*earlier, *calls[:at]])
    result = own.result
    if exercise.layout.after:  # the very objects, as the call has left them
        named = dict(zip(exercise.arguments, own.given, strict=False))
        result = {"returned": result, "after": {n: named[n] for n in exercise.layout.after}}
    return Case(NAME, own.arguments, _sizes(exercise, result), forward=forward)


def _sizes(exercise: Exercise, result: Any) -> Mapping[str, int]:
    """Read the sizes of the letters from the shapes of what was returned."""
    outputs, _ = by_name(exercise.layout, result)
    sizes: dict[str, int] = {}
    for check in exercise.checks:
        letters = [side.strip() for side in check.shape.strip("()").split(",") if side.strip()]
        shape = getattr(outputs.get(check.name), "shape", ())
        if check.shape and len(shape) == len(letters):
            pairs = zip(letters, shape, strict=True)
            sizes |= {letter: size for letter, size in pairs if letter.isidentifier()}
    return sizes


def _forward(own: Called, before: list[Called]) -> Forward | None:
    """Find the call whose result, or an item of it, is an argument of the exercise's call."""
    for call in before:
        items = call.result if isinstance(call.result, tuple) else ()
        for pick, item in enumerate(items):
            for into, argument in enumerate(own.given):
                if item is argument and not isinstance(item, np.ndarray):
                    return Forward(call.function, call.arguments, pick, into)
    return None
