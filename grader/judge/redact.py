"""Redact names that a reply could smuggle hidden inputs through.

Names of types, reasons and line numbers come from a process that knows the hidden inputs; a name
that the submission does not contain could carry them. What is not known is called by its kind, so
that what the process says of itself is fit to be repeated in a message.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from grader.judge.own_text import Repeated
from grader.sandbox import Limits, RaisedError, Reply

NAMELESS = "an exception of its own making"
NO_PLAIN_DATA = "a value that is no plain data"
TYPES = frozenset(n for n in dir(builtins) if isinstance(getattr(builtins, n), type))
NUMPYS = frozenset(("AxisError", "DTypePromotionError", "LinAlgError", "UFuncTypeError"))
ERRORS = NUMPYS | {n for n in TYPES if issubclass(getattr(builtins, n), BaseException)}
DTYPES = frozenset(np.dtype(code).name for code in np.typecodes["All"])
TYPE_REASON = re.compile(
    r"(a value|a dict key|a value that cannot be read)(?: of type | \()(\w+)\)?"
)
DTYPE_REASON = re.compile(r"dtype (([a-z]+)\w*)")  # and its unit, fields or length


def redacted(reply: Reply, repeated: Repeated, limits: Limits) -> Reply:
    """Return ``reply`` with nothing in it that the judge would have to take on trust."""
    reason = redacted_reason(reply.reason, repeated.may, limits)
    if reply.error is None and reason == reply.reason:  # as of most that return
        return reply
    error = redacted_error(reply.error, repeated) if reply.error is not None else None
    return replace(reply, error=error, reason=reason)


def redacted_error(error: RaisedError, repeated: Repeated) -> RaisedError:
    """Return ``error`` with a type and with lines that the submission really has.

    Its text is kept: it is compared with known mistakes and never shown.
    """
    name = error.type if error.type in ERRORS or repeated.may(error.type) else NAMELESS
    # A line that the cell does not have would be a number of the process's own choosing.
    through = tuple(place for place in error.through if place in repeated.own.lines)
    return replace(error, type=name, through=through)


def redacted_reason(reason: str, may: Callable[[str], bool], limits: Limits) -> str:
    """Return why a value was refused: one of few reasons, and a type that is known.

    The numbers in it are those of the judge's own ``limits``.
    """
    if not reason or reason in limits.refusals:
        return reason
    if dtype := DTYPE_REASON.match(reason):
        known = next((name for name in dtype.groups() if name in DTYPES), "")
        return f"dtype {known}" if known else "another dtype"
    kind = TYPE_REASON.fullmatch(reason)
    if kind and (kind[2] in TYPES or may(kind[2])):
        return reason
    return kind[1] if kind else NO_PLAIN_DATA
