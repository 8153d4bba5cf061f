"""Tell where in a student's own text the values part from what is right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OtherLine:
    """Another line of a student's text that it may be; ``quoted`` as it stands there."""

    cell: str
    line: int
    quoted: str


@dataclass(frozen=True)
class Where:
    """A place in a student's text: a line of a cell, from 1 on, and what is said of it.

    ``quoted`` is the line as it stands there, without the blanks around it, and ``text`` the
    expression in it, where one is meant; ``kind`` is one of the kinds that sentences are made of.
    ``also`` is a second line, where it is less sure which of two it is.
    """

    cell: str
    line: int
    quoted: str
    kind: str
    said: str
    text: str = ""
    also: OtherLine | None = None

    def parts_of(self, line: str) -> tuple[str, str, str]:
        """Return what stands before the expression, the expression, and what stands after it.

        Of a line without one, all of it is what is meant.
        """
        before, text, after = line.partition(self.text) if self.text else ("", "", line)
        blank = line[: len(line) - len(line.lstrip())]
        return (before, text, after) if text else (blank, line[len(blank) :], "")

    def paragraph(self) -> str:
        """Return the paragraph that a student reads."""
        first = f"Line {self.line} of the cell {self.cell}: {self.quoted}\n{self.said}"
        if self.also is None:
            return first
        other = self.also
        return f"{first}\nOr it is line {other.line} of the cell {other.cell}: {other.quoted}"

    def lines_in(self, cell: str) -> tuple[int, int]:
        """Return the lines of a cell to mark: the first one, and the second; 0 for none."""
        other = self.also.line if self.also is not None and self.also.cell == cell else 0
        return (self.line if self.cell == cell else 0), other
