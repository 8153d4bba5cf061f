"""Find what the reference computes and the student's function never does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.parting.between import Between, Path
from grader.parting.expressions import towards
from grader.parting.finding import Parting
from grader.parting.recording import Node, Record


def left_out(between: Between) -> Parting | None:
    """Say which value is never made although all that it is made from is there."""
    reference = between.reference
    for path in between.wrong:
        unmade = _unmade(between, path)
        lost = _lost(between, unmade)
        if lost is None:
            continue
        lines = _lines(between, path, lost, unmade)
        name = towards(between, reference.records[lost])
        line, place = next(lines, (0, -1))
        found = between.at_line("left out", line, place, wanted=name)
        return replace(found, also=next((at for at, _ in lines if at != line), 0))
    return None


def _unmade(between: Between, path: Path) -> set[int]:
    """Return what is on the way to a result and never made."""
    reference = between.reference
    unmade: set[int] = set()
    left = [reference.recording.nodes[path].last]
    while left:
        n = left.pop()
        if n not in unmade and not between.made.has(reference.records[n].sketch):
            unmade.add(n)
            left += reference.records[n].inputs
    return unmade


def _lost(between: Between, unmade: set[int]) -> int | None:
    """Return the earliest value that is not made although all that it is made from is there."""
    reference = between.reference
    inputs = {n: reference.records[n].inputs for n in unmade}
    return min((n for n in unmade if inputs[n] and unmade.isdisjoint(inputs[n])), default=None)


def _lines(between: Between, path: Path, lost: int, unmade: set[int]) -> Iterator[tuple[int, int]]:
    """Yield lines, with an expression there, at which a lost value could be joined."""
    run, reference = between.run, between.reference
    node = run.nodes.get(path)
    called = {number for call in run.calls for number in call.made}
    beside = between.their_keys(i for n in unmade for i in reference.records[n].inputs)
    stored = node is not None and node.last >= 0 and between.my_keys([node.last])[0] in beside
    if node is not None and node.last >= 0:
        yield from _at_result(between, node, stored)
    for user in [*reference.used_by[lost], lost]:
        record = reference.records[user]
        others = [o[0] for o in record.operands if isinstance(o, tuple) and len(o) == 1]
        for mine in reversed(run.records) if not record.moved else ():
            own = mine.place >= 0 and not mine.moved and mine.number not in called
            if own and any(o in between.known.exact(mine.sketch) for o in others if o != lost):
                place = between.call_site(mine)
                yield run.places[place].line, place
    if node is not None:
        yield from ((line, -1) for _, line in reversed(node.names))
        if node.last >= 0 and run.records[node.last].place >= 0:
            yield run.line(run.records[node.last]), run.records[node.last].place
    for n in range(len(path) - 1, -1, -1):
        holder = run.nodes.get(path[:n])
        if holder is not None and holder.place >= 0:
            yield run.places[holder.place].line, holder.place


def _at_result(between: Between, node: Node, stored: bool) -> Iterator[tuple[int, int]]:
    """Yield lines in which a result is begun, made or ``stored``, with an expression there."""
    run, last = between.run, between.run.records[node.last]
    for operand in last.operands if run.op(last) in ("Add", "put") else ():
        if not isinstance(operand, tuple):
            continue
        begun = run.records[operand[0]]
        empty = begun.constant and begun.place >= 0
        if empty and run.places[begun.place].loop:  # it begins anew in every turn
            yield run.line(begun), begun.place
    made = _own_expression(between, node.last)
    if made is not None:
        yield run.line(made), made.place
    if stored:  # what is to be joined was stored instead
        yield from ((line, -1) for _, line in reversed(node.names))
        yield from ((run.places[k].line, k) for k in node.held if k >= 0)
    if last.place >= 0 and not last.moved and between.states[node.last] == "wrong":
        yield run.line(last), last.place


def _own_expression(between: Between, number: int) -> Record | None:
    """Return what made a result that nothing else is made from; None where there is no such one."""
    run = between.run
    record = run.records[number]
    while record.moved and record.place >= 0:
        used = [o[0] for o in record.operands if isinstance(o, tuple) and len(o) == 1]
        fresh = [n for n in used if not run.records[n].constant]
        if len(fresh) != 1:
            return None
        record = run.records[fresh[0]]
    called = any(record.number in call.made for call in run.calls)
    again = sum(record.number in o for r in run.records for o in r.operands if isinstance(o, tuple))
    return record if record.place >= 0 and not called and again < 2 else None
