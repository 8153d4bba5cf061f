"""Tell whether a notebook, or the text that it was made of, was edited since it was derived.

Both digests stand in the notebook's metadata, so that no file's time has to be trusted.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from grader.assignment.source import cell_id, cell_points, check_cell
from grader.assignment.spec import Spec
from grader.errors import UsageError

if TYPE_CHECKING:
    from nbformat import NotebookNode

DERIVED = "derived"  # the metadata's key


def mark_derived(book: NotebookNode, text: str) -> None:
    """Note in a finished notebook's metadata what it was made of, and what its cells are."""
    book.metadata[DERIVED] = {"text": _digest(text), "cells": _cells_digest(book)}


def edited(book: NotebookNode) -> bool:
    """Tell whether a notebook was changed after it was derived."""
    known = book.metadata.get(DERIVED, {}).get("cells")
    return bool(known != _cells_digest(book))


def text_changed(book: NotebookNode, text: str) -> bool:
    """Tell whether the text was changed after the notebook was derived from it."""
    return bool(book.metadata.get(DERIVED, {}).get("text") != _digest(text))


def same_cells(one: NotebookNode, other: NotebookNode) -> bool:
    """Tell whether two notebooks agree in all that counts: outputs do not."""
    return _cells_digest(one) == _cells_digest(other)


def refuse_other_points(spec: Spec, book: NotebookNode) -> None:
    """Raise UsageError where a notebook's checks carry other points than the exercises.

    They do after an edit of the exercises, until the next release: a mark would be out of one
    number in the gradebook, and of another on the page.
    """
    graded = [cell for cell in book.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    carried = {cell_id(cell): cell_points(cell) for cell in graded}
    for exercise in spec.exercises:
        found = carried.get(check_cell(exercise.name))
        if found != exercise.counted:
            bonus = " (it is a bonus)" if exercise.bonus else ""
            raise UsageError(
                f"the check of {exercise.name} was released with {found or 0.0:g} points, the "
                f"exercises say {exercise.counted:g}{bonus}: run `make release`"
            )


def _digest(text: str) -> str:
    """Return the SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _cells_digest(book: NotebookNode) -> str:
    """Return the SHA-256 of what matters in cells: type, source, nbgrader metadata and tags."""
    return _digest(
        json.dumps(
            [
                [c.cell_type, c.source, c.metadata.get("nbgrader"), c.metadata.get("tags")]
                for c in book.cells
            ],
            sort_keys=True,
        )
    )
