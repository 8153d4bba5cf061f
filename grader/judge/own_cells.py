"""Take the cells that a student's function and its helpers stand in, as one text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from grader.assignment.python_cells import plain_code
from grader.comparison.where import OtherLine, Where
from grader.instrument.weave import Woven, woven
from grader.judge.own_text import LONGEST_QUOTED, WORD
from grader.judge.redact import DTYPES
from grader.judge.session import Session
from grader.parting.finding import Parting
from grader.parting.sentences import sentence
from grader.plain_text import one_line


@dataclass(frozen=True)
class OwnCells:
    """The student's own cells that a function stands in, as one text, rewritten."""

    woven: Woven
    lines: tuple[tuple[str, int], ...]  # for each line of the text: the cell, the line in it
    text: tuple[str, ...]

    @classmethod
    def of(cls, session: Session, name: str) -> OwnCells:
        """Take the cells of the student's own code. Raises NotWoven."""
        lines: list[tuple[str, int]] = []
        text: list[str] = []
        for cell, source in _cells(session, name):
            for number, line in enumerate(source.split("\n"), 1):
                lines.append((cell, number))
                text.append(line)
        return cls(woven("\n".join(text), [name]), tuple(lines), tuple(text))

    def where(self, found: Parting, words: frozenset[str], names: Iterable[str]) -> Where | None:
        """Return the place in the student's text, quoted.

        What is said of it has the ``words`` of the submission, and the notebook's ``names``.
        """
        if not 0 < found.line <= len(self.lines):
            return None
        cell, line = self.lines[found.line - 1]
        whole = self.text[found.line - 1]
        quoted = one_line(whole.strip(), LONGEST_QUOTED)
        text = ""
        if found.start[0] == found.end[0] == found.line:
            data = whole.encode()  # columns are counted in bytes
            text = data[found.start[1] : found.end[1]].decode(errors="replace")
        text = text if text in quoted else ""
        known = words.union(*(WORD.findall(name) for name in names), DTYPES)
        said = replace(
            found,
            text=text,
            operand=_known(found.operand, known),
            more=_known(found.more, known),
        )
        return Where(cell, line, quoted, found.kind, sentence(said), text, self._other(found.also))

    def _other(self, line: int) -> OtherLine | None:
        """Return a second line in the student's text, quoted; None where there is none."""
        if not 0 < line <= len(self.lines):
            return None
        return OtherLine(
            *self.lines[line - 1], one_line(self.text[line - 1].strip(), LONGEST_QUOTED)
        )


def _known(text: str, words: frozenset[str]) -> str:
    """Return a text whose every word is known or a short number, else nothing."""
    fits = all(word in words or (word.isdigit() and len(word) < 4) for word in WORD.findall(text))
    return one_line(text, LONGEST_QUOTED) if fits else ""


def _cells(session: Session, name: str) -> Iterator[tuple[str, str]]:
    """Yield the cells that may hold the function and its helpers, where they parse."""
    for cell in session.submission.cells:
        if cell.id == name or cell.role == "extra":
            code = plain_code(cell.source)
            if code:
                yield cell.id, code
