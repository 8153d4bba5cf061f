"""Say what an exercise returns: by kind, with its points, and how it is compared.

Each function here describes one value; `Exercise.returns` gives it its name. ``main`` marks what
the exercise is about: with a wrong main value it earns at most half.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from grader.comparison.layout import Check


@dataclass(frozen=True)
class Kind:
    """A kind of value with its points; it has no name yet."""

    check: Check
    labels: tuple[str, ...] = ()  # names of what lies in a tuple that is kept
    predicate: Callable[..., Any] | None = None


def _kind(kind: str, points: float, labels: Sequence[str] = (), **more: Any) -> Kind:
    return Kind(Check("", points, kind=kind, **more), tuple(labels))


def array(points: float, shape: str = "", *, main: bool = False, tolerance: float = 0.0) -> Kind:
    """Describe an array of floats; ``shape`` is written in letters, ``"(n_a, m)"``.

    ``tolerance`` takes the place of the case's, relative to the whole array.
    """
    return _kind("array", points, shape=shape, main=main, tolerance=tolerance)


def number(points: float, *, main: bool = False, tolerance: float = 0.0) -> Kind:
    """Describe one number: a float, NumPy's or Python's, or an array without dimensions."""
    return _kind("number", points, main=main, tolerance=tolerance)


def ints(points: float, shape: str = "", *, main: bool = False) -> Kind:
    """Describe whole numbers, alone, in an array of any integer dtype, or in lists."""
    return _kind("ints", points, shape=shape, main=main)


def flags(points: float, shape: str = "", *, main: bool = False) -> Kind:
    """Describe truth values, alone, in an array or in lists."""
    return _kind("flags", points, shape=shape, main=main)


def text(points: float, *, main: bool = False) -> Kind:
    """Describe text, or a list of texts."""
    return _kind("text", points, main=main)


def tree(
    points: float, labels: Sequence[str] = (), *, main: bool = False, tolerance: float = 0.0
) -> Kind:
    """Describe tuples, lists and dictionaries of anything; ``labels`` name what a tuple holds."""
    return _kind("tree", points, labels, main=main, tolerance=tolerance)


def after(points: float, *, main: bool = False, tolerance: float = 0.0) -> Kind:
    """Describe the state of an argument after the call, for what works in place."""
    return _kind("tree", points, main=main, tolerance=tolerance, after=True)


def holds(
    points: float,
    words: str,
    predicate: Callable[..., Any],
    shape: str = "",
    *,
    main: bool = False,
) -> Kind:
    """Describe a value of which several are right: those of which ``predicate`` is true.

    It gets the value and the arguments of the call. Looked at first is the form, that of the
    solution's value; an array without a ``shape`` may be of any length. ``words`` say what is
    expected: "every column sums to one".
    """
    made = _kind("holds", points, shape=shape, main=main, words=words)
    return Kind(made.check, predicate=predicate)
