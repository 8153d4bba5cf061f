"""Compare what is no array of floats: one number, whole numbers, truth values, text, a choice.

Each says what was expected, what came, and where it first differs; an expected value is shown only
where it is no secret.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.comparison.finding import Finding, Place, found_at
from grader.comparison.layout import Array, Check, Tolerance, Tree
from grader.comparison.telling import kind
from grader.comparison.trees import real

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
