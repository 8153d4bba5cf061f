"""Tell where in a student's own text the values part from what is right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Where:
    """A place in a student's text: a line of a cell, from 1 on, and what is said of it.

    ``quoted`` is the line as it stands there, without the blanks around it, and ``text`` the
    expression in it, where one is meant; ``kind`` is one of the kinds that sentences are made of.
    """

    cell: str
    line: int
    quoted: str
    kind: str
    said: str
    text: str = ""

    def parts_of(self, line: str) -> tuple[str, str, str]:
        """Return what stands before the expression, the expression, and what stands after it.

        Of a line without one, all of it is what is meant.
        """
        before, text, after = line.partition(self.text) if self.text else ("", "", line)
        blank = line[: len(line) - len(line.lstrip())]
        return (before, text, after) if text else (blank, line[len(blank) :], "")

    def paragraph(self) -> str:
        """Return the paragraph that a student reads."""
        return f"Line {self.line} of the cell {self.cell}: {self.quoted}\n{self.said}"
