"""Write down by which digests the student's check knows the values that equations name.

Only values of the visible case that an equation printed in the notebook names: its name is told
there, and so is its formula. What could be worked out from the digests beyond that is refused.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType
from typing import Any

import numpy as np

from grader.assignment.calling import bound
from grader.assignment.places import at
from grader.assignment.published import published_names
from grader.assignment.source import Source
from grader.assignment.spec import Case, Exercise, Spec
from grader.comparison.trees import deep_copy, same
from grader.errors import UsageError
from grader.instrument.digests import digests, digests_of, told
from grader.instrument.recorder import arrays_in
from grader.instrument.sketches import Numeric
from grader.judge.right_runs import RightRuns

TAG = re.compile(r"\\tag\{(\d+)\}")


def known_values(spec: Spec, source: Source, exercise: Exercise, case: Case) -> dict[str, Any]:
    """Return the digests of an exercise's named values, in the order of the equations.

    Raises UsageError where one has no such equation, and where the digests give away more.
    """
    if not exercise.equations or exercise.sealed:
        return {}
    _refuse_unprinted(source, exercise)
    run = RightRuns(spec, source, source.namespace(), exercise).of(case)
    last = {  # of what a loop makes again and again
        name: run.values[number]
        for name, _, number in run.recording.bindings
        if name in exercise.equations
    }
    values = {name: value for name, value in last.items() if told(value)}
    if not values:
        return {}
    _refuse_changed(exercise, source, case, values)
    salt = f"{spec.name} {exercise.name}"
    named = sorted(values, key=lambda name: exercise.equations[name])
    table = [digests(values[name], salt) for name in named]
    refuse_more(exercise.name, salt, table, list(arrays_in(case.arguments)), values)
    known = [
        {
            "name": name,
            "equation": exercise.equations[name],
            "digests": of,
            "shape": list(values[name].shape),
        }
        for name, of in zip(named, table, strict=True)
    ]
    return {"salt": salt, "known": known}


def _refuse_unprinted(source: Source, exercise: Exercise) -> None:
    """Raise UsageError where an equation's number or a value's name is not in the notebook."""
    printed = {
        int(n) for cell in source.cells if cell.role == "text" for n in TAG.findall(cell.source)
    }
    names = published_names(source, exercise.name)
    for name, number in exercise.equations.items():
        if number not in printed:
            why = f"{exercise.name}: there is no equation ({number}), which defines {name}"
            raise UsageError(at(exercise.place, why))
        if name not in names:
            why = f"{exercise.name}: its text never calls a value `{name}`"
            raise UsageError(at(exercise.place, why))


def _refuse_changed(
    exercise: Exercise, source: Source, case: Case, values: Mapping[str, Numeric]
) -> None:
    """Raise UsageError for a variable that is written into after the line that makes it.

    What it was in between, no other style has to make.
    """
    ends = _variables_at_the_end(bound(exercise, source.functions()), exercise.name, case)
    for name, value in values.items():
        if name in ends and not same(np.asarray(ends[name]), value, 1e-9):
            why = f"`{name}` is written into after the line that makes it"
            raise UsageError(
                at(exercise.place, f"{exercise.name}: {why}: leave it out of its equations")
            )


def _variables_at_the_end(function: Callable[..., Any], name: str, case: Case) -> Mapping[str, Any]:
    """Return what the variables of a trusted function hold when it returns."""
    found: dict[str, Any] = {}

    def look(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code.co_name == name:
            found.update(deep_copy(dict(frame.f_locals)))

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        function(*deep_copy(case.arguments))
    finally:
        sys.setprofile(before)
    return found


def refuse_more(
    exercise: str,
    salt: str,
    table: list[list[str]],
    inputs: list[Numeric],
    named: Mapping[str, Numeric],
) -> None:
    """Raise UsageError where trying out formulas rebuilds a value that no equation names."""
    places = {digest: place for place, of in enumerate(table) for digest in of}
    for values in enumerated([*inputs, *named.values()]):
        for value, made in zip(values, digests_of(values, salt), strict=True):
            place = next((places[digest] for digest in made if digest in places), None)
            if place is not None and not any(_same(value, other) for other in named.values()):
                raise UsageError(
                    f"{exercise}: digest {place + 1} in students' files gives away a value that no "
                    "equation names"
                )


def _same(one: Numeric, other: Numeric) -> bool:
    return any(
        turned.size == other.size and np.allclose(turned.ravel(), other.ravel(), 1e-4, 1e-8)
        for turned in (one, one.T)
    )


def enumerated(inputs: Sequence[Numeric]) -> Iterator[Numeric]:
    """Yield what formulas of depth two make of some matrices, as stacks of one shape each."""
    by_shape: dict[tuple[int, ...], list[Numeric]] = {}
    for value in (each for each in inputs if each.ndim == 2):
        by_shape.setdefault(value.shape, []).append(value)
    plain = {shape: np.stack(found) for shape, found in by_shape.items()}
    with np.errstate(all="ignore"):
        first = {shape: [stack, *_elementwise(stack, stack)] for shape, stack in plain.items()}
        for one, other in itertools.product(plain.values(), repeat=2):
            for product in _products(one, other):
                first.setdefault(product.shape[1:], []).append(product)
        for shape, stacks in first.items():
            made = np.concatenate(stacks)
            yield made
            yield made.sum(axis=2, keepdims=True)
            if shape in plain:
                yield from _elementwise(made, plain[shape])


def _elementwise(one: Numeric, other: Numeric) -> Iterator[Numeric]:
    """Yield the activations of a stack, and its sums and products with each of another."""
    yield from (np.tanh(one), 1 / (1 + np.exp(-one)), 1 - one * one, one * (1 - one))
    for value in other:
        yield from (one + value, one - value, one * value)


def _products(one: Numeric, other: Numeric) -> Iterator[Numeric]:
    """Yield the matrix products of each of a stack with each of another, also transposed."""
    for a in (one, one.swapaxes(1, 2)):
        for b in (other, other.swapaxes(1, 2)):
            if a.shape[2] == b.shape[1]:
                made = a[:, None] @ b[None]
                yield made.reshape(-1, *made.shape[2:])
