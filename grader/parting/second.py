"""Name a second place, where it is less sure which of two it is."""

from __future__ import annotations

from grader.instrument.expressions import base_name
from grader.parting.between import Between
from grader.parting.finding import Parting
from grader.parting.recording import Record


def second_line(between: Between, found: Parting) -> int:
    """Return another line that a finding may be about, 0 where none comes into question.

    Where a helper is called, where what is not known for itself was made, or where what is made
    here goes to next.
    """
    made = _made_here(between, found)
    lines = (
        *_calling(between, made),
        *((_next(between, made),) if found.kind == "left out" else ()),
        *_bound(between, found, made),
    )
    return next((line for line in lines if line not in (0, found.line)), 0)


def _made_here(between: Between, found: Parting) -> Record | None:
    """Return what the expression of a finding made, the first that is not right."""
    run = between.run
    made = [
        record
        for record in run.records
        if record.place >= 0
        and run.places[record.place].line == found.line
        and (run.places[record.place].line, run.places[record.place].column) == found.start
        and run.places[record.place].text == found.text
    ]
    if run.raised is not None and run.places[run.raised.place].text == found.text:
        made.append(run.raised)
    wrong = [r for r in made if r.number == len(run.records) or between.states[r.number] == "wrong"]
    return next(iter([*wrong, *made]), None)


def _calling(between: Between, made: Record | None) -> list[int]:
    """Return the line that calls the student's own helper in which something is made."""
    if made is None or made.via < 0:
        return []
    return [between.run.places[between.run.own_calls[made.via].place].line]


def _next(between: Between, made: Record | None) -> int:
    """Return the line that works on something next."""
    if made is None:
        return 0
    users = (
        between.run.line(record)
        for record in between.run.records[made.number + 1 :]
        if record.place >= 0
        and any(made.number in o for o in record.operands if isinstance(o, tuple))
    )
    return next((line for line in users if line != between.run.line(made)), 0)


def _bound(between: Between, found: Parting, made: Record | None) -> list[int]:
    """Return the lines that bound what is read here: first what the reference does not have."""
    uses = between.run.uses
    read = {u.name for u in uses.uses if u.line == found.line and not u.binds}
    called = base_name(found.text.partition("(")[0])
    once = {name for name in read if sum(u.name == name and not u.binds for u in uses.uses) == 1}
    bound = [u for u in uses.uses if u.binds and u.line < found.line]
    return [
        *_bound_operands(between, made),
        *(u.line for u in bound if u.name == called),
        *(u.line for u in reversed(bound) if u.name in once),
    ]


def _bound_operands(between: Between, made: Record | None) -> list[int]:
    """Return the lines that bound the operands of an expression, the least certain one first.

    An operand that is written out there has operands of its own.
    """
    if made is None:
        return []
    run = between.run
    lines: list[tuple[bool, int]] = []
    for i, operand in enumerate(made.operands):
        if not isinstance(operand, tuple):
            continue
        exact = all(between.known.exact(run.records[n].sketch) for n in operand)
        line = made.origin[i] if i < len(made.origin) else 0
        inner = run.records[operand[0]]
        here = not line and len(operand) == 1 and inner.place >= 0
        if here and run.line(inner) == run.line(made) and not exact:
            lines += [(exact, -at) for at in _bound_operands(between, inner)[:1]]
        lines.append((exact, -line))
    return [-line for _, line in sorted(lines) if line]
