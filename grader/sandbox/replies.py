"""Read untrusted messages into frozen results; nothing in them is believed to have a type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.plain_text import one_line

from .data import (
    CELL_OUTCOMES,
    CellOutcome,
    CellResult,
    Definition,
    RaisedError,
    Reply,
)
from .inside.wire import MOST_PLACES, Message, WireError
from .limits import Limits
from .outputs import Allowance, cleaned, execution_count, text
from .returned import Returned

DEFINITIONS: dict[str, Definition] = {"function": "function", "other": "other"}
LONGEST_NAME = 200
LONGEST_TEXT = 2_000
MOST_SHELL_LINES = 100


def cell_result(
    cell_id: str, message: Message, limits: Limits, allowance: Allowance | None
) -> CellResult:
    """Read what a cell did; without an allowance nothing that it shows. Raises: WireError."""
    outcome = text(message, "outcome")
    if outcome not in ("ok", "error", "timed_out"):
        raise WireError("a cell without an outcome")
    skipped = message.get("skipped")
    lines = skipped if isinstance(skipped, list) else []
    return CellResult(
        cell_id,
        CELL_OUTCOMES[CELL_OUTCOMES.index(outcome)],  # the literal: to mypy, `outcome` is any text
        cleaned(message.get("outputs"), limits, allowance) if allowance else (),
        execution_count(message, "count"),
        tuple(_name(line) for line in lines[:MOST_SHELL_LINES] if isinstance(line, str)),
    )


def stopped_cell(cell_id: str, outcome: CellOutcome, reason: str) -> CellResult:
    """Describe a cell that had to be stopped, with an output that says so."""
    output = {
        "output_type": "error",
        "ename": "Stopped",
        "evalue": reason,
        "traceback": [f"Stopped: {reason}"],
    }
    return CellResult(cell_id, outcome, (output,))


def definitions(names: Sequence[str], message: Message) -> dict[str, Definition]:
    """Read which names are functions. Raises: WireError."""
    told = message.get("defines")
    if not isinstance(told, dict):
        raise WireError("no definitions")
    return {name: DEFINITIONS.get(text(told, name), "missing") for name in names}


def reply(message: Message, returned: Returned | None = None) -> Reply:
    """Read what a call did; what it ``returned`` may have been opened. Raises: WireError."""
    outcome = text(message, "outcome")
    changed = message.get("inputs_changed") is True
    if outcome == "returned":
        there = returned or Returned(message.get("value"), message.get("after"))
        return Reply(
            "returned",
            returned=there.value,
            inputs_changed=changed,
            states=there.after,
            right=there.right,
        )
    if outcome == "refused":
        reason = _name(text(message, "reason"))
        return Reply("refused", reason=reason, inputs_changed=changed)
    if outcome == "raised":
        return Reply("raised", error=_error(message.get("error")))
    if outcome == "missing":
        return Reply("missing")
    if outcome == "timed_out":
        return Reply("timed_out")
    raise WireError("a call without an outcome")


def _error(told: Any) -> RaisedError:
    if not isinstance(told, tuple) or len(told) != 3:
        raise WireError("an exception without a description")
    name, message, through = told
    if not isinstance(name, str) or not isinstance(message, str):
        raise WireError("an exception without a name")
    places = through[-MOST_PLACES:] if isinstance(through, tuple) else ()
    return RaisedError(
        _name(name),
        message[:LONGEST_TEXT],  # as it stands: it is compared, and never shown
        tuple((_name(place[0]), place[1]) for place in places if _is_place(place)),
    )


def _is_place(told: Any) -> bool:
    pair = isinstance(told, tuple) and len(told) == 2
    return pair and isinstance(told[0], str) and type(told[1]) is int


def _name(told: str) -> str:
    """Return what fits in one line: nothing in it is obeyed by what shows it."""
    return one_line(told[: 4 * LONGEST_NAME], LONGEST_NAME)
