"""Enter the grades and comments of new submissions a batch at a time.

A class has dozens of them for each student: written as objects, one by one, they take longer than
all else that a gradebook does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nbgrader.api import Comment, Grade, new_uuid
from sqlalchemy import insert

COLUMNS: dict[type[Any], tuple[str, ...]] = {
    Grade: ("cell_id", "notebook_id", "auto_score", "extra_credit", "needs_manual_grade"),
    Comment: ("cell_id", "notebook_id", "auto_comment"),
}


class NewRows:
    """Rows of new submissions, in no session: what is set in them counts once they are entered."""

    def __init__(self) -> None:
        self._made: dict[str, dict[type[Any], list[Any]]] = {}  # by the submitted notebook's id

    def __contains__(self, notebook: str) -> bool:
        return notebook in self._made

    def make(self, notebook: str, cells: Mapping[type[Any], Iterable[str]]) -> None:
        """Make a grade, and a comment, for each of these cells of a submitted notebook, by id."""
        self._made[notebook] = {
            kind: [kind(cell_id=cell, notebook_id=notebook) for cell in ids]
            for kind, ids in cells.items()
        }

    def of(self, notebook: str, kind: type[Any]) -> list[Any]:
        """Return the grades, or the comments, of a new submitted notebook."""
        return self._made[notebook][kind]

    def enter(self, db: Any) -> frozenset[str]:
        """Insert all of them; what they belong to is there. Returns whose they were."""
        made, self._made = self._made, {}
        for kind, columns in COLUMNS.items():
            rows = [
                {"id": new_uuid(), **{name: getattr(row, name) for name in columns}}
                for of in made.values()
                for row in of[kind]
            ]
            if rows:
                db.execute(insert(kind.__table__), rows)
        return frozenset(made)

    def forget(self) -> None:
        """Forget them: what they belong to is given up."""
        self._made = {}
