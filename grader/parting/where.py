"""Find the first place in a student's function from which nothing right follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from grader.instrument.expressions import base_name
from grader.parting.between import Between, parting
from grader.parting.calls import missing_calls, wrong_call
from grader.parting.expressions import expression_apart
from grader.parting.finding import Parting
from grader.parting.left_out import left_out
from grader.parting.recording import CallOf, Record, Recording
from grader.parting.remedies import Remedies
from grader.parting.returned import misplaced, one_array, other_kind, overwritten
from grader.parting.second import second_line
from grader.parting.sentences import PROBABLY

VIEWS = ("np.asarray", "np.asanyarray", "np.ravel", "np.reshape", ".reshape", ".view")
NOT_EXPLAINED = ("value", "unfinished", "assembled")  # it may have been wrong before, unseen
JOINED = ("stack", "np.append", "np.block", "np.r_", "np.c_")


def where(between: Between) -> Parting | None:
    """Return where the values part, None where all is right or nothing is known."""
    if not between.failed:
        return None
    steps: tuple[Callable[[Between], Parting | None], ...] = (
        changes_its_input,
        one_array,
        overwritten,
        order_of_steps,
        first_wrong,
        missing_calls,
        raises,
        nothing_returned,
        other_kind,
        misplaced,
        left_out,
    )
    found = next((f for step in steps if (f := step(between)) is not None), None)
    if found is None or found.line <= 0:
        return None
    found = wrong_size(between, found) or found
    return _weighed(between, found)


def _weighed(between: Between, found: Parting) -> Parting:
    """Say how sure a finding is: by itself, or with another line that it may be."""
    mending = Remedies(between).lines()
    others = [line for line in mending if line != found.line]
    if others and not (found.also and found.kind in NOT_EXPLAINED):
        return replace(found, also=others[0])
    if mending and found.kind not in NOT_EXPLAINED:
        return replace(found, also=0, sure=True)
    if found.also == found.line:
        found = replace(found, also=0)
    if found.kind not in PROBABLY or found.also:
        return found
    return replace(found, also=second_line(between, found))


def changes_its_input(between: Between) -> Parting | None:
    """Say where the function writes into what it was given, or gives it another name for that."""
    run = between.run
    if run.changed is None or run.changed < 0:
        return None
    place = run.places[run.changed]
    name = base_name(place.parts[0]) if place.parts else ""
    for other, line, number in reversed(run.bindings):
        if other != name or line >= place.line or _computed_anew(run.records[number]):
            continue
        copies = any(p.line == line and p.op in VIEWS for p in run.places)
        # Else it is right to begin with, and the loop writes into it.
        if line >= place.loop or copies:
            return between.at_line("alias", line, -1, operand=name, more=place.text)
    return between.part("changes its input", run.changed)


def _computed_anew(record: Record) -> bool:
    return record.place >= 0 and not record.moved


def nothing_returned(between: Between) -> Parting | None:
    """Say that the function comes to its end without giving anything back."""
    run = between.run
    if run.error or run.returned is not None or between.reference.recording.returned is None:
        return None
    return Parting("nothing returned", run.uses.ends.get(between.reference.name, 0))


def wrong_size(between: Between, found: Parting) -> Parting | None:
    """Say that a line is wrong since a size that it reads was given a wrong number before."""
    line = found.line
    lines = {line} | {place.loop for place in between.run.places if place.line == line}
    read = {name for place in between.run.places if place.line in lines for name in place.names}
    given = {name: (at, value) for name, at, value in between.run.sizes if at < line}
    steps = len(between.reference.recording.calls)
    for name, loop in between.run.uses.ranges:
        at, value = given.get(name, (0, steps))
        too_many = bool(between.run.error) or found.kind == "steps"
        if loop not in lines or not at or not steps or value == steps or not too_many:
            continue
        if between.reference.dims.get(name) == value:  # another letter belongs there
            return Parting("steps", loop, given=str(value), wanted=str(steps), also=at)
        return Parting("size", at, operand=name, also=loop)
    for name in sorted(read & set(given) & set(between.reference.dims)):
        at, value = given[name]
        if value != between.reference.dims[name]:
            return Parting("size", at, operand=name)
    return None


def order_of_steps(between: Between) -> Parting | None:
    """Say that a loop takes the steps of an argument in another order, where it picks them."""
    run, right = between.run, between.reference.recording
    for record in run.records:
        place = run.places[record.place] if record.place >= 0 else None
        if place is None or place.op != "part" or not run.uses.picks(place.text, place.loop):
            continue
        # What the reference takes before its loop, as a step's shape, says nothing of the order.
        wanted = [r for r in between.own_part if right.op(r) == "part" and _picked(right, r)]
        wanted = [r for r in wanted if r.operands[:1] == record.operands[:1]]
        whole = record.operands[0]
        if not wanted or isinstance(whole, str) or run.records[whole[0]].place >= 0:
            continue
        step = next((i for i, r in enumerate(wanted) if r.operands == record.operands), 0)
        return between.at_line("order", place.loop, -1, more=str(step + 1)) if step else None
    return None


def _picked(right: Recording, record: Record) -> bool:
    place = right.places[record.place] if record.place >= 0 else None
    return place is not None and right.uses.picks(place.text, place.loop)


def first_wrong(between: Between) -> Parting | None:
    """Say which value, or which call, is the first wrong one: all that it is made of is right."""
    run = between.run
    candidates: list[tuple[int, int, CallOf | Record]] = [
        (call.at, 0, call)
        for call in run.calls
        if not between.twins(call) and between.sound(i for v in call.given.values() for i in v)
    ]
    candidates += [
        (record.number, 1, record)
        for record in run.records
        if between.states[record.number] == "wrong"
        and record.place >= 0
        and not record.moved
        and record.number in between.reach
        and between.sound(record.inputs)
    ]
    for _, _, found in sorted(candidates, key=lambda c: c[:2]):
        return wrong_call(between, found) if isinstance(found, CallOf) else _of(between, found)
    return None


def _of(between: Between, record: Record) -> Parting:
    found = expression_apart(between, record)
    if found is not None:
        return found
    for operand in record.operands:
        for i in operand if isinstance(operand, tuple) else ():
            part = between.run.records[i]
            own = part.place >= 0 and not part.moved
            if own and part.sketch is not None and not between.known.has(part.sketch, exactly=True):
                return between.part("unfinished", between.call_site(part))
    return _first_value(between, record)


def _first_value(between: Between, record: Record) -> Parting:
    more, wanted = "", ""
    if record.sketch is not None and (times := between.known.multiple(record.sketch)):
        wanted = between.their_name([times[0]])
        more = factor(times[1], between.reference.dims)
    site = between.call_site(record)
    assembled = () if more else _assembled(between, record, site)
    if assembled:
        line = between.run.places[assembled[1]].line if len(assembled) > 1 else 0
        return replace(between.part("assembled", assembled[0]), also=line)
    return between.part("times" if more else "value", site, wanted=wanted, more=more)


def _assembled(between: Between, record: Record, site: int) -> tuple[int, ...]:
    """Return the places that put operands together whose order may not fit the rest.

    The likeliest one comes first: another order than all others have, or the last one.
    """
    run, place = between.run, between.run.places[site]
    used = [n for o in record.operands if isinstance(o, tuple) for n in o]
    if site != record.place:
        used += [n for c in run.own_calls if c.place == site for given in c.given for n in given]
    names = {base_name(part) for part in place.parts}
    # What is read elsewhere, too, has the order that it should have there.
    used += [n for name, _, n in run.bindings if name in names and _once(between, name)]
    bound = {n: name for name, _, n in run.bindings}
    joined = [
        run.records[n].place
        for n in used
        if run.records[n].moved
        and run.op(run.records[n]) in JOINED
        and (n not in bound or _once(between, bound[n]))
    ]
    last_first = sorted({*joined}, key=lambda k: -run.places[k].line)
    stacks = [r.place for r in run.records if r.moved and run.op(r) in JOINED]
    return tuple(dict.fromkeys([*_of_another_order(between, stacks), *last_first]))[:2]


def _of_another_order(between: Between, stacks: list[int]) -> list[int]:
    """Return the stack whose parts come in another order than those of the others."""
    orders = {k: letters for k, letters in _orders(between, stacks) if letters}
    times = Counter(orders.values())
    usual = max(times, key=lambda o: (times[o], o == _letters(between)), default="")
    odd = [k for k, letters in orders.items() if letters != usual]
    return odd if len(odd) == 1 else []


def _orders(between: Between, places: list[int]) -> list[tuple[int, str]]:
    """Return for each stack in which order its parts come, by the last letters of their names."""
    found = []
    for record in between.run.records:
        if record.place in places and record.operands and not isinstance(record.operands[0], str):
            names = [between.name([n]).partition(",")[0] for n in record.operands[0]]
            letters = "".join(name[-1:] for name in names)
            alike = sorted(letters) == sorted(_letters(between))
            found.append((record.place, letters if alike else ""))
    return list(dict(found).items())


def _letters(between: Between) -> str:
    """Return the last letters of the matrices among the arguments, in their order: the gates'."""
    names = between.reference.names
    given = [r.number for r in between.reference.records if r.place < 0 and len(r.shape) == 2]
    letters = [names[n][-1] for n in given if names.get(n, "").startswith("W")]
    return "".join(letter for letter in dict.fromkeys(letters) if letter != "y")


