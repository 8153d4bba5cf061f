"""Read what a rewritten function told of one call: records, calls, and what came back.

It comes from a process that nobody trusts: what does not have this form is an error, each record is
made of earlier ones only, and each place is one of the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
import numpy as np

from grader.instrument.expressions import Expression
from grader.instrument.name_uses import NO_USES, NameUses
from grader.instrument.recorder import MOST_RECORDS
from grader.instrument.report import MOST_NODES
from grader.instrument.sketches import LONGEST_ROW, squeezed

LONGEST_REPORT = 4 << 20  # characters
MOST_AXES = 8
MOST_CALLS = 500
LONGEST_TEXT = 60  # characters of an operand, a key, a name
Numbers = list[int]
Operand = list[int] | str


class NotTold(ValueError):
    """A report that does not have the form of one."""


class _Record(msgspec.Struct, array_like=True):
    place: int
    shape: Numbers
    dtype: str
    scale: float
    numbers: int  # of its sketch
    inputs: Numbers
    operands: list[Operand]
    flags: int
    origin: Numbers
    via: int
    source: int
    same: int


class _Call(msgspec.Struct):
    name: str
    place: int
    given: dict[str, Numbers]
    at: int
    bound: dict[str, int]
    made: Numbers
    via: int
    end: int


class _Node(msgspec.Struct):
    path: list[str | int]
    kind: str
    size: int
    first: int
    last: int
    write: int
    place: int
    display: int
    names: list[tuple[str, int]]
    held: Numbers


class _Raised(msgspec.Struct):
    place: int
    inputs: Numbers
    operands: list[Operand]
    origin: Numbers
    via: int


class _Report(msgspec.Struct):
    records: list[_Record]
    calls: list[_Call]
    own_calls: list[tuple[int, list[Numbers], Numbers, int]]
    returned: list[_Node]
    changed: Numbers
    raised: _Raised
    here: bool
    sizes: list[tuple[str, int, int]]
    bindings: list[tuple[str, int, int]]
    sketches: bytes  # the numbers of all sketches, one after the other


_DECODER = msgspec.json.Decoder(_Report)


class Sketch(msgspec.Struct, frozen=True, dict=True, eq=False):
    """A sketch of an array: its axes longer than 1, its largest number, and all rows in one."""

    shape: tuple[int, ...]
    scale: float
    flat: Any

    @cached_property
    def rows(self) -> tuple[Any, ...]:
        """Return the rows, one for each axis; a number has one."""
        sides, at = row_sides(self.shape), 0
        found = []
        for side in sides:
            found.append(self.flat[at : at + side])
            at += side
        return tuple(found)

    @cached_property
    def key(self) -> tuple[tuple[int, ...], bytes]:
        """Return what two sketches have in common where they are equal in every bit."""
        return self.shape, self.flat.tobytes()

    @cached_property
    def turned(self) -> Sketch:
        """Return the sketch of the transposed array."""
        return Sketch(self.shape[::-1], self.scale, np.concatenate(self.rows[::-1]))


def row_sides(shape: tuple[int, ...]) -> list[int]:
    """Return how long the rows of a sketch are."""
    return [min(side, LONGEST_ROW) for side in shape] or [1]


class Record(msgspec.Struct, frozen=True):
    """A record of a value, as it was told."""

    number: int
    place: int
    shape: tuple[int, ...]
    dtype: str
    sketch: Sketch | None  # None: not every number in it is finite
    inputs: tuple[int, ...]
    operands: tuple[tuple[int, ...] | str, ...]
    moved: bool
    constant: bool
    origin: tuple[int, ...]
    via: int
    source: int = -1  # the place that put something last into the list that it was made from
    same: int = -1  # the first record of the same array

    @property
    def telling(self) -> bool:
        """Tell whether it can be known by its numbers."""
        return self.sketch is not None and not self.constant


@dataclass(frozen=True)
class CallOf:
    """A call of another exercise's function."""

    name: str
    place: int
    given: dict[str, tuple[int, ...]]
    at: int  # the number of the next record
    end: int  # that after the call
    bound: dict[str, int]  # the lines that bound names last
    made: tuple[int, ...]
    via: int

    @property
    def returned(self) -> frozenset[int]:
        """Return the records of what it made, without what it was given."""
        return frozenset(self.made).difference(*self.given.values())


