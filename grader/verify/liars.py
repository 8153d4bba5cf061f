"""Hold properties to being about the arguments: a liar gives what has the form, whatever is asked.

Where several answers are right, a predicate tells. One that a constant satisfies would give its
points to whoever never looks at what is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Exercise
from grader.comparison.ladder import by_name, compare
from grader.comparison.layout import Tolerance, Tree
from grader.comparison.properties import properties
from grader.judge.hidden_cases import Posed
from grader.verify import in_process
from grader.verify.held import SEED, Held, held


def liars_earn_nothing(assignment: Assignment, exercise: Exercise) -> Held:
    """Hold each property that main points hang on to refusing every liar in some case."""
    posed = in_process.pose(exercise, assignment.functions, SEED)
    mains = [c.name for c in exercise.checks if c.kind == "holds" and c.main]
    problems = [
        f"{name} holds for {liar} in every case, whatever the arguments"
        for name in mains
        for liar in _believed(exercise, name, posed)
    ]
    what = f"the properties of {exercise.name} are about its arguments"
    return held(what, problems, f"{len(mains)} with main points")


def _believed(exercise: Exercise, name: str, posed: Posed) -> Iterator[str]:
    """Yield the liars that earn the points of an output in all cases."""
    believed: set[str] | None = None
    for number, (case, expected) in enumerate(posed):
        outputs, _ = by_name(exercise.layout, expected)
        others = [by_name(exercise.layout, made)[0][name] for _, made in posed]
        lies = dict(_lies(outputs[name], others[number - 1]))
        holds = properties(exercise.holds, case.arguments)
        tolerance = Tolerance(case.tolerance)
        pleased = {
            liar
            for liar, lie in lies.items()
            if compare(
                exercise.layout,
                expected,
                _with(exercise, expected, name, lie),
                tolerance,
                case.dims,
                holds,
            )[name]
            is None
        }
        believed = pleased if believed is None else believed & pleased
    yield from sorted(believed or ())


def _with(exercise: Exercise, expected: Tree, name: str, lie: Tree) -> Tree:
    """Return a right result with a lie in the place of one output."""
    if exercise.layout.after:
        part = "after" if name in exercise.layout.after else "returned"
        if part == "after":
            return {**expected, "after": {**expected["after"], name: lie}}
        return {**expected, "returned": _in_place(exercise, expected["returned"], name, lie)}
    return _in_place(exercise, expected, name, lie)


def _in_place(exercise: Exercise, returned: Tree, name: str, lie: Tree) -> Tree:
    if exercise.returns_dict:
        return {**returned, name: lie}
    if len(exercise.returns) == 1:
        return lie
    return tuple(
        lie if each == name else value
        for each, value in zip(exercise.returns, returned, strict=True)
    )


def _lies(like: Tree, other: Tree) -> Iterator[tuple[str, Any]]:
    """Yield values of the form of ``like`` that know nothing of the arguments."""
    if isinstance(like, np.ndarray):
        yield "zeros", np.zeros_like(like)
        yield "ones", np.ones_like(like)
        yield "a constant", np.full_like(like, 1 / max(like.shape[0], 1) if like.ndim else 1)
        places = np.arange(like.size).reshape(like.shape)
        yield "a count", places.astype(like.dtype)
        rising = (places + 1) / (places + 1).sum(axis=0) if like.ndim else places
        yield "a rising constant", np.asarray(rising).astype(like.dtype)
        if like.size:
            yield "the answer to other arguments", np.resize(np.asarray(other), like.shape)
    elif isinstance(like, bool | np.bool_):
        yield from (("true", True), ("false", False))
    elif isinstance(like, int | float | np.generic):
        yield from ((f"{value}", type(like)(value)) for value in (0, 1))
        yield "the answer to other arguments", other
    elif isinstance(like, str):
        yield from (("no text", ""), ("the answer to other arguments", other))
    elif isinstance(like, list | tuple | dict):
        yield from (("nothing", type(like)()), ("the answer to other arguments", other))
