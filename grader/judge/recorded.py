"""Record the reference on an exercise's diagnostic cases; each is made once a process.

No marks depend on these cases, and they are the same for everybody: one of each kind that the
exercise draws, from a seed of their own.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.calling import bound
from grader.assignment.spec import Case, Exercise
from grader.comparison.trees import deep_copy
from grader.instrument.recorder import Recorder, arrays_in
from grader.instrument.traced import WOVEN, traced
from grader.instrument.weave import Woven, woven
from grader.judge.published import published_names
from grader.parting.recording import Recording, read
from grader.parting.right_run import RightRun

SEED = 20_160  # of the first try to draw diagnostic cases
MOST_TRIES = 50
SMALLEST_SIDE = 3  # of the first case: what has two rows is easily like something else


@dataclass(frozen=True)
class Diagnostic:
    """A diagnostic case, with the reference's run on it."""

    case: Case
    reference: RightRun


class Diagnostics:
    """The diagnostic cases of one exercise, recorded where they are asked for."""

    def __init__(self, assignment: Assignment, exercise: Exercise) -> None:
        self.assignment = assignment
        self.exercise = exercise
        self.cases: dict[str, Case] = {}
        for case in _drawn(assignment, exercise):
            self.cases.setdefault(case.name, case)
        self._made: dict[str, Diagnostic] = {}

    def first(self) -> str:
        """Return the name of the case that shows the most: the first one."""
        return next(iter(self.cases), "")

    def of(self, name: str) -> Diagnostic | None:
        """Return the case of a name, with the reference's run; None where there is none."""
        if name in self.cases and name not in self._made:
            self._made[name] = self._recorded(self.cases[name])
        return self._made.get(name)

    @functools.cached_property
    def _woven(self) -> tuple[Woven, CodeType]:
        names = [self.exercise.name, *_below(self.assignment, self.exercise)]
        source = self.assignment.source
        # What students import is known from within, too: some write it anew.
        modules = [data.decode() for file, data in source.files if file.endswith(".py")]
        self._beside = sum(len(module.split("\n")) for module in modules)
        text = "\n".join([*modules, *map(source.function_source, names)])
        made = woven(text, names)
        return made, compile(made.text, WOVEN, "exec")

    def _recorded(self, case: Case) -> Diagnostic:
        exercise = self.exercise
        made, code = self._woven
        recorder = Recorder(made.needed)
        forward = case.forward
        run = traced(
            code,
            recorder,
            self.assignment.names,
            exercise.calls,
            after_of(exercise),
            wanted_of(exercise),
            [(forward.function, deep_copy(forward.arguments))] if forward is not None else (),
        )
        arguments = deep_copy(case.arguments)
        with np.errstate(all="ignore"):
            told = run(*arguments)
        recording = read(told["report"], made.places, told["returned"])
        return Diagnostic(
            case,
            RightRun(
                recording,
                [record.value for record in recorder.records],
                Names(self.assignment, exercise, recording, self._beside).of(arguments, recorder),
                {e.name: e.arguments for e in self.assignment.spec.exercises},
                case.dims,
                exercise.name,
            ),
        )


def _drawn(assignment: Assignment, exercise: Exercise) -> list[Case]:
    """Draw the cases, the first of them with sizes that are all different and not too small."""
    drawn: list[Case] = []
    for seed in range(SEED, SEED + MOST_TRIES):
        with np.errstate(all="ignore"):
            drawn = exercise.cases(np.random.default_rng(seed), assignment.functions)
        sizes = [*drawn[0].dims.values()] if drawn else []
        if len({*sizes}) == len(sizes) and min(sizes, default=0) >= SMALLEST_SIDE:
            break
    return drawn


def after_of(exercise: Exercise) -> dict[str, int]:
    """Return the places of the arguments whose state after the call counts."""
    return {name: exercise.arguments.index(name) for name in exercise.layout.after}


def wanted_of(exercise: Exercise) -> Callable[[Mapping[str, Any]], Callable[..., Any]]:
    """Return what takes the function, or what its driver does, from some names."""
    return lambda space: bound(exercise, space)


