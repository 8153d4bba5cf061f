"""Find out why an operand is not what belongs there: is it made wrongly, or the wrong one?"""

from __future__ import annotations

from dataclasses import dataclass

from grader.instrument.recorder import FUNCTIONS
from grader.instrument.weave import base_name
from grader.parting.between import Between
from grader.parting.finding import Parting
from grader.parting.recording import CallOf, Record


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


def operand_of(between: Between, record: Record, i: int) -> Operand:
    """Return one of the operands of a record."""
    place, given = between.run.places[record.place], record.operands[i]
    own = place.parts[i] if i < len(place.parts) else ""
    bound = record.origin[i] if i < len(record.origin) else 0
    first = not any(r.place == record.place for r in between.run.records[: record.number])
    numbers = given if isinstance(given, tuple) else ()
    return Operand(record.place, own, own, numbers, bound, first, record.via)


def wrong_operand(
    between: Between,
    operand: Operand,
    wanted: tuple[int, ...],
    alone: bool = False,
    more: str = "",
) -> Parting:
    """Say that an operand is not what belongs there.

    Is it made wrongly, then it is where it is made; else the wrong one is taken. ``alone`` says
    that nothing else is known of the expression.
    """
    given, reference = operand.given, between.reference
    said = {
        "operand": operand.own or operand.name,
        "given": between.name(given),
        "wanted": between.their_name(wanted),
        "more": more,
    }
    here = between.part("operand", operand.place, **said)
    site = _given_by_caller(between, operand, wanted)
    if site is not None:
        return wrong_operand(between, site, wanted, alone, more)
    kept = _written_over(between, given, wanted)
    if kept:
        return between.at_line("one array", kept, -1, **{**said, "more": operand.own})
    dropped = _dropped(between, wanted)
    if dropped is not None:
        return between.part("dropped", dropped, **said)
    blamed = _bound_wrongly(between, operand, wanted)
    if blamed is not None:
        kind, line = blamed
        at = _place_at(between, given, line)
        return between.at_line(kind, line, at, **said)
    if len(given) != 1 or len(wanted) != 1:
        return here
    record, want = _unwrapped(between, between.run.records[given[0]]), reference.records[wanted[0]]
    there = between.known.exact(record.sketch)
    if record.place >= 0 and not base_name(operand.own):  # written out here
        return _deeper(between, record, want, said)
    if there:
        line = _begun_at(between, operand, record, want)
        if line:
            return between.at_line("start", line, -1, **said)
        named = any(n in reference.names for n in there)
        if (
            alone
            or named
            or between.made.find(want.sketch)
            or wanted[0] in _computed(between, there)
        ):
            return here
    if record.place < 0:
        return here
    return _deeper(between, record, want, said)


def _deeper(between: Between, mine: Record, want: Record, said: dict[str, str]) -> Parting:
    """Follow two expressions that do the same down to where they differ."""
    here = between.part("operand", between.call_site(mine), **said)
    ours, theirs = between.run.op(mine), between.reference.recording.op(want)
    if ours != theirs or len(mine.operands) != len(want.operands):
        return here
    off = [
        (i, b)
        for i, (a, b) in enumerate(zip(mine.operands, want.operands, strict=True))
        if isinstance(a, tuple)
        and isinstance(b, tuple)
        and between.my_keys(a) != between.their_keys(b)
    ]
    if len(off) != 1:
        return here
    i, wanted = off[0]
    return wrong_operand(between, operand_of(between, mine, i), wanted)


def _written_over(between: Between, given: tuple[int, ...], wanted: tuple[int, ...]) -> int:
    """Return the line that only named an array which was right then, and is written to later."""
    run = between.run
    if len(given) != 1 or len(wanted) != 1:
        return 0
    now, found = run.records[given[0]], 0
    for name, line, number in run.bindings:
        before = run.records[number]
        right = wanted[0] in between.known.exact(before.sketch)
        if right and before.same == now.same and number < now.number and before.place >= 0:
            alias = any(n != name and run.records[m].same == now.same for n, _, m in run.bindings)
            found = line if alias else found
    return found


