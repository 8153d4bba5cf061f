"""Know what stands in a submission's own code: the words and the lines that messages may name.

What a process says of itself could carry the hidden inputs that it knows. A word is repeated if it
stands in the student's own code; a text that is a book of thousands of words would make each of
them a number, so no more than some are known, and an exercise's messages repeat a few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from grader.comparison.telling import LONGEST_KEY
from grader.plain_text import one_line
from grader.sandbox import CellSource

WORD = re.compile(r"\w+")
MOST_WORDS = 1_024  # of a submission; the solution has 300
MOST_LINES = 2_048  # of a submission that messages point at; the solution has 350
LONGEST_QUOTED = 80  # characters of a line
MOST_REPEATED = 3  # words of the submission's own in all messages on an exercise


class OwnText:
    """A submission's own text: its words, and its lines by cell and number, from 1 on.

    Answers come first: where there is too much, theirs are known. It is read when something is to
    be said of it, which is seldom.
    """

    def __init__(self, cells: Sequence[CellSource]) -> None:
        self._cells = sorted(cells, key=lambda cell: cell.kind != "answer")

    @cached_property
    def words(self) -> frozenset[str]:
        """Return the first words, each once."""
        words: set[str] = set()
        for word in _words(self._cells):
            if len(words) == MOST_WORDS:
                break
            words.add(word)
        return frozenset(words)

    @cached_property
    def lines(self) -> Mapping[tuple[str, int], str]:
        """Return the first lines, by their places."""
        return dict(islice(_lines(self._cells), MOST_LINES))

    def quoted(self, place: tuple[str, int]) -> str:
        """Say which line of which cell a place is, with the text that stands there."""
        cell, line = place
        return f"line {line} of the cell {cell}: {one_line(self.lines[place], LONGEST_QUOTED)}"


def _words(cells: Sequence[CellSource]) -> Iterator[str]:
    for cell in cells:
        for found in WORD.finditer(cell.source):
            if len(found[0]) <= LONGEST_KEY:
                yield found[0]


def _lines(cells: Sequence[CellSource]) -> Iterator[tuple[tuple[str, int], str]]:
    """Yield the lines that something is written in, by their places: only those can raise."""
    for cell in cells:
        for number, line in enumerate(cell.source.split("\n"), 1):
            if line.strip():
                yield (cell.id, number), line


@dataclass
class Repeated:
    """The words of the submission's own that the messages on an exercise repeat: the first few."""

    own: OwnText
    words: set[str] = field(default_factory=set)

    def may(self, word: str) -> bool:
        """Tell whether a message may repeat a word; what it may counts."""
        if word in self.own.words and len(self.words) < MOST_REPEATED:
            self.words.add(word)
        return word in self.words
