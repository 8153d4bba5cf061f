"""Run cells of the course's own in this process, with the files that they import and read."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.assignment.places import in_lesson, lesson_path, place_of
from grader.errors import UsageError


@contextmanager
def importable(
    files: Sequence[tuple[str, bytes]], drive: Callable[..., Any] = lambda *_: None
) -> Iterator[None]:
    """Make ``files`` (name, content) and an inert ``selfcheck`` usable for a while.

    Modules are imported; where there are data, the current folder is one that holds them. ``drive``
    is what the check's function of that name does.
    """
    data = [(name, content) for name, content in files if not name.endswith(".py")]
    with _modules([item for item in files if item not in data], drive), _folder(data):
        yield


@contextmanager
def _folder(data: Sequence[tuple[str, bytes]]) -> Iterator[None]:
    if not data:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="files-") as folder:
        for name, content in data:
            (Path(folder) / name).write_bytes(content)
        with contextlib.chdir(folder):
            yield


@contextmanager
def _modules(files: Sequence[tuple[str, bytes]], drive: Callable[..., Any]) -> Iterator[None]:
    inert = types.ModuleType("selfcheck")
    for name in ("check", "summary"):
        setattr(inert, name, lambda *_: None)
    inert.drive = drive  # type: ignore[attr-defined]
    names = ["selfcheck", *(file.removesuffix(".py") for file, _ in files)]
    before = {name: sys.modules.get(name) for name in names}
    sys.modules["selfcheck"] = inert
    try:
        for name, (file, text) in zip(names[1:], files, strict=True):
            # In its place before it runs: modules that are named below it may import it.
            module = sys.modules[name] = types.ModuleType(name)
            exec(compile(text, file, "exec"), module.__dict__)
        yield
    finally:
        for name, module_ in before.items():
            if module_ is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module_


def code_of(lesson: str, cell: str, source: str, line: int) -> types.CodeType:
    """Compile a cell of a lesson; where its line is known, a traceback names lesson and line."""
    file = lesson_path(lesson) if line else f"<{cell}>"
    code: types.CodeType = compile("\n" * max(line - 1, 0) + source, file, "exec")
    return code


def run_cell(lesson: str, cell: str, source: str, line: int, scope: dict[str, Any]) -> None:
    """Run a cell in ``scope``; raises UsageError, with the innermost line, when it fails."""
    try:
        exec(code_of(lesson, cell, source, line), scope)
    except UsageError:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        place = place_of(error, lesson) or in_lesson(lesson)
        raise UsageError(f"{place}: cell {cell!r} of the solution fails: {why}") from error
