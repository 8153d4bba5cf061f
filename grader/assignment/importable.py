"""Run cells of the course's own in this process, with the modules that they import."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from grader.errors import UsageError


@contextmanager
def importable(modules: Sequence[tuple[str, str]]) -> Iterator[None]:
    """Make ``modules`` (file name, text) and an inert ``selfcheck`` importable for a while."""
    inert = types.ModuleType("selfcheck")
    for name in ("check", "summary"):
        setattr(inert, name, lambda *_: None)
    made = {"selfcheck": inert}
    for file, text in modules:
        if file == "selfcheck.py":
            continue
        module = types.ModuleType(file.removesuffix(".py"))
        exec(compile(text, file, "exec"), module.__dict__)
        made[module.__name__] = module
    before = {name: sys.modules.get(name) for name in made}
    sys.modules.update(made)
    try:
        yield
    finally:
        for name, module_ in before.items():
            if module_ is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module_


def run_cell(name: str, source: str, scope: dict[str, Any]) -> None:
    """Run a cell in ``scope``; raises UsageError when it fails."""
    try:
        exec(compile(source, f"<{name}>", "exec"), scope)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise UsageError(f"cell {name!r} of the solution fails: {why}") from error
