# derived from grader/comparison/ and grader/instrument/ and grader/selfcheck/ by `make release`; edit the files there
"""Check your own functions: ``from selfcheck import check``.

Check a student's function on the example and once more: say what is right, and why not the rest.
"""

from __future__ import annotations


"""Tell of what a function gave, in the words of a message: here all that there is to tell.

A student's own check speaks to the one who made it. Where inputs are hidden, what came may carry
them, and who compares tells less in the same places, by a telling of its own.
"""


import difflib
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import numpy as np

LONGEST_KEY = 24  # characters of a dictionary's key that a message shows
MOST_KEYS = 50  # of a returned dictionary, among which the one that was meant is looked for
MOST_SHOWN_KEYS = 14  # of them that a message shows
LIKENESS = 0.5  # from which on one key may have been meant by another


class Telling:
    """A telling: what a message says of a value that came, of its shape, its keys, its error."""

    def kind(self, value: Any) -> str:
        """Say in words what ``value`` is: ``an array of shape (5, 10)``, ``None``, ``a list``."""
        if isinstance(value, np.ndarray):
            return f"an array of {self.shape(value)}"
        if value is None:
            return "None"
        if isinstance(value, tuple | list):
            return f"a {type(value).__name__} of {self.length(len(value))}"
        if isinstance(value, Mapping):
            return self.dictionary(value)
        name = type(value).__name__
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"

    def shape(self, array: np.ndarray[Any, Any]) -> str:
        """Say which shape an array has."""
        return f"shape {array.shape}"

    def length(self, number: int, other: str = "another length") -> str:
        """Say how long something is; ``other`` is for who does not tell."""
        return str(number)

    def dictionary(self, value: Mapping[Any, Any]) -> str:
        """Say which keys a dictionary has, the first of them."""
        keys = ", ".join(_shown_key(key) for key in islice(value, MOST_SHOWN_KEYS))
        return f"a dictionary with the keys {keys}" if keys else "an empty dictionary"

    def key(self, key: str) -> str:
        """Say which key it is that something lies under."""
        return f"the key {key[:LONGEST_KEY]!r}"

    def near(self, name: str, keys: Iterable[Any]) -> str:
        """Return the key that was written where ``name`` was meant; empty where none is like it."""
        short = (key for key in keys if type(key) is str and len(key) <= LONGEST_KEY)
        words = list(islice(short, MOST_KEYS))
        return next(iter(difflib.get_close_matches(name, words, n=1, cutoff=LIKENESS)), "")

    def share(self, off: int, size: int) -> str:
        """Say how many of ``size`` values are not right."""
        return f"{off} of {size} values are off"

    def not_finite(self, bad: int, size: int) -> str:
        """Say how many of ``size`` numbers are not finite."""
        return f"{bad} of {size} are not"

    def error(self, error: float) -> str:
        """Say how far a value is from the right one, as a share of their sizes."""
        return f"relative error {error:.2g}"

    def differs(self, place: int) -> str:
        """Say at which character a text begins to differ."""
        return f"it differs from character {place} on"


EVERYTHING = Telling()


def kind(value: Any) -> str:
    """Say in words what a value is that is no secret: the right one, or its maker's own."""
    return EVERYTHING.kind(value)


def _shown_key(key: Any) -> str:
    """Show a dictionary's key, short: it may be anything, with any way of showing itself."""
    if type(key) is int and abs(key) < 10**LONGEST_KEY:
        return str(key)
    if type(key) is str and len(key) <= LONGEST_KEY and key.isidentifier():
        return repr(key)
    return f"a {type(key).__name__}"


"""Describe what an exercise returns, part by part, and how its points are spread over them."""


from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt


Array = npt.NDArray[Any]
Tree = Any  # arrays, numbers, strings and None in nested tuples, lists and dictionaries


INPUTS = "inputs"  # the check that arguments are left untouched
# What a check may be about: how a value is compared, and in which words.
KINDS = ("array", "number", "ints", "flags", "text", "tree", "choice", "holds")


@dataclass(frozen=True)
class Check:
    """A check, one line of an exercise's marks: a part of the result, or a property of the call.

    ``name`` is the output's name (``a_next``, ``dWax``, ``caches``) or ``inputs`` for "arguments
    left untouched". ``shape`` is written in letters, ``"(n_a, m)"``; empty where there is no one
    array. ``main`` marks the values that the exercise is about: if one of them is wrong the
    exercise earns at most half of its points. ``kind`` is one of `KINDS`, or empty: an array where
    the right value is one, else a tree. With ``after`` the value is the state of the argument
    ``name`` after the call. ``tolerance`` takes the place of the case's, ``words`` say what
    ``holds``, and ``among`` are the answers that may be chosen.
    """

    name: str
    points: float
    shape: str = ""
    main: bool = False
    kind: str = ""
    after: bool = False
    tolerance: float = 0.0
    words: str = ""
    among: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A layout of a result: what an exercise returns and how its points are spread.

    Where a check is about an argument ``after`` the call, the result is a dictionary of what was
    ``returned`` and of the arguments ``after`` it, by name. Points of a ``bonus`` count on top.
    """

    name: str
    arguments: tuple[str, ...]
    returns: tuple[str, ...]
    checks: tuple[Check, ...]
    returns_dict: bool = False
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bonus: bool = False

    @property
    def after(self) -> tuple[str, ...]:
        """Return the arguments whose state after the call is looked at."""
        return tuple(line.name for line in self.checks if line.after)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Return the names of all values: what is returned, and arguments after the call."""
        return self.returns + self.after


@dataclass(frozen=True)
class Tolerance:
    """A tolerance: how far from the reference a value may be, and what messages show of values.

    With ``reveal`` they show the right ones; ``tell`` says what they tell of those that came.
    """

    relative: float = 1e-6
    reveal: bool = False
    tell: Telling = EVERYTHING


def earned(layout: Layout, failed: set[str]) -> dict[str, float]:
    """Compute the points by check when the checks in ``failed`` did not hold.

    A wrong main value caps the exercise at half of its points, and the ``inputs`` check counts
    only when every main value is right: leaving arguments alone is no merit of a wrong answer.
    """
    wrong_main = any(line.main and line.name in failed for line in layout.checks)
    points = {
        line.name: 0.0
        if line.name in failed or (wrong_main and line.name == INPUTS)
        else line.points
        for line in layout.checks
    }
    total, half = sum(points.values()), sum(line.points for line in layout.checks) / 2
    if wrong_main and total > half:
        points = {name: value * half / total for name, value in points.items()}
    return points


"""Say what is wrong with a result, and where, in four lines."""


from dataclasses import dataclass, field

LABELS = ("checked", "expected", "got", "look at")  # of the four lines that say what is wrong


@dataclass(frozen=True)
class Finding:
    """A finding, the first thing wrong with one output: checked, expected, got, where to look.

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
        """Return the four lines, each with its label."""
        told = (self.checked, self.expected, self.got, self.look)
        return tuple(zip(LABELS, told, strict=True))

    def text(self) -> str:
        """Return the four lines as plain text."""
        return "\n".join(f"{label + ':':<9} {text}" for label, text in self.lines)


@dataclass(frozen=True)
class Place:
    """A part of what a function returned: ``caches[0][2] (x) of sequence``."""

    path: str
    function: str
    label: str = ""

    @property
    def part(self) -> str:
        """Return the part without the function's name."""
        return f"{self.path} ({self.label})" if self.label else self.path

    def __str__(self) -> str:
        return f"{self.part} of {self.function}"


def found_at(
    rung: str, place: Place, expected: str, got: str, look: str, about: str = "", short: str = ""
) -> Finding:
    """Describe what is wrong at a place; ``about`` says of what there: its shape, its values."""
    of = f"{about} of " if about else ""
    short = f"{of}{place.part}: {short or f'got {got}'}"
    return Finding(rung, f"{of}{place}", expected, got, look, short)


def changed_argument(argument: str = "") -> Finding:
    """Describe arguments that a call has changed; by name where it is known which."""
    which, were = (f"argument {argument}", "it was") if argument else ("arguments", "they were")
    look = "a line that writes into an argument (+= or [...] =): work on a copy"
    return Finding("inputs", f"the {which} after the call", f"as {were} before", "changed", look)


"""Define the stub that students find in a function's place, and the text it is recognised by."""

EMPTY = "this exercise is still empty"
STUB = f'raise NotImplementedError("{EMPTY}")'


"""Stop what does not come to its end, where the system can."""


import contextlib
import sys
from collections.abc import Iterator
from typing import Any

# A browser's Python has not all of these, and what it lacks is left out: there a loop that never
# ends is stopped by hand.
try:
    import signal
    import threading
except ImportError:
    CAN_STOP = False
else:
    _NEEDED = ("signal", "setitimer", "SIGALRM", "SIGPROF", "ITIMER_REAL", "ITIMER_PROF")
    CAN_STOP = all(hasattr(signal, name) for name in _NEEDED)

AGAIN_SECONDS = 0.01  # until it is raised again, where that was to no avail


@contextlib.contextmanager
def time_limit(seconds: float, processor: bool = False) -> Iterator[None]:
    """Stop an endless loop, where the system can (main thread, POSIX with timers).

    With ``processor`` the seconds are of this process's own time, whatever else the machine does.
    What is raised while Python collects garbage or runs a destructor gets no further than there, so
    it is raised again a little later.
    """
    # Python lets the main thread alone set a signal's handler; Windows has no SIGALRM, a browser
    # has it without a timer that sends it.
    if not CAN_STOP or threading.current_thread() is not threading.main_thread():
        yield
        return

    message = f"no result after {seconds:g} s: does the loop come to an end?"

    def stop(*_: Any) -> None:
        raise TimeoutError(message)

    def lose(lost: Any) -> None:
        """Hear of an exception that could get no further."""
        if type(lost.exc_value) is TimeoutError and str(lost.exc_value) == message:
            signal.setitimer(timer, AGAIN_SECONDS)
        else:
            told(lost)

    timer = signal.ITIMER_PROF if processor else signal.ITIMER_REAL
    sent = signal.SIGPROF if processor else signal.SIGALRM
    try:
        signal.setitimer(timer, 0.0)
        before = signal.signal(sent, stop)
    except (OSError, ValueError, NotImplementedError):  # named there, and answered by a refusal
        yield
        return
    told, sys.unraisablehook = sys.unraisablehook, lose
    try:
        signal.setitimer(timer, seconds)
        yield
    finally:
        try:
            signal.setitimer(timer, 0.0)
        finally:  # it may have gone off just now
            signal.signal(sent, before)
            sys.unraisablehook = told


"""Copy, walk and compare results: arrays and plain values, nested in containers.

Copied into ``selfcheck.py``, so it needs nothing but NumPy.
"""


import copy
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np


ROWS = (tuple, list)
PLAIN = frozenset((int, float, str, bool, type(None)))  # what is its own copy
SHARED = (np.ndarray, list, Mapping)  # what may come again, as the same object


def deep_copy(tree: Tree, made: dict[int, Any] | None = None) -> Tree:
    """Return a deep copy that keeps sharing inside the tree, each array in its own memory.

    Does what ``copy.deepcopy`` does, and leaves to it what is not plain, in a third of the time.
    ``made`` holds the copies so far, by the identity of what was copied.
    """
    made = {} if made is None else made
    kind_ = type(tree)
    if kind_ in PLAIN:
        return tree
    if id(tree) in made:
        return made[id(tree)]
    if kind_ is tuple:
        return tuple([deep_copy(item, made) for item in tree])
    if kind_ is np.ndarray and not tree.dtype.hasobject:
        # K keeps column-major order, in which some cases have their arrays.
        made[id(tree)] = copied = tree.copy("K")
    elif kind_ is dict:
        made[id(tree)] = copied = {}
        for key, value in tree.items():
            copied[key] = deep_copy(value, made)
    elif kind_ is list:
        made[id(tree)] = copied = []
        for item in tree:
            copied.append(deep_copy(item, made))
    else:
        copied = copy.deepcopy(tree, made)
    return copied


