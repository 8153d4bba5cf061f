"""Find the names that a student's function or class reads: those of the notebook around it."""

from __future__ import annotations

import sys
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
