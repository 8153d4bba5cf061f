"""Define the vocabulary in which an assignment is described to the engine.

An assignment's own modules (``solutions/<assignment>/exercises.py``, or ``exercises/`` with one
file an exercise) fill these classes in; the engine (release, judge, verify, the student's check)
reads them and knows nothing else about the subject. All of it is frozen and refuses nonsense when
it is built.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from grader.assignment.places import at, described_here
from grader.comparison.layout import INPUTS, KINDS, Check, Layout

__all__ = ["Case", "Check", "Exercise", "Forward", "Functions", "Mistake", "Spec", "SpecError"]

Functions = Mapping[str, Callable[..., Any]]
SELFCHECK, REFERENCES = "selfcheck.py", "references.npz"
DRIVERS = "selfcheck_drivers.py"  # beside the cells where marks are made
MADE_FILES = (SELFCHECK, REFERENCES)  # what release makes and hands out with every assignment


DOCSTRING = "\0docstring\0"  # stands for it while code is edited


class SpecError(ValueError):
    """A contradiction in an assignment's description."""


@dataclass(frozen=True)
class Forward:
    """A call of the student's own forward function, from which a backward case takes its cache."""

    function: str
    arguments: tuple[Any, ...]
    pick: int  # which item of the forward function's returned tuple is the cache
    into: int  # which argument of the backward function it becomes


@dataclass(frozen=True)
class Case:
    """A case: one call of the function under test.

    ``arguments`` are positional (students rename arguments); ``dims`` gives the letters their
    sizes, for messages. The visible case goes to students; all others are drawn per submission.
    """

    name: str
    arguments: tuple[Any, ...]
    dims: Mapping[str, int]
    tolerance: float = 1e-6
    forward: Forward | None = None


@dataclass(frozen=True)
class Gradient:
    """What an exercise differentiates, by names.

    The number is that of the ``forward`` function, another exercise, or the exercise's own where
    that is left out: its outputs times their ``upstream`` gradients (argument of this exercise:
    output of the forward function) or, without any, its output ``of``. ``wrt`` says what an output
    of this exercise is the derivative to (``"parameters"``, ``"parameters.W"``); an output that is
    called like an argument, or an entry of one, with a ``d`` before it needs no saying. Outputs
    ``over_time`` hold as many steps, along the last axis, as the upstream gradient. ``traced`` is
    the forward function written once more for automatic differentiation: it gets a module like
    NumPy and the forward arguments, and returns its first outputs.
    """

    forward: str = ""
    of: str = ""
    upstream: Mapping[str, str] = field(default_factory=dict)
    wrt: Mapping[str, str] = field(default_factory=dict)
    over_time: tuple[str, ...] = ()
    traced: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Mistake:
    """A known mistake, written as small edits of the solution's own source.

    Each edit ``(old, new)`` must occur exactly once in the function's code; what its docstring says
    does not count and stays. ``title`` says in a few words what was done, ``hint`` points at the
    equation or idea and never at the answer. A wrong answer to a question is its ``value``: the
    function returns that.
    """

    id: str
    title: str
    hint: str
    edits: tuple[tuple[str, str], ...]
    value: str | float | None = None
    place: str = field(default="", compare=False, repr=False)  # where its author describes it

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", self.place or described_here())
        for each in self.edits:
            if not isinstance(each, tuple) or [type(part) for part in each] != [str, str]:
                raise SpecError(
                    f"mistake {self.id!r}: {each!r} is no edit: give pairs of texts, old and new"
                )

    def apply(self, source: str) -> str:
        """Return ``source`` with the edits made; raise SpecError if one does not fit."""
        if self.value is not None:
            return _returning(source, self.value)
        kept, source = _without_docstring(source)
        for old, new in self.edits:
            if source.count(old) != 1:
                where = f"occurs {source.count(old)} times, not once"
                if old in kept and old not in source:
                    where = "stands in the docstring alone, which is no code"
                raise SpecError(f"mistake {self.id!r}: {old!r} {where}")
            source = source.replace(old, new)
        return source.replace(DOCSTRING, kept)


@functools.lru_cache(maxsize=64)  # one source has many mistakes
def _without_docstring(source: str) -> tuple[str, str]:
    """Take a function's docstring out; return it, and the source with a mark in its place."""
    try:
        body = ast.parse(source).body
    except SyntaxError:  # whoever runs it says so
        return DOCSTRING, source
    defined = next((n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)), None)
    if defined is None or ast.get_docstring(defined) is None:
        return DOCSTRING, source
    node, lines = defined.body[0], source.splitlines(keepends=True)
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    kept = "".join(lines[first:last])
    return kept, "".join([*lines[:first], DOCSTRING, *lines[last:]])


