"""Say where in an assignment's own files something stands: for messages to its author."""

from __future__ import annotations

import sys
import traceback
from types import FrameType

LESSON_FILE = "lesson.py"
FOLDER = "solutions/"  # what the paths of an assignment's files begin with


def in_lesson(name: str, line: int = 0) -> str:
    """Return the place of a line in the lesson of the assignment ``name``, or of the lesson."""
    file = lesson_path(name)
    return f"{file}, line {line}" if line else file


def lesson_path(name: str) -> str:
    """Return the path of an assignment's lesson as its author knows it."""
    return f"{FOLDER}{name}/{LESSON_FILE}" if name else LESSON_FILE


def place_of(error: BaseException, name: str) -> str:
    """Return the innermost line of the assignment's own that an error came through; empty if none.

    What does not parse is placed where Python says.
    """
    own = f"{FOLDER}{name}/"
    if isinstance(error, SyntaxError) and (error.filename or "").startswith(own):
        return f"{error.filename}, line {error.lineno}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(own)]
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else ""


def at(place: str, what: str) -> str:
    """Return a message with its place before it, where that is known."""
    return f"{place}: {what}" if place else what


def described_here() -> str:
    """Return the line of an assignment's own that is running; empty outside of all."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.startswith(FOLDER):
            return f"{frame.f_code.co_filename}, line {frame.f_lineno}"
        frame = frame.f_back
    return ""
