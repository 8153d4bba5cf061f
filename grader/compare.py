"""Compare what a function returned with what it should have returned, one rung at a time.

The ladder, in this order, stopping at the first rung that does not hold: returned what was asked,
an array, its shape, its dtype, finite, its values, the cache's contents, the arguments left alone.
The judge and the student's own check use this one file (``make release`` copies it into
``selfcheck.py``), so it needs nothing but NumPy.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Tree = Any  # arrays, numbers, strings and None in nested tuples, lists and dictionaries

LETTERS = re.compile(r"[A-Za-z]\w*")
LABELS = ("checked", "expected", "got", "look at")  # of the four lines that say what is wrong
LONGEST_KEY = 24  # characters of a dictionary's key that a message shows


@dataclass(frozen=True)
class Check:
    """One line of an exercise's marks: a part of the result, or a property of the call.

    ``name`` is the output's name (``a_next``, ``dWax``, ``caches``) or ``inputs`` for "arguments
    left untouched". ``shape`` is written in letters, ``"(n_a, m)"``; empty where there is no one
    array. ``main`` marks the values that the exercise is about: if one of them is wrong the
    exercise earns at most half of its points.
    """

    name: str
    points: float
    shape: str = ""
    main: bool = False


@dataclass(frozen=True)
class Layout:
    """What an exercise returns and how its points are spread."""

    name: str
    arguments: tuple[str, ...]
    returns: tuple[str, ...]
    checks: tuple[Check, ...]
    returns_dict: bool = False
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """The first thing wrong with one output: what was checked, expected and got, where to look.

    ``short`` says it in one line to those who know already which function it is about.
    """

    rung: str
    checked: str
    expected: str
    got: str
    look: str
    short: str = field(default="", compare=False)

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """The four lines, each with its label."""
        told = (self.checked, self.expected, self.got, self.look)
        return tuple(zip(LABELS, told, strict=True))

    def text(self) -> str:
        """Return the four lines as plain text."""
        return "\n".join(f"{label + ':':<9} {text}" for label, text in self.lines)


@dataclass(frozen=True)
class Place:
    """A part of what a function returned: ``caches[0][2] (xt) of rnn_forward``."""

    path: str
    function: str
    label: str = ""

    @property
    def part(self) -> str:
        """The part without the function's name."""
        return f"{self.path} ({self.label})" if self.label else self.path

    def __str__(self) -> str:
        return f"{self.part} of {self.function}"


@dataclass(frozen=True)
class Tolerance:
    """How far from the reference a value may be, and whether messages may show values."""

    relative: float = 1e-6
    reveal: bool = False


def relative_error(a: Array, n: Array, tolerance: float) -> float:
    """Whole-array error ‖a-n‖ / max(‖a‖+‖n‖, floor); the floor lets rounding around zero agree."""
    a, n = np.asarray(a, dtype=np.float64), np.asarray(n, dtype=np.float64)
    with np.errstate(all="ignore"):
        floor = tolerance * np.sqrt(max(a.size, 1))
        size = max(float(np.linalg.norm(a) + np.linalg.norm(n)), floor)
        return float(np.linalg.norm(a - n) / size)


def kind(value: Tree) -> str:
    """Say in words what ``value`` is: ``an array of shape (5, 10)``, ``None``, ``a list``."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if value is None:
        return "None"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, Mapping):
        keys = ", ".join(_key(key) for key in list(value)[:14])
        return f"a dictionary with the keys {keys}" if keys else "an empty dictionary"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _key(key: Any) -> str:
    """Show a dictionary's key, short: it may be anything, with any way of showing itself."""
    if type(key) is int and abs(key) < 10**LONGEST_KEY:
        return str(key)
    if type(key) is str and len(key) <= LONGEST_KEY and key.isidentifier():
        return repr(key)
    return f"a {type(key).__name__}"


def unpack(layout: Layout, result: Tree) -> tuple[dict[str, Tree], Finding | None]:
    """Take the result apart by name; the finding says what is wrong with it as a whole."""
    wanted = ", ".join(layout.returns)
    checked = f"what {layout.name} returns"
    if layout.returns_dict:
        if isinstance(result, Mapping):
            return dict(result), None
        expected, look = f"a dictionary with the keys {wanted}", "the last line: the dictionary"
    else:
        if len(layout.returns) == 1 and result is not None:
            return {layout.returns[0]: result}, None
        if isinstance(result, tuple | list) and len(result) == len(layout.returns):
            return dict(zip(layout.returns, result, strict=True)), None
        number = "one value" if len(layout.returns) == 1 else f"{len(layout.returns)} values"
        expected, look = f"{number}: {wanted}", "the `return` line: its values"
    if result is None:
        look = "the end of the function: is there a `return`, and is it reached?"
    return {}, Finding("returned", checked, expected, kind(result), look)