@dataclass(frozen=True)
class OwnCall:
    """A call of one of the student's own helpers, in another one's (``via``) or in none, -1."""

    place: int
    given: tuple[tuple[int, ...], ...]
    origin: tuple[int, ...]  # the lines that bound the names of what it was given
    via: int


@dataclass(frozen=True)
class Node:
    """A thing in what came back."""

    path: tuple[str | int, ...]
    kind: str
    size: int  # of a container, -1 for what is none
    first: int  # the record of an array when it was first seen, -1 for what is none
    last: int
    write: int  # the place that wrote into it later, -1
    place: int  # where a container was made or changed last, -1
    display: int  # where it was first made, -1
    names: tuple[tuple[str, int], ...]  # to which it was bound, with the lines
    held: tuple[int, ...] = ()  # the places that first put it into containers


@dataclass(frozen=True)
class Recording:
    """A recording of one call of a function, and what it returned."""

    places: Sequence[Expression]
    records: tuple[Record, ...]
    calls: tuple[CallOf, ...]
    own_calls: tuple[OwnCall, ...]
    nodes: dict[tuple[str | int, ...], Node]
    changed: int | None  # the place that wrote into what the function was given, -1 if unknown
    raised: Record | None  # the operation that raised what the call raised
    error: str  # the type of what it raised, empty where it returned
    lines: tuple[int, ...]  # through which it was raised, outermost first
    returned: Any
    sizes: tuple[tuple[str, int, int], ...] = ()  # whole numbers: name, line, value
    bindings: tuple[tuple[str, int, int], ...] = ()  # arrays: name, line, record
    uses: NameUses = NO_USES
    unbound: str = ""  # the name that had no value

    def line(self, record: Record) -> int:
        """Return the line in which a record was made, 0 where it came from outside."""
        return self.places[record.place].line if record.place >= 0 else 0

    def op(self, record: Record) -> str:
        """Return what made a record, empty where it came from outside."""
        return self.places[record.place].op if record.place >= 0 else ""


def read(
    text: str,
    places: Sequence[Expression],
    returned: Any = None,
    error: str = "",
    lines: Sequence[int] = (),
    uses: NameUses = NO_USES,
    unbound: str = "",
) -> Recording:
    """Read a report on a call that ``returned`` something or raised. Raises NotTold."""
    if len(text) > LONGEST_REPORT:
        raise NotTold("too long")
    try:
        told = _DECODER.decode(text)
    except (msgspec.MsgspecError, RecursionError, ValueError) as wrong:
        raise NotTold(str(wrong)) from None
    _refuse_beyond(told, len(places))
    records = tuple(_records(told))
    return Recording(
        places,
        records,
        tuple(map(_call, told.calls)),
        tuple(
            OwnCall(place, tuple(tuple(each) for each in given), tuple(origin), via)
            for place, given, origin, via in told.own_calls
        ),
        {tuple(node.path): _node(node) for node in told.returned},
        told.changed[0] if told.changed else None,
        _raised(told.raised, len(records)) if error and told.here else None,
        error,
        tuple(lines),
        returned,
        tuple(told.sizes[:MOST_NODES]),
        tuple(told.bindings[:MOST_RECORDS]),
        uses,
        unbound,
    )


def _raised(told: _Raised, number: int) -> Record | None:
    if told.place < 0:
        return None
    shown = tuple(o if isinstance(o, str) else tuple(o) for o in told.operands)
    return Record(
        number,
        told.place,
        (),
        "",
        None,
        tuple(told.inputs),
        shown,
        moved=False,
        constant=True,
        origin=tuple(told.origin),
        via=told.via,
    )