def leaves(tree: Tree, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every array and plain value of ``tree`` with its path, in a fixed order."""
    if isinstance(tree, tuple | list):
        for index, item in enumerate(tree):
            yield from leaves(item, f"{path}[{index}]")
    elif isinstance(tree, Mapping):
        for key in sorted(tree, key=str):
            yield from leaves(tree[key], f"{path}[{key!r}]")
    else:
        yield path, tree


def same(
    one: Tree, other: Tree, tolerance: float = 1e-9, settled: set[tuple[int, int]] | None = None
) -> bool:
    """Tell whether two trees have the same structure and, to ``tolerance``, the same values.

    Lengths come before contents, and two objects are compared once, however often they come
    again: a list may hold one large array a hundred thousand times. ``settled`` holds the pairs
    that have been found the same, by identity.
    """
    settled = set() if settled is None else settled
    pair = id(one), id(other)
    if pair in settled:
        return True
    if isinstance(one, np.ndarray):  # as most are, and to ask for a mapping takes longer
        alike = _same_leaf(one, other, tolerance)
    elif isinstance(one, Mapping) and isinstance(other, Mapping):
        alike = len(one) == len(other) and all(
            key in other and same(value, other[key], tolerance, settled)
            for key, value in one.items()
        )
    elif isinstance(one, ROWS) and isinstance(other, ROWS):
        alike = len(one) == len(other) and all(
            same(a, b, tolerance, settled) for a, b in zip(one, other, strict=True)
        )
    else:
        alike = _same_leaf(one, other, tolerance)
    if alike and isinstance(one, SHARED):
        settled.add(pair)
    return alike


def _same_leaf(a: Any, b: Any, tolerance: float) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        if a.shape != b.shape or a.dtype.kind not in "fiub" or b.dtype.kind not in "fiub":
            return False
        if a.dtype == b.dtype and a.tobytes() == b.tobytes():  # as most that are the same
            return True
        with np.errstate(all="ignore"):
            one, other = a.astype(np.float64, copy=False), b.astype(np.float64, copy=False)
            scale = max(float(np.abs(other).max(initial=0.0)), 1.0)
            if not math.isfinite(scale):
                return _same_where_not_finite(one, other, tolerance)
            return bool((np.abs(one - other) <= tolerance * scale).all())
    if isinstance(a, bool | np.bool_) and isinstance(b, bool | np.bool_):
        return bool(a) == bool(b)
    mine, yours = real(a), real(b)
    if mine is not None and yours is not None:
        if mine == yours or (mine != mine and yours != yours):
            return True
        return abs(yours) != np.inf and abs(mine - yours) <= tolerance * max(abs(yours), 1.0)
    return type(a) is type(b) and bool(a == b)


def _same_where_not_finite(one: Array, other: Array, tolerance: float) -> bool:
    """Tell whether NaN and infinities stand in the same places, and the rest is the same.

    Such a result is never right, but may be the one that a known mistake gives, or the one that
    the same function gave before. Within a share of infinity lies everything, so it gives no scale.
    """
    alike = (one == other) | (np.isnan(one) & np.isnan(other))
    scale = max(float(np.max(np.abs(other[np.isfinite(other)]), initial=0.0)), 1.0)
    return bool(np.all(alike | (np.abs(one - other) <= tolerance * scale)))


def real(value: Any) -> float | None:
    """Return a number of any type as a float, None for anything else; True is no number."""
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "fiu":
        value = value[()]
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return None
    try:
        return float(value)
    except OverflowError:  # an int may be of any length
        return float("inf")


def returned_by(layout: Layout, function: Callable[..., Any], arguments: tuple[Tree, ...]) -> Tree:
    """Call ``function`` on arguments that it may change; the result is as in `Layout`."""
    returned = function(*arguments)
    if not layout.after:
        return returned
    named = dict(zip(layout.arguments, arguments, strict=False))
    return {"returned": returned, "after": {name: named.get(name) for name in layout.after}}


"""Compare what is no array of floats: one number, whole numbers, truth values, text, a choice.

Each says what was expected, what came, and where it first differs; an expected value is shown only
where it is no secret.
"""


import math
from collections.abc import Mapping
from typing import Any

import numpy as np


EXACT = {"ints": ("iuO", "whole numbers"), "flags": ("b", "True or False")}
AROUND = 12  # characters of a text that are shown on either side of where it differs
MOST_LONGER = 100  # times as many numbers as are right: of more, only that they are a list is told
LONGEST_SHOWN = 60  # characters of a short text that is shown whole


def relative_error(a: Array, n: Array, tolerance: float) -> float:
    """Compute the whole-array error ‖a-n‖ / max(‖a‖+‖n‖, floor).

    The floor lets rounding around zero agree.
    """
    a, n = np.asarray(a, dtype=np.float64), np.asarray(n, dtype=np.float64)
    with np.errstate(all="ignore"):
        # Whole arrays are compared: entry by entry, right gradients would miss by up to 5e-5.
        floor = tolerance * np.sqrt(max(a.size, 1))
        size = max(float(np.linalg.norm(a) + np.linalg.norm(n)), floor)
        return float(np.linalg.norm(a - n) / size)


def digits(tolerance: float) -> int:
    """Return how many digits agree at a relative tolerance."""
    return round(-float(np.log10(tolerance)))


def number_finding(
    where: Place, line: Check, expected: Tree, got: Tree, tol: Tolerance
) -> Finding | None:
    """Compare one number of any type, to the tolerance; None when it is right."""
    value, right = real(got), real(expected)
    source = f"the line that computes {line.name}"
    if value is None or right is None:
        look = "one number, not an array or a container of one"
        return found_at("number", where, "a number", tol.tell.kind(got), f"{source}: {look}")
    if not np.isfinite(value) and value != right:
        look = "a division, a logarithm, or an exponential of a large number"
        return found_at("finite", where, "a finite number", f"{value}", look)
    error = relative_error(np.array(value), np.array(right), tol.relative)
    if error < tol.relative or value == right:
        return None
    seen = tol.tell.error(error)
    if tol.reveal:
        seen = f"{value:.8g}, expected {right:.8g} ({seen})"
    agree = f"the value of the reference, to {digits(tol.relative)} digits"
    return found_at("values", where, agree, seen, source, "the value", seen)


def exact_finding(
    where: Place, line: Check, expected: Tree, got: Tree, tol: Tolerance, kind_: str, dims: str
) -> Finding | None:
    """Compare whole numbers or truth values, alone, in arrays or in lists, to the last one."""
    right = _array_of(expected)
    mine = None if right is None else _array_of(got, MOST_LONGER * (right.size + 1))
    codes, words = EXACT[kind_]
    source = f"the line that makes {line.name}"
    if mine is None or right is None:
        return found_at("array", where, words, tol.tell.kind(got), source)
    if mine.shape != right.shape:
        letters = f"{line.shape} = " if line.shape else ""
        want = f"shape {letters}{right.shape}" + (f" with {dims}" if dims else "")
        if not right.ndim:
            want = f"one value, of {words}"
        return found_at("shape", where, want, tol.tell.shape(mine), source, "the shape")
    if mine.size and mine.dtype.kind not in codes:
        look = f"{source}: is it made with another dtype, or divided with / and not //?"
        return found_at("dtype", where, words, f"dtype {mine.dtype}", look, "the dtype")
    off = np.argwhere(mine != right) if mine.ndim else np.zeros((int(mine != right), 0), int)
    if not len(off):
        return None
    share = tol.tell.share(len(off), mine.size) if mine.ndim else "another value"
    place = tuple(int(i) for i in off[0])
    spot = f"at [{', '.join(map(str, place))}]: " if place else ""
    first = f", first {spot}" if place else ": "
    shown = f"{share}{first}{mine[place]}, expected {right[place]}" if tol.reveal else share
    return found_at("values", where, f"exactly the reference's {words}", shown, source, "", shown)


def _array_of(value: Tree, most: float = math.inf) -> Array | None:
    """Return a number, an array, or nested lists of numbers as an array; None for all else.

    So it is for lists of more than ``most`` numbers: they may hold one large array many times.
    """
    if isinstance(value, np.ndarray):
        array = np.asarray(value)
    elif isinstance(value, list | tuple) and _numbers(value, most) > most:
        return None
    elif isinstance(value, bool | int | float | np.generic | list | tuple):
        try:
            array = np.array(value)
        except (ValueError, TypeError, OverflowError):  # of unlike lengths, or of anything
            return None
        if array.size == 0 and isinstance(value, list | tuple):
            array = array.astype(int)  # an empty list has no dtype of its own
    else:
        return None
    if array.dtype.kind == "O":  # whole numbers of any length, and nothing else
        return array if all(type(item) is int for item in array.flat) else None
    return array if array.dtype.kind in "biuf" else None


def _numbers(value: Tree, most: float) -> int:
    """Count the numbers that nested lists hold, written out, and stop counting beyond ``most``."""
    if not isinstance(value, list | tuple):
        return value.size if isinstance(value, np.ndarray) else 1
    count = 1  # a list of empty lists is long, too
    for item in value:
        count += _numbers(item, most - count)
        if count > most:
            break
    return count


def text_finding(
    where: Place, line: Check, expected: str, got: Tree, tol: Tolerance
) -> Finding | None:
    """Compare text, character by character; None when it is the same."""
    source = f"the line that makes {line.name}"
    if not isinstance(got, str):
        return found_at("text", where, "text", tol.tell.kind(got), source)
    if got == expected:
        return None
    place = next(
        (i for i, (e, g) in enumerate(zip(expected, got, strict=False)) if e != g),
        min(len(expected), len(got)),
    )
    seen = tol.tell.differs(place)
    want = "exactly the reference's text"
    if tol.reveal:
        want, seen = _shown(expected, place), f"{_shown(got, place)}; {seen}"
    return found_at("values", where, want, seen, source, "", seen)


def _shown(text: str, place: int) -> str:
    """Show a text, or what of a long one lies around a place."""
    if len(text) <= LONGEST_SHOWN:
        return repr(text)
    start = max(place - AROUND, 0)
    return f"…{text[start : place + AROUND]!r}…"


def choice_finding(
    where: Place, line: Check, expected: Tree, got: Tree, tol: Tolerance
) -> Finding | None:
    """Compare a chosen answer; which one is right is never told."""
    allowed = ", ".join(map(repr, line.among))
    if not isinstance(got, str) or got not in line.among:
        told = tol.tell.kind(got)
        seen = f"{got!r}" if isinstance(got, str) and len(got) <= LONGEST_SHOWN else told
        look = "the `return` line: one of the answers, in quotes"
        return found_at("text", where, f"one of {allowed}", seen if tol.reveal else told, look)
    if got == expected:
        return None
    return found_at("values", where, "the right answer", "another one", "the question once more")


def by_type(where: Place, line: Check, expected: Tree, got: Tree, tol: Tolerance) -> Finding | None:
    """Compare a plain value within a tree by what the right one is."""
    if isinstance(expected, str):
        return text_finding(where, line, expected, got, tol)
    if isinstance(expected, bool | np.bool_):
        return exact_finding(where, line, expected, got, tol, "flags", "")
    if isinstance(expected, int | np.integer):
        return exact_finding(where, line, expected, got, tol, "ints", "")
    if real(expected) is not None:
        return number_finding(where, line, expected, got, tol)
    same = type(expected) is type(got) and bool(expected == got)
    look = f"what {line.name} holds at this place when the function returns"
    return None if same else found_at("cache", where, kind(expected), tol.tell.kind(got), look)


def unlike_kind(line: Check, value: Tree) -> str:
    """Say why a right value cannot be of the kind that a check declares; empty where it can."""
    fits: Mapping[str, Any] = {
        "array": isinstance(value, np.ndarray) and value.dtype.kind == "f",
        "number": real(value) is not None,
        "ints": (array := _array_of(value)) is not None
        and (array.dtype.kind in EXACT["ints"][0] or not array.size),
        "flags": array is not None and (array.dtype.kind == "b" or not array.size),
        "text": _is_text(value),
        "choice": isinstance(value, str) and value in line.among,
    }
    if fits.get(line.kind, True):
        return ""
    return f"{line.name} is declared as {line.kind} and is {kind(value)}"


def _is_text(value: Tree) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_text, value))
    return isinstance(value, str)


"""Compare what a function returned with what it should have returned, one rung at a time.

The ladder, in this order, stopping at the first rung that does not hold: returned what was asked,
an array, its shape, its dtype, finite, its values, the cache's contents, the arguments left alone.
The judge and the student's own check use this one file (``make release`` copies it into
``selfcheck.py``), so it needs nothing but NumPy.
"""


import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np


LETTERS = re.compile(r"[A-Za-z]\w*")
Holds = Callable[[Tree], bool | str]  # or why it cannot be told
NOTHING: Mapping[str, Holds] = MappingProxyType({})
FORM = 1e-6  # the tolerance of values that are not looked at


def by_name(
    layout: Layout, result: Tree, tell: Telling = EVERYTHING
) -> tuple[dict[str, Tree], Finding | None]:
    """Take the result apart by name; the finding says what is wrong with it as a whole."""
    if not layout.after:
        return _returned_by_name(layout, result, tell)
    if not isinstance(result, Mapping) or set(result) != {"returned", "after"}:
        return {}, Finding("returned", layout.name, "a result", tell.kind(result), "its cell")
    outputs, whole = _returned_by_name(layout, result["returned"], tell)
    return {**outputs, **result["after"]}, whole


def _returned_by_name(
    layout: Layout, result: Tree, tell: Telling
) -> tuple[dict[str, Tree], Finding | None]:
    if not layout.returns:  # what counts is what it does to its arguments
        return {}, None
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
    return {}, Finding("returned", checked, expected, tell.kind(result), look)


def missing_key(
    layout: Layout, name: str, outputs: Mapping[str, Tree], tell: Telling = EVERYTHING
) -> Finding:
    """Describe a dictionary that lacks ``name``, with the key that was probably meant."""
    near = tell.near(name, (key for key in outputs if key not in layout.returns))
    look = f"the key {near!r}: should it be {name!r}?" if near else "the returned dictionary"
    got = tell.kind(outputs)
    return found_at("returned", Place(name, layout.name), f"the key {name!r}", got, look)


def array_finding(
    where: Place, line: Check, expected: Array, got: Tree, tol: Tolerance, dims: str
) -> Finding | None:
    """Climb the ladder for one array; None when every rung holds."""
    # Infinity is identical to itself, and still not finite: the ladder is to say so.
    if identical(expected, got) and np.isfinite(expected).all():
        return None
    source = f"the line that computes {line.name}"
    if not isinstance(got, np.ndarray):
        look = "an output that is still None" if got is None else "np.array or np.zeros"
        return found_at("array", where, "an array", tol.tell.kind(got), f"{source}: {look}")
    got = np.asarray(got)  # a subclass may hide values or compare in its own way
    if got.shape != expected.shape:
        letters = f"{line.shape} = " if line.shape else ""
        want = f"shape {letters}{expected.shape}" + (f" with {dims}" if dims else "")
        return found_at(
            "shape", where, want, tol.tell.shape(got), _shape_look(line, got), "the shape"
        )
    if got.dtype.kind != "f":
        look = "an array made with an integer dtype, or from Python objects"
        return found_at("dtype", where, "floats", f"dtype {got.dtype}", look, "the dtype")
    if not np.all(np.isfinite(got)):
        bad = int(np.sum(~np.isfinite(got)))
        look = "a division, a logarithm, or an exponential of a large number"
        return found_at("finite", where, "finite numbers", tol.tell.not_finite(bad, got.size), look)
    error = relative_error(got, expected, tol.relative)
    if error < tol.relative:
        return None
    share, first = _differences(expected, got, tol)
    size = tol.tell.error(error)
    seen = f"{share}{first} ({size})" if share else size
    agree = f"the values of the reference, to {digits(tol.relative)} digits"
    return found_at("values", where, agree, seen, source, "the values", share)


def _shape_look(line: Check, got: Array) -> str:
    if got.ndim == 1 and line.shape.count(",") == 1 and line.shape.rstrip(")").endswith(" 1"):
        return "the sum: keepdims keeps the second axis"
    return f"the line that makes {line.name}: which axes does each product and sum leave?"


def _differences(expected: Array, got: Array, tol: Tolerance) -> tuple[str, str]:
    """Count what differs, and name the first place and its values where they are no secret."""
    scale = float(np.max(np.abs(expected), initial=0.0)) + 1.0
    with np.errstate(all="ignore"):
        off = np.argwhere(~(np.abs(got - expected) <= tol.relative * scale))
    share = tol.tell.share(len(off), got.size) if len(off) else ""
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
        found = _array_by_type(where, bare, expected, got, tol)
        if found is None:
            return None
        look = f"what {line.name} holds at this place when the function returns"
        return replace(found, rung="cache" if found.rung == "values" else found.rung, look=look)
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping):
            return _cache(where, f"a dictionary of {len(expected)}", got, line, tol.tell)
        lost = [key for key in expected if key not in got]
        if lost:
            return _cache(where, f"the key {lost[0]!r}", got, line, tol.tell)
        pairs = [(f"[{key!r}]", "", expected[key], got[key]) for key in expected]
    elif isinstance(expected, tuple | list):
        # A cache is a tuple; a list is of steps, however many these are.
        named = isinstance(expected, tuple) and len(labels) == len(expected)
        names = labels if named else ()
        if not isinstance(got, tuple | list) or len(got) != len(expected):
            inside = f" ({', '.join(names)})" if names else ""
            return _cache(where, f"{kind(expected)}{inside}", got, line, tol.tell)
        pairs = [
            (f"[{i}]", names[i] if names else "", e, g)
            for i, (e, g) in enumerate(zip(expected, got, strict=True))
        ]
    else:
        return by_type(where, line, expected, got, tol)
    for step, label, e, g in pairs:
        place = Place(where.path + step, where.function, label)
        found = tree_finding(place, line, e, g, tol, labels)
        if found is not None:
            return found
    return None


def _array_by_type(
    where: Place, line: Check, expected: Array, got: Tree, tol: Tolerance
) -> Finding | None:
    """Compare an array within a tree by what the right one holds."""
    exact = _exact_kind(expected)
    if exact:
        return exact_finding(where, line, expected, got, tol, exact, "")
    return array_finding(where, line, expected, got, tol, "")


def _exact_kind(array: Array) -> str:
    return next((name for name, (codes, _) in EXACT.items() if array.dtype.kind in codes), "")


def identical(expected: Tree, got: Tree, finished: set[tuple[int, int]] | None = None) -> bool:
    """Tell whether a right value came back to the last bit; False decides nothing.

    ``finished`` holds the pairs of dictionaries that have been found identical, by identity: every
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
    finished = set() if finished is None else finished
    if kind_ is not dict:
        return all(identical(e, g, finished) for e, g in zip(expected, got, strict=True))
    pair = id(expected), id(got)
    if pair not in finished:
        if not all(key in got and identical(expected[key], got[key], finished) for key in expected):
            return False
        finished.add(pair)
    return True


def _cache(where: Place, expected: str, got: Tree, line: Check, tell: Telling) -> Finding:
    look = f"the line that puts {line.name} together, and what is kept at each step"
    return found_at("cache", where, expected, tell.kind(got), look)


@functools.cache
def _letters(shape: str) -> frozenset[str]:
    return frozenset(LETTERS.findall(shape))


def compare(
    layout: Layout,
    expected: Tree,
    got: Tree,
    tol: Tolerance,
    dims: Mapping[str, int],
    holds: Mapping[str, Holds] = NOTHING,
) -> dict[str, Finding | None]:
    """Return the first finding for each output that has a check (None where it holds).

    ``holds`` tells of outputs by name whether their property holds for a value. Raises nothing for
    any ``got``; ``expected`` must have the layout's own structure.
    """
    outputs, whole = by_name(layout, got, tol.tell)
    truth, _ = by_name(layout, expected)
    findings: dict[str, Finding | None] = {}
    for line in layout.checks:
        if line.name == INPUTS:
            continue
        if whole is not None and not line.after:
            findings[line.name] = whole
        elif line.name not in outputs:
            findings[line.name] = missing_key(layout, line.name, outputs, tol.tell)
        else:
            value, labels = outputs[line.name], layout.labels.get(line.name, ())
            own = replace(tol, relative=line.tolerance) if line.tolerance else tol
            where = Place(line.name, layout.name + (", after the call" if line.after else ""))
            letters = _letters(line.shape)
            used = ", ".join(f"{k} = {n}" for k, n in dims.items() if k in letters)
            right = truth[line.name]
            if line.kind == "holds":
                property_ = holds.get(line.name)
                findings[line.name] = property_finding(
                    where, line, right, value, tol.tell, used, property_
                )
            else:
                findings[line.name] = value_finding(where, line, right, value, own, used, labels)
    return findings


def value_finding(
    where: Place,
    line: Check,
    expected: Tree,
    got: Tree,
    tol: Tolerance,
    dims: str,
    labels: Sequence[str] = (),
) -> Finding | None:
    """Compare one value by the kind that its check declares; None when it is right."""
    if line.kind == "number":
        return number_finding(where, line, expected, got, tol)
    if line.kind in EXACT:
        return exact_finding(where, line, expected, got, tol, line.kind, dims)
    if line.kind == "choice":
        return choice_finding(where, line, expected, got, tol)
    if isinstance(expected, np.ndarray) and line.kind in ("", "array"):
        return array_finding(where, line, expected, got, tol, dims)
    return tree_finding(where, line, expected, got, tol, labels)


def property_finding(
    where: Place,
    line: Check,
    like: Tree,
    got: Tree,
    tell: Telling,
    dims: str,
    holds: Holds | None,
) -> Finding | None:
    """Look at the form of a value first, then at whether its property holds.

    Several values are right: of ``like`` only the form counts. Where ``holds`` is None, as in a
    notebook that cannot look, the form is all.
    """
    form = form_finding(where, line, like, got, Tolerance(FORM, tell=tell), dims)
    if form is not None or holds is None:
        return form
    said = holds(got)
    if said is True:
        return None
    seen = "it does not hold" if said is False else str(said)
    return found_at("property", where, line.words, seen, f"the line that makes {line.name}")


def form_finding(
    where: Place, line: Check, like: Tree, got: Tree, tol: Tolerance, dims: str
) -> Finding | None:
    """Climb the ladder up to the values: a value of the same form is all that is asked."""
    if isinstance(like, Mapping | tuple | list):
        same = isinstance(got, Mapping) == isinstance(like, Mapping)
        if same and isinstance(got, Mapping | tuple | list):
            return None
        told = tol.tell.kind(got)
        return found_at("returned", where, kind(like), told, f"the line that makes {line.name}")
    if not isinstance(like, np.ndarray):
        found = by_type(where, line, like, got, tol)
    else:
        if not line.shape and isinstance(got, np.ndarray) and got.ndim == like.ndim:
            like = np.resize(like, got.shape).astype(like.dtype)  # of any length
        exact = _exact_kind(like)
        found = (
            exact_finding(where, line, like, got, tol, exact, dims)
            if exact
            else array_finding(where, line, like, got, tol, dims)
        )
    return None if found is not None and found.rung == "values" else found


"""Store nested results as flat arrays and a description in JSON: never pickle."""


from collections.abc import Mapping
from typing import Any

import numpy as np



def pack(tree: Tree, store: dict[str, Array], names: dict[int, str]) -> Any:
    """Put the arrays of ``tree`` into ``store`` and return its structure as JSON data.

    ``names`` remembers by identity which arrays are stored already, so that the parameters that
    every step's cache holds are written once. Raises TypeError for anything but plain data.
    """
    if isinstance(tree, np.ndarray):
        if id(tree) not in names:
            names[id(tree)] = f"a{len(store)}"
            store[names[id(tree)]] = tree
        return {"array": names[id(tree)]}
    if isinstance(tree, tuple | list):
        return {type(tree).__name__: [pack(item, store, names) for item in tree]}
    if isinstance(tree, Mapping):
        packed = [(key, pack(value, store, names)) for key, value in tree.items()]
        # JSON turns every key into text.
        return {"dict": dict(packed)} if all(type(k) is str for k in tree) else {"items": packed}
    if isinstance(tree, np.generic):
        tree = tree.item()
    if tree is None or isinstance(tree, bool | int | float | str):
        return {"value": tree}
    raise TypeError(f"cannot store {type(tree).__name__}")


def unpack(about: Mapping[str, Any], store: Mapping[str, Array]) -> Tree:
    """Rebuild what ``pack`` described; the same stored array comes back as the same object."""
    [(kind_, body)] = about.items()
    if kind_ == "array":
        return store[body]
    if kind_ == "dict":
        return {key: unpack(value, store) for key, value in body.items()}
    if kind_ == "items":
        return {key: unpack(value, store) for key, value in body}
    if kind_ == "value":
        return body
    items = [unpack(item, store) for item in body]
    return tuple(items) if kind_ == "tuple" else items


"""Recognise a known wrong result without knowing how it came about: short sums over its values.

Students' files hold fingerprints of what known mistakes give; the values cannot be read back.
"""


import zlib

import numpy as np


LEAST_WEIGHTS = 4096
_made_weights: list[tuple[Array, Array]] = []


def fingerprint(tree: Tree) -> tuple[str, float, float]:
    """Compute two weighted sums over all values of ``tree`` and a short hash of its structure.

    Two results that are not the same give other sums, but for coincidences far rarer than the
    tolerance they are compared with; the values themselves cannot be read back from them.
    """
    structure, first, second, seen = "", 0.0, 0.0, 0
    for path, leaf in leaves(tree):
        if (number := real(leaf)) is not None:
            leaf = np.array(number)  # of whatever type: to rounding it is the same
        if not isinstance(leaf, np.ndarray):
            structure += f"{path}={leaf!r};"
            continue
        structure += f"{path}{leaf.shape};"
        if leaf.dtype.kind not in "fiub":
            # Not a number: like no other fingerprint, not even itself.
            return f"{path}:{leaf.dtype}", float("nan"), float("nan")
        here = slice(seen, seen + leaf.size)
        seen += leaf.size
        one, other = _weights(max(seen, LEAST_WEIGHTS))
        flat = np.asarray(leaf, dtype=np.float64).ravel()
        if not np.all(np.isfinite(flat)):
            structure += _not_finite(flat)
            flat = np.nan_to_num(flat, nan=0.0, posinf=0.0, neginf=0.0)
        with np.errstate(all="ignore"):
            # The weights change from place to place: the same values in another order give other
            # sums.
            first += float(flat @ one[here])
            second += float(flat @ other[here])
    return f"{zlib.crc32(structure.encode()):08x}", first, second


