"""Find the places that make a run right when the value there is what the reference has.

The run is reckoned again with that value in the place of the student's. Where everything that was
wrong becomes right, nothing before the place is to blame that something else is made of, too, and
nothing after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from grader.instrument.sketches import squeezed
from grader.parting.between import Between, equal, paths
from grader.parting.recording import Record
from grader.parting.replay import Replay, Value

MOST_WORK = 500  # operations that are done again


class Remedies:
    """The remedies of a run that returned something wrong."""

    def __init__(self, between: Between) -> None:
        self.between = between
        self.replay = Replay(between)
        nodes = between.run.nodes
        self.wanted = {
            nodes[path].last: want
            for path, want in paths(between.reference.recording.returned)
            if path in nodes and nodes[path].last >= 0
        }
        self.wrong = {nodes[p].last for p in between.wrong if p in nodes and nodes[p].last >= 0}
        self.whole = len(self.wrong) > 0 and all(
            path in nodes and nodes[path].last >= 0 for path in between.wrong
        )

    def lines(self) -> list[int]:
        """Return the lines whose values make everything right, in the order in which they come."""
        roots = [theirs for theirs in self._lacking if self._is_root(theirs)]
        later = [theirs for theirs in self._lacking if theirs not in roots]
        with np.errstate(all="ignore"):  # once, not for each operation
            return self._lines(roots) or self._lines(later)

    def _lines(self, lacking: list[list[Record]]) -> list[int]:
        """Return the lines whose values make everything right when they are some of the lacking."""
        found: list[int] = []
        for place, records in self._places():
            line = self.between.run.places[place].line
            for changes in self._changes(records, lacking) if line not in found else ():
                if self.replay.work > MOST_WORK:
                    return found
                if self._mends(changes):
                    found.append(line)
                    break
        return found

    def _is_root(self, theirs: list[Record]) -> bool:
        """Tell whether all that a lacking value is made from is there."""
        inputs = {n for record in theirs[:1] for n in record.inputs}
        return all(self.between.has_made(n) for n in inputs)

    @cached_property
    def leads_to(self) -> list[int]:
        """Return for each record the wrong ends that it leads to, a bit for each."""
        found = [0] * len(self.between.run.records)
        for bit, end in enumerate(sorted(self.wrong)):
            found[end] |= 1 << bit
        for record in reversed(self.between.run.records):
            for n in self.replay.needs(record) if found[record.number] else ():
                found[n] |= found[record.number]
        return found

    def _places(self) -> Iterator[tuple[int, list[Record]]]:
        """Yield each expression on the way to all that is wrong, with what it made."""
        by_place: dict[int, list[Record]] = {}
        for record in self.between.run.records if self.whole else ():
            if record.place >= 0 and self.leads_to[record.number]:
                by_place.setdefault(record.place, []).append(record)
        everything = (1 << len(self.wrong)) - 1
        for place, records in by_place.items():
            reached = 0
            for record in records:
                reached |= self.leads_to[record.number]
            if reached == everything:
                yield place, records

    @cached_property
    def _lacking(self) -> list[list[Record]]:
        """Return what the reference makes and the student does not, by the reference's places."""
        by_place: dict[int, list[Record]] = {}
        for record in self.between.own_part:
            if record.place >= 0 and record.number >= self.between.reference.begins:
                by_place.setdefault(record.place, []).append(record)
        return [
            records
            for records in by_place.values()
            if not all(self.between.has_made(record.number) for record in records)
        ]

    def _changes(
        self, mine: list[Record], lacking: list[list[Record]]
    ) -> Iterator[dict[int, Value]]:
        """Yield what the values of an expression may be replaced by."""
        values = self.between.reference.values
        for theirs in lacking:
            if len(theirs) == len(mine):
                made = [_fitted(values[b.number], a) for a, b in zip(mine, theirs, strict=True)]
                if all(value is not None for value in made):
                    yield {a.number: value for a, value in zip(mine, made, strict=True)}

    def _mends(self, changes: dict[int, Value]) -> bool:
        """Tell whether everything is right with some changes."""
        left = set(self.wrong)
        for n, value in self.replay.with_changes(changes):
            if n in self.wanted:
                if value is None or not equal(value, self.wanted[n]):
                    return False
                left.discard(n)
        return not left


def _fitted(value: Value, record: Record) -> Value:
    """Return a value as it may stand in the place of a record, None where it does not fit."""
    if value is None or value.shape == record.shape:
        return value
    if squeezed(value.shape) == squeezed(record.shape):
        return value  # in the shape that the reference has
    return np.asarray(value.T) if value.T.shape == record.shape else None
