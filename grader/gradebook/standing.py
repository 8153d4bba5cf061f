"""Keep beside nbgrader's tables which verdict a submission's marks are from.

The gradebook decides what is current: a gradebook put back from a copy holds the marks of then,
while the verdicts on disk are of now. So it holds each verdict's digest as well, in a table of the
kit's own, by the submitted notebook and without a tie to nbgrader's tables. It is made once
nbgrader has opened the gradebook: in a file that nbgrader did not make, ``nbgrader db upgrade``
would find no version.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from nbgrader.api import BaseCell, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Column, MetaData, String, Table, Text, inspect
from sqlalchemy.schema import CreateTable

from grader.assignment.source import check_cell, is_check_cell
from grader.shared import SharedNames, once
from grader.verdict import Verdict

VERDICTS = Table(
    "grader_verdict",
    MetaData(),
    Column("notebook_id", String(32), primary_key=True),
    Column("digest", String(64), nullable=False),
    # JSON: by cell that is marked by hand, the digest of the answer now, and of the one that was
    # marked.
    Column("answers", Text, nullable=False),
)
CLOSE = 1e-6  # points
ROWS = 1000  # of an answer of the database that are held at a time
NOTHING: tuple[str, frozenset[str]] = ("", frozenset())


@dataclass(frozen=True)
class Standing:
    """A standing of a submission: the digest of its verdict, and points by check cell.

    ``digest`` is empty where the marks are nobody's of this kit; points are those by tests and
    extra credit. ``marked`` are the cells whose mark by hand is on the very answer of now.
    """

    digest: str
    points: Mapping[str, tuple[float, float]]
    marked: frozenset[str] = frozenset()

    def agrees(self, verdict: Verdict) -> bool:
        """Tell whether the marks are those of this very verdict."""
        if self.digest != verdict.digest:
            return False
        given = {check_cell(each.name): each for each in verdict.exercises}
        for cell, (points, extra) in self.points.items():
            exercise = given.get(cell)
            earned = exercise.points if exercise else 0.0
            held = extra if exercise and exercise.bonus else points
            if abs(held - earned) > CLOSE:
                return False
        return given.keys() <= self.points.keys()


def make_table(db: Any) -> None:
    """Make the table where it is absent, in a gradebook that nbgrader has opened."""
    db.execute(CreateTable(VERDICTS, if_not_exists=True))
    db.commit()


def note(
    db: Any,
    notebook: str,
    verdict: Verdict,
    answers: Mapping[str, str],
    settled: Collection[str],
    *,
    new: bool = False,
) -> None:
    """Note from which verdict the marks of a submitted notebook are, by its id.

    ``answers`` are digests by cell that is marked by hand; ``settled`` are the cells that had a
    mark, on the answer that was noted last. Of a ``new`` one nothing was noted.
    """
    mine = VERDICTS.c.notebook_id == notebook
    told = None if new else db.execute(VERDICTS.select().where(mine)).first()
    before = json.loads(told.answers) if told else {}
    kept = {}
    for cell, now in answers.items():
        last, marked = before.get(cell, ("", ""))
        kept[cell] = now, last if cell in settled else marked
    if not new:
        db.execute(VERDICTS.delete().where(mine))
    row = {"notebook_id": notebook, "digest": verdict.digest, "answers": json.dumps(kept)}
    db.execute(VERDICTS.insert().values(row))


@dataclass(frozen=True)
class Noted:
    """A note on a submission: its verdict's digest, and by cell the answers' digests.

    Those are of the answer now and of the one that was marked.
    """

    digest: str = ""
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)


def read_noted(db: Any, notebooks: Sequence[str] | None = None) -> dict[str, Noted]:
    """Read what is noted, by submitted notebook; of some notebooks, or of all."""
    if not inspect(db.connection()).has_table(VERDICTS.name):
        return {}
    rows = VERDICTS.select()
    if notebooks is not None:
        rows = rows.where(VERDICTS.c.notebook_id.in_(notebooks))
    found = db.execute(rows)
    return {row.notebook_id: Noted(row.digest, json.loads(row.answers)) for row in found}


def erase(db: Any, notebooks: Sequence[str]) -> None:
    """Erase what is noted of submitted notebooks, where the table is there."""
    if inspect(db.connection()).has_table(VERDICTS.name):
        db.execute(VERDICTS.delete().where(VERDICTS.c.notebook_id.in_(notebooks)))
        db.commit()


def standings(db: Any, assignment: str) -> dict[str, Standing]:
    """Read where every submission of an assignment stands, by student; two queries."""
    mine = db.query(SubmittedNotebook.id, SubmittedAssignment.student_id).filter(
        SubmittedNotebook.assignment_id == SubmittedAssignment.id,
        SubmittedAssignment.assignment_id == assignment,
    )
    students = {notebook: student for notebook, student in mine}
    noted: dict[str, tuple[str, frozenset[str]]] = {}
    if inspect(db.connection()).has_table(VERDICTS.name):
        for row in db.execute(VERDICTS.select()):
            answers = json.loads(row.answers).items()
            same = frozenset(cell for cell, (now, marked) in answers if now and now == marked)
            noted[row.notebook_id] = row.digest, once(same)
    grades = db.query(Grade.notebook_id, BaseCell.name, Grade.auto_score, Grade.extra_credit)
    mine = grades.filter(
        Grade.cell_id == BaseCell.id,
        Grade.notebook_id == SubmittedNotebook.id,
        SubmittedNotebook.assignment_id == SubmittedAssignment.id,
        SubmittedAssignment.assignment_id == assignment,
    )
    found = {
        notebook: SharedNames.of(
            {
                cell: once((points or 0.0, extra or 0.0))
                for _, cell, points, extra in rows
                if is_check_cell(cell)
            }
        )
        for notebook, rows in by_notebook(mine)
    }
    return {
        student: Standing(
            digest=noted.get(notebook, NOTHING)[0],
            points=found.get(notebook, SharedNames()),
            marked=noted.get(notebook, NOTHING)[1],
        )
        for notebook, student in students.items()
    }


def by_notebook(grades: Any) -> Iterator[tuple[str, Iterator[Any]]]:
    """Yield what is asked of grades by submitted notebook, the first column, one at a time."""
    rows = grades.order_by(Grade.notebook_id).yield_per(ROWS)
    yield from groupby(rows, key=itemgetter(0))
