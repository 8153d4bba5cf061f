"""Compare a wrong expression with what the reference does with the same values, or nearly so."""

from __future__ import annotations

from dataclasses import dataclass, replace

from grader.instrument.sketches import squeezed
from grader.parting.between import Between
from grader.parting.finding import Parting
from grader.parting.operands import operand_of, wrong_operand
from grader.parting.recording import Record

Numbers = tuple[int, ...] | str
COMMUTES = ("Add", "Mult")
PRODUCTS = ("MatMult", "np.tensordot", "np.einsum", "np.inner", "np.outer")
REDUCTIONS = ("np.sum", "np.mean", "np.add.reduce")


@dataclass(frozen=True)
class _Near:
    """A record of the reference's that is like the student's, in all operands or all but one."""

    other: Record
    differs: int | None  # the operand that is another; None: the operation is
    wanted: Numbers = ""
    alone: bool = False  # no other operand is an array: less is known then


def expression_apart(between: Between, record: Record, raised: bool = False) -> Parting | None:
    """Say what is wrong with an expression whose operands are right; None: nothing is like it."""
    near = sorted(
        _near(between, record, raised), key=lambda found: _unlikely(between, record, found)
    )
    for found in near:
        if found.differs is None and _of_parts(between, record, found.other):
            continue
        if found.differs is None:
            return _swapped_names(between, record) or _other_operation(between, record, found.other)
        given = record.operands[found.differs]
        if _circular(between, record, found):
            continue
        if isinstance(given, tuple) and isinstance(found.wanted, tuple):
            operand = operand_of(between, record, found.differs)
            made = wrong_operand(between, operand, found.wanted, found.alone)
            return replace(made, towards=made.towards or towards(between, found.other))
        return _other_kind_of_operand(between, record, found)
    return None


def _near(between: Between, record: Record, raised: bool) -> list[_Near]:
    mine = [between.my_keys(o) if isinstance(o, tuple) else o for o in record.operands]
    arrays = sum(isinstance(m, tuple) for m in mine)
    op = between.run.op(record)
    near: list[_Near] = []
    if op in PRODUCTS or op in REDUCTIONS:
        near += _near_by_arrays(between, record)
    for other in between.own_part:
        if other.place < 0 or len(other.operands) != len(mine):
            continue
        theirs = between.reference.recording.op(other)
        upright = between.reference.operand_keys[other.number]
        for way in (1, -1) if theirs in COMMUTES else (1,):
            operands, keys = other.operands[::way], upright[::way]
            off = [i for i, (a, b) in enumerate(zip(mine, keys, strict=True)) if a != b]
            if not off and arrays and not raised:
                near.append(_Near(other, None))
            elif theirs == op and len(off) == 1:
                one = off[0]
                if arrays > isinstance(mine[one], tuple):
                    near.append(_Near(other, one, operands[one]))
                elif arrays == 1 and isinstance(keys[one], tuple):
                    near.append(_Near(other, one, operands[one], alone=True))
    return near


def _near_by_arrays(between: Between, record: Record) -> list[_Near]:
    """Compare products and sums by their arrays alone: how the axes are said differs."""
    alike = PRODUCTS if between.run.op(record) in PRODUCTS else REDUCTIONS
    places = [i for i, o in enumerate(record.operands) if isinstance(o, tuple)]
    mine = [between.my_keys(o) for o in record.operands if isinstance(o, tuple)]
    near = []
    for other in between.own_part:
        if between.reference.recording.op(other) not in alike:
            continue
        arrays = [o for o in other.operands if isinstance(o, tuple)]
        if len(arrays) != len(mine):
            continue
        for wanted in (arrays, arrays[::-1]):
            theirs = [between.their_keys(o) for o in wanted]
            off = [i for i, (a, b) in enumerate(zip(mine, theirs, strict=True)) if a != b]
            if not off:
                near.append(_Near(other, None))
            if len(off) == 1:
                near.append(_Near(other, places[off[0]], wanted[off[0]], alone=len(mine) == 1))
    return near


def _unlikely(between: Between, record: Record, found: _Near) -> tuple[int | bool, ...]:
    """Order by how likely it is meant: what the student has made already is hardly meant here."""
    kind = 0 if found.differs is None else 2 if found.alone else 1
    wanted = found.wanted
    made = isinstance(wanted, tuple) and all(
        between.made.has(between.reference.records[i].sketch) for i in wanted
    )
    given = record.operands[found.differs] if found.differs is not None else ""
    if record.place >= 0 and between.run.places[record.place].loop:  # what is added up begins at 0
        begins = isinstance(wanted, tuple) and all(
            between.reference.records[i].constant for i in wanted
        )
    else:
        begins = False
    sound = not (isinstance(given, tuple) and any(_begins_empty(between, n) for n in given))
    if begins and found.differs is not None and found.differs < len(record.origin):
        bound = record.origin[found.differs]
        sound = sound and not 0 < bound < between.run.places[record.place].loop
    led_here = found.other.number < between.reference.begins  # not the function's own
    unnamed = not _named_so(between, record, found)
    there = between.made.has(found.other.sketch) and not begins
    # What this expression made at another time is not what it is to make now.
    before = _made_before(between, record, found.other)
    return kind, led_here, before, unnamed, there, made and not begins, sound