def _dropped(between: Between, wanted: tuple[int, ...]) -> int | None:
    """Return the expression that makes what is wanted and whose result nothing takes."""
    run = between.run
    used = {n for r in run.records for o in r.operands if isinstance(o, tuple) for n in o}
    used |= {n for r in run.records for n in r.inputs}
    used |= {n for call in run.calls for n in call.made}
    used |= {n for _, _, n in run.bindings} | {node.last for node in run.nodes.values()}
    for record in run.records if len(wanted) == 1 else ():
        own = record.place >= 0 and not record.moved and record.number not in used
        if own and wanted[0] in between.known.exact(record.sketch):
            return record.place
    return None


def _place_at(between: Between, given: tuple[int, ...], line: int) -> int:
    """Return the expression in a line that made what was given, -1 for none."""
    places = (between.run.records[n].place for n in given)
    return next((k for k in places if k >= 0 and between.run.places[k].line == line), -1)


def _given_by_caller(between: Between, operand: Operand, wanted: tuple[int, ...]) -> Operand | None:
    """Return the argument of the student's own call that an operand inside its function is.

    None where the function itself stops on the way to what is wanted.
    """
    if operand.via < 0 or not operand.given:
        return None
    function = between.run.places[operand.place].function
    if not between.run.uses.is_argument(base_name(operand.own), function):
        return None
    if _on_the_way(between, operand, wanted):
        return None
    call = between.run.own_calls[operand.via]
    for i, given in enumerate(call.given):
        if given == operand.given:
            parts = between.run.places[call.place].parts
            own = parts[i] if i < len(parts) else ""
            bound = call.origin[i] if i < len(call.origin) else 0
            alike = own != "" and own == between.name(given)
            if alike and not between.right_elsewhere(operand.place):
                return None
            first = not any(c.place == call.place for c in between.run.own_calls[: operand.via])
            return Operand(call.place, operand.name, own, given, bound, first, call.via)
    return None


def _bound_wrongly(
    between: Between, operand: Operand, wanted: tuple[int, ...]
) -> tuple[str, int] | None:
    """Return the line that gave a name the wrong value, with the kind of mistake that this is."""
    run, name, bound = between.run, base_name(operand.own), operand.bound
    place = run.places[operand.place]
    if not bound or not name:
        return None
    plain = operand.own == name
    if plain and (through := run.uses.loop_over(name, bound)) is not None:
        records = [run.records[n] for n in operand.given]
        known = all(_from_outside(between, r) or between.known.exact(r.sketch) for r in records)
        return ("pairs", run.uses.made_at(through) or bound) if known else None
    if not operand.first and (place.loop or operand.via >= 0):
        if run.uses.bound_again(name, bound, place.loop, place.function):
            deeper = _in_stack(between, operand, wanted)
            return deeper or ("operand", bound)
        line = _handed_on_beside(between, operand, wanted)
        return ("not handed on", line) if line else None
    named = between.name(operand.given)
    if named == operand.own:
        return None
    there = all(between.known.exact(run.records[n].sketch) for n in operand.given)
    if there and operand.own == between.their_name(wanted).partition(",")[0]:
        return "operand", bound
    trivial = all(between.reference.records[n].constant for n in wanted)  # zeros are anywhere
    held = [
        line
        for n, line, number in run.bindings
        if n != name and not trivial and _is(between, number, wanted)
    ]
    if any(set(operand.given) & set(call.returned) for call in run.calls):
        once = run.uses.read(name, bound) == 1
        return ("swapped names", bound) if bound in held and once else None
    if held or between.followed_any(operand.given):
        return None
    if bound < place.loop and run.uses.bound_from(name, place.loop):
        return "start", bound
    made_here = any(run.records[n].place >= 0 for n in operand.given)
    if len(operand.given) > 1 and plain and bound >= place.loop > 0:
        return ("operand", bound) if run.uses.read(name, bound) == 1 else None
    if not made_here:
        return None
    if "." in name:  # given to an object when it was made
        return "start", run.line(run.records[operand.given[0]])
    if not named and _on_the_way(between, operand, wanted):
        return ("unfinished", bound) if not _joined_here(between, operand, wanted) else None
    # What has a name of its own is right for itself, unless it is so by chance: x + 0.
    by_chance = any(
        run.records[n].moved and run.op(run.records[n]) in FUNCTIONS for n in operand.given
    )
    complete = named and not by_chance
    return ("operand", bound) if plain and not complete else None


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


