"""Stand in for the student's helper function with answers from recorded calls.

A wrong helper then does not fail the function that calls it, and a call with the wrong arguments
can be distinguished from all others.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.comparison.fingerprints import fingerprint
from grader.comparison.layout import Tree
from grader.comparison.trees import leaves, same
from grader.selfcheck.references_file import Reference

Off = tuple[str, str, float, float]  # where the path was left, and a fingerprint of the arguments


class NotThisStep(Exception):
    """A call of the stand-in for the cell function that is not this step's.

    ``off`` says which recorded call was the last right one before, and fingerprints the arguments;
    ``told`` is whether the message says more than that they are others.
    """

    def __init__(self, message: str, off: Off, told: bool) -> None:
        super().__init__(message)
        self.off, self.told = off, told


@contextlib.contextmanager
def replaying(reference: Reference, scope: dict[str, Any]) -> Iterator[None]:
    """Let the functions that an exercise calls answer from their recorded steps, for a while."""
    path: list[str] = []
    stand_ins = {name: _replay(reference, name, scope.get(name), path) for name in reference.steps}
    made = {id(scope[name]): replay for name, replay in stand_ins.items() if name in scope}
    # The student's function may have other names, too.
    stand_ins |= {name: made[id(own)] for name, own in scope.items() if id(own) in made}
    before = {name: scope[name] for name in stand_ins if name in scope}
    scope.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            scope.pop(name, None)
        scope.update(before)


def _replay(reference: Reference, name: str, own: Any, path: list[str]) -> Callable[..., Any]:
    def replay(*arguments: Tree, **named: Tree) -> Tree:
        given = _in_order(own, arguments, named)
        for number, (recorded, *made) in enumerate(reference.steps[name]):
            if len(given) == len(recorded) and _alike(given, recorded):
                path.append(f"{name} {number}")
                answer = _answer(recorded, made[0], given)
                for mine, state in zip(given, made[1] if len(made) > 1 else (), strict=False):
                    write_into(mine, state)
                return answer
        said = _mismatch(reference, name, given, sum(step.startswith(f"{name} ") for step in path))
        last = path[-1] if path else ""
        raise NotThisStep(said or _other_arguments(name), _off(last, name, given), bool(said))

    return replay


def _other_arguments(helper: str) -> str:
    return f"{helper} was called with arguments that belong to no step"


def _off(last: str, name: str, given: list[Tree]) -> Off:
    try:
        return f"{last} > {name}", *fingerprint(given)
    except Exception:  # a list that holds itself, a key that cannot be shown
        return f"{last} > {name}", "", float("nan"), float("nan")


def write_into(target: Tree, state: Tree) -> None:
    """Give an argument the state that the right function left it in."""
    if isinstance(target, np.ndarray):
        target[...] = state
    elif isinstance(target, dict):
        for key in [key for key in target if key not in state]:
            del target[key]
        for key, value in state.items():
            if isinstance(target.get(key), np.ndarray | dict | list):
                write_into(target[key], value)
            else:
                target[key] = value
    elif isinstance(target, list):
        target[:] = state


def _in_order(own: Any, arguments: tuple[Tree, ...], named: Mapping[str, Tree]) -> list[Tree]:
    """Put named arguments where the student's own cell function has them."""
    try:
        bound = inspect.signature(own).bind(*arguments, **named)
    except (TypeError, ValueError):
        return [*arguments, *named.values()]
    return [*bound.args, *bound.kwargs.values()]


def _answer(recorded: tuple[Tree, ...], result: Tree, given: list[Tree]) -> Tree:
    """Copy a recorded result; where it holds an argument it holds the very array given.

    A cache that keeps a view of an array that is written to later must show that here too.
    """
    pairs = zip(leaves(recorded), leaves(given), strict=True)
    memo = {id(old): new for (_, old), (_, new) in pairs if isinstance(old, np.ndarray)}
    return copy.deepcopy(result, memo)


def _alike(given: Any, recorded: Any) -> bool:
    return all(same(mine, theirs, 1e-6) for mine, theirs in zip(given, recorded, strict=True))


def _mismatch(reference: Reference, helper: str, given: list[Tree], before: int) -> str:
    """Say which argument of the cell function belongs to no recorded step, and what it was.

    Of steps that are as near, the one that is due after so many right calls ``before`` is meant.
    Empty where that cannot be told: none of them belongs to one.
    """
    steps = reference.steps[helper]
    if not steps:
        return f"{helper} was called where a right function does not call it"
    wanted = len(steps[0][0])
    if len(given) != wanted:
        return f"{helper} was called with {len(given)} arguments, not {wanted}"
    best, _, step = max(
        (sum(same(g, r, 1e-6) for g, r in zip(given, recorded, strict=True)), n == before, n)
        for n, (recorded, *_) in enumerate(steps)
    )
    if not best:
        return ""
    recorded = steps[step][0]
    place = next(
        i for i, (g, r) in enumerate(zip(given, recorded, strict=True)) if not same(g, r, 1e-6)
    )
    return (
        f"argument {place + 1} of {helper} is not the one that belongs to this step"
        f"{_origin(reference, steps, place, given[place])}"
    )


def _origin(
    reference: Reference, steps: Sequence[tuple[Tree, ...]], place: int, value: Tree
) -> str:
    """Recognise where a wrong argument came from: zeros, an argument of the whole function."""
    if isinstance(value, np.ndarray) and not np.any(value):
        return ": it is all zeros"
    for name, own in zip(reference.layout.arguments, reference.arguments, strict=False):
        if same(value, own, 1e-6):
            again = same(steps[0][0][place], own, 1e-6)  # as at the first step
            return f": it is {name}{' again, not what the step before returned' if again else ''}"
    for recorded, result, *_ in steps:
        for _, leaf in [*leaves(result), *leaves(recorded)]:
            if isinstance(leaf, np.ndarray) and same(value, leaf, 1e-6):
                return ": it is taken from another step"
    return ""
