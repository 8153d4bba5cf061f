"""Watch which branches of some modules a call takes, on every Python that the kit runs on."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any


class Branches:
    """A watch on modules; a branch is a step from one line to another of a function."""

    def __init__(self, modules: Sequence[str]) -> None:
        files = (importlib.import_module(name).__file__ for name in modules)
        self._numbers = {file: number for number, file in enumerate(files)}
        self._taken: set[int] = set()

    def of(self, call: Callable[[], object]) -> set[int]:
        """The branches that a call takes, also when it raises; each as one number."""
        self._taken = set()
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            call()
        finally:
            sys.settrace(before)
        return self._taken

    def taken(self) -> set[int]:
        """What the last call took, for whoever caught what it raised."""
        return self._taken

    def _enter(self, frame: FrameType, event: str, _: Any) -> Any:
        number = self._numbers.get(frame.f_code.co_filename)
        if number is None:
            return None
        taken, file, last = self._taken, number << 40, frame.f_code.co_firstlineno

        def step(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal last
            if event == "line":
                now = frame.f_lineno
                taken.add(file | last << 20 | now)
                last = now
            return step

        return step
