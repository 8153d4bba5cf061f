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
from dataclasses import replace

import numpy as np

from grader.comparison.finding import Finding, Place, found_at, kind
from grader.comparison.layout import Array, Check, Layout, Tolerance, Tree

LETTERS = re.compile(r"[A-Za-z]\w*")


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


def by_name(layout: Layout, result: Tree) -> tuple[dict[str, Tree], Finding | None]:
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
    return found_at("returned", Place(name, layout.name), f"the key {name!r}", kind(outputs), look)


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
        return found_at("array", where, "an array", kind(got), f"{source}: {look}")
    got = np.asarray(got)  # a subclass may hide values or compare in its own way
    if got.shape != expected.shape:
        letters = f"{line.shape} = " if line.shape else ""
        want = f"shape {letters}{expected.shape}" + (f" with {dims}" if dims else "")
        return found_at(
            "shape", where, want, f"shape {got.shape}", _shape_look(line, got), "the shape"
        )
    if got.dtype.kind != "f":
        look = "an array made with an integer dtype, or from Python objects"
        return found_at("dtype", where, "floats", f"dtype {got.dtype}", look, "the dtype")
    if not np.all(np.isfinite(got)):
        bad = int(np.sum(~np.isfinite(got)))
        look = "a division, a logarithm, or an exponential of a large number"
        return found_at("finite", where, "finite numbers", f"{bad} of {got.size} are not", look)
    error = relative_error(got, expected, tol.relative)
    if error < tol.relative:
        return None
    share, first = _differences(expected, got, tol)
    size = f"relative error {error:.2g}"
    seen = f"{share}{first} ({size})" if share else size
    agree = f"the values of the reference, to {round(-float(np.log10(tol.relative)))} digits"
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


def _cache(where: Place, expected: str, got: Tree, line: Check) -> Finding:
    look = f"the line that puts {line.name} together, and what is kept at each step"
    return found_at("cache", where, expected, kind(got), look)


@functools.cache
def _letters(shape: str) -> frozenset[str]:
    return frozenset(LETTERS.findall(shape))


def compare(
    layout: Layout, expected: Tree, got: Tree, tol: Tolerance, dims: Mapping[str, int]
) -> dict[str, Finding | None]:
    """Return the first finding for each output that has a check (None where it holds).

    Raises nothing for any ``got``; ``expected`` must have the layout's own structure.
    """
    outputs, whole = by_name(layout, got)
    truth, _ = by_name(layout, expected)
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
