"""Name what made a result wrong, from what ``references.npz`` knows of mistakes and from its form.

The same order and the same words as the judge's ``diagnose.py``; there a known mistake is run on
hidden inputs, here its result on the visible example is recognised by a fingerprint.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.comparison.causes import Cause, both_told, cause_of_result, named_parts
from grader.comparison.error_causes import cause_of_error
from grader.comparison.fingerprints import fingerprint, result_fingerprint
from grader.comparison.ladder import by_name
from grader.comparison.layout import Layout, Tree
from grader.comparison.locks import Known, Locked
from grader.comparison.trees import deep_copy, same
from grader.selfcheck.names import names_read
from grader.selfcheck.replay import Off


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
