"""A sandbox whose process says what a test wants, through the real wire and the real reading."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, cast

from grader.sandbox import ENDED, Call, CellResult, CellSource, Definition, Limits, Reply, Sandbox
from grader.sandbox import replies as reading
from grader.sandbox.dialogue import UNIT
from grader.sandbox.inside.wire import Bounds, Message, WireError, decode, decode_counted, encode
from grader.sandbox.outputs import Allowance

Forge = Callable[[Call], Message]
Cell = Callable[[CellSource, bool], Message]
ROOMY = Bounds(items=1 << 20)


def calm(cell: CellSource, quiet: bool) -> Message:
    """What an honest fork says of a cell that shows nothing."""
    return {"outcome": "ok", "outputs": [], "count": 1, "skipped": []}


def crossed(message: Message) -> Message:
    """A message as it is when it has been on the wire."""
    there: Message = decode(encode(message, ROOMY), ROOMY)
    return there


class ForgedJob:
    """A job in a process that answers as ``forge`` says."""

    def __init__(
        self, cells: Sequence[CellSource], forge: Forge, cell: Cell, defined: str, limits: Limits
    ) -> None:
        self.cells = tuple(cells)
        self.limits = limits
        self.alive = True
        self.inconclusive = self.unclear = self.off_path = False
        self.cpu_seconds = self.idle_seconds = 0.0
        self.heard = 0
        self._forge, self._cell, self._defined = forge, cell, defined

    def run(
        self, end: float, allowance: Allowance, stepwise: bool, quiet: bool
    ) -> list[CellResult]:
        """Read what the process says of its cells."""
        shown = None if quiet else allowance
        return [
            reading.cell_result(cell.id, crossed(self._cell(cell, quiet)), self.limits, shown)
            for cell in self.cells
        ]

    def defines(self, names: Sequence[str]) -> Mapping[str, Definition]:
        """Say that every name is a function, or what else it is to be."""
        return reading.definitions(names, {"defines": dict.fromkeys(names, self._defined)})

    def calls(
        self, calls: Sequence[Call], until: str = "", one_by_one: bool = False
    ) -> Generator[Reply]:
        """Answer each call by what was forged for it."""
        for call in calls:
            try:
                frame = encode(self._forge(call), ROOMY)
                message, values = decode_counted(frame, ROOMY)
                self.heard += values + len(frame) // UNIT
                reply = reading.reply(message)
            except WireError:
                reply = Reply("crashed")
            if reply.outcome in ENDED:
                self.close()
            yield reply
            if not self.alive or (reply.error is not None and reply.error.is_stub(until)):
                return

    def close(self) -> None:
        """End."""
        self.alive = False


class ForgedSandbox:
    """A sandbox of such jobs."""

    tier = "A"

    def __init__(self, forge: Forge, cell: Cell, defined: str, limits: Limits | None) -> None:
        self.limits = limits or Limits()
        self._forge, self._cell, self._defined = forge, cell, defined

    def job(self, cells: Sequence[CellSource], files: Any, limits: Limits) -> ForgedJob:
        """Begin a job."""
        return ForgedJob(cells, self._forge, self._cell, self._defined, limits)


def forged(
    forge: Forge, cell: Cell = calm, defined: str = "function", limits: Limits | None = None
) -> Sandbox:
    """A sandbox whose process answers calls by ``forge``, and cells by ``cell``."""
    return cast(Sandbox, ForgedSandbox(forge, cell, defined, limits))
