"""Describe where the values part: a place in the student's text, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parting:
    """A parting of the values.

    ``line`` and the expression from ``start`` to ``end`` (line and column) are the student's own.
    ``kind`` is a key of the sentences. ``given`` and ``wanted`` are names that the notebook has,
    for what stands there and for what belongs there, ``missing`` for what is to be joined to it,
    and ``towards`` for what is being made. ``operand`` is the student's text of what is not right,
    ``more`` a detail that a sentence takes. ``also`` is another line that it may be, 0 for none;
    ``sure`` says that all is right once what is made here is.
    """

    kind: str
    line: int
    text: str = ""
    start: tuple[int, int] = (0, 0)
    end: tuple[int, int] = (0, 0)
    operand: str = ""
    given: str = ""
    wanted: str = ""
    more: str = ""
    missing: str = ""
    towards: str = ""
    also: int = 0
    sure: bool = False
