"""Run a notebook's cells one after the other and tell what each of them showed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import outputs, shell
from .absent import MOST_LEFT_OUT, Place, rest_of
from .arguments import is_variable
from .clock import Clock
from .wire import Message

MISSING = object()
TIMED = re.compile(r"(\s*)%%time\b.*")  # a magic that runs the rest of its cell


class Cells:
    """The cells of one job, run in its shell; ``from_examples`` are the variables of examples."""

    def __init__(self, own_shell: Any, clock: Clock) -> None:
        self.shell = own_shell
        self.clock = clock
        self.from_examples: set[str] = set()

    def run(self, request: Message) -> Iterator[Message]:
        """Run cells up to the first that takes too long: what it leaves behind is unknown."""
        for cell in request["cells"]:
            reply = self._cell({**cell, "quiet": request["quiet"]})
            yield reply
            if reply["outcome"] == "timed_out":
                break

    def _cell(self, request: Message) -> Message:
        """Run one cell and return what it showed; nothing when that is thrown away."""
        before = dict(self.shell.user_ns)
        shell.SKIPPED.clear()
        shell.CELL_NAMES.current = request["id"]
        if not request["quiet"]:
            shell.COLLECTOR.open()
        own = request["kind"] in ("answer", "other")
        outcome = self._run_source(request["source"], request["cpu"], own)
        self._note_names(before, example=request["kind"] == "example")
        return {
            "outcome": outcome,
            "outputs": outputs.finished(shell.COLLECTOR.close()),
            "count": self.shell.execution_count - 1,
            "skipped": list(shell.SKIPPED),
        }

    def _run_source(self, source: str, cpu: float, own: bool) -> str:
        error: BaseException | None = None
        try:
            self.clock.listen()
            with self.clock.limit(cpu):
                error = self._ran(source, counted=True)
                if own and isinstance(error, ModuleNotFoundError):
                    error = self._go_on(source, error)
                shell.show_figures(self.shell)
        except BaseException as escaped:
            error = escaped
            shell.COLLECTOR.error(type(escaped).__name__, str(escaped), [repr(escaped)])
        if isinstance(error, shell.TimeUp):
            return "timed_out"
        return "ok" if error is None else "error"

    def _go_on(self, source: str, error: BaseException | None) -> BaseException | None:
        """Run what stands behind a line that lacks a module; return what ends the cell in the end.

        What is left out is said in the place of the exception.
        """
        if timed := TIMED.match(source):  # to IPython the cell is one statement
            source = timed[1] + source[timed.end() :]
            shell.COLLECTOR.take_back_error()
            error = self._ran(source)
        blank = len(source) - len(source.lstrip("\n"))
        source = "\n" * blank + self.shell.input_transformer_manager.transform_cell(source)
        for _ in range(MOST_LEFT_OUT):
            rest = rest_of(source, error, _place_of(error))
            if rest is None:
                break
            shell.COLLECTOR.take_back_error()
            shell.skip(f"{rest.left_out} ({error})")
            self.shell.user_ns.update(rest.names)
            source = rest.source
            error = self._ran(source)
        return error

    def _ran(self, source: str, counted: bool = False) -> BaseException | None:
        result = self.shell.run_cell(source, store_history=counted)
        error: BaseException | None = result.error_before_exec or result.error_in_exec
        return error

    def _note_names(self, before: Mapping[str, Any], *, example: bool) -> None:
        """Remember which variables were last set by an example cell."""
        names = self.shell.user_ns
        changed = {name for name, value in names.items() if before.get(name, MISSING) is not value}
        self.from_examples -= changed
        if example:
            self.from_examples |= {name for name in changed if is_variable(name, names[name])}


def _place_of(error: BaseException | None) -> Place | None:
    """Return the place in the cell's own text that an error came from, None where it has none."""
    trace = error.__traceback__ if error is not None else None
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_name == "<module>" and code.co_filename in shell.CELL_NAMES.of:
            line, _, column, _ = list(code.co_positions())[trace.tb_lasti // 2]
            blank = shell.CELL_NAMES.of[code.co_filename][1]
            return (line or trace.tb_lineno) + blank, column or 0
        trace = trace.tb_next
    return None
