"""The notebook of making_music for tests: its functions, and what its lesson cells define."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from grader.assignment.importable import importable
from tests.content.notebook import Notebook, quiet

NAME = "making_music"
BOOK = Notebook(NAME)
FOLDER = BOOK.folder
assignment, source, scope = BOOK.assignment, BOOK.source, BOOK.scope
cell_text, prose = BOOK.cell, BOOK.prose
# Lesson cells that define something; the others train, draw, or play.
DEFINING = (
    *("aside", "whole_way", "ritual", "new_run", "look", "train", "curves", "write", "score"),
    "table",
)
NOTHING: Mapping[str, Any] = {"losses": [], "curve": {}, "best": {}}


def handed_out(name: str) -> ModuleType:
    """A module of the student's folder, by its name."""
    with importable(source().files):
        return importlib.import_module(name)


def lesson() -> dict[str, Any]:
    """What the closing section's cells define, nothing trained yet; one's own copy of the names."""
    names = {**scope(), "runs": {"told the beat": NOTHING, "not told the beat": NOTHING}, "BAR": 8}
    with quiet(), importable(source().files):
        for cell in ("tunes", *(f"lesson_{each}" for each in DEFINING)):
            exec(compile(cell_text(cell), f"<{cell}>", "exec"), names)
    return names