def _once(between: Between, name: str) -> bool:
    return sum(u.name == name and not u.binds for u in between.run.uses.uses) == 1


def factor(times: float, dims: Mapping[str, int]) -> str:
    """Say by which factor a value is off, where that has a name."""
    if abs(times + 1) < 1e-5:
        return "-1"
    for letter, size in dims.items():
        if abs(times - size) < 1e-5 * size:
            return letter
        if abs(times * size - 1) < 1e-5:
            return f"1/{letter}"
    for number in (2, 3, 4, 0.5):
        if abs(times - number) < 1e-5:
            return f"{number:g}"
    return ""


def _empty_of_another_shape(between: Between, raised: Record) -> Parting | None:
    """Say where an array of zeros was made into which nothing fits, where that is what raised."""
    if between.run.op(raised) not in ("put", "Add", "Sub", "Mult"):
        return None
    if (line := _swapped_in_unpacking(between, raised)) > 0:
        return between.at_line("swapped names", line)
    operands = [o for o in raised.operands if isinstance(o, tuple) and len(o) == 1]
    records = [between.run.records[o[0]] for o in operands]
    empty = [r for r in records if r.place >= 0 and r.moved and (r.constant or r.sketch is None)]
    wanted = {
        other.shape
        for other in between.reference.records
        if between.reference.recording.op(other) == between.run.op(raised)
        for mine in records
        if mine not in empty and other.inputs
        if set(between.their_keys(other.inputs)) & set(between.my_keys([mine.number]))
    }
    if not wanted:
        wanted = {record.shape for record in between.reference.records}
    if len(empty) == 1 and len(records) > 1 and empty[0].shape not in wanted:
        return between.part("shape", empty[0].place)
    return None


