"""Describe a submission to the judge: the cells of the notebook that is to be graded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlannedCell:
    """One cell of the notebook to be graded.

    ``role`` is the source cell's role, or ``extra`` (code of the student's own) or ``text``.
    Locked cells carry the source notebook's text, whatever the submission said. ``pictures`` are
    those of an answer in words, by their numbers in its text: the student's own bytes in base64,
    to be rebuilt before they are shown.
    """

    id: str
    role: str
    source: str
    pictures: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Submission:
    """A submission: a student's notebook, ready to be judged."""

    cells: tuple[PlannedCell, ...]
    mended: tuple[str, ...]
    sha256: str

    def answer(self, name: str) -> str | None:
        """Return the student's text of an answer or written cell, None where it is gone."""
        return next((cell.source for cell in self.cells if cell.id == name), None)
