"""Load an assignment as the judge needs it: source, specification, right and mistaken functions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from grader import __version__
from grader.assignment.calling import bound, completed, driver_of
from grader.assignment.digests import judge_digest, source_digest
from grader.assignment.example_calls import visible_cases
from grader.assignment.modules import Texts, load_spec
from grader.assignment.source import Source
from grader.assignment.spec import DRIVERS, Case, Exercise, Functions, Mistake, Spec


@dataclass(frozen=True)
class Packed:
    """An assignment packed as plain data, so that it can travel to other processes and machines.

    ``neighbourhood`` holds the tables of its wrong versions, where they have been made.
    """

    source: Source
    exercises: Texts
    neighbourhood: bytes = b""

    def load(self) -> Assignment:
        """Return the assignment; made once a process for the same source and specification."""
        return _load(self)


@functools.lru_cache(maxsize=8)
def _load(packed: Packed) -> Assignment:
    spec = completed(load_spec(packed.source.name, packed.exercises), packed.source)
    assignment = Assignment(spec, packed.source, packed.exercises, packed.neighbourhood)
    assert assignment.functions  # run the solution's cells now, while nobody else does
    return assignment


@dataclass(frozen=True)
class Assignment:
    """An assignment as a judge reads it; made once a process and shared by all submissions."""

    spec: Spec
    source: Source
    exercises: Texts
    neighbourhood: bytes = b""

    @functools.cached_property
    def functions(self) -> Functions:
        """Return the reference functions, from the solution's own cells."""
        answers = (cell.id for cell in self.source.cells if cell.role == "answer")
        return {name: self.names[name] for name in answers}

    @functools.cached_property
    def names(self) -> dict[str, Any]:
        """Return what the solution's set-up and answers define."""
        return self.source.namespace()

    @functools.cached_property
    def _mistaken(self) -> dict[tuple[str, int], Callable[..., Any]]:
        return {}

    def mistakes(self, exercise: Exercise) -> list[tuple[Mistake, Callable[..., Any]]]:
        """Return the catalogued mistakes of an exercise, each with what is done with its arguments.

        That is the mistaken function, or what the exercise's driver does with it.
        """
        found = enumerate(exercise.mistakes)
        return [(mistake, self.mistaken_bound(exercise, number)) for number, mistake in found]

    def mistaken_bound(self, exercise: Exercise, number: int) -> Callable[..., Any]:
        """Return what is done with the arguments by the catalogued mistake ``number``."""
        if (exercise.name, number) not in self._mistaken:
            self._mistaken[exercise.name, number] = self._bound(exercise, number)
        return self._mistaken[exercise.name, number]

    def _bound(self, exercise: Exercise, number: int) -> Callable[..., Any]:
        function = mistaken(exercise, self.source, number, self.names)
        return bound(exercise, {**self.functions, exercise.name: function})

    @functools.cached_property
    def _visible(self) -> Mapping[str, Case]:
        return visible_cases(self.spec, self.source)

    def visible(self, exercise: str) -> Case:
        """Return the case that the notebook shows; raises UsageError where an example fails."""
        return self._visible[exercise]

    @functools.cached_property
    def driver_file(self) -> Mapping[str, bytes]:
        """Return the drivers as a module beside the cells; empty where nothing is driven."""
        drivers = {e.name: driver_of(e) for e in self.spec.exercises if e.drive is not None}
        return {DRIVERS: f"DRIVERS = {drivers!r}\n".encode()} if drivers else {}

    @property
    def max_score(self) -> float:
        """Return the points by tests."""
        return self.spec.points

    @property
    def manual_points(self) -> float:
        """Return the points that are marked by hand."""
        return sum(cell.points for cell in self.source.cells if cell.role == "written")

    @functools.cached_property
    def sha256(self) -> str:
        """Return a digest that changes whenever what marks depend on does."""
        return source_digest(self.source, self.exercises)

    def inputs(self, submission: str) -> Mapping[str, str]:
        """Return what a verdict depends on; where these are the same, so are the marks."""
        return {
            "submission": submission,
            "source": self.sha256,
            "kit": __version__,
            "judge": judge_digest(),
        }


def mistaken(
    exercise: Exercise, source: Source, number: int, scope: Mapping[str, Any]
) -> Callable[..., Any]:
    """Return the solution's function with the catalogued mistake ``number`` edited in.

    ``scope`` is the solution's namespace; it is copied, so that nothing else becomes mistaken.
    """
    mistake, own = exercise.mistakes[number], dict(scope)
    text = mistake.apply(source.function_source(exercise.name))
    exec(compile(text, f"<{exercise.name} {mistake.id}>", "exec"), own)
    function: Callable[..., Any] = own[exercise.name]
    return function
