"""Compile the kit's own modules once for all forks: each imports the same ones.

What a fork finds in its folder is compared first, so that a module that a cell has written over, or
written beside them, is compiled as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any

from .plain_cells import NAMELESS, named, warnings_kept

MOST_KEPT = 100

_kept: dict[bytes, CodeType] = {}  # by a module's text
_usual = SourceFileLoader.source_to_code


def keep_modules(texts: Iterable[bytes]) -> None:
    """Compile modules, those that are Python and warn of nothing."""
    for text in texts:
        if text not in _kept and len(_kept) < MOST_KEPT:
            with warnings_kept() as said:
                try:
                    code = compile(text, NAMELESS, "exec", dont_inherit=True)
                except (SyntaxError, ValueError):
                    continue
            if not said:
                _kept[text] = code


def import_kept() -> None:
    """Have imports take what has been compiled, and leave no compiled files in a job's folder."""
    sys.dont_write_bytecode = True
    SourceFileLoader.source_to_code = _source_to_code  # type: ignore[method-assign]


def _source_to_code(self: Any, data: Any, path: Any, *given: Any, **more: Any) -> CodeType:
    code = _kept.get(data) if type(data) is bytes and not given and not more else None
    if code is not None:
        return named(code, path)
    compiled: CodeType = _usual(self, data, path, *given, **more)
    return compiled