def missing_key(layout: Layout, name: str, outputs: Mapping[str, Tree]) -> Finding:
    """Describe a dictionary that lacks ``name``, with the key that was probably meant."""
    spare = [key for key in outputs if type(key) is str and key not in layout.returns]
    near = difflib.get_close_matches(name, spare, n=1, cutoff=0.5)
    look = f"the key {near[0]!r}: should it be {name!r}?" if near else "the returned dictionary"
    return _found("returned", Place(name, layout.name), f"the key {name!r}", kind(outputs), look)


def _found(
    rung: str, place: Place, expected: str, got: str, look: str, about: str = "", short: str = ""
) -> Finding:
    """Describe what is wrong at a place; ``about`` says of what there: its shape, its values."""
    of = f"{about} of " if about else ""
    short = f"{of}{place.part}: {short or f'got {got}'}"
    return Finding(rung, f"{of}{place}", expected, got, look, short)


def array_finding(
    where: Place, line: Check, expected: Array, got: Tree, tol: Tolerance, dims: str
) -> Finding | None:
    """Climb the ladder for one array; None when every rung holds."""
    if identical(expected, got) and np.isfinite(expected).all():
        return None
    source = f"the line that computes {line.name}"
    if not isinstance(got, np.ndarray):
        look = "an output that is still None" if got is None else "np.array or np.zeros"
        return _found("array", where, "an array", kind(got), f"{source}: {look}")
    got = np.asarray(got)  # a subclass may hide values or compare in its own way
    if got.shape != expected.shape:
        letters = f"{line.shape} = " if line.shape else ""
        want = f"shape {letters}{expected.shape}" + (f" with {dims}" if dims else "")
        return _found(
            "shape", where, want, f"shape {got.shape}", _shape_look(line, got), "the shape"
        )
    if got.dtype.kind != "f":
        look = "an array made with an integer dtype, or from Python objects"
        return _found("dtype", where, "floats", f"dtype {got.dtype}", look, "the dtype")
    if not np.all(np.isfinite(got)):
        bad = int(np.sum(~np.isfinite(got)))
        look = "a division, a logarithm, or an exponential of a large number"
        return _found("finite", where, "finite numbers", f"{bad} of {got.size} are not", look)
    error = relative_error(got, expected, tol.relative)
    if error < tol.relative:
        return None
    share, first = _differences(expected, got, tol)
    size = f"relative error {error:.2g}"
    seen = f"{share}{first} ({size})" if share else size
    agree = f"the values of the reference, to {round(-float(np.log10(tol.relative)))} digits"
    return _found("values", where, agree, seen, source, "the values", share)


def _shape_look(line: Check, got: Array) -> str:
    if got.ndim == 1 and line.shape.count(",") == 1 and line.shape.rstrip(")").endswith(" 1"):
        return "the sum: keepdims keeps the second axis"
    return f"the line that makes {line.name}: which axes does each product and sum leave?"


def _differences(expected: Array, got: Array, tol: Tolerance) -> tuple[str, str]:
    """Count what differs, and name the first place and its values where they are no secret."""
    scale = float(np.max(np.abs(expected), initial=0.0)) + 1.0
    with np.errstate(all="ignore"):
        off = np.argwhere(~(np.abs(got - expected) <= tol.relative * scale))
    share = f"{len(off)} of {got.size} values are off" if len(off) else ""
    if not (tol.reveal and len(off)):
        return share, ""
    place = tuple(int(i) for i in off[0])
    spot = f"[{', '.join(map(str, place))}]" if place else ""
    return share, f", first at {spot}: {got[place]:.8f}, expected {expected[place]:.8f}"


