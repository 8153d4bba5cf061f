"""Run the reference on a case, rewritten so that it tells its values."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from grader.assignment.calling import bound
from grader.assignment.source import Source
from grader.assignment.spec import Case, Exercise, Spec
from grader.comparison.trees import deep_copy
from grader.instrument.recorder import Recorder
from grader.instrument.traced import WOVEN, traced
from grader.instrument.weave import Woven, woven
from grader.judge.value_names import ValueNames
from grader.parting.recording import read
from grader.parting.right_run import RightRun

WORD = re.compile(r"\w+")


class RightRuns:
    """The reference of one exercise, rewritten once; ``names`` are what the solution defines."""

    def __init__(
        self, spec: Spec, source: Source, names: Mapping[str, Any], exercise: Exercise
    ) -> None:
        self.spec = spec
        self.source = source
        self.names = names
        self.exercise = exercise
        # What students import is known from within, too: some write it anew.
        handed_out = [data.decode() for file, data in source.files if file.endswith(".py")]
        text = "\n".join(map(source.function_source, self._functions))
        self.modules = list(map(bare, _read(handed_out, text)))

    @property
    def _functions(self) -> list[str]:
        return [self.exercise.name, *_below(self.spec, self.exercise)]

    @functools.cached_property
    def _woven(self) -> tuple[Woven, CodeType]:
        names = self._functions
        text = "\n".join([*self.modules, *map(self.source.function_source, names)])
        made = woven(text, names)
        return made, compile(made.text, WOVEN, "exec")

    def of(self, case: Case) -> RightRun:
        """Run the reference on a case."""
        exercise = self.exercise
        made, code = self._woven
        recorder = Recorder(made.needed)
        forward = case.forward
        run = traced(
            code,
            recorder,
            self.names,
            exercise.calls,
            after_of(exercise),
            wanted_of(exercise),
            [(forward.function, deep_copy(forward.arguments))] if forward is not None else (),
        )
        arguments = deep_copy(case.arguments)
        with np.errstate(all="ignore"):
            told = run(*arguments)
        recording = read(told["report"], made.places, told["returned"], uses=made.uses)
        beside = sum(len(module.split("\n")) for module in self.modules)
        names = ValueNames(self.spec, self.source, exercise, recording, beside)
        return RightRun(
            recording,
            [record.value for record in recorder.records],
            names.of(arguments, recorder),
            {e.name: e.arguments for e in self.spec.exercises},
            case.dims,
            exercise.name,
            recorder.begins,
            self._handed_out,
        )

    @functools.cached_property
    def _handed_out(self) -> dict[str, Callable[..., Any]]:
        """Return the functions that students import."""
        exercises = {exercise.name for exercise in self.spec.exercises}
        return {
            name: value
            for name, value in self.names.items()
            if isinstance(value, FunctionType) and name not in exercises
        }


def bare(text: str) -> str:
    """Return a module's text without what is for readers, and without its imports from the future.

    Several modules stand in one text here, of which only so much is rewritten.
    """
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.ImportFrom) and node.module == "__future__")
    ]
    return ast.unparse(tree)


def after_of(exercise: Exercise) -> dict[str, int]:
    """Return the places of the arguments whose state after the call counts."""
    return {name: exercise.arguments.index(name) for name in exercise.layout.after}


def wanted_of(exercise: Exercise) -> Callable[[Mapping[str, Any]], Callable[..., Any]]:
    """Return what takes the function, or what its driver does, from some names."""
    return lambda space: bound(exercise, space)


def _below(spec: Spec, exercise: Exercise) -> list[str]:
    """Return the functions that one calls, and those of forward passes that lead to its cases."""
    found: list[str] = []
    left = [*exercise.calls]
    if exercise.gradient is not None and exercise.gradient.forward:
        left.append(exercise.gradient.forward)
    while left:
        name = left.pop()
        if name not in found:
            found.append(name)
            left += spec.exercise(name).calls
    return found


def _read(modules: Sequence[str], text: str) -> list[str]:
    """Return the modules that define what ``text`` reads, or what another one of these reads."""
    found: list[str] = []
    while True:
        words = set(WORD.findall("\n".join([text, *found])))
        more = [each for each in modules if each not in found and words & _defined(each)]
        if not more:
            return [each for each in modules if each in found]
        found += more


def _defined(module: str) -> set[str]:
    named = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in ast.parse(module).body if isinstance(node, named)}