def _weights(length: int) -> tuple[Array, Array]:
    """Return two rows of weights, at least so long; made once for as many as were ever needed."""
    if not _made_weights or len(_made_weights[0][0]) < length:
        place = np.arange(2 * length)
        _made_weights[:] = [(np.cos(1.7 * place + 0.3), np.sin(2.3 * place + 0.9))]
    return _made_weights[0]


def _not_finite(flat: Array) -> str:
    """Say where NaN and the infinities stand: a mistake may be known by them."""
    signs = np.where(np.isnan(flat), 2, np.where(np.isinf(flat), np.sign(flat), 0))
    return f"!{zlib.crc32(signs.astype(np.int8).tobytes()):08x}"


def result_fingerprint(layout: Layout, result: Tree) -> tuple[str, float, float]:
    """Fingerprint the named outputs of ``result``, or the whole of it when it has none."""
    outputs, whole = by_name(layout, result)
    if whole is not None:
        return fingerprint(result)
    return fingerprint({name: outputs.get(name) for name in layout.outputs})


def same_fingerprint(one: tuple[str, float, float], other: tuple[str, float, float]) -> bool:
    """Tell whether two fingerprints are of the same result, to a relative 1e-7."""
    if one[0] != other[0] or not np.all(np.isfinite(one[1:] + other[1:])):
        return False
    return all(abs(a - b) <= 1e-7 * (1.0 + abs(b)) for a, b in zip(one[1:], other[1:], strict=True))


"""Lock what is said of known mistakes, each with a key made from the very result that it gives.

Whoever makes the mistake can read what is said of it, and nobody else: the text is in the file, and
the key is not. A key is made of rounded numbers, and two neighbouring roundings are tried.
Copied into ``selfcheck.py``, so it needs nothing but NumPy.
"""


import base64
import hashlib
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

LOCK_STEPS = 1e6  # of a number near 0, and of the logarithm of a larger one
TAG_BYTES = 4
KEY_BYTES = 6
RAW = -15  # deflated without a header: what is mixed has no known bytes
Known = Mapping[str, Any]
Sums = tuple[str, float, float]  # a fingerprint


class Locked:
    """What is known of mistakes, locked; ``opened`` are the ids of those that were read."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._texts: Sequence[str] = data.get("texts", ())
        self._boxes: Mapping[str, str] = data.get("boxes", {})
        self._ids = frozenset(data.get("ids", ()))
        self.opened: set[str] = set()

    def by_sums(self, kind_: str, sums: Sequence[Any]) -> list[Known]:
        """Return the mistakes that give a result with this fingerprint."""
        form, one, other = sums
        if not (math.isfinite(one) and math.isfinite(other)):
            return []
        tried = [(f(_lock_scale(one)), g(_lock_scale(other))) for f in _NEAREST for g in _NEAREST]
        found = (self.by_text(f"{kind_} {form} {a} {b}") for a, b in dict.fromkeys(tried))
        return next((known for known in found if known), [])

    def by_text(self, text: str) -> list[Known]:
        """Return the mistakes that are locked with a text."""
        box = self._boxes.get(_lock_tag(text))
        if box is None:
            return []
        refs = _mixed_with(base64.b85decode(box), text)
        return [self._read(refs[i : i + 1 + KEY_BYTES]) for i in range(0, len(refs), 1 + KEY_BYTES)]

    def _read(self, ref: bytes) -> Known:
        locked = base64.b85decode(self._texts[ref[0]])
        told = zlib.decompress(_mixed_with(locked, ref[1:].hex()), wbits=RAW)
        known: Known = json.loads(told.decode())
        self.opened.add(str(known["id"]))
        return known

    def shows(self, name: str) -> bool:
        """Tell whether the mistake with this id is among them."""
        return _hidden_id(name) in self._ids


class Locking:
    """Locks being made: mistakes, and what they give."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._keys: list[bytes] = []
        self._boxes: dict[str, bytes] = {}
        self._ids: list[str] = []

    def add(self, known: Known, text: str) -> int:
        """Lock what is known of a mistake, which gives what ``text`` says; return its number."""
        key = hashlib.sha256(f"{known['id']} {text}".encode()).digest()[:KEY_BYTES]
        packer = zlib.compressobj(9, wbits=RAW)
        told = packer.compress(json.dumps(known, separators=(",", ":")).encode()) + packer.flush()
        self._texts.append(base64.b85encode(_mixed_with(told, key.hex())).decode())
        self._keys.append(key)
        self._ids.append(_hidden_id(str(known["id"])))
        return len(self._texts) - 1

    def give(self, text: str, *numbers: int) -> None:
        """Let whoever knows ``text`` read the mistakes of these numbers, beside those before."""
        refs = b"".join(bytes([number]) + self._keys[number] for number in numbers)
        self._boxes[text] = self._boxes.get(text, b"") + refs

    def data(self) -> dict[str, Any]:
        """Return what `Locked` reads, as JSON data."""
        boxes = {
            _lock_tag(text): base64.b85encode(_mixed_with(refs, text)).decode()
            for text, refs in self._boxes.items()
        }
        return {"texts": self._texts, "boxes": dict(sorted(boxes.items())), "ids": self._ids}


def sums_text(kind_: str, sums: Sequence[Any]) -> str:
    """Return the text with which a fingerprint locks; empty where it is like no other."""
    form, one, other = sums
    if not (math.isfinite(one) and math.isfinite(other)):
        return ""
    return f"{kind_} {form} {round(_lock_scale(one))} {round(_lock_scale(other))}"


def _lock_scale(number: float) -> float:
    return math.asinh(number) * LOCK_STEPS


_NEAREST = (math.floor, math.ceil)


def _lock_tag(text: str) -> str:
    digest = hashlib.sha256(f"tag {text}".encode()).digest()
    return base64.b85encode(digest[:TAG_BYTES]).decode()


def _hidden_id(name: str) -> str:
    return hashlib.sha256(f"id {name}".encode()).hexdigest()[:8]


def _mixed_with(data: bytes, text: str) -> bytes:
    """Mix bytes with those that a text makes; twice gives them back."""
    made = b""
    while len(made) < len(data):
        made += hashlib.sha256(f"{len(made)} {text}".encode()).digest()
    return bytes(a ^ b for a, b in zip(data, made, strict=False))


"""Lay arrays of one type end to end in a store, and take them apart again.

An array that is a file of its own costs 240 bytes of headers; hundreds of small ones cost more by
that than by their numbers.
"""


import json
from collections.abc import Collection, Mapping

import numpy as np


INDEX = "index"
JOINED = "joined_"


def joined(arrays: Mapping[str, Array], apart: Collection[str] = ()) -> dict[str, Array]:
    """Return a store in which the arrays of each type are one, with an index of their shapes.

    Those named ``apart`` stay as they are.
    """
    by_type: dict[str, list[str]] = {}
    for name, array in arrays.items():
        if name in apart:
            continue
        by_type.setdefault(array.dtype.name, []).append(name)
    index = {kind_: [(name, arrays[name].shape) for name in of] for kind_, of in by_type.items()}
    text = json.dumps(index, separators=(",", ":"))
    store = {INDEX: np.frombuffer(text.encode(), dtype=np.uint8)}
    for kind_, names in by_type.items():
        store[JOINED + kind_] = np.concatenate([np.ravel(arrays[name]) for name in names])
    return store | {name: arrays[name] for name in apart}


def parted(store: Mapping[str, Array]) -> dict[str, Array]:
    """Return the arrays of a store by their names; one without an index holds them as they are.

    Raises KeyError or ValueError when the index does not fit.
    """
    arrays = {n: array for n, array in store.items() if n != INDEX and not n.startswith(JOINED)}
    index = json.loads(bytes(store[INDEX])) if INDEX in store else {}
    for kind_, entries in index.items():
        whole, start = store[JOINED + kind_], 0
        for name, shape in entries:
            end = start + int(np.prod(shape, dtype=np.int64))
            arrays[name] = whole[start:end].reshape(shape)
            start = end
    return arrays


"""Name the cause of a wrong result by its form, whatever the exercise is about.

A known mistake is found by its numbers; these are found by their form: a value that is None, keys
misspelt, values in another order. Used by the judge and, copied into ``selfcheck.py``, by the
student's check, so it needs nothing but NumPy.
"""


import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np


MOST_REORDERED = 5  # returned values of which every order is tried


@dataclass(frozen=True)
class Cause:
    """A cause of a wrong result: a stable id, what was done, and a hint that gives no answer away.

    One that is not ``certain`` explains a part of what is wrong; something else may be wrong, too.
    """

    id: str
    title: str
    hint: str
    certain: bool = True

    def text(self) -> str:
        """Return the paragraph that a student reads."""
        if self.certain:
            return f"It looks as if {self.title}. {self.hint}"
        return f"One possibility: {self.title}; something else may be wrong, too. {self.hint}"


READS_GLOBALS = Cause(
    "reads-notebook-globals",
    "the function reads variables of the notebook in place of its own arguments",
    "Does every name in it come from its arguments, or from a line above in the function?",
)
KEEPS_STATE = Cause(
    "depends-on-earlier-calls",
    "the same arguments give another result when the function is called again",
    "What does it keep from one call to the next: a default argument, a global, np.empty?",
)
DRAWS_RANDOM = Cause(
    "draws-random-numbers",
    "the function draws random numbers",
    "The same arguments are to give the same result each time: where does the text ask for chance?",
)

OF_CALLS = (KEEPS_STATE, DRAWS_RANDOM, READS_GLOBALS)  # what shows when a function is called again


def both_told(one: Cause, other: Cause) -> Cause:
    """Return the cause that tells two known mistakes, each in a sentence of its own."""
    title = f"{one.title}. It also looks as if {other.title}"
    return Cause(f"{one.id}+{other.id}", title, f"{one.hint} {other.hint}")


def calls_another(name: str, other: str) -> Cause:
    """Return the cause of a function that calls one which belongs to another exercise."""
    hint = "Which function does the text of this exercise tell you to call?"
    return Cause("calls-another-exercise", f"{name} calls {other}", hint)


def cause_of_result(
    layout: Layout, expected: Tree, got: Tree, tolerance: float, tell: Telling = EVERYTHING
) -> Cause | None:
    """Return why the returned value ``got`` is wrong, None when its form does not say."""
    if layout.after:
        expected = expected["returned"]
        got = got.get("returned") if isinstance(got, Mapping) else None
    if not layout.returns:
        return None
    if got is None:
        hint = "A function without a `return`, or whose `return` is not reached, gives None."
        return Cause("returns-nothing", "nothing is returned", hint)
    wanted = layout.returns
    if layout.returns_dict:
        if not isinstance(got, Mapping):
            return _another_kind(got, "a dictionary", tell)
        return _still_none(wanted, got) or _misspelt(wanted, expected, got, tolerance, tell)
    if len(wanted) == 1:
        return None
    if not isinstance(got, tuple | list):
        return _another_kind(got, f"{len(wanted)} values", tell)
    if len(got) != len(wanted):
        hint = "The docstring lists what is returned, in its order."
        title = f"{tell.length(len(got), 'many')} values are returned and not {len(wanted)}"
        return Cause("returns-another-number", title, hint)
    named = dict(zip(wanted, got, strict=True))
    return _still_none(wanted, named) or _reordered(expected, got, tolerance)


def _another_kind(got: Tree, wanted: str, tell: Telling) -> Cause:
    what = "one array" if isinstance(got, np.ndarray) else tell.kind(got)
    title = f"{what} is returned and not {wanted}"
    return Cause("returns-another-kind", title, "The docstring says what is returned, and how.")


def _still_none(wanted: tuple[str, ...], got: Mapping[str, Tree]) -> Cause | None:
    name = next((name for name in wanted if name in got and got[name] is None), None)
    if name is None:
        return None
    hint = "Which line computes it, and does a line below set it to None again?"
    return Cause("left-over-none", f"{name} is still None when it is returned", hint)


def _misspelt(
    wanted: tuple[str, ...],
    expected: Tree,
    got: Mapping[str, Tree],
    tolerance: float,
    tell: Telling,
) -> Cause | None:
    """Find every lacking value, right, under another key; the others must be right as they are."""
    lacking = [name for name in wanted if name not in got]
    # Plain words only: a key of the student's making can show itself in any way in a message.
    plain = (key for key in got if type(key) is str and key.isidentifier() and key not in wanted)
    spare = list(itertools.islice(plain, MOST_KEYS))
    found = {}
    for name in lacking:
        holders = [key for key in spare if same(got[key], expected[name], tolerance)]
        if not holders:
            return None
        found[name] = holders[0]
    others = (name for name in wanted if name not in lacking)
    if not lacking or not all(same(got[name], expected[name], tolerance) for name in others):
        return None
    title = f"{lacking[0]} is returned under {tell.key(found[lacking[0]])}"
    return Cause("key-misspelt", title, "The docstring lists the keys.")


def _reordered(expected: Tree, got: Tree, tolerance: float) -> Cause | None:
    """Find another order of the returned values in which each of them is right."""
    places = range(len(expected))
    if len(expected) > MOST_REORDERED:
        return None
    if all(map(same, got, expected, itertools.repeat(tolerance))):
        return None  # in their own order: what is wrong lies elsewhere
    holds = [[same(value, right, tolerance) for value in got] for right in expected]
    orders = itertools.permutations(places)
    if not any(all(holds[i][j] for i, j in zip(places, order, strict=True)) for order in orders):
        return None
    title = "the right values are returned in another order"
    return Cause("returns-in-another-order", title, "The docstring lists them in their order.")


def as_variables(
    dims: Mapping[str, int], names: Sequence[str], arguments: Sequence[Tree]
) -> dict[str, Tree]:
    """Return what the notebook's variables would hold if they were those of a call."""
    given = dict(zip(names, arguments, strict=False))
    return {**dims, **dict(named_parts(tuple(arguments))), **given}