def _node(told: _Node) -> Node:
    return Node(
        tuple(told.path),
        told.kind[:LONGEST_TEXT],
        told.size,
        told.first,
        told.last,
        told.write,
        told.place,
        told.display,
        tuple((name[:LONGEST_TEXT], line) for name, line in told.names),
        tuple(told.held),
    )


def _call(told: _Call) -> CallOf:
    return CallOf(
        told.name,
        told.place,
        {name: tuple(numbers) for name, numbers in told.given.items()},
        told.at,
        told.end,
        told.bound,
        tuple(told.made),
        told.via,
    )


def _records(told: _Report) -> Iterator[Record]:
    """Yield the records; each has so many of the sketches' numbers as its shape takes."""
    count = sum(each.numbers for each in told.records)
    if len(told.sketches) != 8 * count:
        raise NotTold("other sketches than those of the records")
    numbers = np.frombuffer(told.sketches)
    if not np.isfinite(numbers).all():
        raise NotTold("no number")
    at = 0
    for number, each in enumerate(told.records):
        yield _record(number, each, numbers[at : at + each.numbers])
        at += each.numbers


def _record(number: int, told: _Record, numbers: Any) -> Record:
    shape = tuple(told.shape)
    sides = squeezed(shape)
    if told.numbers and told.numbers != sum(row_sides(sides)):
        raise NotTold("a sketch of another shape")
    return Record(
        number,
        told.place,
        shape,
        told.dtype[:LONGEST_TEXT],
        Sketch(sides, told.scale, numbers) if told.numbers else None,
        tuple(told.inputs),
        tuple(o[:LONGEST_TEXT] if isinstance(o, str) else tuple(o) for o in told.operands),
        bool(told.flags & 1),
        bool(told.flags & 2),
        tuple(told.origin),
        told.via,
        told.source,
        told.same,
    )


def _refuse_beyond(told: _Report, places: int) -> None:
    """Raise NotTold where a number points at nothing."""
    count = len(told.records)
    many = count > MOST_RECORDS or len(told.calls) > MOST_CALLS or len(told.returned) > MOST_NODES
    if many or len(told.own_calls) > MOST_RECORDS:
        raise NotTold("too many")
    for number, record in enumerate(told.records):
        used = [*record.inputs, *_within(record.operands)]
        if not all(0 <= i < number for i in used):
            raise NotTold("a record of a later one")
        if len(record.shape) > MOST_AXES or not all(0 < side < 1 << 31 for side in record.shape):
            raise NotTold("no shape")
        if not 0.0 <= record.scale < 1e200:
            raise NotTold("no scale")
    used = [*told.raised.inputs, *_within(told.raised.operands)]
    for call in told.calls:
        used += [*_within(call.given.values()), *call.made]
        if not 0 <= call.at <= call.end <= count:
            raise NotTold("a call at no time")
    used += [i for _, given, _, _ in told.own_calls for i in _within(given)]
    used += [number for _, _, number in told.bindings]
    if not all(0 <= i < count for i in used):
        raise NotTold("a record that is not there")
    if not all(-1 <= i < count for node in told.returned for i in (node.first, node.last)):
        raise NotTold("a record that is not there")
    at = [p for node in told.returned for p in (node.write, node.place, node.display, *node.held)]
    at += [*told.changed, told.raised.place, *(record.place for record in told.records)]
    at += [record.source for record in told.records]
    at += [place for place, _, _, _ in told.own_calls]
    if not all(-1 <= via < n for n, (_, _, _, via) in enumerate(told.own_calls)):
        raise NotTold("a helper called by a later one")
    if not all(-1 <= place < places for place in at):
        raise NotTold("a place that is not there")
    if not all(0 <= call.place < places for call in told.calls):
        raise NotTold("a place that is not there")
    helpers = [
        told.raised.via,
        *(record.via for record in told.records),
        *(call.via for call in told.calls),
    ]
    if not all(-1 <= via < len(told.own_calls) for via in helpers):
        raise NotTold("a helper that is not there")


def _within(operands: Any) -> Iterator[int]:
    for operand in operands:
        if not isinstance(operand, str):
            yield from operand
