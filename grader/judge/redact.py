"""Redact names that a reply could smuggle hidden inputs through.

Names of types, reasons and line numbers come from a process that knows the hidden inputs; a name
that the submission does not contain could carry them. What is not known is called by its kind, so
that what the process says of itself is fit to be repeated in a message.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence
from dataclasses import replace

from grader.sandbox import CellSource, RaisedError, Reply

NAMELESS = "an exception of its own making"
TYPE_REASON = re.compile(
    r"(a value|a dict key|a value that cannot be read)(?: of type | \()(\w+)\)?"
)
# Reasons in the wire's own words: their numbers are few digits of bounds and sizes, no values.
PLAIN_REASON = re.compile(
    r"nested deeper than \d{1,3}|more than \d{1,6} items|larger than \d{1,9} bytes"
    r"|an integer beyond 64 bits|an array in a file \(memmap\)"
    r"|an array of more than \d{1,2} dimensions|an array side longer than \d{1,10}"
    r"|dtype [a-z]{1,12}\d{0,4}"
)


def is_known(name: str, cells: Sequence[CellSource]) -> bool:
    """Tell whether Python has this name built in, or the submission's own text holds it."""
    return hasattr(builtins, name) or any(
        re.search(rf"\b{re.escape(name)}\b", cell.source) for cell in cells
    )


def redacted(reply: Reply, cells: Sequence[CellSource]) -> Reply:
    """Return ``reply`` with nothing in it that the judge would have to take on trust."""
    error = redacted_error(reply.error, cells) if reply.error is not None else None
    return replace(reply, error=error, reason=redacted_reason(reply.reason, cells))


def redacted_error(error: RaisedError, cells: Sequence[CellSource]) -> RaisedError:
    """Return ``error`` with a type, a cell and a line that the submission really has.

    Its text is kept: it is compared with known mistakes and never shown.
    """
    name = error.type if is_known(error.type, cells) else NAMELESS
    # A line that the cell does not have would be a number of the process's own choosing.
    source = next((cell.source for cell in cells if cell.id == error.cell), None)
    there = source is not None and error.line is not None
    if source is None or not there or not 1 <= (error.line or 0) <= len(source.splitlines()):
        return replace(error, type=name, cell=None, line=None)
    return replace(error, type=name)


def redacted_reason(reason: str, cells: Sequence[CellSource]) -> str:
    """Return why a value was refused, without a name that the submission does not contain."""
    if not reason or PLAIN_REASON.fullmatch(reason):
        return reason
    kind = TYPE_REASON.fullmatch(reason)
    if kind and is_known(kind[2], cells):
        return reason
    return kind[1] if kind else "a value that is no plain data"
