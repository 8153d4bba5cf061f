"""Find what a student answered in words where it was not asked for, so that it is marked.

An answer belongs into the cell that nbgrader leaves for it. Put elsewhere it is an answer all the
same: into a new cell below, into a code cell, or into the question's own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from grader.assignment.source import Source, SourceCell
from grader.intake.pictures import Picture, Pictures
from grader.intake.read import RawCell

BLANK = "YOUR ANSWER HERE"  # what nbgrader leaves of a written answer
MOST_LINES = 500  # of a question's text that are looked at for an answer
LONG = 20  # characters of a line of the question's that goes on with the answer
WORDS = 5  # from which on a text of the student's own may be an answer
# In the place of an answer that may stand anywhere: whoever marks looks for it.
LOOK = "[No answer stood in this cell, and text of the student's own stands elsewhere: see there.]"
ASKED, NEW, CODE = "its question's cell", "a new cell", "a code cell"


@dataclass(frozen=True)
class Found:
    """A find: a text that answers a question, the place of its cell, and what cell that is."""

    place: int
    where: str
    text: str


@dataclass(frozen=True)
class Answer:
    """An answer in words: its text, its pictures, and what was done to have it.

    ``moved`` are the places of cells that are in the text now, ``note`` is empty where it stood
    in its own cell.
    """

    text: str = ""
    pictures: tuple[Picture, ...] = ()
    moved: tuple[int, ...] = ()
    note: str = ""


def is_blank(text: str) -> bool:
    """Tell whether an answer is still what was handed out."""
    return text.strip() in ("", BLANK)


def as_code(text: str) -> str:
    """Return markdown that shows a text as it stands, line by line."""
    longest = max((len(ticks) for ticks in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def answer(
    raw: Sequence[RawCell],
    matched: Sequence[SourceCell | None],
    source: Source,
    target: SourceCell,
    pictures: Pictures,
) -> Answer:
    """Return what was answered to ``target``: in its cell or, where that is empty, beside it."""
    own = next((place for place, match in enumerate(matched) if match == target), None)
    if own is not None and not is_blank(raw[own].source):
        text, shown = _with_pictures(raw[own], raw[own].source, pictures)
        in_code = raw[own].kind == "code"
        return Answer(text, shown, (), _note(target.id, [CODE]) if in_code else "")
    found = _elsewhere(raw, matched, source, target)
    if not found and _wrote_anything(raw, matched):
        return Answer(LOOK, note=f"no answer stood in {target.id}, and text of one's own elsewhere")
    if not found:
        return Answer("" if own is None else raw[own].source)
    parts = [_with_pictures(raw[each.place], each.text, pictures) for each in found]
    return Answer(
        "\n\n".join(text for text, _ in parts),
        tuple(picture for _, shown in parts for picture in shown),
        tuple(each.place for each in found if each.where == NEW),  # the others keep their cells
        _note(target.id, dict.fromkeys(each.where for each in found)),
    )


def _with_pictures(cell: RawCell, text: str, pictures: Pictures) -> tuple[str, tuple[Picture, ...]]:
    if cell.kind == "code":
        return as_code(text), ()
    return pictures.taken_from(text, dict(cell.attached))


def _note(name: str, where: Iterable[str]) -> str:
    told = " and ".join(where)
    return f"the answer to {name} stood in {told}, taken as the answer that is marked by hand"


def _elsewhere(
    raw: Sequence[RawCell],
    matched: Sequence[SourceCell | None],
    source: Source,
    target: SourceCell,
) -> list[Found]:
    """Find an answer to ``target`` outside its cell.

    Only the student's own cells between this question and the assignment's next cell are taken,
    and what was added to the question's text.
    """
    number = source.cells.index(target)
    asks = number > 0 and source.cells[number - 1].role == "text"
    question = source.cells[number - 1] if asks else None
    ids = [match.id if match is not None else None for match in matched]
    at = {name: ids.index(name) for name in {*ids} if name is not None}
    begins = at.get(question.id, at.get(target.id)) if question else at.get(target.id)
    if begins is None:
        return []
    found = []
    if question is not None and question.id in at:
        added = _added(raw[begins].source, question.source)
        if added:
            found.append(Found(begins, ASKED, added))
    for place in range(begins + 1, len(raw)):
        if ids[place] not in (None, target.id):
            break
        if ids[place] is None and not is_blank(raw[place].source):
            where = CODE if raw[place].kind == "code" else NEW
            found.append(Found(place, where, raw[place].source))
    return found


def _wrote_anything(raw: Sequence[RawCell], matched: Sequence[SourceCell | None]) -> bool:
    """Tell whether a student wrote text of their own, in a cell of their own or in a text."""
    for cell, match in zip(raw, matched, strict=True):
        if match is None and cell.kind != "code":
            text = cell.source
        elif match is not None and match.role == "text" and cell.source != match.source:
            text = _added(cell.source, match.source)
        else:
            continue
        if len(re.findall(r"\w+", text)) >= WORDS:
            return True
    return False


def shared_lines(text: str, question: str) -> int:
    """Count the lines of a question's that a text still has: it is that question, edited."""
    return len(set(_flats(question)) & set(_flats(text)) - {""})


def _added(text: str, question: str) -> str:
    """Return what a text says that the question does not.

    What was left out, wrapped or spaced otherwise is no answer.
    """
    asked = [flat for flat in _flats(question) if flat]
    long = [line for line in asked if len(line) >= LONG]
    lines, flats, whole = text.splitlines(), _flats(text), _flat(question)
    added: list[str] = []
    steps = SequenceMatcher(None, asked, flats, autojunk=False).get_opcodes()
    for what, _, _, first, last in steps:
        for place in range(first, last) if what in ("insert", "replace") else ():
            flat = flats[place]
            start = max((each for each in long if flat.startswith(each)), key=len, default="")
            if what == "insert" or not flat or flat not in whole:
                added.append(flat[len(start) :] if start else lines[place])
    return "\n".join([*added, *lines[MOST_LINES:]]).strip()


def _flats(text: str) -> list[str]:
    return [_flat(line) for line in text.splitlines()[:MOST_LINES]]


def _flat(text: str) -> str:
    return " ".join(text.split())
