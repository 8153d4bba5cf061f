"""Know what stands in a submission's own code: the words and the lines that messages may name.

What a process says of itself could carry the hidden inputs that it knows. A word is repeated if it
stands in the student's own code; a text that is a book of thousands of words would make each of
them a number, so no more than some are known, and an exercise's messages repeat a few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from grader.comparison.telling import LONGEST_KEY
from grader.sandbox import CellSource

WORD = re.compile(r"\w+")
MOST_WORDS = 1_024  # of a submission; the solution has 300
MOST_LINES = 2_048  # of a submission that messages point at; the solution has 350
MOST_REPEATED = 3  # words of the submission's own in all messages on an exercise


@dataclass(frozen=True)
class OwnText:
    """A submission's own text: its words, and its lines by cell and number, from 1 on."""

    words: frozenset[str]
    lines: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, cells: Sequence[CellSource]) -> OwnText:
        """Read the cells, answers first: where there is too much, theirs are known."""
        ordered = sorted(cells, key=lambda cell: cell.kind != "answer")
        words: set[str] = set()
        for word in _words(ordered):
            if len(words) == MOST_WORDS:
                break
            words.add(word)
        return cls(frozenset(words), frozenset(islice(_lines(ordered), MOST_LINES)))


def _words(cells: Sequence[CellSource]) -> Iterator[str]:
    for cell in cells:
        for found in WORD.finditer(cell.source):
            if len(found[0]) <= LONGEST_KEY:
                yield found[0]


def _lines(cells: Sequence[CellSource]) -> Iterator[tuple[str, int]]:
    """Yield the lines that something is written in: only those can raise."""
    for cell in cells:
        for number, line in enumerate(cell.source.split("\n"), 1):
            if line.strip():
                yield cell.id, number


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