def tree_finding(
    where: Place,
    line: Check,
    expected: Tree,
    got: Tree,
    tol: Tolerance,
    labels: Sequence[str] = (),
) -> Finding | None:
    """Compare a cache: containers by length and key, arrays by the ladder, down to the leaves."""
    if identical(expected, got):  # most of a cache is what went in: no need to climb for it
        return None
    if isinstance(expected, np.ndarray):
        bare = Check(line.name, line.points)  # its shape is that of the whole
        found = array_finding(where, bare, expected, got, tol, "")
        if found is None:
            return None
        look = f"what {line.name} holds at this place when the function returns"
        return replace(found, rung="cache" if found.rung == "values" else found.rung, look=look)
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping):
            return _cache(where, f"a dictionary of {len(expected)}", got, line)
        lost = [key for key in expected if key not in got]
        if lost:
            return _cache(where, f"the key {lost[0]!r}", got, line)
        pairs = [(f"[{key!r}]", "", expected[key], got[key]) for key in expected]
    elif isinstance(expected, tuple | list):
        names = labels if len(labels) == len(expected) else ()
        if not isinstance(got, tuple | list) or len(got) != len(expected):
            inside = f" ({', '.join(names)})" if names else ""
            return _cache(where, f"{kind(expected)}{inside}", got, line)
        pairs = [
            (f"[{i}]", names[i] if names else "", e, g)
            for i, (e, g) in enumerate(zip(expected, got, strict=True))
        ]
    else:
        same = type(expected) is type(got) and expected == got
        return None if same else _cache(where, kind(expected), got, line)
    for step, label, e, g in pairs:
        place = Place(where.path + step, where.function, label)
        found = tree_finding(place, line, e, g, tol, labels)
        if found is not None:
            return found
    return None


def identical(expected: Tree, got: Tree, settled: set[tuple[int, int]] | None = None) -> bool:
    """Say whether a right value came back to the last bit; False decides nothing.

    ``settled`` holds the pairs of dictionaries that have been found identical, by identity: every
    step's cache holds the same parameters.
    """
    kind_ = type(expected)
    if kind_ is np.ndarray:
        return (
            type(got) is np.ndarray
            and got.dtype == expected.dtype
            and got.shape == expected.shape
            and expected.dtype.kind == "f"
            and bool((got == expected).all())
        )
    if kind_ is not type(got) or kind_ not in (dict, tuple, list) or len(got) != len(expected):
        return False
    settled = set() if settled is None else settled
    if kind_ is not dict:
        return all(identical(e, g, settled) for e, g in zip(expected, got, strict=True))
    pair = id(expected), id(got)
    if pair not in settled:
        if not all(key in got and identical(expected[key], got[key], settled) for key in expected):
            return False
        settled.add(pair)
    return True


def _cache(where: Place, expected: str, got: Tree, line: Check) -> Finding:
    look = f"the line that puts {line.name} together, and what is kept at each step"
    return _found("cache", where, expected, kind(got), look)


def changed_argument(argument: str = "") -> Finding:
    """Describe arguments that a call has changed; by name where it is known which."""
    which, were = (f"argument {argument}", "it was") if argument else ("arguments", "they were")
    look = "a line that writes into an argument (+= or [...] =): work on a copy"
    return Finding("inputs", f"the {which} after the call", f"as {were} before", "changed", look)


@functools.cache
def _letters(shape: str) -> frozenset[str]:
    return frozenset(LETTERS.findall(shape))


def compare(
    layout: Layout, expected: Tree, got: Tree, tol: Tolerance, dims: Mapping[str, int]
) -> dict[str, Finding | None]:
    """Return the first finding for each output that has a check (None where it holds).

    Raises nothing for any ``got``; ``expected`` must have the layout's own structure.
    """
    outputs, whole = unpack(layout, got)
    truth, _ = unpack(layout, expected)
    findings: dict[str, Finding | None] = {}
    for line in layout.checks:
        if line.name == "inputs":
            continue
        if whole is not None:
            findings[line.name] = whole
        elif line.name not in outputs:
            findings[line.name] = missing_key(layout, line.name, outputs)
        else:
            value, where = outputs[line.name], Place(line.name, layout.name)
            if isinstance(truth[line.name], np.ndarray):
                letters = _letters(line.shape)
                used = ", ".join(f"{k} = {n}" for k, n in dims.items() if k in letters)
                found = array_finding(where, line, truth[line.name], value, tol, used)
            else:
                labels = layout.labels.get(line.name, ())
                found = tree_finding(where, line, truth[line.name], value, tol, labels)
            findings[line.name] = found
    return findings


def earned(layout: Layout, failed: set[str]) -> dict[str, float]:
    """Points by check when the checks in ``failed`` did not hold.

    A wrong main value caps the exercise at half of its points, and the ``inputs`` check counts
    only when every main value is right: leaving arguments alone is no merit of a wrong answer.
    """
    wrong_main = any(line.main and line.name in failed for line in layout.checks)
    points = {
        line.name: 0.0
        if line.name in failed or (wrong_main and line.name == "inputs")
        else line.points
        for line in layout.checks
    }
    total, half = sum(points.values()), sum(line.points for line in layout.checks) / 2
    if wrong_main and total > half:
        points = {name: value * half / total for name, value in points.items()}
    return points
