"""Run cells in an IPython shell as a notebook would, and keep what they show.

The shell is made once in the warm worker; every fork uses its own copy. No history file, no
configuration, no kernel. Shell lines are not run: they say so and do nothing.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import inspect
import os
import sys
from collections.abc import Callable
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.profiledir import ProfileDir
from IPython.core.pylabtools import select_figure_formats
from traitlets.config import Config

from . import reserve
from .outputs import PNG, TEXT, Collector, Stream
from .plain_cells import PlainCells
from .plain_runs import PlainRuns
from .shown_lines import only_shown_lines

COLLECTOR = Collector()
SKIPPED: list[str] = []
FIGURES_KEPT = 16
LINE_MAGICS = ("cd", "pushd", "popd", "pip", "conda", "mamba", "micromamba", "uv", "system", "sx")
CELL_MAGICS = ("bash", "sh", "script", "perl", "ruby", "python", "python2", "python3", "pypy")
CELL_MAGICS_TOO = ("system", "sx", "!")


class TimeUp(BaseException):
    """An interruption after too much processor time. Not an Exception, so that few catch it."""


class _Publisher(DisplayPublisher):
    def publish(self, data: Any, *_: Any, update: bool = False, **more: Any) -> None:
        transient = more.get("transient") or {}
        COLLECTOR.display(data, display_id=transient.get("display_id"), update=update)

    def clear_output(self, wait: bool = False) -> None:
        COLLECTOR.clear()


class _ResultHook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        COLLECTOR.display(format_dict, count=self.prompt_count)

    def finish_displayhook(self) -> None:
        pass


class _CellNames:
    """A record of which cell a compiled piece of code came from."""

    def __init__(self) -> None:
        self.current: str | None = None
        self.of: dict[str, tuple[str, int]] = {}  # cell, and the blank lines that IPython drops


CELL_NAMES = _CellNames()


class _Compiler(PlainCells):
    named: tuple[tuple[Any, ...], str] | None = None  # the name that was given last

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        asked = raw_code, transformed_code, number, CELL_NAMES.current
        if self.named is not None and self.named[0] == asked:
            return self.named[1]
        name: str = super().get_code_name(raw_code, transformed_code, number)
        # Else a traceback looks through all modules. `abspath` would only take longer.
        for path in (name, os.path.join(os.getcwd(), name)):
            inspect.modulesbyfile[path] = "__main__"
        if CELL_NAMES.current is not None:
            lines = raw_code.splitlines() if raw_code[:1].isspace() else []
            blank = next((n for n, line in enumerate(lines) if line.strip()), 0)
            CELL_NAMES.of[name] = CELL_NAMES.current, blank
        self.named = asked, name
        return name


class Shell(PlainRuns):
    """An IPython shell without terminal, kernel, history or shell commands."""

    def init_ipython_dir(self, ipython_dir: Any) -> None:
        """Use the folder that the worker was given."""
        self.ipython_dir = os.environ["IPYTHONDIR"]

    def init_profile_dir(self, profile_dir: Any) -> None:
        """Use no profile: an empty folder of the worker's."""
        self.profile_dir = ProfileDir(location=os.path.join(self.ipython_dir, "profile"))

    def init_virtualenv(self) -> None:
        """Leave the import path as the worker has set it."""

    def enable_gui(self, gui: Any = None) -> None:
        """Open no window: there is none."""

    def system(self, command: str) -> None:
        """Do not run a shell line; say so."""
        skip("!" + command)

    system_raw = system_piped = system

    def getoutput(self, cmd: Any, split: Any = True, depth: Any = 0) -> list[str]:
        """Do not run a shell line; say so."""
        skip(f"!{cmd}")
        return []

    def _format_exception_for_storage(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Keep no second copy of a traceback, which takes as long to make as the one shown."""
        return {}

    def showtraceback(self, exc_tuple: Any = None, *given: Any, **more: Any) -> None:
        """Make no traceback that nobody is to see: it takes longer than most cells."""
        if isinstance(sys.exc_info()[1], MemoryError):
            reserve.release()
        if COLLECTOR.closed:
            with contextlib.suppress(ValueError):  # this leaves it in `sys.last_value`
                self._get_exc_info(exc_tuple)  # type: ignore[no-untyped-call]
        else:
            usual = self.InteractiveTB.mode == "Context" and not self.InteractiveTB.has_colors
            with only_shown_lines() if usual else contextlib.nullcontext():
                super().showtraceback(exc_tuple, *given, **more)

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        COLLECTOR.error(getattr(etype, "__name__", str(etype)), _text(evalue), stb)


def _text(value: object) -> str:
    try:
        return str(value)
    except Exception:
        return "<an exception that cannot be shown>"


def skip(line: str) -> None:
    """Note a shell line that was not run, and print that it was not."""
    line = " ".join(line.split())[:200]
    if len(SKIPPED) < 100:
        SKIPPED.append(line)
    print(f"not run here: {line}")


def make() -> Any:
    """Make the shell; figures are shown inline at the end of a cell."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.cache_size = 1000
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Context"
    config.InteractiveShell.autoindent = False
    config.DisplayFormatter.active_types = [TEXT, PNG]
    config.InlineBackend.figure_formats = {"png"}
    shell: Any = Shell.instance(
        config=config,
        display_pub_class=_Publisher,
        displayhook_class=_ResultHook,
        compiler_class=_Compiler,
    )
    shell.usual = shell.ways()
    shell.set_hook("show_in_pager", _page)
    _replace_magics(shell)
    builtins.input = _no_input
    return shell


def import_figures(shell: Any) -> None:
    """Import what draws figures, as `%matplotlib inline` does: a second that most jobs need not."""
    matplotlib = importlib.import_module("matplotlib")
    matplotlib.use("module://matplotlib_inline.backend_inline")
    shell.run_line_magic("matplotlib", "inline")


def _page(_: Any, data: Any, *__: Any, **___: Any) -> None:
    print(data.get(TEXT, "") if isinstance(data, dict) else data)


def _no_input(prompt: object = "", /) -> str:
    raise StdinNotImplementedError("input() cannot be answered where notebooks are graded")


def _replace_magics(shell: Any) -> None:
    def line_magic(name: str) -> Callable[[str], None]:
        return lambda line: skip(f"%{name} {line}")

    def cell_magic(name: str) -> Callable[[str, str], None]:
        return lambda line, cell: skip(f"%%{name} {line} {cell}")

    for name in LINE_MAGICS:
        shell.register_magic_function(line_magic(name), "line", name)
    for name in CELL_MAGICS + CELL_MAGICS_TOO:
        shell.register_magic_function(cell_magic(name), "cell", name)


def capture_streams() -> None:
    """Send what is printed to the collector."""
    sys.stdout = Stream("stdout", COLLECTOR)
    sys.stderr = Stream("stderr", COLLECTOR)


def show_figures(shell: Any) -> None:
    """Show the figures that are still open, whatever the backend, and close them."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    if "matplotlib_inline.backend_inline" not in sys.modules:  # imported here, under no name
        select_figure_formats(shell, {"png"})  # type: ignore[no-untyped-call]
    for number in () if COLLECTOR.closed else pyplot.get_fignums()[:FIGURES_KEPT]:
        data, _ = shell.display_formatter.format(pyplot.figure(number))
        COLLECTOR.display(data)
    pyplot.close("all")
