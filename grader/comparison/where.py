"""Tell where in a student's own text the values part from what is right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Where:
    """A place in a student's text: a line of a cell, from 1 on, and what is said of it.

    ``quoted`` is the line as it stands there, and ``text`` the expression in it, where one is
    meant; ``kind`` is one of the kinds that sentences are made of.
    """

    cell: str
    line: int
    quoted: str
    kind: str
    said: str
    text: str = ""

    def paragraph(self) -> str:
        """Return the paragraph that a student reads."""
        return f"Line {self.line} of the cell {self.cell}: {self.quoted}\n{self.said}"