def _returning(source: str, value: str | float) -> str:
    """Return a function's source with another value behind its `return`."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Return):
            node.value = ast.Constant(value)
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


@dataclass(frozen=True)
class Exercise:
    """An exercise: one function that students write.

    ``returns`` names the items of the returned tuple in order, or the one value that is returned,
    or the keys of the returned dictionary when ``returns_dict``; it is empty where a function works
    on its arguments in place. ``arguments`` that are left out are read from the solution's ``def``.
    ``calls`` are the exercises that this one calls: each is replaced by the right function where
    the student's is wrong. ``cases`` draws the hidden cases; it gets the reference functions, so
    that a backward case can carry a reference cache. The visible case is what the notebook's
    example cell calls.

    ``drive(student, *arguments)`` takes the place of the plain call: it runs in the student's
    process, does something with the student's names and gives plain data back. ``holds`` are the
    properties of outputs of that kind: ``holds[name](value, *arguments)`` is true where it holds.
    ``call_seconds`` is the processor time of one call. What a ``sealed`` exercise returns is
    compared by the judge alone: nothing of it is in students' files. Points of a ``bonus`` count on
    top of the maximum. ``more_questions`` may be asked of right functions that stand in for those
    that it calls, beyond what the solution asks: as many as a known mistake needs to be told.
    """

    name: str
    arguments: tuple[str, ...]
    returns: tuple[str, ...]
    checks: tuple[Check, ...]
    cases: Callable[[np.random.Generator, Functions], list[Case]]
    mistakes: tuple[Mistake, ...] = ()
    returns_dict: bool = False
    calls: tuple[str, ...] = ()
    drive: Callable[..., Any] | None = None
    holds: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    call_seconds: float = 0.0  # 0: the sandbox's own limit
    more_questions: int = 0
    sealed: bool = False
    bonus: bool = False
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # names inside a cache
    gradient: Gradient | None = None
    equivalent: Mapping[str, str] = field(default_factory=dict)  # mutant's id: why it is none
    published: Mapping[str, str] = field(default_factory=dict)  # place in a result: digits printed
    published_with: str | None = None  # the mistake that those numbers were made with
    equations: Mapping[str, int] = field(default_factory=dict)  # variable: its equation's number
    place: str = field(default="", compare=False, repr=False)  # where its author describes it

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", self.place or described_here())
        names = [check.name for check in self.checks]
        if len(set(names)) != len(names):
            raise SpecError(f"{self.name}: a check is listed twice")
        if not all(check.points > 0 for check in self.checks):
            raise SpecError(f"{self.name}: a check must be worth more than 0 points")
        self._refuse_odd_checks(set(names))
        ids = [mistake.id for mistake in self.mistakes]
        if len(set(ids)) != len(ids):
            raise SpecError(f"{self.name}: a mistake id is used twice")
        if self.published_with not in (None, *ids):
            raise SpecError(f"{self.name}: no mistake is called {self.published_with!r}")

    def _refuse_odd_checks(self, names: set[str]) -> None:
        after = {check.name for check in self.checks if check.after}
        unknown = names - after - {*self.returns, INPUTS}
        if unknown:
            raise SpecError(f"{self.name}: checks of what is not returned: {sorted(unknown)}")
        if after & {*self.returns, INPUTS}:
            raise SpecError(f"{self.name}: an argument is called like what is returned")
        if self.arguments and after - {*self.arguments}:
            raise SpecError(
                f"{self.name}: no argument is called {sorted(after - {*self.arguments})}"
            )
        if after and self.drive is not None:
            raise SpecError(f"{self.name}: it is driven, so its driver returns what counts")
        wrong = [c.kind for c in self.checks if c.kind not in ("", *KINDS)]
        if wrong:
            raise SpecError(
                f"{self.name}: there is no kind {wrong[0]!r}: one of {', '.join(KINDS)}"
            )
        if {c.name for c in self.checks if c.kind == "holds"} != set(self.holds):
            raise SpecError(
                f"{self.name}: each check that `holds` needs its property, and no other"
            )

    @functools.cached_property
    def layout(self) -> Layout:
        """Return what the comparison needs to know of this exercise."""
        return Layout(
            name=self.name,
            arguments=self.arguments,
            returns=self.returns,
            checks=self.checks,
            returns_dict=self.returns_dict,
            labels=dict(self.labels),
            bonus=self.bonus,
        )

    @property
    def points(self) -> float:
        """Return the points that the exercise is worth."""
        return float(sum(check.points for check in self.checks))

    @property
    def counted(self) -> float:
        """Return the points that count in a maximum, as its check cell carries them."""
        return 0.0 if self.bonus else self.points


@dataclass(frozen=True)
class Spec:
    """A specification of an assignment for the engine: its exercises in the notebook's order.

    ``files`` are handed out beside the notebook: modules that students import, data that they read.
    ``lookalikes`` are functions of the subject that are easily taken for each other, by the name
    that the solution calls; ``verify`` puts one in another's place. ``rubrics`` say by what written
    questions are marked, by their names: the points of each item. ``leaves_out`` are the rules of
    shape that the lesson does not keep, by name, each with the reason; `verify` holds it to the
    others.
    """

    name: str
    title: str
    exercises: tuple[Exercise, ...]
    files: tuple[str, ...] = ()
    lookalikes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rubrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    leaves_out: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own = {*MADE_FILES, DRIVERS, f"{self.name}.ipynb"}
        for file in self.files:
            if not file or Path(file).name != file or file.startswith("."):
                raise SpecError(f"{self.name}: {file!r} is no plain file name")
            if file in own or self.files.count(file) > 1:
                raise SpecError(f"{self.name}: {file!r} is handed out already")
        above: dict[str, Exercise] = {}
        for exercise in self.exercises:
            for name in exercise.calls:
                if name not in above:
                    known = any(name == other.name for other in self.exercises)
                    why = "no exercise above it" if known else "no exercise has that name"
                    raise SpecError(at(exercise.place, f"{exercise.name} calls {name!r}: {why}"))
                if above[name].drive is not None:
                    why = f"{exercise.name} calls {name!r}, which is driven: nothing can"
                    raise SpecError(at(exercise.place, why))
            above[exercise.name] = exercise

    @property
    def points(self) -> float:
        """Return the points that all exercises together are worth by tests, without a bonus."""
        return float(sum(exercise.counted for exercise in self.exercises))

    def exercise(self, name: str) -> Exercise:
        """Return the exercise called ``name``; raises KeyError when there is none."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        raise KeyError(name)
