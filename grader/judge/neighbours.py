"""Look a wrong function up among the wrong versions around the solution.

It is called on the diagnostic inputs, up to the first on which it is wrong; versions that give the
same there are worth a closer look. Nothing is told by this alone.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Case, Exercise
from grader.judge.attempt import StandIns, as_result, calls_on
from grader.judge.work import LEAST
from grader.neighbourhood.inputs import inputs_drawn
from grader.neighbourhood.making import table_of
from grader.neighbourhood.prints import Print, print_of, print_of_error
from grader.neighbourhood.table import UNTOLD, VersionTable, tables_from_bytes
from grader.sandbox import ENDED, Job, Reply

MOST_KEPT = 64  # exercises whose tables are kept
MOST_LIKE = 8  # versions of a kind that are looked at more closely


@dataclass(frozen=True)
class Neighbours:
    """The versions that are like a function on a diagnostic input.

    ``whole`` are rows of the table that give all that it gives, ``partly`` those that may give a
    part of what is wrong: the most alike first, and known mistakes of which nothing is known.
    """

    table: VersionTable
    whole: tuple[int, ...]
    partly: tuple[int, ...]

    def known(self) -> set[str]:
        """Return the ids of the known mistakes that may give all that the function gives."""
        return {self.table.versions[row].ids[0] for row in self._of(self.whole, "mistake")}

    def known_in_part(self) -> set[str]:
        """Return the ids of the known mistakes that may give a part of it."""
        rows = (*self.whole, *self.partly)
        return {self.table.versions[row].ids[0] for row in self._of(rows, "mistake")}

    def of_kind(self, kind: str, whole: bool = True) -> list[int]:
        """Return the first rows of a kind that nobody wrote down."""
        rows = self._of(self.whole if whole else self.partly, kind)
        return list(islice((row for row in rows if self.table.cases[row] >= 0), MOST_LIKE))

    def _of(self, rows: tuple[int, ...], kind: str) -> Iterator[int]:
        return (row for row in rows if self.table.versions[row].kind == kind)


class Neighbourhood:
    """An exercise's table, and the inputs that it was made on."""

    def __init__(self, assignment: Assignment, exercise: Exercise, table: VersionTable) -> None:
        self.exercise = exercise
        self.table = table
        self.assignment = assignment

    @cached_property
    def cases(self) -> list[Case]:
        """Return the inputs."""
        return inputs_drawn(self.exercise, self.assignment.functions, self.table.seed)

    def look(self, ask: Callable[[Case, int], Reply | None]) -> Neighbours | None:
        """Ask what a function gives, case by case; None where it does not say."""
        for number, case in enumerate(self.cases[: self.table.deepest + 1]):
            reply = ask(case, number)
            mine = self._print(reply) if reply is not None else None
            if mine is None:
                return None
            if not self.table.is_right(number, mine):
                return self._like(number, mine)
        # It is wrong on other inputs only: of mistakes that are seen here nothing follows.
        known = self.table.numbers.values()
        unseen = tuple(row for row in known if self.table.cases[row] < 0)
        return Neighbours(self.table, unseen, tuple(known))

    def _print(self, reply: Reply) -> Print | None:
        if reply.outcome == "returned":
            # What holds itself, or a number beyond all bounds, is like nothing that is known.
            with contextlib.suppress(RecursionError, OverflowError, ValueError, TypeError):
                return print_of(self.exercise.layout, as_result(self.exercise, reply).value)
            return None
        if reply.below is not None:
            error = reply.below[1]
            return print_of_error(self.exercise.layout, type(error).__name__, str(error))
        if reply.outcome == "raised" and reply.error is not None:
            return print_of_error(self.exercise.layout, reply.error.type, reply.error.message)
        return None

    def _like(self, case: int, mine: Print) -> Neighbours:
        table = self.table
        rows, found = table.like(case, mine)
        whole = [int(row) for row in rows[found.all(axis=1)]]
        wrong = table.wrong_parts(case, mine)
        share = (found & wrong).sum(axis=1)
        order = np.argsort(-share, kind="stable")
        partly = [int(rows[n]) for n in order if share[n] and int(rows[n]) not in {*whole}]
        # What another case shows first, or none, may be a part of what is wrong.
        silent = [row for row in table.numbers.values() if table.cases[row] != case]
        untold = [row for row in silent if table.cases[row] == UNTOLD]
        return Neighbours(table, (*whole, *untold), (*partly, *silent))


def asked_in(
    job: Job, exercise: Exercise, stand_ins: StandIns | None, own_forward: bool
) -> Callable[[Case, int], Reply | None]:
    """Return what calls the function on a case, as it was called where marks were made.

    It gives None where the answer is more than is read, or the process has ended.
    """

    def ask(case: Case, number: int) -> Reply | None:
        calls = calls_on(exercise, case, stand_ins, own_forward, number)
        doubtful, heard = job.inconclusive, job.heard
        replies = list(job.calls(calls)) if job.alive else []
        job.inconclusive = doubtful  # whatever happens here, the marks are made
        reply = next(
            (r for r in replies if r.outcome != "returned"), replies[-1] if replies else None
        )
        if reply is None or reply.outcome in ENDED or job.heard - heard > LEAST:
            return None
        return reply

    return ask


_made: dict[tuple[str, int, str], Neighbourhood | None] = {}


def neighbourhood(assignment: Assignment, exercise: Exercise) -> Neighbourhood | None:
    """Return an exercise's neighbourhood, read once a process; None where no table was made."""
    if not assignment.neighbourhood:
        return None
    key = assignment.sha256, hash(assignment.neighbourhood), exercise.name
    if key not in _made:
        if len(_made) >= MOST_KEPT:
            _made.clear()
        # All at once: they are packed together.
        data = tables_from_bytes(assignment.neighbourhood)
        for each in assignment.spec.exercises:
            table = table_of(assignment, each, data)
            held = Neighbourhood(assignment, each, table) if table is not None else None
            _made[key[0], key[1], each.name] = held
    return _made[key]
