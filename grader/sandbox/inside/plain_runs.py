"""Run cells of plain Python past what IPython does around them, which takes longer than they do.

All that a cell could notice is left as IPython does it: its counts and history, what it shows, its
events, and what becomes of an exception. A cell goes IPython's own way where it is anything else
than plain, and once a student has changed how IPython runs cells.
"""

from __future__ import annotations

from types import CodeType
from typing import Any

from IPython.core import async_helpers, interactiveshell
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

from .plain_cells import PlainCells, ended, may_be_plain

# Without types in IPython.
at_once: Any = async_helpers._pseudo_sync_runner
new_info: Any = interactiveshell.ExecutionInfo
new_result: Any = interactiveshell.ExecutionResult
AS_A_NOTEBOOK = (False, True, None, None)  # how `run_cell` is asked to run a cell


class PlainRuns(InteractiveShell):
    """An IPython shell that runs cells of plain Python by itself."""

    compile: PlainCells
    history_manager: Any
    run_code: Any
    _format_exception_for_storage: Any
    usual: tuple[Any, ...] | None = None  # how cells are run as long as nobody changes it
    plain = False  # whether the cell that is run now is plain Python

    def run_cell(
        self,
        raw_cell: str,
        store_history: bool = False,
        silent: bool = False,
        shell_futures: bool = True,
        cell_id: Any = None,
        cell_meta: Any = None,
    ) -> ExecutionResult:
        """Run a cell: by itself where it is plain Python and all is as usual."""
        asked = (silent, shell_futures, cell_id, cell_meta)
        if asked == AS_A_NOTEBOOK and type(raw_cell) is str and self.ways() == self.usual:
            pieces = self._pieces(raw_cell)
            if pieces is not None:
                return self._run_plain(raw_cell, pieces, store_history)
        given = (raw_cell, store_history, *asked)
        result: ExecutionResult = super().run_cell(*given)  # type: ignore[no-untyped-call]
        return result

    def ways(self) -> tuple[Any, ...]:
        """Return what decides how a cell is run, to be compared with what was usual."""
        callbacks = self.events.callbacks
        return (
            self.transformers(), self.ast_node_interactivity, self.trio_runner, self.compile,
            list(callbacks["pre_execute"]), list(callbacks["pre_run_cell"]),
            # Methods that are passed by; they are equal while nobody puts others in their place.
            self._run_cell, self.run_cell_async, self.should_run_async, self.transform_cell,
            self.transform_ast, self.run_ast_nodes, self.input_transformer_manager.transform_cell,
        )  # fmt: skip

    def transformers(self) -> tuple[list[Any], ...]:
        """Return what changes a cell before it is run."""
        manager = self.input_transformer_manager
        cleaning, lines = manager.cleanup_transforms, manager.line_transforms
        return (list(cleaning), list(lines), list(manager.token_transformers),
                list(self.input_transformers_post), list(self.ast_transformers))  # fmt: skip

    def _pieces(self, raw_cell: str) -> list[CodeType] | None:
        if not may_be_plain(raw_cell):
            return None
        cell, number = ended(raw_cell), self.execution_count
        try:
            name = self.compile.get_code_name(raw_cell, cell, number)
        except OSError:  # in a folder that is no more
            return None
        function = self.compile.function(cell, name)
        pieces = [function] if function else self.compile.pieces(cell, name)
        if pieces is not None:
            self.compile.cache(cell, number, raw_code=raw_cell)
        return pieces

    def _run_plain(self, raw: str, pieces: list[CodeType], store_history: bool) -> ExecutionResult:
        """Do as `run_cell` does, with a coroutine less and nothing parsed or compiled again."""
        cell = ended(raw)
        info = new_info(raw, store_history, *AS_A_NOTEBOOK, transformed_cell=cell)
        result = None
        with self._tee(channel="stdout"), self._tee(channel="stderr"):
            try:
                result = self._run_pieces(pieces, info)
            except BaseException as error:  # between two pieces: an interruption
                result = new_result(info)
                result.error_in_exec = error
                self.showtraceback(running_compiled_code=True)
            finally:
                self.events.trigger("post_execute")
                self.events.trigger("post_run_cell", result)
        return result

    def _run_pieces(self, pieces: list[CodeType], info: Any) -> ExecutionResult:
        result: ExecutionResult = new_result(info)
        history, raw, cell = self.history_manager, info.raw_cell, info.transformed_cell
        count = result.execution_count = self.execution_count
        if info.store_history:
            self.execution_count += 1
        self.events.trigger("pre_execute")
        self.events.trigger("pre_run_cell", info)
        if info.store_history:
            history.store_inputs(count, cell, raw)
        self.logger.log(cell, raw)
        with self.builtin_trap, self.display_trap:
            self.displayhook.exec_result = result
            failed = any(at_once(self.run_code(code, result)) for code in pieces)
            self.last_execution_succeeded = not failed
            self.last_execution_result = result
            self.displayhook.exec_result = None
        if info.store_history:
            history.store_output(count)
            if error := result.error_in_exec:
                history.exceptions[count] = self._format_exception_for_storage(error)
        return result

    def transform_cell(self, raw_cell: str) -> str:
        """Leave plain Python as it is: to take it to pieces takes longer than to run it.

        A single line may be a magic without its sign, and what a student has changed in the
        transformers holds: both go IPython's way.
        """
        cell = ended(raw_cell)
        usual = self.usual is not None and self.transformers() == self.usual[0]
        self.plain = usual and may_be_plain(raw_cell) and self.compile.parse_plain(cell)
        if self.plain:
            return cell
        transformed: str = super().transform_cell(raw_cell)  # type: ignore[no-untyped-call]
        return transformed

    def should_run_async(self, raw_cell: str, **more: Any) -> bool:
        """Tell whether a cell awaits: plain Python has no `await`, IPython looks at the rest."""
        return not self.plain and bool(super().should_run_async(raw_cell, **more))
