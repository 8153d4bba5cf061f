"""Weigh what a function did on a reference: by itself, and with right functions below it.

A wrong cell function is not to fail the sequence that calls it, nor to hide what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.comparison.causes import Cause
from grader.selfcheck.attempts import Tried, says_empty, try_on
from grader.selfcheck.names import names_around
from grader.selfcheck.reasons import by_form_or_part, catalogued, try_again
from grader.selfcheck.references_file import Reference, references


@dataclass(frozen=True)
class Weighed:
    """An attempt that counts, why it is wrong, and the function ``below`` to be mended first."""

    tried: Tried
    cause: Cause | None = None
    below: str = ""


def weigh(reference: Reference, function: Callable[..., Any]) -> Weighed:
    """Call the function on a reference, as often as it takes to say what is wrong with it."""
    tried, cause = try_again(reference, function, try_on(reference, function))
    if tried.failed and reference.steps and not tried.empty:
        replayed = try_on(reference, function, replay=True)
        below = _wrong_below(reference, function)
        if below and not replayed.failed:
            return Weighed(replayed, None, below)
        if cause is None and (replayed.replay is not None or says_empty(tried.error)):
            tried, cause = replayed, catalogued(reference, replayed)
    return Weighed(tried, cause or by_form_or_part(reference, tried))


def _wrong_below(reference: Reference, function: Callable[..., Any]) -> str:
    """Return the function, however deep below this one, that is wrong by itself; or nothing."""
    scope = names_around(function)
    for name in reference.steps:
        known, own = references().get(name), scope.get(name)
        if known is None or not callable(own):
            return name
        if any(try_on(case, own).failed for case in (known, known.other) if case is not None):
            return _wrong_below(known, own) or name
    return ""