def _of_parts(between: Between, record: Record, other: Record) -> bool:
    """Tell whether an expression works on parts of what the reference works on as a whole."""
    sides = (between.run.records, record), (between.reference.records, other)
    mine, theirs = (
        sorted(
            tuple(sorted(squeezed(records[n].shape)))
            for o in each.operands
            if isinstance(o, tuple)
            for n in o
        )
        for records, each in sides
    )
    return mine != theirs


def _made_before(between: Between, record: Record, other: Record) -> bool:
    """Tell whether an expression has made one of the reference's values at an earlier time."""
    return any(
        mine.place == record.place and other.number in between.known.exact(mine.sketch)
        for mine in between.run.records[: record.number]
    )


def _circular(between: Between, record: Record, found: _Near) -> bool:
    """Tell whether what would belong there is what is made here, or would make what is there."""
    wanted, line = found.wanted, between.run.line(record)
    if not found.alone or isinstance(wanted, str):
        return False
    given = [o for o in record.operands if isinstance(o, tuple)]
    if between.their_keys((found.other.number,)) in [between.my_keys(o) for o in given]:
        return True
    bound = {name for name, at, _ in between.run.bindings if at == line}
    return between.their_name(wanted).partition(",")[0] in bound


def _named_so(between: Between, record: Record, found: _Near) -> bool:
    """Tell whether the student calls an operand as the notebook calls what belongs there."""
    parts = between.run.places[record.place].parts
    if found.differs is None or found.differs >= len(parts) or isinstance(found.wanted, str):
        return False
    return parts[found.differs] == between.their_name(found.wanted).partition(",")[0] != ""


def _begins_empty(between: Between, number: int) -> bool:
    """Tell whether a value is computed from zeros, such as a state that was not yet there."""
    record = between.run.records[number]
    operands = (n for o in record.operands if isinstance(o, tuple) for n in o)
    return record.place >= 0 and any(between.run.records[n].constant for n in operands)


def _swapped_names(between: Between, record: Record) -> Parting | None:
    """Say that two names were bound in each other's place, where both are then used wrongly."""
    line = _line_that_bound(between, record)
    beside = [n for _, at, n in between.run.bindings if at == line] if line else []
    op = between.run.op(record)
    for other in between.reference.records if line else ():
        if between.reference.recording.op(other) == op and len(other.operands) == 1:
            wanted = other.operands[0]
            keys = between.their_keys(wanted) if isinstance(wanted, tuple) else ()
            if any(between.my_keys([n]) == keys for n in beside):
                return between.at_line("swapped names", line)
    for other in between.run.records if line else ():
        unlike = other.operands != record.operands
        wrong = between.states[other.number] == "wrong" and between.sound(other.inputs)
        if unlike and wrong and _line_that_bound(between, other) == line:
            return between.at_line("swapped names", line)
    return None


def _line_that_bound(between: Between, record: Record) -> int:
    """Return the line that bound several names, one of which is all that a function is given."""
    if record.place < 0 or len(record.operands) != 1 or not isinstance(record.operands[0], tuple):
        return 0
    line = record.origin[0] if record.origin else 0
    names = {name for name, at, _ in between.run.bindings if at == line}
    return line if line and len(names) > 1 else 0


def _other_operation(between: Between, record: Record, other: Record) -> Parting:
    wanted = towards(between, other)
    if record.dtype != other.dtype:
        return between.part("precision", record.place, towards=wanted, more=record.dtype)
    same = between.run.op(record) == between.reference.recording.op(other)
    site = between.call_site(record)
    made = between.part("turned" if same else "operation", site, towards=wanted)
    return replace(made, also=between.run.line(record) if site != record.place else 0)


def _towards(between: Between, other: Record) -> str:
    """Return the name of a value of the reference's, or of the first one that is made from it."""
    for n in sorted(between.reference.after([other.number])):
        if n in between.reference.names:
            return between.reference.names[n]
    return ""


def towards(between: Between, other: Record) -> str:
    """Return the name of what a value of the reference's is, or is made for."""
    return between.reference.names.get(other.number) or _towards(between, other)


def _other_kind_of_operand(between: Between, record: Record, found: _Near) -> Parting:
    """Say that an array stands where a number belongs, a number where an array, another number."""
    place, i = between.run.places[record.place], found.differs or 0
    more = {
        "operand": place.parts[i] if i < len(place.parts) else "",
        "wanted": between.their_name(found.wanted) if isinstance(found.wanted, tuple) else "",
        "towards": towards(between, found.other),
    }
    bound = _wrong_number(between, record, i)
    if bound:
        return between.at_line("number", bound, -1, **more)
    return between.part("operand" if more["wanted"] else "detail", record.place, **more)


def _wrong_number(between: Between, record: Record, i: int) -> int:
    """Return the line that gave a size a wrong number, where its name is that of another one."""
    place = between.run.places[record.place]
    if i >= len(place.parts) or not place.parts[i].isidentifier():
        return 0
    text, letter = record.operands[i], place.parts[i]
    size = between.reference.dims.get(letter)
    wrong = isinstance(text, str) and size is not None and text != str(size)
    return record.origin[i] if wrong and i < len(record.origin) else 0
