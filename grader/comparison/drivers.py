"""Run a portable function, a driver with somebody's names or a predicate, with NumPy alone."""

from __future__ import annotations

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
