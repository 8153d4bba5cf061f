"""Say where in a student's code an exception came about: in a wrong call, not in what is called."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from grader.selfcheck.references_file import Reference, references

Frames = Sequence[tuple[FrameType, int]]


@dataclass(frozen=True)
class WhereRaised:
    """A line to look at, and the exercise ``called`` on the way that this one is not to call."""

    look: str
    called: str = ""


def where_raised(
    reference: Reference,
    error: Exception,
    scope: dict[str, Any],
    is_right: Callable[[str, Any], bool],
) -> WhereRaised:
    """Find the line of the student's own code that made ``error`` come about.

    Where another exercise's function raised it that ``is_right`` by itself, that is the line which
    calls it; files that were handed out are not looked into either.
    """
    frames = _of_the_student(list(traceback.walk_tb(error.__traceback__)))
    if not frames:
        return WhereRaised("how the function is defined: does it take these arguments?")
    names = [_exercise_of(frame, reference, scope) for frame, _ in frames]
    at = next((at for at, name in enumerate(names) if name), 0)
    other = names[at]
    if at and other and is_right(other, scope[other]):
        frames = frames[:at]
    return WhereRaised(_line(*frames[-1]), other if other not in reference.steps else "")


def _of_the_student(frames: Frames) -> Frames:
    """Leave out this file, what was installed, and what was handed out beside this file."""
    own = [each for each in frames if each[0].f_code.co_filename != __file__]
    folder = str(Path(__file__).parent)
    return [
        (frame, line)
        for frame, line in own
        if "site-packages" not in frame.f_code.co_filename
        and str(Path(frame.f_code.co_filename).parent) != folder
    ] or own


def _exercise_of(frame: FrameType, reference: Reference, scope: dict[str, Any]) -> str:
    """Return the other exercise whose function this is a frame of, empty where it is of none."""
    name = frame.f_code.co_name
    own = getattr(scope.get(name), "__code__", None)
    known = name in references() and name != reference.layout.name
    return name if known and own is frame.f_code else ""


def _line(frame: FrameType, line: int) -> str:
    text = linecache.getline(frame.f_code.co_filename, line).strip()
    told = f": {text}" if text else ""
    return f"line {line} of that cell, in {frame.f_code.co_name}{told}"