def _below(assignment: Assignment, exercise: Exercise) -> list[str]:
    """Return the functions that one calls, and those of forward passes that lead to its cases."""
    found: list[str] = []
    left = [*exercise.calls]
    if exercise.gradient is not None and exercise.gradient.forward:
        left.append(exercise.gradient.forward)
    while left:
        name = left.pop()
        if name not in found:
            found.append(name)
            left += assignment.spec.exercise(name).calls
    return found


class Names:
    """The names that the notebook has for what the reference computes."""

    def __init__(
        self, assignment: Assignment, exercise: Exercise, recording: Recording, beside: int
    ) -> None:
        self.exercise = exercise
        self.beside = beside  # lines of modules above the functions
        self.recording = recording
        self.published = published_names(assignment.source, exercise.name)
        layouts = [e.layout for e in assignment.spec.exercises]
        self.layouts = {layout.name: layout for layout in layouts}
        self.labels: dict[tuple[str, int], tuple[str, ...]] = {
            (name, len(labels)): labels
            for layout in layouts
            for name, labels in layout.labels.items()
        }

    def of(self, arguments: tuple[Any, ...], recorder: Recorder) -> dict[int, str]:
        """Return the name of each record that has one."""
        names: dict[int, str] = {}
        for number, name in enumerate(self._arguments(arguments)):
            names.setdefault(number, name)
        for step, number, name in self._of_calls():
            names.setdefault(number, f"{name} of step {step}")
        for node in self.recording.nodes.values():
            for name, _ in node.names:
                self._add(names, node.last, name)
            if node.path and isinstance(node.path[-1], str):
                self._add(names, node.last, node.path[-1])
        for identity, found in recorder.bound_to.items():
            bound_to = [each for each in found if each[1] > self.beside]
            for number in (recorder.first.get(identity, -1), recorder.last.get(identity, -1)):
                self._add(names, number, bound_to[0][0] if bound_to else "")
        for name, line, number in self.recording.bindings:
            if line > self.beside:
                self._add(names, number, name)
        for record in self.recording.records:
            part = self._part(names, record.number)
            if part:
                names.setdefault(record.number, part)
        records = self.recording.records
        return {n: name for n, name in names.items() if name and not records[n].constant}

    def _add(self, names: dict[int, str], number: int, name: str) -> None:
        if number >= 0 and name in self.published:
            equation = self.exercise.equations.get(name)
            said = f"{name}, equation ({equation})" if equation else name
            names.setdefault(number, said)

    def _arguments(self, arguments: tuple[Any, ...]) -> Iterator[str]:
        """Yield the name of each array of the arguments, in their order."""
        for name, value in zip(self.exercise.arguments, arguments, strict=False):
            yield from self._within(name, value)

    def _within(self, name: str, value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for key, item in value.items():
                yield from self._within(str(key), item)
        elif isinstance(value, tuple | list):
            nameless: tuple[str, ...] = ("",) * len(value)
            named = self.labels.get((name, len(value)), nameless)
            for label, item in zip(named, value, strict=True):
                yield from self._within(label, item)
        else:
            yield from (name for _ in arrays_in(value))

    def _of_calls(self) -> Iterator[tuple[int, int, str]]:
        """Yield what the functions of other exercises returned: the step, the record, the name."""
        backward = self.exercise.gradient is not None
        for name, calls in itertools.groupby(self.recording.calls, lambda call: call.name):
            made = list(calls)
            for n, call in enumerate(made, 1):
                step = len(made) - n + 1 if backward else n  # as the notebook counts them
                for output, number in zip(self.layouts[name].returns, call.made, strict=False):
                    yield step, number, output

    def _part(self, names: dict[int, str], number: int) -> str:
        """Return the name of a step of what has one, such as ``da[:, :, 2]``."""
        record = self.recording.records[number]
        if self.recording.op(record) != "part" or len(record.operands) != 2:
            return ""
        whole, index = record.operands
        if not isinstance(whole, tuple) or len(whole) != 1 or not isinstance(index, str):
            return ""
        name, told = (
            names.get(whole[0], ""),
            index.strip("()").replace("slice(None, None, None)", ":"),
        )
        plain = name.isidentifier() and all(c in ":, 0123456789" for c in told)
        return f"{name}[{told}]" if plain else ""
