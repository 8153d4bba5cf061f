"""Ask whether a property holds for a value, within bounds: the value is anybody's.

Where several answers are right, an author's predicate tells right from wrong. It meets values that
its author did not think of: one on which it fails, or never ends, is not right.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.comparison.layout import Tree
from grader.comparison.time_limit import time_limit
from grader.comparison.trees import deep_copy

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
