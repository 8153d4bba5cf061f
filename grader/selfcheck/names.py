"""Find the names that a student's function or class reads: those of the notebook around it."""

from __future__ import annotations

import sys
import types
from collections.abc import Collection, Iterator
from typing import Any

from grader.comparison.random_names import RANDOM


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
