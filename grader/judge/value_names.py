"""Name what the reference computes as the notebook does, in words that it has published."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from grader.assignment.published import published_names
from grader.assignment.source import Source
from grader.assignment.spec import Exercise, Spec
from grader.instrument.recorder import Recorder, arrays_in
from grader.parting.recording import Recording


class ValueNames:
    """The names that the notebook has for what the reference computes."""

    def __init__(
        self, spec: Spec, source: Source, exercise: Exercise, recording: Recording, beside: int
    ) -> None:
        self.exercise = exercise
        self.beside = beside  # lines of modules above the functions
        self.recording = recording
        self.published = published_names(source, exercise.name)
        layouts = [e.layout for e in spec.exercises]
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
        name, told = names.get(whole[0], ""), index.strip("()")
        plain = name.isidentifier() and all(c in ":, 0123456789" for c in told)
        return f"{name}[{told}]" if plain else ""
