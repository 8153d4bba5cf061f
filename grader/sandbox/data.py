"""What goes into the sandbox and what comes back, as frozen plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from .inside.wire import Kept

CellKind = Literal["example", "answer", "other"]
CellOutcome = Literal["ok", "error", "timed_out", "crashed", "not_run"]
CallOutcome = Literal["returned", "raised", "timed_out", "crashed", "refused", "missing"]
Definition = Literal["function", "missing", "other"]

ENDED: tuple[CellOutcome, ...] = ("timed_out", "crashed")
CELL_OUTCOMES: tuple[CellOutcome, ...] = ("ok", "error", "timed_out", "crashed", "not_run")
__all__ = ["CallOutcome", "CellKind", "CellOutcome", "CellResult", "CellSource", "Definition"]
__all__ += ["Kept", "RaisedError", "Reply", "SandboxError", "StandInCall"]


class SandboxError(RuntimeError):
    """The sandbox itself could not do its work; never the submission's doing or cost."""


@dataclass(frozen=True)
class CellSource:
    """A code cell to run: what ``example`` cells define can be poisoned in judged calls."""

    id: str
    source: str
    kind: CellKind = "other"


@dataclass(frozen=True)
class CellResult:
    """What a cell did: ``outputs`` are nbformat 4 outputs with text and rebuilt PNG only."""

    id: str
    outcome: CellOutcome
    outputs: tuple[dict[str, Any], ...] = ()
    execution_count: int | None = None
    skipped: tuple[str, ...] = ()  # shell lines that were not run


@dataclass(frozen=True)
class RaisedError:
    """An exception of the student's: ``line`` counts from 1 within the cell ``cell``."""

    type: str
    message: str
    line: int | None = None
    cell: str | None = None


@dataclass(frozen=True)
class StandInCall:
    """One call of a stand-in, as the judge received it."""

    function: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """The answer to a judged call; after ``timed_out`` and ``crashed`` the job is dead.

    ``inputs_changed`` is what the untrusted process says about the arguments it was given.
    ``refused`` means that what was returned is not plain data; ``reason`` says why.
    """

    outcome: CallOutcome
    value: Any = None
    error: RaisedError | None = None
    reason: str = ""
    inputs_changed: bool = False
    stand_in_calls: tuple[StandInCall, ...] = ()
