"""Tell whether a notebook, or the text that it was made of, was edited since it was derived.

Both digests stand in the notebook's metadata, so that no file's time has to be trusted.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

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
