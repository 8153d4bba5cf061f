"""Write marks and answers as a table, for those who mark elsewhere, and take the table back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.errors import UsageError
from grader.files.atomic import write_beside
from grader.files.csv_read import read_table
from grader.files.csv_write import ACTIVE, csv_text, neutral
from grader.gradebook.hand_marks import HandMark, MarkChange, marks_by_hand
from grader.gradebook.rubric_tables import Rubric
from grader.html.wording import number
from grader.plain_text import one_line, plain
from grader.written.desk import MOST_COMMENT, WAITING, Desk, Given, neutral_names, ticked
from grader.written.questions import Question

COLUMNS = ("student", "question", "points", "items", "comment", "version")
MORE = ("state", "answer")  # to be read; not taken back
NAMELESS = "answer "  # before the neutral name of somebody whose name is not to be seen


class RowError(Exception):
    """An error in one row of a table; the message says what is wrong with it."""


@dataclass
class Taken:
    """What a table changed, in a line for each; or what is wrong with it, and then nothing was."""

    changed: list[str] = field(default_factory=list)
    same: int = 0
    problems: list[str] = field(default_factory=list)


def write_marks(desk: Desk, path: Path, anonymous: bool) -> int:
    """Write a row for each answer to each question; return how many there are."""
    rows: list[tuple[object, ...]] = []
    for question in desk.questions:
        marks, rubric = desk.read(question.cell)
        names = _names(desk, marks) if anonymous else {}
        for mark in marks:
            text = desk.answers.full(mark).text if mark.state != "empty" else ""
            who = names.get(mark.student, mark.student)
            about = (mark.version, mark.state, text)
            rows.append((who, mark.cell, *_cells(mark, rubric), *about))
    if anonymous:
        rows.sort(key=lambda row: (str(row[1]), str(row[0])))
    write_beside(path, csv_text([(*COLUMNS, *MORE), *rows]).encode("utf-8-sig", "replace"))
    return len(rows)


def _names(desk: Desk, marks: list[HandMark]) -> dict[str, str]:
    keys = desk.keys(mark.student for mark in marks)
    names = neutral_names(keys.values())
    return {student: NAMELESS + names[key] for student, key in keys.items()}


def _cells(mark: HandMark, rubric: Rubric) -> tuple[object, str, str]:
    """Return points, items and comment as they stand in the table."""
    points = "" if mark.points is None else round(mark.points, 6) + 0.0
    ticks = mark.ticks.items if mark.ticks else ()
    items = "\n".join(item.text for item in rubric.items if item.id in ticks)
    return points, items, mark.comment


def take_marks(desk: Desk, path: Path) -> Taken:
    """Take the marks of a table into the gradebook, all in one transaction or none.

    A row counts where something in it differs from the gradebook, which must hold what it held when
    the row was written: its version says so. Raises UsageError where the file is no such table.
    """
    taken, changes = Taken(), []
    rows = list(read_table(path, COLUMNS).records())
    with marks_by_hand(desk.course, desk.name) as book:
        cells = [question.cell for question in desk.questions]
        rubrics = {q.cell: book.rubric(q.cell, q.rubric) for q in desk.questions}
        found = _Found(desk, {(mark.student, mark.cell): mark for mark in book.read(cells)})
        for line, row in rows:
            try:
                mark = found.mark(row)
                change = _change(desk.question(mark.cell), rubrics[mark.cell], mark, row)
            except (RowError, UsageError) as error:
                taken.problems.append(f"{path.name}, line {line}: {one_line(str(error), 300)}")
                continue
            if change is None:
                taken.same += 1
                continue
            changes.append(change)
            taken.changed.append(_told(row["student"], mark, change))
        if taken.problems:
            return replace(taken, changed=[])
        saved = book.save(changes, keep=rubrics)
    if not saved.done:
        raise UsageError(f"somebody marked while {path.name} was read: run this again")
    desk.given += len(changes)
    return taken


class _Found:
    """The marks that rows are looked for among: each row finds its own, and only once."""

    def __init__(self, desk: Desk, marks: Mapping[tuple[str, str], HandMark]) -> None:
        self._desk, self._marks = desk, marks
        nameless = _names(desk, list(marks.values()))
        self._students = {name: student for student, name in nameless.items()}
        self._students |= {student: student for student, _ in marks}
        self._seen: set[tuple[str, str]] = set()

    def mark(self, row: Mapping[str, str]) -> HandMark:
        """Return the mark that a row is on; raises RowError or UsageError where it is on none."""
        cell, name = self._desk.question(row["question"]).cell, _typed(row["student"])
        student = self._students.get(name)
        if student is None:
            raise RowError(f"the gradebook knows no submission of {name!r}")
        mark = self._marks[student, cell]
        if (student, cell) in self._seen:
            raise RowError(f"{name} has two rows for {cell}")
        self._seen.add((student, cell))
        if not self._desk.answers.current(mark):
            raise RowError(
                f"run `grader autograde {self._desk.name}`: {name}'s answer is of another run"
            )
        return mark


def _change(
    question: Question, rubric: Rubric, mark: HandMark, row: Mapping[str, str]
) -> MarkChange | None:
    """Return what a row changes, None where it says what the gradebook holds."""
    if _says(row) == _says(dict(zip(COLUMNS[2:5], map(_shown, _cells(mark, rubric)), strict=True))):
        return None
    version = row["version"]
    if version != mark.version and (version or mark.state not in ("waiting", "empty")):
        now = _in_words(mark.points)
        raise RowError(f"mark or answer changed since the table was written: it has {now} now")
    comment = plain(_typed(row["comment"])).strip()
    if len(comment) > MOST_COMMENT:
        raise RowError(f"the comment has more than {MOST_COMMENT:,} characters")
    given = Given(*_given(question, rubric, row), comment)
    ticks = ticked(question, rubric, given)
    points = ticks.points if ticks else None
    return MarkChange(mark.student, mark.cell, mark.version, points, comment, ticks)


def _given(
    question: Question, rubric: Rubric, row: Mapping[str, str]
) -> tuple[tuple[str, ...] | None, float]:
    """Return the items of a row, and what its points are beside theirs."""
    ids = {item.text: item.id for item in rubric.items}
    texts = [" ".join(_typed(text.strip()).split()) for text in row["items"].splitlines()]
    unknown = [text for text in texts if text and text not in ids]
    if unknown:
        raise RowError(
            f"the rubric has no item {unknown[0]!r}: write one a line, as they stand there"
        )
    items = tuple(dict.fromkeys(ids[text] for text in texts if text))
    if not row["points"]:
        return (items, 0.0) if items else (None, 0.0)
    points = _number(row["points"])
    if points is None or not 0 <= points <= question.most:
        raise RowError(
            f"{row['points']!r} is no number of points from 0 to {number(question.most)}"
        )
    return items, points - sum(item.points for item in rubric.items if item.id in items)


def _number(text: str) -> float | None:
    try:
        return float(_typed(text).replace(",", "."))  # the comma of many a spreadsheet
    except ValueError:
        return None


def _typed(cell: str) -> str:
    """Return a cell without the sign that keeps it from being a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(ACTIVE) else cell


def _shown(cell: object) -> str:
    return str(neutral(cell))


def _says(row: Mapping[str, str]) -> tuple[object, list[str], str]:
    """Return what a row says, in a form in which spreadsheets do not differ."""
    points = _number(row["points"]) if row["points"] else None
    items = sorted(text.strip() for text in row["items"].splitlines() if text.strip())
    return (row["points"] if points is None else points), items, "\n".join(_lines(row["comment"]))


def _lines(text: str) -> Iterator[str]:
    yield from (line.rstrip() for line in text.strip().splitlines())


def _told(name: str, mark: HandMark, change: MarkChange) -> str:
    """Say what changes, in one line."""
    old, new = _in_words(mark.points), _in_words(change.points)
    waited = " (on another answer)" if mark.state == WAITING[1] else ""
    if old == new:
        return f"{name}, {mark.cell}: {new}{waited}, another comment or other items"
    return f"{name}, {mark.cell}: {old}{waited}, now {new}"


def _in_words(points: float | None) -> str:
    return "no mark" if points is None else f"{number(points)} points"
