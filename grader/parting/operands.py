"""Find out why an operand is not what belongs there: is it made wrongly, or the wrong one?"""

from __future__ import annotations

from dataclasses import replace

from grader.instrument.expressions import base_name
from grader.parting.between import Between
from grader.parting.bindings import Operand, bound_wrongly, computed_from, on_the_way
from grader.parting.finding import Parting
from grader.parting.recording import CallOf, Record


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
    that nothing else is known of the expression. The other one of the two places is told, too.
    """
    found = _wrong_operand(between, operand, wanted, alone, more)
    lines = (found.also, between.run.places[operand.place].line, operand.bound)
    return replace(found, also=next((n for n in lines if n not in (0, found.line)), 0))


def _wrong_operand(
    between: Between, operand: Operand, wanted: tuple[int, ...], alone: bool, more: str
) -> Parting:
    given, reference = operand.given, between.reference
    said = {
        "operand": operand.own or operand.name,
        "given": between.name(given),
        "wanted": between.their_name(wanted),
        "more": more,
        "missing": _missing(between, given, wanted),
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
    anew = _begun_anew(between, given, wanted)
    if anew:
        return between.at_line("start", anew, -1, **said)
    blamed = bound_wrongly(between, operand, wanted)
    if blamed is not None:
        kind, line = blamed
        made = between.run.records[given[0]] if len(given) == len(wanted) == 1 else None
        if kind == "operand" and made is not None and _made_alike(between, made, line, wanted[0]):
            return _deeper(between, made, reference.records[wanted[0]], said)
        at = _place_at(between, given, line)
        return between.at_line(kind, line, at, **said)
    if len(given) != 1 or len(wanted) != 1:
        return here
    record, want = _unwrapped(between, between.run.records[given[0]]), reference.records[wanted[0]]
    there = between.known.exact(record.sketch)
    if record.place >= 0 and not base_name(operand.own):  # written out here
        return _deeper(between, record, want, said)
    if there and (line := _begun_at(between, operand, record, want)):
        return between.at_line("start", line, -1, **said)
    right = bool(there) or between.states[record.number] == "right"
    taken = (alone and right) or (bool(there) and _taken_for(between, there, want))
    return here if taken or record.place < 0 else _deeper(between, record, want, said)


def _missing(between: Between, given: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """Return the name of what is to be added to what is given, or multiplied with it."""
    if len(given) != 1 or len(wanted) != 1:
        return ""
    want = between.reference.records[wanted[0]]
    operands = [o for o in want.operands if isinstance(o, tuple)]
    mine = between.my_keys(given)
    if between.reference.recording.op(want) not in ("Add", "Mult") or len(operands) != 2:
        return ""
    others = [o for o in operands if between.their_keys(o) != mine]
    return between.their_name(others[0]) if len(others) == 1 else ""


def _begun_anew(between: Between, given: tuple[int, ...], wanted: tuple[int, ...]) -> int:
    """Return the line in a loop that sets a name back to zeros which holds what is missing.

    0 where there is none.
    """
    run = between.run
    missing = _others(between, given, wanted)
    if not missing or len(given) != 1:
        return 0
    held = {n for n, _, number in run.bindings if between.my_keys([number]) == missing}
    made = run.records[given[0]]
    for i, operand in enumerate(made.operands):
        line = made.origin[i] if i < len(made.origin) else 0
        names = {name for name, at, _ in run.bindings if at == line}
        empty = isinstance(operand, tuple) and all(run.records[n].constant for n in operand)
        if line and empty and names & held and line > run.places[made.place].loop > 0:
            return line
    return 0


def _others(
    between: Between, given: tuple[int, ...], wanted: tuple[int, ...]
) -> tuple[int | tuple[str, int], ...]:
    """Return what is to be added to what is given, as keys; empty where that is not all."""
    if len(given) != 1 or len(wanted) != 1:
        return ()
    want = between.reference.records[wanted[0]]
    operands = [between.their_keys(o) for o in want.operands if isinstance(o, tuple)]
    others = [keys for keys in operands if keys != between.my_keys(given)]
    added = between.reference.recording.op(want) == "Add"
    return others[0] if added and len(operands) == 2 and len(others) == 1 else ()


def _made_alike(between: Between, made: Record, line: int, wanted: int) -> bool:
    """Tell whether a line makes a value as the reference makes what is wanted, of other things."""
    op = between.run.op(made)
    alike = op == between.reference.recording.op(between.reference.records[wanted])
    return made.place >= 0 and between.run.line(made) == line and alike and not made.moved


def _taken_for(between: Between, there: list[int], want: Record) -> bool:
    """Tell whether a value is right for itself, and is taken in the place of another."""
    named = any(n in between.reference.names for n in there)
    made = bool(between.made.find(want.sketch))
    return named or made or want.number in computed_from(between, there)


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
    if on_the_way(between, operand, wanted):
        return None
    call = between.run.own_calls[operand.via]
    twice = sum(other.place != call.place for other in between.calls_of(function))
    if twice and not between.right_elsewhere(operand.place):
        return None  # it is wrong whatever it is given
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


def argument_operand(between: Between, call: CallOf, name: str) -> Operand:
    """Return an argument of a call of another exercise's function."""
    run = between.run
    own = between.own_text(call, name)
    first = not any(c.place == call.place for c in run.calls[: run.calls.index(call)])
    bound = call.bound.get(base_name(own), 0)
    return Operand(call.place, name, own, between.argument(call, name), bound, first, call.via)