def named_parts(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Yield every entry of every dictionary in ``tree`` that has a name for its key."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            if isinstance(key, str) and key.isidentifier():
                yield key, value
            yield from named_parts(value)
    elif isinstance(tree, tuple | list):
        for item in tree:
            if not isinstance(item, np.ndarray):
                yield from named_parts(item)


"""Name the cause of an exception by its type and its text, whatever the exercise is about.

Used by the judge and, copied into ``selfcheck.py``, by the student's check. An exception's text may
hold hidden values: of it only words are repeated that the reader knows, or NumPy's own.
"""


import difflib
import re
from collections.abc import Callable, Iterable

import numpy as np


QUOTED = re.compile(rf"'(\w{{1,{LONGEST_KEY}}})'")
SMALL_NUMBER = re.compile(r"-?\d{1,9}")
# Types, the beginning or a part of the text, and the cause; nothing of the text is repeated.
BY_TEXT = (
    (
        ("TypeError", "AttributeError"),
        re.compile(r".*NoneType", re.S),
        Cause(
            "none-is-used",
            "a value is still None when it is used",
            "Which value on that line is not computed yet, or comes from a missing `return`?",
        ),
    ),
    (
        ("TypeError", "UFuncTypeError"),
        re.compile(r"ufunc 'add' did not contain a loop .*[<>]U|can only concatenate str", re.S),
        Cause(
            "text-added-to-a-number",
            "text and a number are added",
            "print shows several things with a comma between them.",
        ),
    ),
    (
        ("ValueError",),
        re.compile(r"(?:too many|not enough) values to unpack"),
        Cause(
            "unpacks-another-number",
            "a value is taken apart into a wrong number",
            "Count the names on the left of that line. How many things does the right side hold?",
        ),
    ),
    (
        ("ValueError",),
        re.compile(r"Unable to avoid copy"),
        Cause(
            "copy-false",
            "copy=False forbids a copy that has to be made",
            "np.asarray copies only where it must.",
        ),
    ),
    (
        ("ValueError",),
        re.compile(r".*inhomogeneous shape", re.S),
        Cause(
            "different-shapes-in-one-array",
            "things of different shapes are put into one array",
            "np.append and np.array make one array of all they are given: is it a list that grows "
            "there, with its own append?",
        ),
    ),
    (
        ("ValueError",),
        re.compile(r"cannot reshape array"),
        Cause(
            "reshape-does-not-fit",
            "an array is given a shape of another number of entries",
            "Are the sizes those of one example? Take them from the .shape of an argument.",
        ),
    ),
    (
        ("ValueError",),
        re.compile(
            r".*(?:broadcast|matmul|not aligned|dimensions.* must match|same number of dim)", re.S
        ),
        Cause(
            "shapes-do-not-fit",
            "two arrays are put together that do not fit",
            "Write the shape beside each array on that line, in letters, and look where it ends.",
        ),
    ),
    (
        ("AxisError",),
        re.compile(r"axis"),
        Cause(
            "axis-out-of-range",
            "an axis is named that the array does not have",
            "How many axes has it? The first one is axis 0.",
        ),
    ),
    (
        ("IndexError",),
        re.compile(r"too many indices"),
        Cause(
            "too-many-indices",
            "an array is indexed in more places than it has axes",
            "How many axes has it, and which of them does each place of the index stand for?",
        ),
    ),
    (
        ("IndexError",),
        re.compile(r"only integers|arrays used as indices"),
        Cause(
            "index-is-no-integer",
            "what is no whole number is used as an index",
            "What do the names between the brackets hold? / gives no whole number, // does.",
        ),
    ),
    (
        ("IndexError",),
        re.compile(r".*out of (?:bounds|range)", re.S),
        Cause(
            "index-out-of-range",
            "an index runs past the end",
            "How long is what is indexed there, and how far does the loop count?",
        ),
    ),
    (
        ("TypeError",),
        re.compile(r".*(?:positional|keyword) argument", re.S),
        Cause(
            "arguments-do-not-fit",
            "a function is called with other arguments than its `def` line lists",
            "Compare the call with the `def` line of the function that it calls.",
        ),
    ),
)
OF_A_WORD = ("KeyError", "NameError", "UnboundLocalError", "ModuleNotFoundError")
NOT_IN_NUMPY = re.compile(
    rf"module 'numpy' has no attribute '(\w{{1,{LONGEST_KEY}}})'"
    rf"|`np\.(\w{{1,{LONGEST_KEY}}})` was removed"
)
INSTEAD = re.compile(r"[Uu]se `([\w.()=, ]+)`")
# What has another name now, and NumPy does not say which.
RENAMED = {
    "product": "np.prod",
    "cumproduct": "np.cumprod",
    "in1d": "np.isin",
    "row_stack": "np.vstack",
    "trapz": "np.trapezoid",
    "msort": "np.sort",
}


def cause_of_error(
    name: str, message: str, keys: Iterable[str], known: Callable[[str], bool]
) -> Cause | None:
    """Return why an exception of the type ``name`` was raised, None when it does not say.

    ``keys`` are those of the dictionaries that the function is given. Of the exception's own text,
    which could carry hidden values, one word is repeated if it is ``known`` to the reader already.
    """
    if name == "AttributeError" and (lacking := NOT_IN_NUMPY.match(message)):
        return _not_in_numpy(lacking[1] or lacking[2], known)
    if name == "KeyError" and SMALL_NUMBER.fullmatch(message):
        hint = "Its entries have names: which keys does the docstring list?"
        return Cause("key-is-a-number", "an entry of a dictionary is asked for by position", hint)
    quoted = QUOTED.search(message) if name in OF_A_WORD else None
    if quoted and known(quoted[1]):
        return _of_a_word(name, quoted[1], keys)
    told = (cause for names, text, cause in BY_TEXT if name in names and text.match(message))
    return next(told, None)


def _of_a_word(name: str, word: str, keys: Iterable[str]) -> Cause:
    """Return the cause of an exception that is about one word."""
    if name == "KeyError":
        near = _nearest(word, sorted(set(keys) - {word}))
        hint = f"Is {near!r} meant?" if near else "Which keys does the docstring list?"
        return Cause("key-unknown", f"the key {word!r} is looked up and is not there", hint)
    if name == "NameError":
        hint = "Is it spelt as where it is set, and set within the function?"
        return Cause("name-not-defined", f"the name {word!r} is used and has no value", hint)
    if name == "UnboundLocalError":
        hint = "Is the line that sets it reached before the line that uses it?"
        return Cause("name-not-set", f"{word!r} is used before it has a value", hint)
    hint = "NumPy and the files beside the notebook are all that is needed."
    return Cause("module-missing", f"the module {word!r} is used and is not installed here", hint)


def _not_in_numpy(word: str, known: Callable[[str], bool]) -> Cause | None:
    """Say that NumPy has no such name (any more), and what replaces it, in NumPy's own words."""
    if not known(word):
        return None
    try:
        getattr(np, word)
        return None
    except AttributeError as error:
        said = INSTEAD.search(str(error))
    instead = RENAMED.get(word) or (said[1] if said else "")
    hint = f"{instead} takes its place." if instead else "How does NumPy's documentation spell it?"
    number = np.__version__.partition(".")[0]
    return Cause("not-in-numpy", f"np.{word} is used, which NumPy {number} does not have", hint)


def _nearest(word: str, keys: list[str]) -> str:
    """Return the key that ``word`` may stand for; swapped letters first: Wxa is Wax and not Wya."""
    swapped = [key for key in keys if sorted(key) == sorted(word)]
    return next(iter(swapped or difflib.get_close_matches(word, keys, n=1, cutoff=0.5)), "")


"""Name what draws random numbers, by what Python and NumPy call it.

The judge looks for these names in a submission's text, and the student's check in a function's
code: both call another result of the same call random where one of them stands there.
"""


RANDOM = frozenset(
    (
        *("random", "rand", "randn", "randint", "random_integers", "random_sample", "ranf"),
        *("default_rng", "RandomState", "SystemRandom", "standard_normal", "normal", "uniform"),
        *("choice", "choices", "shuffle", "permutation", "permuted", "integers", "randbytes"),
        *("gauss", "normalvariate", "randrange", "getrandbits", "secrets", "urandom", "uuid4"),
    )
)


"""Ask whether a property holds for a value, within bounds: the value is anybody's.

Where several answers are right, an author's predicate tells right from wrong. It meets values that
its author did not think of: one on which it fails, or never ends, is not right.
"""


import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


MOST_LINES = 200_000  # of Python, that a predicate may run; the same on every machine
BACKSTOP_SECONDS = 10.0  # of processor time, for what takes long within one line
Predicate = Callable[..., Any]


class _TooLong(Exception):
    pass


def properties(
    predicates: Mapping[str, Predicate], arguments: tuple[Tree, ...]
) -> dict[str, Callable[[Tree], bool | str]]:
    """Return, by the name of an output, what tells whether its property holds."""

    def asked(predicate: Predicate) -> Callable[[Tree], bool | str]:
        return lambda value: holds_for(predicate, value, arguments)

    return {name: asked(predicate) for name, predicate in predicates.items()}


def holds_for(predicate: Predicate, value: Tree, arguments: tuple[Tree, ...]) -> bool | str:
    """Tell whether ``predicate(value, *arguments)`` is true, or why it cannot be told."""
    lines = 0

    def count(*_: object) -> Any:
        nonlocal lines
        lines += 1
        if lines > MOST_LINES:
            raise _TooLong
        return count

    before = sys.gettrace()
    try:
        copies = deep_copy((value, *arguments))
        with (
            np.errstate(all="ignore"),
            warnings.catch_warnings(),
            time_limit(BACKSTOP_SECONDS, processor=True),
        ):
            warnings.simplefilter("ignore")
            sys.settrace(count)
            try:
                return bool(predicate(*copies))
            finally:
                sys.settrace(before)
    except (_TooLong, TimeoutError):
        return "it takes too long to tell"
    except Exception as error:
        return f"it cannot be told of this value ({type(error).__name__})"


"""Run a portable function, a driver with somebody's names or a predicate, with NumPy alone."""


import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

PORTABLE = "portable"  # the name that the text defines


def run_portable(text: str) -> Callable[..., Any]:
    """Return the function that a portable text defines."""
    scope: dict[str, Any] = {"np": np}
    exec(compile(text, f"<{PORTABLE}>", "exec"), scope)
    function: Callable[..., Any] = scope[PORTABLE]
    return function


def driven(text: str, names: Mapping[str, Any]) -> Callable[..., Any]:
    """Return what a driver does with ``names`` as the student's, as a function of its arguments."""
    drive, student = run_portable(text), types.SimpleNamespace(**names)

    def run(*arguments: Any) -> Any:
        return drive(student, *arguments)

    return run


"""Sketch an array: a few projections by which it is known again, also as a part of another one.

A sketch has one row of numbers for each axis longer than 1: what is left of the array along that
axis when all others are summed up with fixed weights. Two arrays are the same where their sketches
are; a transposed one has the rows in the other order; and what was stacked along an axis has the
rows of its parts one after the other. Travels to where the student's function runs, so it needs
nothing but NumPy.
"""


import functools
from typing import Any

import numpy as np

Numeric = np.ndarray[Any, Any]
LONGEST_ROW = 48  # of a longer axis the numbers are summed up in so many places


@functools.lru_cache(maxsize=64)
def weights(length: int) -> Numeric:
    """Return the weights of an axis, (length,), between 0.5 and 1.5 and without a pattern."""
    found: Numeric = 0.5 + np.sin(12.9898 * np.arange(1, length + 1)) * 43758.5453 % 1.0
    return found


def squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes of a shape that are longer than 1."""
    return tuple(side for side in shape if side != 1)


def sketched(values: Numeric) -> Numeric:
    """Return the sketches of a stack of arrays, (values, numbers of a sketch).

    Such a one has the rows of all axes longer than 1 after each other; a number has one of one.
    """
    stack = np.asarray(values, dtype=np.float64)
    stack = stack.reshape(len(values), *squeezed(values.shape[1:]))
    if stack.ndim <= 2:
        return _short(stack if stack.ndim > 1 else stack[:, None])
    if stack.ndim == 3:
        found = [stack @ weights(stack.shape[2]), weights(stack.shape[1]) @ stack]
    else:
        found = [_along_axis(stack, axis) for axis in range(1, stack.ndim)]
    return np.concatenate([_short(rows) for rows in found], axis=1)


def _along_axis(stack: Numeric, axis: int) -> Numeric:
    """Sum up all axes of a stack but its own and another one."""
    left = np.moveaxis(stack, axis, 1)
    while left.ndim > 2:
        left = left @ weights(left.shape[-1])
    return left


def _short(rows: Numeric) -> Numeric:
    """Sum up long rows in `LONGEST_ROW` places, each number with a weight of its own."""
    side = rows.shape[1]
    if side <= LONGEST_ROW:
        return rows
    places = np.arange(side) % LONGEST_ROW
    weighed = rows * weights(side)
    return np.stack([np.bincount(places, row, LONGEST_ROW) for row in weighed])


"""Know a value again without keeping it: a salted digest of two rounded projections.

Students' files hold digests of the values that an equation in the notebook names, and nothing of
any other: from digests of all that a function computes, its lines could be rebuilt one by one.
"""


import hashlib
from collections.abc import Iterable

import numpy as np


STEPS = 1e5  # of a projection between 1 and 10, whose power of ten stands beside it
FEWEST = 6  # numbers: fewer are guessed by trying
SMALLEST = 1e-6  # the largest number of an array that is known again
BYTES = 12


def told(value: Numeric) -> bool:
    """Tell whether a value may be known by a digest: it is no number, no constant, not tiny."""
    if value.ndim == 0 or value.size < FEWEST or value.dtype.kind != "f":
        return False
    most = float(np.abs(value).max())
    return np.isfinite(most) and most > SMALLEST and bool((value != value.flat[0]).any())


def digests(value: Numeric, salt: str) -> list[str]:
    """Return a value's digests at two neighbouring roundings: one of them does not tip over."""
    return digests_of(value[None], salt)[0]


def digests_of(values: Numeric, salt: str) -> list[list[str]]:
    """Return the digests of each value of a stack."""
    shape = squeezed(values.shape[1:])
    left = values.reshape(len(values), *(shape or (1,)))
    while left.ndim > 2:
        left = left @ weights(left.shape[-1])
    row = weights(left.shape[1])
    both = np.stack([left @ row, left @ row[::-1]], axis=1)
    power = np.floor(np.log10(np.maximum(np.abs(both), SMALLEST)))
    steps = both / 10.0**power * STEPS
    down, up = np.floor(steps).tolist(), np.floor(steps + 0.5).tolist()
    return [
        [_digest(f"{salt} {shape} {kind} {p} {q}") for kind, q in (("down", one), ("up", other))]
        for p, one, other in zip(power.tolist(), down, up, strict=True)
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[: 2 * BYTES]


def known_by(value: Numeric, table: Iterable[Iterable[str]], salt: str) -> list[int]:
    """Return the places in a table of digests at which a value, or its transposed, stands."""
    if not told(value):
        return []
    mine = {*digests(value, salt), *(digests(value.T, salt) if value.ndim == 2 else ())}
    return [place for place, theirs in enumerate(table) if not mine.isdisjoint(theirs)]


"""Record what a rewritten function computes, expression by expression.

The rewritten code calls these methods in the place of its operations. Travels to where the
student's function runs, and is written for accidents, not for malice: whoever reads its report
believes nothing of it.
"""


import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np


MOST_RECORDS = 3_000  # an endless loop ends here
DEEPEST = 6  # containers in containers
LONGEST_OPERAND = 40  # characters of an operand that is no array
KNOWN_AGAIN = (np.ndarray, np.generic, list, dict, tuple)  # by identity
ZERO = frozenset([0.0])
ZERO_AND_ONE = frozenset([0.0, 1.0])
RECORDER = "__run__"  # the name that rewritten code calls
SUBSCRIPT = "__index__"  # what it makes subscripts with
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "MatMult": operator.matmul,
    "Pow": operator.pow,
    "Mod": operator.mod,
    "FloorDiv": operator.floordiv,
    "BitOr": operator.or_,
    "BitAnd": operator.and_,
    "BitXor": operator.xor,
    "LShift": operator.lshift,
    "RShift": operator.rshift,
    "USub": operator.neg,
    "UAdd": operator.pos,
    "Invert": operator.invert,
}
IN_PLACE: dict[str, Callable[..., Any]] = {
    "Add": operator.iadd,
    "Sub": operator.isub,
    "Mult": operator.imul,
    "Div": operator.itruediv,
    "MatMult": operator.imatmul,
    "Pow": operator.ipow,
    "Mod": operator.imod,
    "FloorDiv": operator.ifloordiv,
    "BitOr": operator.ior,
    "BitAnd": operator.iand,
    "BitXor": operator.ixor,
    "LShift": operator.ilshift,
    "RShift": operator.irshift,
}


class Full(RuntimeError):
    """Raised where more is computed than is recorded."""


class Index:
    """Makes a subscript's index a value: ``Index()[1:, t]``."""

    def __getitem__(self, item: Any) -> Any:
        """Return the index itself."""
        return item


def arrays_in(value: Any, depth: int = 0) -> list[Numeric]:
    """Return the arrays of numbers in nested tuples, lists and dictionaries."""
    if isinstance(value, (np.ndarray, np.generic)):
        return [value] if value.dtype.kind == "f" and value.size else []  # type: ignore[list-item]
    found: list[Numeric] = []
    if isinstance(value, (tuple, list, dict)) and depth < DEEPEST:
        for item in value.values() if isinstance(value, dict) else value:
            found += arrays_in(item, depth + 1)
    return found


class Made:
    """A record of one value at one moment of a run, and of those that it was made from."""

    def __init__(
        self,
        place: int,
        value: Numeric,
        inputs: list[int],
        operands: tuple[Any, ...] = (),
        moved: bool = False,
        origin: tuple[int, ...] = (),
        via: int = -1,
        source: int = -1,
    ) -> None:
        self.place = place  # in the rewritten text; -1: it came from outside
        self.value = value
        self.inputs = inputs
        self.operands = operands  # for each the numbers of its records, or its text
        self.moved = moved  # no number in it is new: a part, a stack, a copy, zeros
        self.origin = origin  # the lines that bound the operands' names
        self.same = -1  # the first record of the same array
        self.source = source  # where something was put last into the list that it is made from
        self.via = via  # the call of the function's own helper in which it was made
        self.numbers = frozenset(value.ravel().tolist())


class Recorder:
    """A recorder of one call.

    ``places`` are (line, operation, texts of the operands) of each rewritten expression.
    """

    def __init__(self, places: list[tuple[int, str, list[str]]]) -> None:
        self.places = places
        self.others: dict[int, str] = {}  # of other exercises, by identity: recorded as calls
        self.records: list[Made] = []
        self.calls: list[dict[str, Any]] = []  # of other exercises' functions
        # Of helpers: place, arguments, lines that bound their names, helper around.
        self.own_calls: list[tuple[int, list[list[int]], list[int], int]] = []
        self.displays: dict[int, int] = {}  # of a container: the place where it was first made
        self.held: dict[int, list[int]] = {}  # of an array: the places that put it into containers
        self.writes: list[tuple[int, int, Numeric]] = []  # place, record, what was written to
        self.first: dict[int, int] = {}  # of an array's identity: its first record
        self.last: dict[int, int] = {}
        self.bound: dict[str, int] = {}  # of a name: the line that bound it last
        self.bound_to: dict[int, list[tuple[str, int]]] = {}  # of an identity: its names
        self.bindings: list[tuple[str, int, int]] = []  # name, line, record of arrays
        self.sizes: list[tuple[str, int, int]] = []  # name, line, value of whole numbers
        self.containers: dict[int, int] = {}  # of an identity: the place where it was last made
        self.raised: tuple[BaseException, int, list[int], tuple[Any, ...], tuple[int, ...], int]
        self.raised = (KeyError(), -1, [], (), (), -1)
        self.source = -1  # the place that changed a list last which is an operand now
        self.begins = 0  # records that led to the inputs
        self.inside = 0  # of other exercises' functions
        self.helpers: list[int] = []  # of the function's own that are running
        self.kept: list[Any] = []  # so that no identity comes again

    def add(self, k: int, value: Numeric, inputs: list[int], operands: tuple[Any, ...] = ()) -> int:
        """Record a value as it is now; return the record's number."""
        if len(self.records) >= MOST_RECORDS:
            raise Full("more is computed than is recorded")
        origin = tuple(self.bound.get(name, 0) for name in self.places[k][2]) if k >= 0 else ()
        copied = np.array(value, copy=True)
        made = Made(k, copied, inputs, operands, False, origin, self._via(), self.source)
        numbers, records = made.numbers, self.records
        made.moved = not inputs or numbers <= ZERO_AND_ONE or self._all_there(numbers, inputs)
        if made.moved:  # made from what its numbers came from, not from what these stood in
            sources = {
                source
                for i in inputs
                for source in (records[i].inputs if records[i].moved and records[i].inputs else [i])
            }
            mine = numbers - ZERO
            made.inputs = sorted(s for s in sources if not mine.isdisjoint(records[s].numbers))
        number = len(records)
        records.append(made)
        self.last[id(value)] = number
        made.same = self.first.setdefault(id(value), number)
        self.kept.append(value)
        return number

    def _all_there(self, numbers: frozenset[float], inputs: list[int]) -> bool:
        """Tell whether all of some numbers stand in records, or are 0."""
        left = numbers - ZERO
        for i in inputs:
            left -= self.records[i].numbers
            if not left:
                break
        return not left

    def use(self, things: Any) -> list[int]:
        """Return the newest records of the arrays in some things."""
        found = []
        for value in arrays_in(things):
            if id(value) not in self.last:
                base = value.base if isinstance(value, np.ndarray) else None
                self.add(-1, value, [self.last[id(base)]] if id(base) in self.last else [])
            elif not self._current(value):  # written to under another name
                place, number = self.writes[-1][:2] if self.writes else (-1, -1)
                before = [self.last[id(value)]]
                self.add(place, value, before if number < 0 else [*before, number])
            found.append(self.last[id(value)])
        return found

    def _current(self, value: Numeric) -> bool:
        number = self.last.get(id(value))
        return number is not None and self.records[number].value.tobytes() == value.tobytes()

    def step(
        self, k: int, do: Callable[[], Any], operands: Sequence[Any], target: Any = None
    ) -> Any:
        """Do one operation and record what it makes, or what it writes into a ``target``."""
        source, shown, used = -1, [], set()
        for operand in operands:
            if isinstance(operand, list):
                source = max(source, self.containers.get(id(operand), -1))
        self.source = source
        for operand in operands:
            numbers = self.use(operand)
            shown.append(numbers or text_of(operand))
            used.update(numbers)
        told, inputs = tuple(shown), sorted(used)
        try:
            value = do()
        except Exception as error:
            if self.raised[0] is not error:
                origin = tuple(self.bound.get(name, 0) for name in self.places[k][2])
                self.raised = error, k, inputs, told, origin, self._via()
            raise
        for leaf in arrays_in(value if target is None else target):
            number = self.last[id(leaf)] if self._current(leaf) else self.add(k, leaf, inputs, told)
            if target is not None:
                self.writes.append((k, number, target))
        return value

    def operate(self, k: int, *operands: Any) -> Any:
        """Do what stands for an operator."""
        return self.step(k, lambda: FUNCTIONS[self.places[k][1]](*operands), operands)

    def turn(self, k: int, value: Any) -> Any:
        """Read ``value.T``."""
        return self.step(k, lambda: value.T, [value])

    def get(self, k: int, value: Any, index: Any) -> Any:
        """Read a part."""
        return self.step(k, lambda: value[index], [value, text_of(index)])

    def made(self, k: int, value: Any) -> Any:
        """Note where a container was made, or changed."""
        self.containers[id(value)] = k
        self.displays.setdefault(id(value), k)
        self.kept.append(value)
        for item in value.values() if isinstance(value, dict) else value:
            if isinstance(item, np.ndarray):
                self.held.setdefault(id(item), []).append(k)
        return value

    def bind(self, line: int, name: str, value: Any) -> None:
        """Note that a name was bound."""
        if self.inside:
            return
        self.bound[name] = line
        if isinstance(value, int) and not isinstance(value, bool):
            self.sizes.append((name, line, value))
        elif isinstance(value, KNOWN_AGAIN):
            self.bound_to.setdefault(id(value), []).append((name, line))
            self.kept.append(value)
            if id(value) in self.last:
                self.bindings.append((name, line, self.last[id(value)]))

    def put(self, k: int, container: Any, index: Any, value: Any) -> None:
        """Store into a part."""
        if isinstance(container, np.ndarray):

            def write() -> None:
                container[index] = value

            self.step(k, write, [container, value, text_of(index)], container)
        else:
            self._stored(k, container, index, value)

    def _stored(self, k: int, container: Any, index: Any, value: Any) -> None:
        container[index] = value
        self.made(k, container)
        if not self.inside and isinstance(value, KNOWN_AGAIN):
            self.bound_to.setdefault(id(value), []).append(
                (f"[{text_of(index)}]", self.places[k][0])
            )
            self.kept.append(value)

    def change(self, k: int, old: Any, value: Any) -> Any:
        """Do what stands for ``name += value``."""
        target = old if isinstance(old, np.ndarray) else None
        if isinstance(old, list):
            self.made(k, old)
        return self.step(k, lambda: IN_PLACE[self.places[k][1]](old, value), [old, value], target)

    def change_part(self, k: int, container: Any, index: Any, value: Any) -> None:
        """Do what stands for ``container[index] += value``."""
        do = IN_PLACE[self.places[k][1]]
        if not isinstance(container, np.ndarray):
            self._stored(k, container, index, self.change(k, container[index], value))
            return

        def write() -> None:
            container[index] = do(container[index], value)

        self.step(k, write, [container, value], container)

    def call(self, k: int, function: Any, *arguments: Any, **named: Any) -> Any:
        """Call a function; those of other exercises are recorded with what they are given."""
        receiver = getattr(function, "__self__", None)
        if isinstance(receiver, (list, dict)):
            self.made(k, receiver)
        operands = [receiver] if isinstance(receiver, np.ndarray) else []
        operands += [*arguments, *(value for name, value in named.items() if name != "out")]
        out = named.get("out")
        target = out if isinstance(out, np.ndarray) else None

        def step() -> Any:
            return self.step(k, lambda: function(*arguments, **named), operands, target)

        if id(function) in self.others:
            given = {**{str(i): a for i, a in enumerate(arguments)}, **named}
            return self._other_call(k, self.others[id(function)], given, step)
        return self._own_call(k, operands, step) if self._is_own(function) else step()

    def _other_call(
        self, k: int, name: str, given: Mapping[str, Any], step: Callable[[], Any]
    ) -> Any:
        call: dict[str, Any] = {
            "name": name,
            "place": k,
            "given": {name: self.use(value) for name, value in given.items()},
            "at": len(self.records),
            "bound": dict(self.bound),
            "made": [],
            "end": len(self.records),
            "via": self._via(),
        }
        self.calls.append(call)
        self.inside += 1
        try:
            value = step()
        finally:
            self.inside -= 1
        call["made"], call["end"] = self.use(value), len(self.records)
        return value

    def _own_call(self, k: int, operands: list[Any], step: Callable[[], Any]) -> Any:
        lines = [self.bound.get(name, 0) for name in self.places[k][2]]
        given = [self.use(operand) for operand in operands]
        self.own_calls.append((k, given, lines, self._via()))
        self.helpers.append(len(self.own_calls) - 1)
        try:
            value = step()
        finally:
            self.helpers.pop()
        # What it does is recorded within; as a whole it is one operation, too.
        told = [self.use(operand) or text_of(operand) for operand in operands]
        for leaf in arrays_in(value):
            self.add(k, leaf, self.use(leaf), tuple(told))
        return value

    def _via(self) -> int:
        """Return the call of a helper of the function's own that is running, -1 for none."""
        return self.helpers[-1] if self.helpers else -1

    def _is_own(self, function: Any) -> bool:
        """Tell whether a function, method or class was rewritten, too."""
        inner = getattr(function, "__func__", function)
        if not isinstance(inner, type) and not hasattr(inner, "__code__"):
            inner = vars(type(inner)).get("__call__", inner)
        code = getattr(inner, "__code__", None)
        if isinstance(function, type):
            code = getattr(getattr(function, "__init__", None), "__code__", None)
        return code is not None and RECORDER in (*code.co_names, *code.co_freevars)


def text_of(operand: Any) -> str:
    """Return the text of an operand that is no array of numbers."""
    try:
        text = operand if isinstance(operand, str) else repr(operand)
        return text.replace("slice(None, None, None)", ":")[:LONGEST_OPERAND]
    except Exception:
        return ""


"""Tell what was recorded of a call, as JSON: of each value a sketch, and how it was made."""


import binascii
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np


MOST_NODES = 400  # of what is returned
MOST_NUMBER = 1 << 31
MOST_AT_ONCE = 1 << 16  # numbers of values that are sketched together


def report_of(
    recorder: Recorder,
    returned: Any,
    error: Exception | None,
    inputs: tuple[Any, ...],
    before: list[Numeric],
) -> str:
    """Tell what was recorded, as JSON: records, calls, and what is known of what came back.

    ``before`` are copies of the arrays in the ``inputs``, made before the call.
    """
    nodes = list(_nodes(returned))[:MOST_NODES]
    for _, node in nodes:
        recorder.use(node)
    changed = [
        value
        for value, old in zip(arrays_in(inputs), before, strict=False)
        if value.shape != old.shape or not np.array_equal(value, old, equal_nan=True)
    ]
    written = [
        k
        for k, _, target in recorder.writes
        if any(np.may_share_memory(target, v) for v in changed)
    ]
    raised, place, used, operands, origin, via = recorder.raised
    sketches = _sketches(recorder.records)
    joined = b"".join(sketch.numbers for sketch in sketches)
    return json.dumps(
        {
            "records": list(map(_record_told, recorder.records, sketches)),
            # As text, numbers would take most of the time and of the room.
            "sketches": binascii.b2a_base64(joined, newline=False).decode(),
            "calls": recorder.calls,
            "own_calls": recorder.own_calls,
            "returned": [_node(recorder, path, node) for path, node in nodes],
            "changed": written[:1] if written else [-1] if changed else [],
            "raised": {
                "place": place,
                "inputs": used,
                "operands": operands,
                "origin": origin,
                "via": via,
            },
            "here": raised is error,
            "bindings": recorder.bindings[:MOST_RECORDS],
            "sizes": [size for size in recorder.sizes[:MOST_NODES] if abs(size[2]) < MOST_NUMBER],
        },
        allow_nan=False,
    )


class _Sketched(NamedTuple):
    """What is known of a value: its largest number, its sketch, whether all numbers are one."""

    dtype: str
    scale: float
    numbers: bytes  # of the sketch, none where not every one of the value is finite
    constant: bool


def _sketches(records: list[Made]) -> list[_Sketched]:
    """Sketch the values of records; those of one shape together."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    for number, record in enumerate(records):
        alike.setdefault((record.value.shape, record.value.dtype), []).append(number)
    found: dict[int, _Sketched] = {}
    for (_, dtype), numbers in alike.items():
        most = max(1, MOST_AT_ONCE // records[numbers[0]].value.size)
        for at in range(0, len(numbers), most):
            some = numbers[at : at + most]
            stack = np.array([records[n].value for n in some])
            found.update(zip(some, _of_stack(stack, dtype.name), strict=True))
    return [found[number] for number in range(len(records))]


def _of_stack(stack: Numeric, dtype: str) -> list[_Sketched]:
    flat = stack.reshape(len(stack), -1)
    scales = np.maximum.reduce(np.abs(flat), axis=1).astype(float)
    told = np.isfinite(scales) & (scales < 1e150)
    numbers = iter(sketched(stack[told]) if told.any() else ())
    constant = np.logical_and.reduce(flat == flat[:, :1], axis=1).tolist()
    return [
        _Sketched(dtype, scale, next(numbers).tobytes(), one)
        if known
        else _Sketched(dtype, 0.0, b"", one)
        for known, scale, one in zip(told.tolist(), scales.tolist(), constant, strict=True)
    ]


def _record_told(record: Made, sketch: _Sketched) -> list[Any]:
    flags = record.moved + 2 * sketch.constant
    return [
        record.place,
        record.value.shape,
        sketch.dtype,
        sketch.scale,
        len(sketch.numbers) // 8,
        record.inputs,
        record.operands,
        flags,
        record.origin,
        record.via,
        record.source,
        record.same,
    ]


def _node(recorder: Recorder, path: list[Any], node: Any) -> dict[str, Any]:
    """Tell what is known of one thing in what came back."""
    number = recorder.last.get(id(node), -1)
    first = recorder.first.get(id(node), -1)
    write = -1
    if isinstance(node, np.ndarray):
        targets = (w for w in reversed(recorder.writes) if np.may_share_memory(w[2], node))
        write = next((k for k, n, _ in targets if n > first), -1)
    return {
        "path": path,
        "kind": type(node).__name__[:LONGEST_OPERAND],
        "size": len(node) if isinstance(node, (tuple, list, dict)) else -1,
        "first": first,
        "last": number,
        "write": write,
        "place": recorder.containers.get(id(node), -1),
        "display": recorder.displays.get(id(node), -1),
        "names": recorder.bound_to.get(id(node), [])[-8:],
        "held": recorder.held.get(id(node), [])[:2],
    }


def _nodes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[list[Any], Any]]:
    """Yield each thing in what came back with the way to it, what holds something first."""
    yield list(path), value
    if isinstance(value, (tuple, list, dict)) and len(path) < DEEPEST:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(key, (str, int)):
                yield from _nodes(item, (*path, key))


def trace(error: BaseException, filename: str) -> list[int]:
    """Return the lines of the rewritten text through which an error came, outermost first."""
    found, step = [], error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == filename:
            found.append(step.tb_lineno)
        step = step.tb_next
    return found


"""Run a rewritten function once and give back what it told of itself."""


from collections.abc import Callable, Mapping, Sequence
from typing import Any


WOVEN = "<woven>"


def traced(
    code: Any,
    recorder: Recorder,
    names: Mapping[str, Any],
    others: Sequence[str],
    after: Mapping[str, int],
    wanted: Callable[[Mapping[str, Any]], Callable[..., Any]],
    led_here: Sequence[tuple[str, tuple[Any, ...]]] = (),
) -> Callable[..., dict[str, Any]]:
    """Return what calls a rewritten function, once, and tells what happened.

    ``code`` is rewritten text, compiled or not, that is run in a copy of ``names``; ``wanted``
    takes from there what is to be called. ``others`` are the functions of other exercises, and
    ``after`` the places of arguments whose state after the call is a part of the result. Calls that
    ``led_here`` are made before, so that what they compute is known, too. What is given back has
    the keys ``returned``, ``error`` (its type, its lines, a name that had no value) and ``report``.
    """
    space = dict(names)
    space[RECORDER], space[SUBSCRIPT] = recorder, Index()
    exec(compile(code, WOVEN, "exec") if isinstance(code, str) else code, space)
    recorder.others = {id(space[name]): name for name in others if name in space}
    function = wanted(space)

    def run(*arguments: Any) -> dict[str, Any]:
        before = [value.copy() for value in arrays_in(arguments)]
        recorder.use(arguments)
        recorder.inside += 1
        for other, given in led_here:
            space[other](*given)
        recorder.inside -= 1
        recorder.begins = len(recorder.records)
        returned: Any = None
        error: Exception | None = None
        try:
            returned = function(*arguments)
            if after:
                states = {name: arguments[i] for name, i in after.items()}
                returned = {"returned": returned, "after": states}
        except Full:
            raise
        except Exception as raised:
            error = raised
        told = report_of(recorder, returned, error, arguments, before)
        if error is None:
            return {"returned": returned, "error": None, "report": told}
        name = getattr(error, "name", None) if isinstance(error, NameError) else None
        through = tuple(trace(error, WOVEN)[-50:])
        said = (type(error).__name__[:200], through, str(name or "")[:200])
        return {"returned": None, "error": said, "report": told}

    return run


"""Know where the functions of a source bind their names and read them, from the text alone."""


import ast
import difflib
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache


LIKE = 0.6  # how like two names are, at least, where one was written for the other


@dataclass(frozen=True)
class Use:
    """A use of a name in a function, in the order in which it happens."""

    name: str
    line: int
    function: str
    binds: bool


@dataclass(frozen=True)
class NameUses:
    """The names that a source's functions bind and read, and where each function ends."""

    uses: tuple[Use, ...]
    ends: dict[str, int]
    loops: dict[tuple[str, int], str] = field(default_factory=dict)
    starts: frozenset[int] = frozenset()  # the lines of the functions' heads
    ranges: tuple[tuple[str, int], ...] = ()  # loops over range(name): the name, the line
    exits: dict[str, int] = field(default_factory=dict)  # of a function: its first way out

    def loop_over(self, name: str, line: int) -> str | None:
        """Return what a loop's name goes through, None where the line is no loop over it.

        That is a name, or empty where it is put together in the loop's own line.
        """
        return self.loops.get((name, line))

    def made_at(self, name: str) -> int:
        """Return the line that bound a name last, 0 for an argument and where none did."""
        lines = [u.line for u in self.uses if u.name == name and u.binds]
        return lines[-1] if lines and lines[-1] not in self.starts else 0

    def picks(self, text: str, line: int) -> bool:
        """Tell whether an expression picks a part by a loop's own number, as it is."""
        number = next((name for name, at in self.loops if at == line), "")
        tree = _parsed(text)
        if tree is None or not number:
            return False
        reckoned = any(
            isinstance(node, ast.BinOp)
            and any(isinstance(n, ast.Name) and n.id == number for n in ast.walk(node))
            for node in ast.walk(tree)
        )
        parts = [node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
        names = {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}
        return number in names and not reckoned

    def read_before(self, name: str, line: int) -> bool:
        """Tell whether a name is read in a line or above it."""
        return any(u.name == name and not u.binds and u.line <= line for u in self.uses)

    def is_argument(self, name: str, function: str) -> bool:
        """Tell whether a name is an argument of a function."""
        return any(
            (u.name, u.function) == (name, function) and u.binds and u.line in self.starts
            for u in self.uses
        )

    def bound_again(self, name: str, line: int, loop: int, function: str) -> bool:
        """Tell whether a line binds a name anew in a loop, or in a function called again."""
        if loop:
            return line >= loop
        return any(
            (u.name, u.line, u.function) == (name, line, function) and u.binds for u in self.uses
        )

    def reads_loop(self, text: str, line: int) -> bool:
        """Tell whether an expression reads a name of the loop that begins in a line."""
        words = set(re.findall(r"[A-Za-z_]\w*", text))
        return any(at == line and name in words for name, at in self.loops)

    def read(self, name: str, line: int) -> int:
        """Return how often a name that a line binds is read in its function."""
        function = next((u.function for u in self.uses if (u.name, u.line) == (name, line)), "")
        return sum(u.name == name and u.function == function and not u.binds for u in self.uses)

    def bound_from(self, name: str, line: int) -> bool:
        """Tell whether a name is bound in a line or one below it."""
        return any(u.name == name and u.binds and u.line >= line for u in self.uses)

    def in_place_of(self, name: str, line: int) -> tuple[int, str]:
        """Return the line, and the name, that was bound where ``name`` was meant; 0 without one.

        ``line`` is that in which the name had no value.
        """
        function = next((u.function for u in self.uses if (u.name, u.line) == (name, line)), "")
        uses = [u for u in self.uses if u.function == function]
        if any(u.name == name and u.binds for u in uses):
            return 0, ""
        read = {u.name for u in uses if not u.binds}
        unread = [u for u in uses if u.binds and u.name not in read]
        # What was bound first is lost, so that was meant for the other name.
        twice = [
            first
            for i, u in enumerate(uses)
            if u.binds and (first := _bound_just_before(uses, i)) is not None
        ]
        like = [u for u in unread if _ratio(u.name, name) >= LIKE]
        again = [u for i, u in enumerate(uses) if u.binds and _bound_before(uses, i)]
        # Where a line unpacks several, one that nothing reads is no mistake.
        bound = [u.line for u in uses if u.binds]
        alone = [[u for u in of if bound.count(u.line) == 1] for of in (twice, unread, again)]
        doubled = [
            u for u in uses if u.binds and bound.count(u.line) > len(_names_at(uses, u.line))
        ]
        for found in (like, doubled, *alone):
            before = [u for u in found if u.line <= line] or found
            if before:
                return before[-1].line, before[-1].name
        return 0, ""


@lru_cache(maxsize=1024)
def _parsed(text: str) -> ast.Expression | None:
    try:
        return ast.parse(text, mode="eval")
    except SyntaxError:
        return None


NO_USES = NameUses((), {})


def name_uses(tree: ast.AST) -> NameUses:
    """Read the uses of names from a source's tree."""
    uses: list[Use] = []
    ends: dict[str, int] = {}
    loops: dict[tuple[str, int], str] = {}
    starts: set[int] = set()
    nodes = list(_level_by_level(tree))
    for node in nodes:
        if isinstance(node, ast.For):
            loops |= {(name, node.lineno): through for name, through in _goes_through(node)}
        if isinstance(node, ast.FunctionDef):
            ends[node.name] = node.body[-1].lineno
            starts.add(node.lineno)
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            uses += (Use(a.arg, node.lineno, node.name, True) for a in arguments)
            uses += (Use(a.arg, node.lineno, node.name, False) for a in arguments)
            uses += (
                Use(name.id, name.lineno, node.name, isinstance(name.ctx, ast.Store))
                for name in _names_in_order(node.body)
            )
    ranges = [
        (found, node.lineno)
        for node in nodes
        if isinstance(node, ast.For) and (found := _range_of(node.iter))
    ]
    exits = {
        function.name: node.lineno
        for function in nodes
        if isinstance(function, ast.FunctionDef)
        for node in reversed(function.body)
        if isinstance(node, ast.If) and any(isinstance(n, ast.Return) for n in ast.walk(node))
    }
    return NameUses(tuple(uses), ends, loops, frozenset(starts), tuple(ranges), exits)


def _level_by_level(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements as `ast.walk` does, without the expressions in them."""
    left = deque([tree])
    while left:
        node = left.popleft()
        yield node
        for name in node._fields:
            if name in BLOCKS:
                left.extend(getattr(node, name))


def _range_of(node: ast.expr) -> str:
    """Return the name in ``range(name)``, reversed or not; empty for anything else."""
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "reversed" and node.args:
        node = node.args[0]
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "range" and len(node.args) == 1:
        return node.args[0].id if isinstance(node.args[0], ast.Name) else ""
    return ""


def _goes_through(node: ast.For) -> Iterator[tuple[str, str]]:
    """Yield each of a loop's names with the name of what it goes through, where that is one."""
    targets, through = [node.target], [node.iter]
    if isinstance(node.iter, ast.Call) and isinstance(node.iter.func, ast.Name):
        if node.iter.func.id == "zip" and isinstance(node.target, ast.Tuple):
            if len(node.target.elts) == len(node.iter.args):
                targets, through = node.target.elts, node.iter.args
        elif node.iter.func.id == "enumerate" and isinstance(node.target, ast.Tuple):
            targets, through = node.target.elts[1:], node.iter.args[:1]
    for target, source in zip(targets, through, strict=False):
        names = {n.id for n in ast.walk(source) if isinstance(n, ast.Name)}
        plain = isinstance(source, ast.Name | ast.Subscript) and len(names) == 1
        for name in ast.walk(target):
            if isinstance(name, ast.Name):
                yield name.id, min(names) if plain else ""


COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def _names_in_order(
    nodes: Iterable[ast.AST], inner: frozenset[str] = frozenset()
) -> Iterator[ast.Name]:
    """Yield the names in the order in which they are used; those of comprehensions are their own.

    ``inner`` are the names of the comprehension around.
    """
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Name):
            if node.id not in inner:
                yield node
            continue
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            dotted = ast.Name(f"{node.value.id}.{node.attr}", node.ctx)
            yield ast.copy_location(dotted, node)
        own = inner
        if isinstance(node, COMPREHENSIONS):
            targets = (n for g in node.generators for n in ast.walk(g.target))
            own = inner | {n.id for n in targets if isinstance(n, ast.Name)}
        children = [n for n in ast.iter_child_nodes(node) if not isinstance(n, NAMELESS)]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.For):  # what is assigned comes first
            first = node.iter if isinstance(node, ast.For) else node.value
            children = [first, *(child for child in children if child is not first)]
        yield from _names_in_order(children, own)


def _bound_before(uses: list[Use], i: int) -> bool:
    return any(u.name == uses[i].name and u.binds for u in uses[:i])


def _bound_just_before(uses: list[Use], i: int) -> Use | None:
    """Return what bound a name that is bound once more and was not read in between."""
    before = [u for u in uses[:i] if u.name == uses[i].name]
    return before[-1] if before and before[-1].binds else None


def _names_at(uses: list[Use], line: int) -> set[str]:
    return {u.name for u in uses if u.binds and u.line == line}


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


"""Describe an expression of a source: where it stands, what it does, what it reads."""


import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")  # fields that hold statements
NAMELESS = ast.Constant | ast.expr_context | ast.operator  # nodes in which no name stands
PART = r"\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]"  # brackets, and brackets within
BASE = re.compile(rf"([A-Za-z_]\w*(?:\.(?!T\b)\w+)*)(?:{PART}|\.T)*")


def base_name(text: str) -> str:
    """Return the name that an expression takes a part of, or is; empty for any other."""
    found = BASE.fullmatch(text)
    return found[1] if found else ""


@dataclass(frozen=True)
class Expression:
    """A place: one expression of a source, what it does, and what its operands are called."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    op: str
    parts: tuple[str, ...]
    loop: int = 0  # the line of the loop around it; 0: none
    function: str = ""  # in which it stands
    names: frozenset[str] = frozenset()  # that it reads
    items: tuple[tuple[str | int, Expression], ...] = ()  # of a display, by key or place


def statements_in(tree: ast.AST) -> Iterator[ast.stmt]:
    """Yield all statements, in the order of the text."""
    for field_name, value in ast.iter_fields(tree):
        if isinstance(value, list) and field_name in BLOCKS:
            for node in value:
                if isinstance(node, ast.stmt):
                    yield node
                yield from statements_in(node)


def displayed(node: ast.AST) -> list[tuple[str | int, ast.expr]]:
    """Return the items of a display, or the keywords of a call of dict, by key or place."""
    if isinstance(node, ast.Tuple | ast.List) and not any(
        isinstance(item, ast.Starred) for item in node.elts
    ):
        return list(enumerate(node.elts))
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [(str(k.value), v) for k, v in pairs if isinstance(k, ast.Constant)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return [(keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg]
    return []


"""Rewrite a source so that every operation in it is a call of the recorder.

What the rewritten text computes is the same. A place is one expression of the source; its number
stands in the rewritten text, and the rest of it stays here.
"""


import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any


LOAD = ast.Load()
NO_NAMES: frozenset[str] = frozenset()
NO_TEXT = ast.Constant("")  # the text of what has none
LONGEST_SOURCE = 20_000  # characters
# Calls that do what an operator does, or each other, by one name.
SAME = {
    "np.dot": "MatMult",
    "np.matmul": "MatMult",
    ".dot": "MatMult",
    "np.multiply": "Mult",
    "np.add": "Add",
    "np.subtract": "Sub",
    "np.divide": "Div",
    "np.negative": "USub",
    "np.power": "Pow",
    "np.transpose": ".T",
    ".transpose": ".T",
    ".sum": "np.sum",
    ".mean": "np.mean",
    "np.concatenate": "stack",
    "np.vstack": "stack",
    "np.hstack": "stack",
    "np.stack": "stack",
}
# Calls that look at where they are called.
LEFT_ALONE = {"super", "locals", "globals", "vars", "dir", "next", "iter", "exec", "eval"}


class NotWoven(ValueError):
    """A source that cannot be rewritten: it does not parse, or is too long or too deep."""


@dataclass(frozen=True)
class Woven:
    """A woven source: the text to run, its places, and where its statements stood."""

    text: str
    places: tuple[Expression, ...]
    statements: tuple[int, ...] = ()  # the lines of the source's statements
    uses: NameUses = NO_USES
    defines: frozenset[str] = frozenset()  # the functions and classes in the text

    @cached_property
    def lines(self) -> dict[int, int]:
        """Return for the lines of the text those of the source; only an error asks for them."""
        try:
            new = [statement.lineno for statement in statements_in(ast.parse(self.text))]
            return dict(zip(new, self.statements, strict=True))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return {}

    @property
    def needed(self) -> list[tuple[int, str, list[str]]]:
        """Return what the recorder needs to know of the places."""
        return [(p.line, p.op, list(map(base_name, p.parts))) for p in self.places]


def woven(source: str, names: Iterable[str] = ()) -> Woven:
    """Rewrite a source; with ``names`` only the functions and classes that these lead to.

    Raises NotWoven.
    """
    if len(source) > LONGEST_SOURCE:
        raise NotWoven("too long")
    try:
        tree = ast.parse(source)
        wanted = list(names)
        if wanted:
            tree.body = _led_to(tree, wanted)
        uses = name_uses(tree)
        weave = Weave()
        text = ast.unparse(weave.visit(tree))
        lines = tuple([statement.lineno for statement in statements_in(tree)])
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotWoven(str(error)) from None
    defines = frozenset(name for node in tree.body for name in _defines(node))
    return Woven(text, tuple(weave.places), lines, uses, defines)


def _led_to(tree: ast.Module, names: list[str]) -> list[ast.stmt]:
    """Return the definitions of names, and those of the names that these read, in their order."""
    defined: dict[str, ast.stmt] = {}
    for node in tree.body:
        for name in _defines(node):
            defined[name] = node
    kept: list[ast.stmt] = []
    while names:
        found = defined.get(names.pop())
        if found is not None and found not in kept:
            kept.append(found)
            names += [n.id for n in ast.walk(found) if isinstance(n, ast.Name)]
    imports = (ast.Import, ast.ImportFrom)
    return [node for node in tree.body if node in kept or isinstance(node, imports)]


def _defines(node: ast.stmt) -> list[str]:
    """Return the names that a statement gives to functions and classes."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda | ast.Name):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _as_read(target: ast.expr) -> ast.expr:
    """Return what reads what an assignment writes to."""
    if isinstance(target, ast.Name):
        return ast.Name(target.id, LOAD)
    return ast.parse(ast.unparse(target), mode="eval").body


class Weave(ast.NodeTransformer):
    """Turn every operation of a source into a call of the recorder."""

    def __init__(self) -> None:
        self.places: list[Expression] = []
        self.loop = 0
        self.function = ""
        self.spare = 0  # names that hold a value until it is stored
        # What is known of nodes as they were; the nodes are held, so that no other has their ids.
        self._texts: dict[int, tuple[ast.AST, str]] = {}
        self._names: dict[int, tuple[ast.AST, frozenset[str]]] = {}

    def _text(self, node: ast.AST) -> str:
        """Return the text of a node as it was before anything in it was rewritten."""
        if isinstance(node, ast.Name):
            return node.id
        if id(node) not in self._texts:
            self._texts[id(node)] = node, ast.unparse(node)
        return self._texts[id(node)][1]

    def _names_in(self, node: ast.AST) -> frozenset[str]:
        """Return the names in a node as it was before anything in it was rewritten."""
        if isinstance(node, ast.Name):
            return frozenset((node.id,))
        if isinstance(node, NAMELESS):
            return NO_NAMES
        if id(node) not in self._names:
            found = NO_NAMES.union(*map(self._names_in, ast.iter_child_nodes(node)))
            self._names[id(node)] = node, found
        return self._names[id(node)][1]

    def _to(
        self, method: str, *arguments: ast.expr, keywords: Iterable[ast.keyword] = ()
    ) -> ast.Call:
        recorder = ast.Attribute(ast.Name(RECORDER, LOAD), method, LOAD)
        return ast.Call(recorder, list(arguments), list(keywords))

    def _place(
        self, node: ast.expr | ast.stmt, op: str, parts: Iterable[ast.expr] = ()
    ) -> ast.Constant:
        parts = list(parts)
        self.places.append(self._expression(node, op, parts))
        return ast.Constant(len(self.places) - 1)

    def _expression(
        self, node: ast.expr | ast.stmt, op: str = "", parts: Iterable[ast.expr] = ()
    ) -> Expression:
        return Expression(
            node.lineno,
            node.col_offset,
            node.end_lineno or node.lineno,
            node.end_col_offset or 0,
            self._text(node),
            op,
            tuple(map(self._text, parts)),
            self.loop,
            self.function,
            self._names_in(node),
            tuple((key, self._expression(item)) for key, item in displayed(node)),
        )

    def visit(self, node: ast.AST) -> Any:
        """Rewrite a node; in most of them there is nothing to rewrite."""
        if isinstance(node, ast.Name | ast.Constant | ast.expr_context):
            return node
        return super().visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Record an operator between two operands."""
        k = self._place(node, type(node.op).__name__, [node.left, node.right])
        return self._to("operate", k, self.visit(node.left), self.visit(node.right))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """Record a sign."""
        if isinstance(node.op, ast.Not) or isinstance(node.operand, ast.Constant):
            return self.generic_visit(node)
        k = self._place(node, type(node.op).__name__, [node.operand])
        return self._to("operate", k, self.visit(node.operand))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Record a transpose."""
        if node.attr != "T" or not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        return self._to("turn", self._place(node, ".T", [node.value]), self.visit(node.value))

    def _index(self, node: ast.Subscript) -> ast.Subscript:
        inner = node.slice
        if isinstance(inner, ast.Tuple):
            index: ast.expr = ast.Tuple([self.visit(each) for each in inner.elts], LOAD)
        else:
            index = self.visit(inner)
        return ast.Subscript(ast.Name(SUBSCRIPT, LOAD), index, LOAD)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Record a part."""
        if not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        k = self._place(node, "part", [node.value, node.slice])
        return self._to("get", k, self.visit(node.value), self._index(node))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Record a call."""
        name = self._text(node.func)
        if name in LEFT_ALONE:
            return self.generic_visit(node)
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        module = name.split(".")[0]
        of_array = receiver is not None and module not in ("np", "numpy")
        if of_array and isinstance(node.func, ast.Attribute):
            name = "." + node.func.attr
        name = name.replace("numpy.", "np.")
        parts = [receiver] if of_array and receiver is not None else []
        named = [keyword.value for keyword in node.keywords if keyword.arg != "out"]
        parts += [*node.args, *named]
        k = self._place(node, SAME.get(name, name), parts)
        # A generator hands its values on unseen: a list does the same, and can be looked at.
        arguments = [
            ast.copy_location(ast.ListComp(a.elt, a.generators), a)
            if isinstance(a, ast.GeneratorExp)
            else a
            for a in node.args
        ]
        function: ast.expr
        if receiver is not None and isinstance(node.func, ast.Attribute):
            function = ast.Attribute(self.visit(receiver), node.func.attr, LOAD)
        else:
            function = self.visit(node.func)
        keywords = [self.visit(keyword) for keyword in node.keywords]
        return self._to("call", k, function, *map(self.visit, arguments), keywords=keywords)

    def _made(self, node: ast.expr) -> ast.AST:
        if not isinstance(getattr(node, "ctx", LOAD), ast.Load):
            return node
        k = self._place(node, "display")
        inner = self.generic_visit(node)
        assert isinstance(inner, ast.expr)
        return self._to("made", k, inner)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        """Record where a tuple was made."""
        return self._made(node)

    def visit_List(self, node: ast.List) -> ast.AST:
        """Record where a list was made."""
        return self._made(node)

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """Record where a dictionary was made."""
        return self._made(node)

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        """Record where a list was made."""
        return self._made(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        """Record where a dictionary was made."""
        return self._made(node)

    def _target(
        self, target: ast.expr, after: list[ast.stmt], value: ast.expr | None = None
    ) -> ast.expr:
        """Return what to assign a value to; what is to be done after that goes into ``after``."""
        if isinstance(target, ast.Name | ast.Attribute):
            line, name = ast.Constant(target.lineno), ast.Constant(ast.unparse(target))
            bind = self._to("bind", line, name, _as_read(target))
            after.append(ast.copy_location(ast.Expr(bind), target))
        elif isinstance(target, ast.Starred):
            target.value = self._target(target.value, after)
        elif isinstance(target, ast.Tuple | ast.List):
            several = isinstance(value, ast.Tuple | ast.List) and value.elts
            values = several if several and len(several) == len(target.elts) else None
            target.elts = [
                self._target(each, after, values[i] if values else None)
                for i, each in enumerate(target.elts)
            ]
        elif isinstance(target, ast.Subscript):
            self.spare += 1
            spare = f"__spare{self.spare}__"
            k = self._place(target, "put", [target.value, value or NO_TEXT, target.slice])
            put = self._to(
                "put", k, self.visit(target.value), self._index(target), ast.Name(spare, LOAD)
            )
            after.append(ast.copy_location(ast.Expr(put), target))
            return ast.copy_location(ast.Name(spare, ast.Store()), target)
        return target

    def _plain(self, value: ast.expr) -> ast.expr:
        """Return what stands for a value, with its text and its items, after it is rewritten."""
        self._text(value)
        if not isinstance(value, ast.Tuple | ast.List):
            return value
        made = type(value)([self._plain(item) for item in value.elts], LOAD)
        self._texts[id(made)] = made, self._text(value)
        return made

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        """Record what names are bound to, and what is stored."""
        after: list[ast.stmt] = []
        plain = self._plain(node.value)
        node.value = self.visit(node.value)
        node.targets = [self._target(target, after, plain) for target in node.targets]
        return [node, *after]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | list[ast.stmt]:
        """Record what a name is bound to; an annotation is left out."""
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        plain = ast.Assign([node.target], node.value)
        return self.visit_Assign(ast.copy_location(plain, node))

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.stmt]:
        """Record a change in place."""
        target = node.target
        if isinstance(target, ast.Attribute):
            return self.generic_visit(node)
        reads = ast.copy_location(_as_read(target), target)
        k = self._place(node, type(node.op).__name__, [reads, node.value])
        value = self.visit(node.value)
        if isinstance(target, ast.Name):
            after: list[ast.stmt] = []
            changed = self._to("change", k, ast.Name(target.id, LOAD), value)
            to = self._target(target, after)
            return [ast.copy_location(ast.Assign([to], changed), node), *after]
        part = self._to("change_part", k, self.visit(target.value), self._index(target), value)
        return ast.copy_location(ast.Expr(part), node)

    def _loop(self, node: ast.For | ast.While) -> ast.AST:
        outer, self.loop = self.loop, node.lineno
        bound: list[ast.stmt] = []
        if isinstance(node, ast.For):
            node.target = self._target(node.target, bound)
        made = self.generic_visit(node)
        assert isinstance(made, ast.For | ast.While)
        made.body = [*bound, *made.body]
        self.loop = outer
        return made

    def visit_For(self, node: ast.For) -> ast.AST:
        """Know the loop around a place."""
        return self._loop(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        """Know the loop around a place."""
        return self._loop(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Leave an annotation out: what it names may not be there."""
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Know the function around a place."""
        outer, self.function = self.function, node.name
        outer_loop, self.loop = self.loop, 0
        node.returns = None
        made = self.generic_visit(node)
        self.function, self.loop = outer, outer_loop
        return made


"""Find the names that a student's function or class reads: those of the notebook around it."""


import sys
import types
from collections.abc import Collection, Iterator
from typing import Any



def names_around(function: Any) -> dict[str, Any]:
    """Return the global names around a function, or around the methods of a class."""
    scope = getattr(function, "__globals__", None)
    if isinstance(scope, dict):
        return scope
    for member in vars(function).values() if isinstance(function, type) else ():
        if isinstance(found := getattr(member, "__globals__", None), dict):
            return found
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    return vars(module) if module is not None else {}


def names_read(code: types.CodeType) -> Iterator[str]:
    """Yield the names that code reads: globals and attributes, of functions within it as well."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from names_read(constant)


def names_random(function: Any, but: Collection[str] = ()) -> bool:
    """Tell whether a function names what draws random numbers, or calls one that does.

    Functions of the notebook are followed, but for those of the names ``but``.
    """
    scope, seen = names_around(function), set(but)
    members = list(vars(function).values()) if isinstance(function, type) else [function]
    waiting = [code for each in members if (code := getattr(each, "__code__", None))]
    while waiting:
        found = set(names_read(waiting.pop())) - seen
        if found & RANDOM:
            return True
        seen |= found
        called = [scope[name] for name in found if isinstance(scope.get(name), types.FunctionType)]
        waiting += [each.__code__ for each in called if each.__globals__ is scope]
    return False


"""Show the result of a student's check: a small table in a notebook, text in a terminal."""


import html
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

HEADS = ("check", "result", "points", "remark")
BAR_WIDTH = 20  # characters of the points bar in text
ON_TOP = ", a bonus on top"
WIDTH = 98  # columns of a message in text, beside its margin of two
CELL_STYLE = "text-align:left;vertical-align:top;padding:0.1em 0.8em 0.1em 0;overflow-wrap:anywhere"
LINE = "1px solid rgba(128,128,128,0.4)"  # visible on light and on dark, quieter than the text


@dataclass(frozen=True)
class Row:
    """A row of the table: a check, its outcome in words, its points and a remark."""

    name: str
    passed: bool
    points: float
    max_points: float
    remark: str = ""
    to_do: bool = False
    answered: bool = False
    bonus: bool = False

    @property
    def word(self) -> str:
        """Return the outcome as a word, so that colour never carries it alone."""
        if self.answered:
            return "answered"
        if self.to_do:
            return "to do"
        return "passed" if self.passed else "failed"

    @property
    def mark(self) -> str:
        """Return the outcome as a sign, beside the word."""
        if self.to_do or self.answered:
            return "\N{WHITE CIRCLE}"
        return "\N{CHECK MARK}" if self.passed else "\N{BALLOT X}"

    @property
    def score(self) -> str:
        """Return the points with at most two decimals: thirds do not fit any table."""
        return f"{round(self.points, 2):g} / {self.max_points:g}"


@dataclass(frozen=True)
class Panel:
    """A panel: title, table of rows, what is wrong line by line (label and text), and notes.

    Jupyter shows the HTML form, a terminal the text.
    """

    title: str
    rows: Sequence[Row] = ()
    lines: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    good: bool = False

    @property
    def points(self) -> float:
        """Return the points earned over all rows."""
        return round(float(sum(row.points for row in self.rows)), 9)  # 9, not 8.999999999999998

    @property
    def score(self) -> str:
        """Return the points with at most two decimals, of how many."""
        return f"{round(self.points, 2):g} of {self.max_points:g}"

    @property
    def max_points(self) -> float:
        """Return the points that can be earned over all rows; a bonus counts on top of them."""
        counted = [row for row in self.rows if self.bonus or not row.bonus]
        return float(sum(row.max_points for row in counted))

    @property
    def bonus(self) -> bool:
        """Tell whether all of it is a bonus."""
        return bool(self.rows) and all(row.bonus for row in self.rows)

    @property
    def to_do(self) -> bool:
        """Tell whether nothing of it was begun."""
        return bool(self.rows) and all(row.to_do for row in self.rows)

    @property
    def share(self) -> float:
        """Return the points earned as a share of those that there are, at most 1."""
        return min(self.points / self.max_points, 1.0)

    def __repr__(self) -> str:
        """Return the panel as plain text of at most 100 columns."""
        lines = [self.title]
        width = max((len(row.name) for row in self.rows), default=0)
        words = max([len("passed"), *(len(row.word) for row in self.rows)])
        for row in self.rows:
            line = f"  {row.name:<{width}}  {row.word:<{words}}  {row.score:>11}  {row.remark}"
            lines.append(line.rstrip())
        if self.rows:
            done = round(BAR_WIDTH * self.share)
            bar = "#" * done + "." * (BAR_WIDTH - done)
            lines.append(f"  [{bar}] {self.score} points{ON_TOP if self.bonus else ''}")
        told = _folded(self.lines, self.notes)
        return "\n".join([*lines, *("  " + line if line else "" for line in told)])

    def _repr_html_(self) -> str:
        """Return the panel as HTML that takes its colours from the notebook's theme."""
        edge = "#2e7d32" if self.good else "#757575" if self.to_do else "#c62828"
        parts = [
            f'<div style="border-left:4px solid {edge};padding:0.2em 0.8em;margin:0.3em 0">'
            f"<strong>{html.escape(self.title)}</strong>"
        ]
        if self.rows:
            parts.append('<table style="margin:0.4em 0;border-collapse:collapse">')
            columns = len(HEADS) if any(row.remark for row in self.rows) else len(HEADS) - 1
            head = "".join(_cell("th", text) for text in HEADS[:columns])
            parts.append(f"<thead><tr>{head}</tr></thead><tbody>")
            parts += [_row(row, columns) for row in self.rows]
            parts.append("</tbody></table>")
            parts.append(
                f'<div>{self.score} points{ON_TOP if self.bonus else ""} <meter min="0" '
                f'max="{self.max_points:g}" value="{self.points:g}" style="width:10em" '
                f'aria-label="points earned"></meter></div>'
            )
        return "".join([*parts, _told(self.lines, self.notes), "</div>"])


def _cell(tag: str, text: str) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    style = f"text-align:left;padding:0.1em 0.8em 0.1em 0;border-bottom:{LINE}"
    return f'<{tag}{scope} style="{style}">{html.escape(text)}</{tag}>'


def _row(row: Row, columns: int) -> str:
    texts = (row.name, f"{row.mark} {row.word}", row.score, row.remark)
    return "<tr>" + "".join(_cell("td", text) for text in texts[:columns]) + "</tr>"


def _folded(labelled: Sequence[tuple[str, str]], notes: Sequence[str]) -> list[str]:
    """Fold long lines for a terminal; what follows a label stays in the label's column."""
    inside = " " * len("expected: ")
    lines = [""] if labelled else []
    for label, text in labelled:
        first, *more = text.splitlines() or [""]  # an exception's words may be several lines
        lines += _wrapped(f"{label + ':':<{len(inside)}}{first}", inside)
        lines += [line for part in more for line in _wrapped(inside + part, inside)]
    for note in notes:
        lines += ["", *(line for part in note.splitlines() for line in _wrapped(part, ""))]
    return lines


def _wrapped(text: str, inside: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=inside, break_on_hyphens=False) or [""]


def _told(labelled: Sequence[tuple[str, str]], notes: Sequence[str]) -> str:
    """Show labelled lines as a table without lines of its own, the notes as paragraphs."""
    rows = "".join(
        '<tr style="background:none">'
        f'<th scope="row" style="{CELL_STYLE}">{html.escape(label)}</th>'
        f'<td style="{CELL_STYLE}">{html.escape(text)}</td></tr>'
        for label, text in labelled
    )
    table = f'<table style="margin:0.4em 0;border-collapse:collapse">{rows}</table>' if rows else ""
    return table + "".join(
        f'<p style="margin:0.4em 0;overflow-wrap:anywhere">{html.escape(note)}</p>'
        for note in notes
    )


"""Read what the student's check knows of each exercise, from ``references.npz`` beside it."""


import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np



@dataclass(frozen=True)
class Reference:
    """A reference of one exercise: its layout, the visible call, the result, known mistakes.

    ``steps`` are recorded calls of each function that this one calls: arguments, result and, where
    the call changed them, the arguments after it. ``driver`` and ``holds`` are texts of functions.
    What is ``sealed`` is compared where marks are made, and has no result here. The ``other`` one
    is a call with other ``sizes`` than the visible one's, and knows the mistakes that show only
    there; the visible one has no text of its sizes.
    """

    layout: Layout
    arguments: tuple[Tree, ...]
    result: Tree
    dims: Mapping[str, int]
    mistakes: Locked
    numeric: Mapping[str, Any]
    steps: Mapping[str, tuple[tuple[Tree, ...], ...]]
    driver: str = ""
    holds: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    sealed: bool = False
    sizes: str = ""
    other: Reference | None = None
    known: tuple[Mapping[str, Any], ...] = ()  # values that equations name: name, number, digests
    salt: str = ""


def _load(folder: Path) -> dict[str, Reference]:
    with np.load(folder / "references.npz", allow_pickle=False) as stored:
        store = parted({name: stored[name] for name in stored.files})
    about = json.loads(bytes(store.pop("about")).decode("utf-8"))
    return {name: _reference(entry, store) for name, entry in about["exercises"].items()}


def _reference(entry: Mapping[str, Any], store: Mapping[str, Any]) -> Reference:
    layout = dict(entry["layout"])
    layout["checks"] = tuple(
        Check(**{**line, "among": tuple(line["among"])}) for line in layout["checks"]
    )
    layout["labels"] = {key: tuple(names) for key, names in layout["labels"].items()}
    layout["arguments"], layout["returns"] = tuple(layout["arguments"]), tuple(layout["returns"])
    values = entry.get("values", {})
    visible = Reference(
        layout=Layout(**layout),
        numeric={name: store[key] for name, key in entry["numeric"].items()},
        driver=entry["driver"],
        holds=entry["holds"],
        seconds=entry["seconds"],
        sealed=entry["result"] is None,
        known=tuple(values.get("known", ())),
        salt=values.get("salt", ""),
        **_call(entry, store),
    )
    second = entry["other"]
    if second is None:
        return visible
    sizes = ", ".join(f"{letter} = {size}" for letter, size in second["dims"].items())
    other = replace(visible, numeric={}, known=(), sizes=sizes, **_call(second, store))
    return replace(visible, other=other)


def _call(entry: Mapping[str, Any], store: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "arguments": unpack(entry["arguments"], store),
        "result": None if entry["result"] is None else unpack(entry["result"], store),
        "dims": entry["dims"],
        "mistakes": Locked(entry["mistakes"]),
        "steps": {name: unpack(steps, store) for name, steps in entry["steps"].items()},
    }


@functools.cache
def references() -> dict[str, Reference]:
    """Return every exercise's reference by name, in the notebook's order.

    Raises FileNotFoundError or ValueError with the remedy when the file is absent or damaged.
    """
    folder = Path(__file__).resolve().parent
    if not (folder / "references.npz").exists():
        raise FileNotFoundError(
            f"references.npz is not in {folder}: put it beside selfcheck.py and the notebook"
        )
    try:
        return _load(folder)
    except Exception as error:  # cut off, or of another release than this file
        raise ValueError(
            f"references.npz in {folder} cannot be read ({type(error).__name__}): "
            "fetch it again, together with the files beside it"
        ) from None


"""Stand in for the student's helper function with answers from recorded calls.

A wrong helper then does not fail the function that calls it, and a call with the wrong arguments
can be distinguished from all others.
"""


import contextlib
import copy
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np


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


"""Name what made a result wrong, from what ``references.npz`` knows of mistakes and from its form.

The same order and the same words as the judge's ``diagnose.py``; there a known mistake is run on
hidden inputs, here its result on the visible example is recognised by a fingerprint.
"""


import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np



def known_by_error(mistakes: Locked, error: Exception) -> Cause | None:
    """Return the catalogued mistake that raises exactly this on the visible example."""
    found = mistakes.by_text(f"error {type(error).__name__}: {error}")
    return _cause(found[0]) if found else None


def known_by_result(layout: Layout, mistakes: Locked, result: Tree) -> Cause | None:
    """Return the catalogued mistake that gives exactly this result on the visible example.

    Where two of them together give it, both are told.
    """
    mine = result_fingerprint(layout, result)
    if found := mistakes.by_sums("whole", mine):
        return _cause(found[0])
    pair = mistakes.by_sums("pair", mine)
    return both_told(*map(_cause, pair[:2])) if len(pair) > 1 else None


def known_by_path(mistakes: Locked, off: Off) -> Cause | None:
    """Return the catalogued mistake that first calls a stand-in with these wrong arguments.

    What comes after that call is not known: where several mistakes make the same one, all are told.
    """
    found = mistakes.by_sums(f"off {off[0]}", off[1:])
    if not found:
        return None
    titles = ", or ".join(known["title"] for known in found)
    return Cause(found[0]["id"], titles, found[0]["hint"])


def possible_mistake(
    layout: Layout, mistakes: Locked, result: Tree, wrong: set[str]
) -> Cause | None:
    """Return the mistake that explains the most of the ``wrong`` outputs and spoils no other."""
    outputs, whole = by_name(layout, result)
    if whole is not None:
        return None
    alike: dict[str, int] = {}
    known: dict[str, Known] = {}
    for name in layout.outputs:
        if name in wrong and name in outputs:
            for each in mistakes.by_sums(f"part {name}", fingerprint(outputs[name])):
                known[each["id"]] = each
                alike[each["id"]] = alike.get(each["id"], 0) + 1
    fit = [name for name in known if {*known[name]["changes"]} <= wrong]
    best = max(fit, key=lambda name: (alike[name], -known[name]["number"]), default=None)
    return _cause(known[best], certain=False) if best is not None else None


def _cause(known: Known, certain: bool = True) -> Cause:
    return Cause(known["id"], known["title"], known["hint"], certain)


def form_of_error(error: Exception, arguments: Tree, helper: Tree) -> Cause | None:
    """Return what an exception says; keys are those of the arguments and of the helper's result."""
    keys = {key for key, _ in (*named_parts(arguments), *named_parts(helper))}
    return cause_of_error(type(error).__name__, str(error), keys, lambda _: True)


def form_of_result(layout: Layout, expected: Tree, result: Tree) -> Cause | None:
    """Return what the form of a wrong result says."""
    return cause_of_result(layout, expected, result, 1e-6)


def on_its_own(function: Any, arguments: tuple[Tree, ...]) -> Callable[..., Any] | None:
    """Return ``function`` with useless values for the notebook's variables that it leans on.

    Those are the global names in its code that hold an argument, or a part of one. None when there
    is no such name: then it reads its arguments from nowhere else.
    """
    code, scope = getattr(function, "__code__", None), getattr(function, "__globals__", None)
    if not isinstance(function, types.FunctionType) or code is None or scope is None:
        return None
    parts = [*arguments, *(value for _, value in named_parts(arguments))]
    parts = [part for part in parts if isinstance(part, np.ndarray | dict | list | tuple)]
    leant = {
        name: scope[name]
        for name in names_read(code)
        if name in scope
        and isinstance(scope[name], np.ndarray | dict | list | tuple)
        and any(same(scope[name], part, 0.0) for part in parts)
    }
    if not leant:
        return None
    return _with_names(function, {name: _useless(value) for name, value in leant.items()})


def fed_by_names(function: Any, names: Mapping[str, Any]) -> Callable[..., Any] | None:
    """Return ``function`` with these values for the notebook's variables of their names.

    None when it reads none of them: then it is not the notebook that makes it wrong.
    """
    if not isinstance(function, types.FunctionType):
        return None
    read = {name for name in names_read(function.__code__) if name in names}
    fed = {name: names[name] for name in read if name in function.__globals__}
    return _with_names(function, deep_copy(fed)) if fed else None


def _with_names(function: types.FunctionType, names: Mapping[str, Any]) -> Callable[..., Any]:
    scope, kept = {**function.__globals__, **names}, function.__closure__
    made = types.FunctionType(
        function.__code__, scope, function.__name__, function.__defaults__, kept
    )
    made.__kwdefaults__ = function.__kwdefaults__  # which the constructor does not take
    return made


def _useless(value: Any) -> Any:
    """Return something of the same kind that no right answer can be computed from."""
    if isinstance(value, np.ndarray):
        return np.full(value.shape, np.nan)
    if isinstance(value, dict):
        return {key: _useless(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_useless(item) for item in value]
    return float("nan")


"""Say where in a student's code an exception came about: in a wrong call, not in what is called."""


import linecache
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any


Frames = Sequence[tuple[FrameType, int]]


@dataclass(frozen=True)
class WhereRaised:
    """A line to look at, and the exercise ``called`` on the way that this one is not to call."""

    look: str
    called: str = ""


def where_raised(
    reference: Reference,
    error: Exception,
    scope: dict[str, Any],
    is_right: Callable[[str, Any], bool],
) -> WhereRaised:
    """Find the line of the student's own code that made ``error`` come about.

    Where another exercise's function raised it that ``is_right`` by itself, that is the line which
    calls it; files that were handed out are not looked into either.
    """
    frames = _of_the_student(list(traceback.walk_tb(error.__traceback__)))
    if not frames:
        return WhereRaised("how the function is defined: does it take these arguments?")
    names = [_exercise_of(frame, reference, scope) for frame, _ in frames]
    at = next((at for at, name in enumerate(names) if name), 0)
    other = names[at]
    if at and other and is_right(other, scope[other]):
        frames = frames[:at]
    return WhereRaised(_line(*frames[-1]), other if other not in reference.steps else "")


def _of_the_student(frames: Frames) -> Frames:
    """Leave out this file, what was installed, and what was handed out beside this file."""
    own = [each for each in frames if each[0].f_code.co_filename != __file__]
    folder = str(Path(__file__).parent)
    return [
        (frame, line)
        for frame, line in own
        if "site-packages" not in frame.f_code.co_filename
        and str(Path(frame.f_code.co_filename).parent) != folder
    ] or own


def _exercise_of(frame: FrameType, reference: Reference, scope: dict[str, Any]) -> str:
    """Return the other exercise whose function this is a frame of, empty where it is of none."""
    name = frame.f_code.co_name
    own = getattr(scope.get(name), "__code__", None)
    known = name in references() and name != reference.layout.name
    return name if known and own is frame.f_code else ""


def _line(frame: FrameType, line: int) -> str:
    text = linecache.getline(frame.f_code.co_filename, line).strip()
    told = f": {text}" if text else ""
    return f"line {line} of that cell, in {frame.f_code.co_name}{told}"


"""Call a student's function on a reference's arguments and say what became of each check."""


import contextlib
import io
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


SECONDS = 10.0  # a right answer to the visible example takes milliseconds
PATIENCE = 5.0  # times the processor time that a call may take where marks are made


@dataclass
class Tried:
    """An attempt: one call of the student's function and what became of it."""

    findings: dict[str, Finding | None]
    outputs: dict[str, Tree]
    result: Tree = None
    error: Exception | None = None
    empty: bool = False
    replay: NotThisStep | None = None
    called: str = ""  # another exercise's function, which this one is not to call

    @property
    def failed(self) -> bool:
        """Tell whether any check did not hold."""
        return any(self.findings.values())


def try_on(
    reference: Reference, function: Callable[..., Any], replay: bool = False, locate: bool = True
) -> Tried:
    """Call the function on the reference's arguments; what it calls may answer by replay.

    With ``locate`` an exception is told with the line to look at.
    """
    # The references serve the next check as well, whatever the function does to its arguments.
    layout, arguments = reference.layout, deep_copy(reference.arguments)
    scope = names_around(function)
    steps = replaying(reference, scope) if replay else contextlib.nullcontext()
    try:
        with _quiet(), time_limit(max(SECONDS, PATIENCE * reference.seconds)), steps:
            run = function
            if reference.driver:
                run = driven(reference.driver, {**scope, layout.name: function})
            result = returned_by(layout, run, arguments)
    except Exception as error:
        return _raised(reference, error, scope, locate)
    if reference.sealed:
        return Tried(_form_alone(layout, result), by_name(layout, result)[0], result)
    tol = Tolerance(1e-6, reveal=True)
    predicates = {name: run_portable(text) for name, text in reference.holds.items()}
    holds = properties(predicates, reference.arguments)
    findings = compare(layout, reference.result, result, tol, reference.dims, holds)
    if INPUTS in check_names(layout):
        findings[INPUTS] = _changed(layout, reference.arguments, arguments)
    return Tried(findings, by_name(layout, result)[0], result)


def _form_alone(layout: Layout, result: Tree) -> dict[str, Finding | None]:
    """Look whether there is an answer at all: which one is right is not known here."""
    like = {line.name: (line.among or (0.0,))[0] for line in layout.checks}
    expected: Tree = like if layout.returns_dict else tuple(like[name] for name in layout.returns)
    if len(layout.returns) == 1 and not layout.returns_dict:
        expected = like[layout.returns[0]]
    findings = compare(layout, expected, result, Tolerance(1e-6, reveal=True), {})
    return {
        name: None if found is not None and found.rung == "values" else found
        for name, found in findings.items()
    }


def check_names(layout: Layout) -> list[str]:
    """Return the names of an exercise's checks in their order."""
    return [line.name for line in layout.checks]


def _raised(reference: Reference, error: Exception, scope: dict[str, Any], locate: bool) -> Tried:
    layout = reference.layout
    frames = traceback.extract_tb(error.__traceback__)
    empty = says_empty(error) and frames[-1].name == layout.name  # not the cell that it calls
    where = where_raised(reference, error, scope, _right_alone) if locate else WhereRaised("")
    called = f"called with {'other sizes' if reference.sizes else 'the visible example'}"
    got = f"{type(error).__name__}: {error}"
    checked, look, short = f"{layout.name} {called}", where.look, f"{called}: got {got}"
    if empty:
        got, look, short = EMPTY, "the cell above: write the function there", EMPTY
    if isinstance(error, NotThisStep):
        called = str(error.off[0]).rpartition("> ")[2]
        checked, got, short = f"how {layout.name} calls {called}", str(error), ""
    finding = Finding("raised", checked, "a result", got, look, short)
    replay = error if isinstance(error, NotThisStep) else None
    findings: dict[str, Finding | None] = dict.fromkeys(check_names(layout), finding)
    return Tried(findings, {}, None, error, empty, replay, where.called)


def _right_alone(name: str, function: Any) -> bool:
    # Where that raises is nobody's question: two functions may call each other.
    cases = [references()[name], references()[name].other]
    return not any(try_on(case, function, locate=False).failed for case in cases if case)


def says_empty(error: Exception | None) -> bool:
    """Tell whether an exception is the stub's."""
    return isinstance(error, NotImplementedError) and EMPTY in str(error)


def _changed(layout: Layout, before: tuple[Tree, ...], after: tuple[Tree, ...]) -> Finding | None:
    for name, old, new in zip(layout.arguments, before, after, strict=False):
        if name not in layout.after and not same(old, new, 0.0):
            return changed_argument(name)
    return None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep prints and warnings of the function away from the marks."""
    sink = io.StringIO()
    with (
        contextlib.redirect_stdout(sink),
        contextlib.redirect_stderr(sink),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


"""Say why an attempt is wrong: a known mistake, another result the second time, its form."""


from collections.abc import Callable
from typing import Any



def try_again(
    reference: Reference, function: Callable[..., Any], replay: bool = False
) -> tuple[Tried, Cause | None]:
    """Return the attempt that shows what is wrong, and its cause where that is certain.

    A right answer must come again when the function is called again, and without the notebook's
    variables: where marks are made, others have been called before and the variables are gone.
    """
    first = try_on(reference, function, replay)
    known = catalogued(reference, first)
    if first.empty or known is not None:
        return first, known
    kept = _copied(first.result)  # a list that the function keeps would change with the next call
    second = try_on(reference, function, replay)
    if bool(first.error) != bool(second.error) or _differ(kept, second.result):
        chance = names_random(function, but=reference.steps)
        return (first if first.failed else second), DRAWS_RANDOM if chance else KEEPS_STATE
    if reference.sizes and first.failed and _right_when_fed(reference, function, replay):
        return first, READS_GLOBALS
    alone = None if first.failed else on_its_own(function, reference.arguments)
    if alone is None or not (third := try_on(reference, alone, replay)).failed:
        return first, None
    return third, READS_GLOBALS


def _right_when_fed(reference: Reference, function: Callable[..., Any], replay: bool) -> bool:
    """Tell whether a function is right as soon as the notebook's variables are those of the call.

    They are the example's, so that it is right there.
    """
    names = as_variables(reference.dims, reference.layout.arguments, reference.arguments)
    fed = fed_by_names(function, names)
    return fed is not None and not try_on(reference, fed, replay).failed


def _copied(result: Tree) -> Tree:
    try:
        return deep_copy(result)
    except Exception:  # it holds what cannot be copied
        return result


def _differ(one: Tree, other: Tree) -> bool:
    try:
        return not same(one, other, 1e-6)
    except Exception:  # a list that holds itself, a key that cannot be shown
        return False


def catalogued(reference: Reference, attempt: Tried) -> Cause | None:
    """Return the catalogued mistake that gives exactly this result."""
    if not attempt.failed or attempt.empty:
        return None
    if attempt.replay is not None:
        return known_by_path(reference.mistakes, attempt.replay.off)
    if attempt.error is not None:
        return known_by_error(reference.mistakes, attempt.error)
    try:
        return known_by_result(reference.layout, reference.mistakes, attempt.result)
    except Exception:  # a list that holds itself, a key that cannot be shown
        return None


def by_form_or_part(reference: Reference, attempt: Tried) -> Cause | None:
    """Return what the form of the result says, or a mistake that explains a part of it."""
    if not attempt.failed or attempt.empty or attempt.replay is not None:
        return None
    layout, expected = reference.layout, reference.result
    if attempt.error is not None and attempt.called:
        return calls_another(layout.name, attempt.called)
    if attempt.error is not None:
        made = [step[1] for steps in reference.steps.values() for step in steps[:1]]
        return form_of_error(attempt.error, reference.arguments, made)
    wrong = {name for name, finding in attempt.findings.items() if finding} - {INPUTS}
    try:
        return form_of_result(layout, expected, attempt.result) or possible_mistake(
            layout, reference.mistakes, attempt.result, wrong
        )
    except Exception:  # a list that holds itself, a key that cannot be shown
        return None


"""Say up to which line a student's function is right, by the values that equations name."""


import inspect
import itertools
import linecache
import warnings
from collections.abc import Callable, Collection, Iterator
from typing import Any

import numpy as np


WATCHED_SECONDS = 2.0  # of processor time, for a loop that never ends
LONGEST_LINE = 80  # characters


def right_until(
    reference: Reference, function: Callable[..., Any], right: Collection[str] = ()
) -> str:
    """Return the last line that makes a value which an equation names, and what is not made.

    Outputs that are ``right`` are made, whichever way. Empty where no equation names a value, and
    where nothing can be looked at.
    """
    if not reference.known:
        return ""
    try:
        lines, start = inspect.getsourcelines(function)
        made = woven(inspect.cleandoc("\n" + "".join(lines)), [reference.layout.name])
    except (OSError, TypeError, NotWoven):
        return ""
    recorder = Recorder(made.needed)
    _run(reference, function, made.text, recorder)
    found: dict[str, int] = {}
    lines_of = [place.line for place in made.places]
    for record in _finished(recorder, lines_of):
        for name in _known(reference, record):
            found.setdefault(name, lines_of[record.place])
    missing = [k for k in reference.known if k["name"] not in found and k["name"] not in right]
    if not missing:
        return ""
    return " ".join(filter(None, (_until(reference, function, start, found), _not_made(missing))))


def _finished(recorder: Recorder, lines: list[int]) -> Iterator[Made]:
    """Yield the values that a line comes to: what goes on within it is on the way there."""
    on_the_way = {
        number
        for record in recorder.records
        if record.place >= 0 and not record.moved
        for number in record.inputs
        if recorder.records[number].place >= 0
        and lines[recorder.records[number].place] == lines[record.place]
    }
    bound = {number for _, _, number in recorder.bindings}
    for number, record in enumerate(recorder.records):
        if record.place >= 0 and (number in bound or number not in on_the_way):
            yield record


def _run(reference: Reference, function: Callable[..., Any], text: str, recorder: Recorder) -> None:
    """Call the rewritten function on the visible example; what it raises ends it there."""
    name, driver = reference.layout.name, reference.driver

    def wanted(space: Any) -> Callable[..., Any]:
        called: Callable[..., Any] = driven(driver, space) if driver else space[name]
        return called

    scope = names_around(function)
    try:
        with (
            replaying(reference, scope),
            np.errstate(all="ignore"),
            warnings.catch_warnings(),
            time_limit(WATCHED_SECONDS, processor=True),
        ):
            warnings.simplefilter("ignore")
            run = traced(text, recorder, scope, list(reference.steps), {}, wanted)
            run(*deep_copy(reference.arguments))
    except Exception:
        return  # what was recorded until then is looked at


def _known(reference: Reference, record: Made) -> Iterator[str]:
    """Yield the names of the values that a record, or a stretch of it, holds."""
    table = [known["digests"] for known in reference.known]
    for place in known_by(record.value, table, reference.salt):
        yield reference.known[place]["name"]
    for known in reference.known:
        for stretch in _stretches(record.value, tuple(known["shape"])):
            if known_by(stretch, [known["digests"]], reference.salt):
                yield known["name"]


def _stretches(value: Numeric, shape: tuple[int, ...]) -> Iterator[Numeric]:
    """Yield the parts of that shape that a stack of several has, one after the other."""
    if value.ndim == len(shape) and value.shape[1:] == shape[1:] and value.shape[0] > shape[0]:
        for at in range(0, value.shape[0] - shape[0] + 1, shape[0]):
            yield value[at : at + shape[0]]
    elif value.ndim == len(shape) + 1:
        if value.shape[1:] == shape:
            yield from value
        elif value.shape[:-1] == shape:
            yield from np.moveaxis(value, -1, 0)


def _last_in_a_row(reference: Reference, found: dict[str, int]) -> str:
    """Return the last value that is made before one is missing, in the equations' order."""
    names = [str(known["name"]) for known in reference.known]
    row = list(itertools.takewhile(found.__contains__, names))
    return row[-1] if row else next(name for name in names if name in found)


def _until(
    reference: Reference, function: Callable[..., Any], start: int, found: dict[str, int]
) -> str:
    if not found:
        return ""
    name = _last_in_a_row(reference, found)
    equation = next(k["equation"] for k in reference.known if k["name"] == name)
    line = start + found[name] - 1
    text = linecache.getline(function.__code__.co_filename, line).strip()[:LONGEST_LINE]
    told = f": {text}" if text else ""
    return f"Right until here: line {line} makes {name}, equation ({equation}){told}."


def _not_made(missing: list[Any]) -> str:
    first = missing[0]
    return (
        f"{first['name']}, equation ({first['equation']}), is among nothing that your lines make."
    )


"""Make the panel that a check shows: a row for each line of the marks, and what is wrong first."""


from collections.abc import Mapping
from dataclasses import replace


LONGEST_REMARK = 60  # characters


def panel_of(
    reference: Reference,
    findings: Mapping[str, Finding | None],
    first: Finding | None,
    notes: tuple[str, ...],
    outputs: Mapping[str, Tree],
) -> tuple[Panel, str]:
    """Return the panel of a check's findings and the short message of the ``first`` of them."""
    layout = reference.layout
    failed = {name for name, finding in findings.items() if finding}
    points = earned(layout, failed)
    rows = [
        Row(
            line.name if line.name != INPUTS else "arguments untouched",
            line.name not in failed,
            points[line.name],
            line.points,
            _remark(reference, outputs, line, findings.get(line.name), points[line.name]),
            bonus=layout.bonus,
        )
        for line in layout.checks
    ]
    if first is None:
        return Panel(f"{layout.name}: all checks passed", rows, (), notes, True), ""
    panel = Panel(f"{layout.name}: not right yet", rows, first.lines, notes)
    short = first.short or f"{first.checked}: got {first.got}"
    return panel, f"{layout.name}: {short}"


def _remark(
    reference: Reference,
    outputs: Mapping[str, Tree],
    line: Check,
    finding: Finding | None,
    points: float,
) -> str:
    """Say beside a check what is wrong with it, or why it earns less than it could."""
    if finding is not None:
        return _in_short(finding)
    if points < line.points:
        return f"counts {'in full ' if points else ''}when the main values are right"
    return _agreement(reference, outputs, line.name)


def _in_short(finding: Finding) -> str:
    """Say in a few words what is wrong, beside the name of what it is wrong with."""
    if finding.rung in ("raised", "defined"):
        return "no result"
    if finding.rung == "inputs":
        return finding.checked.removesuffix(" after the call") + " changed"
    told = " ".join((finding.short.partition(": ")[2] or f"got {finding.got}").split())
    return told if len(told) <= LONGEST_REMARK else told[: LONGEST_REMARK - 1] + "…"


def to_do_panel(panel: Panel, layout: Layout) -> Panel:
    """Make the panel of a function that is still the stub: what there is to earn, nothing wrong."""
    shapes = (line.shape and f"shape {line.shape}" for line in layout.checks)
    rows = [
        replace(row, to_do=True, remark=shape)
        for row, shape in zip(panel.rows, shapes, strict=True)
    ]
    note = f"{EMPTY.capitalize()}: write the function above."
    return Panel(f"{layout.name}: not written yet", rows, notes=(note,))


def answered_panel(panel: Panel, layout: Layout) -> Panel:
    """Make the panel of an answer that is compared where marks are made: which is not said here."""
    rows = [replace(row, passed=False, points=0.0, answered=True) for row in panel.rows]
    note = "Answered. Whether it is right is told where marks are made."
    return Panel(f"{layout.name}: answered", rows, notes=(note,), good=True)


def _agreement(reference: Reference, outputs: Mapping[str, Tree], name: str) -> str:
    """Say how well a gradient agrees with the numerical one of the same function."""
    if name not in reference.numeric or name not in outputs:
        return ""
    error = relative_error(outputs[name], reference.numeric[name], 1e-6)
    return f"agrees with the numerical gradient to {error:.0e}"


"""Weigh what a function did on a reference: by itself, and with right functions below it.

A wrong cell function is not to fail the sequence that calls it, nor to hide what is wrong with it.
"""


import enum
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any



class Tells(enum.IntEnum):
    """How much an attempt explains, from nothing to a mistake that does exactly the same."""

    NOTHING = 0
    HINTS = 1  # a mistake that is possible, an exception of what may be below
    SAYS = 2  # which argument of a call is not the right one
    FORM = 3
    KNOWN = 4


@dataclass(frozen=True)
class Weighed:
    """An attempt that counts, why it is wrong, and the function ``below`` to be mended first."""

    tried: Tried
    cause: Cause | None = None
    below: str = ""


def weigh(reference: Reference, function: Callable[..., Any]) -> Weighed:
    """Call the function on a reference, as often as it takes to say what is wrong with it."""
    tried, cause = try_again(reference, function)
    if not tried.failed or not reference.steps or tried.empty:
        return Weighed(tried, cause or by_form_or_part(reference, tried))
    replayed, known = try_again(reference, function, replay=True)
    below = _wrong_below(reference, function)
    if below and not replayed.failed:
        return Weighed(replayed, None, below)
    if not below and known and known not in OF_CALLS and replayed.replay is not None:
        # With a right function below, that mistake alone would have been recognised by its result.
        known = replace(known, certain=False)
    if below and cause in OF_CALLS:
        cause = None  # it may be what is below that gives another result each time
    alone = Weighed(tried, cause or by_form_or_part(reference, tried))
    other = Weighed(replayed, known or by_form_or_part(reference, replayed))
    return _more_telling(reference, alone, other, bool(below))


def _more_telling(
    reference: Reference, alone: Weighed, replayed: Weighed, wrong_below: bool
) -> Weighed:
    """Return the attempt that earns more; of two that earn the same, the one that explains more.

    Where nothing below is wrong the points are those of the function by itself.
    """
    points = [_points_of(reference, each.tried) for each in (alone, replayed)]
    tells = [_tells(reference, alone, wrong_below), _tells(reference, replayed, False)]
    if points[0] > points[1]:
        best = alone
    elif points[0] < points[1]:
        best = replayed if wrong_below else alone
    else:
        best = replayed if tells[1] > tells[0] or (tells[1] == tells[0] and wrong_below) else alone
    if best is alone and tells[1] > max(tells[0], Tells.SAYS):
        return Weighed(alone.tried, replayed.cause)
    return best


def _points_of(reference: Reference, tried: Tried) -> float:
    failed = {name for name, finding in tried.findings.items() if finding}
    return round(sum(earned(reference.layout, failed).values()), 9)


def _tells(reference: Reference, weighed: Weighed, wrong_below: bool) -> Tells:
    """Rank how much an attempt explains.

    An exception may come from a wrong function below: of the one that calls it, that says little.
    """
    tried, cause = weighed.tried, weighed.cause
    told = tried.replay is not None and tried.replay.told
    if cause is None or (wrong_below and tried.error is not None):
        return Tells.SAYS if told else Tells.NOTHING if cause is None else Tells.HINTS
    if not cause.certain:
        return Tells.SAYS if told else Tells.HINTS
    if cause not in OF_CALLS and not {*cause.id.split("+")} <= reference.mistakes.opened:
        return Tells.FORM
    return Tells.KNOWN


def _wrong_below(reference: Reference, function: Callable[..., Any]) -> str:
    """Return the function, however deep below this one, that is wrong by itself; or nothing."""
    scope = names_around(function)
    for name in reference.steps:
        known, own = references().get(name), scope.get(name)
        if known is None or not callable(own):
            return name
        cases = [case for case in (known, known.other) if case is not None]
        if any(try_again(case, own)[0].failed for case in cases):
            return _wrong_below(known, own) or name
    return ""


"""Check a student's function on the example and once more: say what is right, and why not the rest.

``make release`` puts this file, the comparison and the view together as ``selfcheck.py``; the
references it reads lie beside it in ``references.npz``.
"""


import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any


NBGRADER = "NBGRADER_EXECUTION"  # set by nbgrader from 0.7 on while it grades or validates
ASK_SIZES = "Does every size come from the arguments?"
_checked: dict[str, Panel] = {}  # what was shown last of each exercise


class CheckFailed(AssertionError):
    """A check that did not hold; shown as its message alone, without the lines of this file."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def check(name: str, function: Any) -> None:
    """Check your function on the visible example, then on other sizes; show what is right and not.

    Parameters: ``name`` of the exercise, and your ``function``. Shows a table with the points
    that it earns there. Where nbgrader runs the notebook, the points are the cell's result, and if
    anything is wrong, AssertionError is raised with a short message.
    """
    if name not in references():
        raise ValueError(f"there is no exercise {name!r}; one of {', '.join(references())}")
    panel, message = examine(references()[name], function)
    _checked[name] = panel
    _show(panel)
    if os.environ.get(NBGRADER):  # a person reads the table, and goes on to the next exercise
        # The points of this cell are read from here; those of a bonus may be no more than 0.
        sys.displayhook(0.0 if panel.bonus else float(panel.points))
        if message:
            raise CheckFailed(message)


def drive(name: str, *arguments: Any) -> Any:
    """Do with your functions what the check of an exercise does with them, on other arguments.

    Parameters: ``name`` of the exercise, and its arguments. Returns what the check would compare.
    """
    if name not in references() or not references()[name].driver:
        raise ValueError(f"{name!r} is no exercise whose function is driven: call it yourself")
    return driven(references()[name].driver, sys._getframe(1).f_globals)(*arguments)


def summary() -> None:
    """Show the points of every exercise that was checked since the notebook was started."""
    rows = []
    for name, reference in references().items():
        whole = round(float(sum(line.points for line in reference.layout.checks)), 9)
        panel, bonus = _checked.get(name), reference.layout.bonus
        points, waits = (panel.points, panel.to_do) if panel else (0.0, True)
        why = ("not written yet" if panel else "not checked yet") if waits else ""
        remark = ", ".join(filter(None, ("bonus" * bonus, why)))
        rows.append(Row(name, points == whole, points, whole, remark, waits, bonus=bonus))
    done = all(row.passed for row in rows if not row.bonus)
    _show(Panel("Your points in this notebook", rows, good=done))


def examine(reference: Reference, function: Any) -> tuple[Panel, str]:
    """Return the panel to show and the short message; an empty message means all is right."""
    layout = reference.layout
    if not callable(function):
        got = "nothing" if function is None else type(function).__name__
        finding = Finding("defined", layout.name, "a function", got, "the cell that defines it")
        return panel_of(reference, dict.fromkeys(check_names(layout), finding), finding, (), {})
    shown = weigh(reference, function)
    outputs, sizes = shown.tried.outputs, ""
    if reference.other is not None and not shown.tried.failed:
        second = weigh(reference.other, function)
        if second.tried.failed or not shown.below:  # what is below may be wrong there alone
            shown, sizes = second, reference.other.sizes
    panel, message = _panel(reference, function, shown, outputs, sizes)
    if reference.sealed and not message:
        return answered_panel(panel, layout), ""
    return (to_do_panel(panel, layout) if shown.tried.empty else panel), message


def _panel(
    reference: Reference,
    function: Any,
    shown: Weighed,
    outputs: Mapping[str, Tree],
    sizes: str,
) -> tuple[Panel, str]:
    """Make the panel of an attempt; its ``sizes`` are told where they are not the example's."""
    if shown.below:
        note = f"right, once {shown.below} is: mend that one first"
        return panel_of(reference, {}, None, (note,), outputs)
    first = next((finding for finding in shown.tried.findings.values() if finding), None)
    notes = [shown.cause.text()] if shown.cause else []
    certain = shown.cause is not None and shown.cause.certain
    if first is not None and not certain and not shown.tried.empty:
        right = [name for name, finding in shown.tried.findings.items() if finding is None]
        notes += filter(None, [right_until(reference, function, right)])
    if first is not None and sizes:
        notes.insert(0, f"Right on the example, not where {sizes}. {ASK_SIZES}")
        short = first.short or f"{first.checked}: got {first.got}"
        first = replace(
            first, checked=f"{first.checked}, where {sizes}", short=f"{short}, where {sizes}"
        )
    return panel_of(reference, shown.tried.findings, first, tuple(notes), outputs)


def _show(panel: Panel) -> None:
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        print(panel)
        return
    if get_ipython() is None:
        print(panel)
    else:
        display(panel)  # type: ignore[no-untyped-call]
