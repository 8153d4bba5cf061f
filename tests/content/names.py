"""The notebook of language_model for tests: its functions, and what its lesson cells define."""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Mapping
from typing import Any

from grader.assignment.importable import importable
from tests.content.notebook import Notebook

NAME = "language_model"
BOOK = Notebook(NAME)
FOLDER = BOOK.folder
assignment, source, scope = BOOK.assignment, BOOK.source, BOOK.scope
setup_cell, prose = BOOK.cell, BOOK.prose
# Lesson cells that only define something, or count; the others train.
DEFINING = (
    *("counts", "baselines", "whole_way", "new_run", "write", "look", "train", "training_plot"),
    *("stages", "rescue"),
)


@functools.cache
def _defined() -> Mapping[str, Any]:
    names = {**scope(), "learner": {"losses": [], "written": {}, "curve": {}}}
    with contextlib.redirect_stdout(io.StringIO()), importable(source().files):
        exec(compile(setup_cell("names"), "<names>", "exec"), names)
        for cell in DEFINING:
            exec(compile(setup_cell(f"lesson_{cell}"), f"<{cell}>", "exec"), names)
    return names


def lesson() -> dict[str, Any]:
    """What the closing section's cells define, nothing trained yet; one's own copy of the names."""
    names = dict(_defined())
    # Functions read the names that they were defined among: all of them are made anew.
    for cell in ("whole_way", "new_run", "write", "look", "train", "rescue"):
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(setup_cell(f"lesson_{cell}"), f"<{cell}>", "exec"), names)
    return names
