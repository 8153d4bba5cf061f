"""Weigh what a function did on a reference: by itself, and with right functions below it.

A wrong cell function is not to fail the sequence that calls it, nor to hide what is wrong with it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from grader.comparison.causes import OF_CALLS, Cause
from grader.comparison.layout import earned
from grader.selfcheck.attempts import Tried
from grader.selfcheck.names import names_around
from grader.selfcheck.reasons import by_form_or_part, try_again
from grader.selfcheck.references_file import Reference, references


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