def _on_the_way(between: Between, operand: Operand, wanted: tuple[int, ...]) -> bool:
    """Tell whether what is wanted is made from what is given, and never made by the student."""
    if len(operand.given) != 1 or len(wanted) != 1:
        return False
    there = between.known.exact(between.run.records[operand.given[0]].sketch)
    want = between.reference.records[wanted[0]]
    return wanted[0] in _computed(between, there) and not between.made.find(want.sketch)


def _handed_on_beside(between: Between, operand: Operand, wanted: tuple[int, ...]) -> int:
    """Return the line that hands on something else that the same call returned; 0 without one."""
    run = between.run
    call = next((c for c in run.calls if any(_is(between, n, wanted) for n in c.made)), None)
    if call is None or any(_is(between, number, wanted) for _, _, number in run.bindings):
        return 0
    loop = run.places[operand.place].loop
    lines = [
        line
        for name, line, number in run.bindings
        if number in call.made and line > loop and run.uses.read_before(name, line)
    ]
    return lines[0] if lines else 0


def _begun_at(between: Between, operand: Operand, record: Record, want: Record) -> int:
    """Return the line before a loop that gave what is worked on from the start; 0 without one."""
    run = between.run
    loop = run.places[operand.place].loop
    if not operand.first or not loop or not (want.constant or want.place < 0 or record.moved):
        return 0
    line = 0
    while record.place >= 0:
        line = run.line(record)
        if run.op(record) != "part" or line < loop:
            break
        whole = record.operands[0]
        if not isinstance(whole, tuple) or len(whole) != 1:
            break
        record = run.records[whole[0]]
    return line if 0 < line < loop else 0


def _unwrapped(between: Between, record: Record) -> Record:
    """Return what a transposed value or a part was taken from, where that is not known itself."""
    run = between.run
    while not between.known.exact(record.sketch):
        operand = record.operands[0] if record.operands else ""
        if run.op(record) in (".T", "part") and isinstance(operand, tuple) and len(operand) == 1:
            below = run.records[operand[0]]
            if between.known.exact(below.sketch) or between.states[below.number] != "wrong":
                break
        elif record.moved and record.place < 0 and len(record.inputs) == 1:
            below = run.records[record.inputs[0]]
        else:
            break
        record = below
    return record


def _computed(between: Between, numbers: list[int]) -> set[int]:
    """Return what the reference computes from some records by arithmetic, and these."""
    found = set(numbers)
    for record in between.reference.records:
        used = set(record.inputs)
        if between.reference.recording.op(record) in FUNCTIONS:
            used |= {i for o in record.operands if isinstance(o, tuple) for i in o}
        if found & used:
            found.add(record.number)
    return found


def argument_operand(between: Between, call: CallOf, name: str) -> Operand:
    """Return an argument of a call of another exercise's function."""
    run = between.run
    own = between.own_text(call, name)
    first = not any(c.place == call.place for c in run.calls[: run.calls.index(call)])
    bound = call.bound.get(base_name(own), 0)
    return Operand(call.place, name, own, between.argument(call, name), bound, first, call.via)
