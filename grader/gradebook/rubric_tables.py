"""Keep beside nbgrader's tables by what a written question is marked, and what was ticked for whom.

Points and comments are nbgrader's own, in its own columns. What those have no place for lies in two
tables of the kit's, in the same database, so that a mark and its items are saved in one
transaction, go into one copy, and are seen by everybody who marks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, inspect
from sqlalchemy.schema import CreateTable

META = MetaData()
RUBRICS = Table(
    "grader_rubric",
    META,
    Column("assignment_id", String(32), primary_key=True),
    Column("cell", String(128), primary_key=True),
    Column("number", Integer, nullable=False),  # of the change: it goes up
    Column("told", Text, nullable=False),  # JSON: items and phrases
)
TICKED = Table(
    "grader_ticked",
    META,
    Column("notebook_id", String(32), primary_key=True),
    Column("cell", String(128), primary_key=True),
    Column("told", Text, nullable=False),  # JSON of `Ticks`
)
CLOSE = 1e-6  # points


@dataclass(frozen=True)
class RubricItem:
    """An item: what it asks for, in words, and the points that it gives or takes."""

    id: str
    text: str
    points: float


@dataclass(frozen=True)
class Rubric:
    """The rubric of a question and the phrases kept for comments; ``number`` counts its changes.

    With 0 it is the assignment's own; ``saved`` tells whether the gradebook has it.
    """

    items: tuple[RubricItem, ...] = ()
    phrases: tuple[str, ...] = ()
    number: int = 0
    saved: bool = False

    @classmethod
    def of(cls, items: Mapping[str, float]) -> Rubric:
        """Make the rubric that an assignment describes."""
        named = enumerate(items.items(), 1)
        return cls(tuple(RubricItem(f"r{n}", text, points) for n, (text, points) in named))

    def total(self, ticks: Ticks, most: float) -> float:
        """Return the points of what is ticked, from nothing to the ``most`` of the question."""
        points = sum(item.points for item in self.items if item.id in ticks.items)
        return min(max(points + ticks.adjust, 0.0), most)


@dataclass(frozen=True)
class Ticks:
    """The items ticked for an answer, the points given or taken beside them, and what all made.

    ``by`` and ``at`` say who ticked and when (UTC).
    """

    items: tuple[str, ...] = ()
    adjust: float = 0.0
    points: float = 0.0
    by: str = ""
    at: str = ""

    def agrees(self, points: float | None) -> bool:
        """Tell whether the mark in the gradebook is the one that the items made."""
        return points is not None and abs(points - self.points) < CLOSE


def make_rubric_tables(db: Any) -> None:
    """Make both tables where they are absent, in a gradebook that nbgrader has opened."""
    for table in (RUBRICS, TICKED):
        if not inspect(db.connection()).has_table(table.name):
            db.execute(CreateTable(table, if_not_exists=True))
    db.commit()


def read_rubric(db: Any, assignment: str, cell: str, own: Mapping[str, float]) -> Rubric:
    """Read the rubric of a question; the assignment's ``own`` where the gradebook has none."""
    row = None
    if inspect(db.connection()).has_table(RUBRICS.name):
        mine = (RUBRICS.c.assignment_id == assignment) & (RUBRICS.c.cell == cell)
        row = db.execute(RUBRICS.select().where(mine)).first()
    if row is None:
        return Rubric.of(own)
    told = json.loads(row.told)
    items = tuple(RubricItem(**item) for item in told["items"])
    return Rubric(items, tuple(told["phrases"]), row.number, saved=True)


def write_rubric(db: Any, assignment: str, cell: str, rubric: Rubric) -> None:
    """Write a rubric, without a commit."""
    told = {"items": [asdict(item) for item in rubric.items], "phrases": list(rubric.phrases)}
    mine = (RUBRICS.c.assignment_id == assignment) & (RUBRICS.c.cell == cell)
    db.execute(RUBRICS.delete().where(mine))
    row = {"assignment_id": assignment, "cell": cell, "number": rubric.number}
    db.execute(RUBRICS.insert().values({**row, "told": json.dumps(told)}))


def hold_rubrics(db: Any) -> None:
    """Let nobody else change a rubric until the transaction ends, by a write that changes none."""
    db.execute(RUBRICS.update().values(number=RUBRICS.c.number))


def read_ticks(db: Any, notebooks: Sequence[str] | None = None) -> dict[tuple[str, str], Ticks]:
    """Read what is ticked, by submitted notebook and cell; of some notebooks, or of all."""
    if not inspect(db.connection()).has_table(TICKED.name):
        return {}
    rows = TICKED.select()
    if notebooks is not None:
        rows = rows.where(TICKED.c.notebook_id.in_(notebooks))
    found = {}
    for row in db.execute(rows):
        told = json.loads(row.told)
        found[row.notebook_id, row.cell] = Ticks(**{**told, "items": tuple(told["items"])})
    return found


def write_ticks(db: Any, notebook: str, cell: str, ticks: Ticks | None) -> None:
    """Write what is ticked for an answer, without a commit; None takes it out."""
    db.execute(TICKED.delete().where((TICKED.c.notebook_id == notebook) & (TICKED.c.cell == cell)))
    if ticks is not None:
        row = {"notebook_id": notebook, "cell": cell, "told": json.dumps(asdict(ticks))}
        db.execute(TICKED.insert().values(row))


def erase_ticks(db: Any, notebooks: Sequence[str]) -> None:
    """Erase what is ticked of submitted notebooks, where the table is there."""
    if inspect(db.connection()).has_table(TICKED.name):
        db.execute(TICKED.delete().where(TICKED.c.notebook_id.in_(notebooks)))
        db.commit()