def _odd_operand(between: Between, raised: Record) -> Parting | None:
    """Say which one of two arrays is of a shape that the reference does not have, where one is."""
    run, odd = between.run, []
    for i, operand in enumerate(raised.operands):
        if isinstance(operand, tuple) and len(operand) == 1:
            record = run.records[operand[0]]
            twins = [between.reference.records[n].shape for n in between.known.exact(record.sketch)]
            if record.shape not in twins and record.shape[::-1] not in twins:
                odd.append((i, record))
    if len(odd) != 1 or len(raised.operands) < 2 or run.op(raised) == "put":
        return None
    i, record = odd[0]
    line = raised.origin[i] if i < len(raised.origin) else 0
    plain = run.places[raised.place].parts[i].isidentifier()
    if line and plain and record.moved:
        return between.at_line("shape", line, record.place)
    return None


def _swapped_in_unpacking(between: Between, raised: Record) -> int:
    """Return the line that unpacked what was stored and does not fit, where its neighbour would."""
    run = between.run
    if run.op(raised) != "put" or not raised.origin or len(raised.operands) < 2:
        return 0
    room, value = raised.operands[:2]
    line = raised.origin[1] if len(raised.origin) > 1 else 0
    if not line or not isinstance(value, tuple) or not isinstance(room, tuple):
        return 0
    side, mine = run.records[room[0]].shape[0], run.records[value[0]].shape[:1]
    beside = [run.records[n].shape[:1] for _, at, n in run.bindings if at == line]
    return line if mine != (side,) and (side,) in beside and len(beside) > 1 else 0


def raises(between: Between) -> Parting | None:
    """Say which expression raised, and whether what it works with was right so far."""
    run = between.run
    if not run.error:
        return None
    if run.unbound and run.lines:
        line, other = run.uses.in_place_of(run.unbound, run.lines[-1])
        return Parting("unbound", line or run.lines[-1], operand=run.unbound, more=other)
    if run.raised is not None:
        odd = _odd_operand(between, run.raised)
        empty = _empty_of_another_shape(between, run.raised)
        if empty is not None:
            return empty
        if odd is not None:
            return odd
        taken = expression_apart(between, run.raised, raised=True) if run.raised.inputs else None
        if taken is not None:
            return taken
        so_far = "right" if between.sound(run.raised.inputs) else ""
        return parting("raises", run.places[run.raised.place], more=so_far)
    return Parting("raises", run.lines[-1]) if run.lines else None
