"""Compare what a function returned with what it should have returned, one rung at a time.

The ladder, in this order, stopping at the first rung that does not hold: returned what was asked,
an array, its shape, its dtype, finite, its values, the cache's contents, the arguments left alone.
The judge and the student's own check use this one file (``make release`` copies it into
``selfcheck.py``), so it needs nothing but NumPy.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from grader.comparison.finding import Finding, Place, found_at
from grader.comparison.layout import INPUTS, Array, Check, Layout, Tolerance, Tree
from grader.comparison.telling import EVERYTHING, Telling, kind
from grader.comparison.values import (
    EXACT,
    by_type,
    choice_finding,
    digits,
    exact_finding,
    number_finding,
    relative_error,
)

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
