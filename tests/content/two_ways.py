"""The notebook of gated_and_two_way for tests: its functions, and what its lesson cells define."""

from __future__ import annotations

from typing import Any

from grader.assignment.importable import importable
from tests.content.notebook import Notebook, quiet

NAME = "gated_and_two_way"
BOOK = Notebook(NAME)
FOLDER = BOOK.folder
assignment, source, scope = BOOK.assignment, BOOK.source, BOOK.scope
cell, prose = BOOK.cell, BOOK.prose
DEFINING = ("both_ways", "whole_way", "train", "senses", "letters", "letters_bars", "memory")


def lesson() -> dict[str, Any]:
    """What the closing section's cells define, nothing trained yet; one's own copy of the names."""
    names = dict(scope())
    with importable(source().files), quiet():
        for name in DEFINING:
            exec(compile(cell(f"lesson_{name}"), f"<{name}>", "exec"), names)
    return names
