"""Find the line that gave a name of the student's the wrong value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.instrument.expressions import base_name
from grader.instrument.recorder import FUNCTIONS
from grader.parting.between import Between
from grader.parting.recording import Record


@dataclass(frozen=True)
class Operand:
    """An operand, or an argument, of one of the student's expressions.

    ``name`` is what it is called, ``own`` the student's text of it; ``bound`` is the line that
    bound the name in it last, 0 where it has none.
    """

    place: int
    name: str
    own: str
    given: tuple[int, ...]
    bound: int = 0
    first: bool = True  # the expression is worked out for the first time
    via: int = -1  # the call of the student's own helper in which it stands


def bound_wrongly(
    between: Between, operand: Operand, wanted: tuple[int, ...]
) -> tuple[str, int] | None:
    """Return the line that gave a name the wrong value, with the kind of mistake that this is."""
    run, name, bound = between.run, base_name(operand.own), operand.bound
    if not bound or not name:
        return None
    if operand.own == name and (through := run.uses.loop_over(name, bound)) is not None:
        records = [run.records[n] for n in operand.given]
        known = all(_from_outside(between, r) or between.known.exact(r.sketch) for r in records)
        return ("pairs", run.uses.made_at(through) or bound) if known else None
    place = run.places[operand.place]
    unread = _bound_and_unread(between, name, wanted)
    if unread:
        return "not handed on", unread
    if not operand.first and (place.loop or operand.via >= 0):
        if run.uses.bound_again(name, bound, place.loop, place.function):
            return _in_stack(between, operand, wanted) or ("operand", bound)
        line = _handed_on_beside(between, operand, wanted)
        return ("not handed on", line) if line else None
    if between.name(operand.given) == operand.own:
        return None
    there = all(between.known.exact(run.records[n].sketch) for n in operand.given)
    if there and operand.own == between.their_name(wanted).partition(",")[0]:
        return "operand", bound
    if there and between.name(operand.given) and _kept_by_key(between, operand):
        return "pairs", bound
    held = _held_by_others(between, name, wanted)
    if bound in held and run.uses.read(name, bound) == 1:
        return "swapped names", bound
    if any(set(operand.given) & set(call.returned) for call in run.calls):
        return None
    if held or between.followed_any(operand.given):
        return None
    initial = all(between.reference.records[n].place < 0 for n in wanted) or _trivial(
        between, wanted
    )
    if initial and bound < place.loop and run.uses.bound_from(name, place.loop):
        return "start", bound
    return _made_wrongly(between, operand, wanted)


def _kept_by_key(between: Between, operand: Operand) -> bool:
    """Tell whether an operand is looked up by a name in what one line put together."""
    key = re.fullmatch(r"\w+\[[a-z_]\w*\]", operand.own)
    return key is not None and any(
        place.line == operand.bound and place.op == "display" for place in between.run.places
    )


def _held_by_others(between: Between, name: str, wanted: tuple[int, ...]) -> list[int]:
    """Return the lines that bound what is wanted to other names; zeros are anywhere."""
    if _trivial(between, wanted):
        return []
    return [
        line
        for other, line, number in between.run.bindings
        if other != name and _is(between, number, wanted)
    ]


def _bound_and_unread(between: Between, name: str, wanted: tuple[int, ...]) -> int:
    """Return the line that bound what is wanted to another name, which nothing reads; else 0."""
    if _trivial(between, wanted):
        return 0
    uses = between.run.uses
    lines = (
        line
        for other, line, number in between.run.bindings
        if other.isidentifier() and other != name and _is(between, number, wanted)
        if not uses.read(other, line) and _bound_at(between, line) == {other}
    )
    return next(lines, 0)


def _bound_at(between: Between, line: int) -> set[str]:
    """Return the names that a line binds."""
    return {u.name for u in between.run.uses.uses if u.line == line and u.binds}


def _trivial(between: Between, wanted: tuple[int, ...]) -> bool:
    return all(between.reference.records[n].constant for n in wanted)


def _made_wrongly(
    between: Between, operand: Operand, wanted: tuple[int, ...]
) -> tuple[str, int] | None:
    """Return the line that made a value which is right for nothing; None for one that is."""
    run, name, bound = between.run, base_name(operand.own), operand.bound
    place, plain = run.places[operand.place], operand.own == name
    records = [run.records[n] for n in operand.given]
    if len(records) > 1 and plain and bound >= place.loop > 0:
        return "operand", bound
    if not any(record.place >= 0 for record in records):
        return None
    if "." in name:  # given to an object when it was made
        return "start", run.line(records[0])
    named = between.name(operand.given)
    if not named and on_the_way(between, operand, wanted):
        return ("unfinished", bound) if not _joined_here(between, operand, wanted) else None
    # What has a name of its own is right for itself, unless it is so by chance: x + 0.
    by_chance = any(record.moved and run.op(record) in FUNCTIONS for record in records)
    return ("operand", bound) if plain and (by_chance or not named) else None


def _joined_here(between: Between, operand: Operand, wanted: tuple[int, ...]) -> bool:
    """Tell whether what is missing in a value is joined to it in the same line, in another way."""
    run, want = between.run, between.reference.records[wanted[0]]
    missing = set(between.their_keys(i for o in want.operands if isinstance(o, tuple) for i in o))
    missing -= set(between.my_keys(operand.given))
    line = run.places[operand.place].line
    return any(
        run.line(record) == line and not missing.isdisjoint(between.my_keys(o))
        for record in run.records
        for o in record.operands
        if isinstance(o, tuple)
    )


def _from_outside(between: Between, record: Record) -> bool:
    """Tell whether a value was taken straight from what the function was given."""
    sources = [between.run.records[n] for n in record.inputs]
    return record.place < 0 and all(source.place < 0 for source in sources)


def _in_stack(
    between: Between, operand: Operand, wanted: tuple[int, ...]
) -> tuple[str, int] | None:
    """Return the line that bound the wrong one of the arrays that an operand is made of."""
    if len(operand.given) != 1 or len(wanted) != 1:
        return None
    mine, want = between.run.records[operand.given[0]], between.reference.records[wanted[0]]
    if between.run.op(mine) != "stack" or between.reference.recording.op(want) != "stack":
        return None
    a, b = mine.operands[0], want.operands[0]
    if isinstance(a, str) or isinstance(b, str) or len(a) != len(b):
        return None
    off = [
        i
        for i in range(len(a))
        if between.my_keys(a[i : i + 1]) != between.their_keys(b[i : i + 1])
    ]
    lines = [line for _, line, n in between.run.bindings if len(off) == 1 and n == a[off[0]]]
    return ("operand", lines[-1]) if lines else None


def _is(between: Between, number: int, wanted: tuple[int, ...]) -> bool:
    return between.my_keys([number]) == between.their_keys(wanted)


def on_the_way(between: Between, operand: Operand, wanted: tuple[int, ...]) -> bool:
    """Tell whether what is wanted is made from what is given, and never made by the student."""
    if len(operand.given) != 1 or len(wanted) != 1:
        return False
    there = between.known.exact(between.run.records[operand.given[0]].sketch)
    want = between.reference.records[wanted[0]]
    return wanted[0] in computed_from(between, there) and not between.made.find(want.sketch)


def _handed_on_beside(between: Between, operand: Operand, wanted: tuple[int, ...]) -> int:
    """Return the line that hands on something else that the same call returned; 0 without one."""
    run = between.run
    call = next((c for c in run.calls if any(_is(between, n, wanted) for n in c.made)), None)
    if call is None:
        return 0
    line_of_call = run.places[call.place].line
    lines = [
        line
        for name, line, number in run.bindings
        if number in call.made and line > line_of_call and run.uses.read_before(name, line)
    ]
    return lines[0] if lines else 0


def computed_from(between: Between, numbers: list[int]) -> set[int]:
    """Return what the reference computes from some records by arithmetic, and these."""
    found = set(numbers)
    for record in between.reference.records:
        used = set(record.inputs)
        if between.reference.recording.op(record) in FUNCTIONS:
            used |= {i for o in record.operands if isinstance(o, tuple) for i in o}
        if found & used:
            found.add(record.number)
    return found
