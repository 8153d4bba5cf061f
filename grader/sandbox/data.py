"""Define what goes into the sandbox and what comes back, as frozen plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from .inside.wire import Form, Stored

CellKind = Literal["example", "answer", "locked", "other"]
CellOutcome = Literal["ok", "error", "timed_out", "crashed", "not_run"]
CallOutcome = Literal["returned", "raised", "timed_out", "crashed", "refused", "missing"]
Definition = Literal["function", "missing", "other"]

ENDED: tuple[CellOutcome, ...] = ("timed_out", "crashed")
CELL_OUTCOMES: tuple[CellOutcome, ...] = ("ok", "error", "timed_out", "crashed", "not_run")
__all__ = ["Call", "CallOutcome", "CellKind", "CellOutcome", "CellResult", "CellSource"]
__all__ += ["Definition", "Later", "RaisedError", "Reply", "Right", "SandboxError", "Stored"]


class SandboxError(RuntimeError):
    """A failure of the sandbox itself; never the submission's doing or cost."""


@dataclass(frozen=True)
class CellSource:
    """A code cell to run: what ``example`` cells define can be masked in judged calls.

    ``locked`` cells are the assignment's own as well: set-up, whose names functions may read.
    """

    id: str
    source: str
    kind: CellKind = "other"


@dataclass(frozen=True)
class CellResult:
    """A result of one cell: ``outputs`` are nbformat 4 outputs with text and rebuilt PNG only."""

    id: str
    outcome: CellOutcome
    outputs: tuple[dict[str, Any], ...] = ()
    execution_count: int | None = None
    skipped: tuple[str, ...] = ()  # shell lines that were not run


@dataclass(frozen=True)
class Right:
    """What is right to come back: a reply of the same form, whose numbers agree, is right.

    ``agree`` tells so of a form and a message that fits it. ``after`` is None where no argument's
    state is asked for.
    """

    returned: Form
    after: Form | None
    agree: Callable[[Form, bytes], bool]


@dataclass(frozen=True)
class Call:
    """A judged call of a student's function on plain data.

    ``arguments`` may be `Stored` markers; arrays arrive in the layout they have here. ``stand_ins``
    replace global functions during the call by the judge's, which get copies of their arguments,
    at most ``max_stand_in_calls`` times in all, of no more than ``max_stand_in_elements`` numbers
    at a time and, beside the usual ones, of ``stand_in_dtypes``. ``store_as`` leaves the result in
    the fork under a name. ``mask_globals`` makes variables useless during the call: True for those
    that example cells have set, a mapping for others. ``driver`` is the source of a function
    ``portable(student, *arguments)`` that is called in the function's place, with the student's
    names as attributes of ``student``. ``on_path`` says of a question, by how many came before it,
    its name and its arguments, whether a right function asks it: the first other one ends the job.
    ``after`` are the places of arguments that the function may
    change, and whose state after the call is wanted. What is ``right`` need not be taken apart.
    """

    function: str
    arguments: tuple[Any, ...]
    stand_ins: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    max_stand_in_calls: int = 0
    max_stand_in_elements: int = 1 << 16
    stand_in_dtypes: frozenset[str] = frozenset()
    on_path: Callable[[int, str, tuple[Any, ...], Mapping[str, Any]], bool] | None = None
    store_as: str | None = None
    mask_globals: bool | Mapping[str, Any] = False
    cpu_seconds: float | None = None  # None: the limit of the job
    driver: str = ""
    after: tuple[int, ...] = ()
    right: Right | None = None


@dataclass(frozen=True)
class RaisedError:
    """An exception of the student's, raised ``through`` lines of cells: each called the next.

    A place is a cell and a line in it, which counts from 1; the last one is where it was raised.
    """

    type: str
    message: str
    through: tuple[tuple[str, int], ...] = ()

    @property
    def cell(self) -> str | None:
        """Return the cell in which it was raised, None where that is in none."""
        return self.through[-1][0] if self.through else None

    def is_stub(self, text: str) -> bool:
        """Tell whether a stub raised this, which is recognised by its text."""
        return self.type == "NotImplementedError" and text in self.message


class Later:
    """A value that is made when somebody looks at it."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def value(self) -> Any:
        """Return the value, which is made once."""
        return self._make()


@dataclass(frozen=True)
class Reply:
    """A reply to a judged call; after ``timed_out`` and ``crashed`` the job is dead.

    ``inputs_changed`` is what the untrusted process says about the arguments it was given, but for
    those whose ``states`` after the call were asked for.
    ``refused`` means that what was returned is not plain data; ``reason`` says why. ``below`` is
    what the last stand-in raised, where that is what the call raised: its name and the exception.
    What was ``returned`` and what came ``after`` may be there `Later`; they are ``right`` where
    they have been found to be what the call says is right.
    """

    outcome: CallOutcome
    returned: Any = None
    error: RaisedError | None = None
    reason: str = ""
    inputs_changed: bool = False
    states: Any = ()
    below: tuple[str, Exception] | None = None
    right: bool = False

    @property
    def value(self) -> Any:
        """Return what was returned."""
        return self.returned.value if isinstance(self.returned, Later) else self.returned

    @property
    def after(self) -> tuple[Any, ...]:
        """Return the states of arguments after the call."""
        states = self.states.value if isinstance(self.states, Later) else self.states
        return states if isinstance(states, tuple) else ()
