"""Look at what came back: right values in another place, order or shape, or written over."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np

from grader.instrument.sketches import squeezed
from grader.parting.between import Between, Path, follow, parting, paths
from grader.parting.finding import Parting
from grader.parting.recording import Node, Record


def told_path(path: Path) -> str:
    """Return the way to a thing in what came back, as one would write it."""
    return "".join(f"[{step!r}]" for step in path)


def one_array(between: Between) -> Parting | None:
    """Say that two results are one array, which is written to under two names."""
    if between.run.error:
        return None
    wanted, nodes = dict(paths(between.reference.recording.returned)), between.run.nodes
    arrays = [(p, nodes[p]) for p in wanted if p in nodes and nodes[p].first >= 0]
    for (p, one), (q, other) in itertools.combinations(arrays, 2):
        if one.first != other.first or len({name for name, _ in one.names}) < 2:
            continue
        if one.write < 0:  # nothing was written to it
            continue
        unlike = wanted[p].shape == wanted[q].shape and not np.array_equal(wanted[p], wanted[q])
        if unlike and (p in between.wrong or q in between.wrong):
            first = one.names[0][0]
            names = " and ".join(dict(one.names))
            made = between.run.records[one.first]
            if first.startswith("[") and made.place >= 0:
                return between.part("one array", made.place, more=names)
            # A name that is only written to is bound by that, too: what counts is the first time.
            begun: dict[str, int] = {}
            for name, at, number in between.run.bindings:
                if between.run.records[number].same == made.number:
                    begun.setdefault(name, at)
            lines = list(begun.values()) or [at for _, at in one.names]
            return between.at_line("one array", lines[1 % len(lines)], more=names)
    return None


def overwritten(between: Between) -> Parting | None:
    """Say that a right value is written over after it was kept."""
    for path in between.wrong:
        node = between.run.nodes.get(path)
        if node is None or node.first < 0 or node.write < 0:
            continue
        first = between.run.records[node.first]
        empty = first.moved and not first.inputs  # what np.empty finds there means nothing
        if first.place < 0 or empty or not _is(between, node.first, path):
            continue
        return between.part("overwritten", node.write, more=between.run.places[first.place].text)
    return None


def _is(between: Between, number: int, path: Path) -> bool:
    """Tell whether a record of the student's holds what is wanted at a place."""
    sketch = between.run.records[number].sketch
    want = between.reference.recording.nodes.get(path)
    return want is not None and want.last >= 0 and want.last in between.known.exact(sketch)


def other_kind(between: Between) -> Parting | None:
    """Say that a thing of another kind or length came back."""
    if between.run.error:
        return None
    unlike = _kinds(between.reference.recording.returned, between.run.returned, ())
    if unlike is None:
        return None
    path, wanted, lacks = unlike
    said = {"wanted": wanted, "operand": told_path(path), "more": lacks}
    kind = "lacks" if lacks else "kind"
    other = _other_key(between, path) if lacks else None
    if other is not None:
        return replace(other, more=lacks)
    nodes = between.run.nodes
    own = [nodes[path]] if path in nodes else []
    holders = [nodes[path[:n]] for n in range(len(path) - 1, -1, -1) if path[:n] in nodes]
    # What is no container at all was taken in the place of one.
    its_own = bool(own) and own[0].size >= 0 and not _belongs_elsewhere(between, path)
    for node in [*own, *holders] if its_own else [*holders, *own]:
        place = node.display if lacks else node.place
        if place >= 0:
            found = between.part(kind, place, **said)
            end = between.run.uses.ends.get(between.reference.name, 0)
            return replace(found, also=end) if lacks else found
        if node.names:
            return between.at_line(kind, node.names[-1][1], -1, **said)
    return None


def _other_key(between: Between, path: Path) -> Parting | None:
    """Return where a value was stored under a key that is not wanted."""
    wanted = follow(between.reference.recording.returned, path)
    holder = between.run.nodes.get(path)
    for inner, node in between.run.nodes.items():
        if inner[:-1] != path or not inner or inner[-1] in wanted:
            continue
        stored = next((at for name, at in reversed(node.names) if name[0] == "["), 0)
        if stored:
            return between.at_line("lacks", stored)
        for k in (*node.held, holder.display if holder is not None else -1):
            items = dict(between.run.places[k].items) if k >= 0 else {}
            if inner[-1] in items:
                return parting("lacks", items[inner[-1]])
    return None


def _belongs_elsewhere(between: Between, path: Path) -> bool:
    """Tell whether what stands at a place is what belongs to another place beside it."""
    got = follow(between.run.returned, path)
    want = follow(between.reference.recording.returned, path)
    beside = follow(between.reference.recording.returned, path[:-1])
    if not path or not isinstance(beside, tuple | list):
        return False
    if isinstance(want, tuple | list) and any(
        isinstance(inner, list | tuple | dict) and _kinds(inner, got, ()) is None for inner in want
    ):
        return True
    others = (
        want for i, want in enumerate(beside) if i != path[-1] and not isinstance(want, np.ndarray)
    )
    return any(_kinds(want, got, ()) is None for want in others)


def _kinds(want: Any, got: Any, path: Path) -> tuple[Path, str, str] | None:
    """Return where the first thing of another kind is, what is wanted, and which keys it lacks."""
    if isinstance(want, np.ndarray):
        return None if isinstance(got, np.ndarray | np.generic) else (path, "an array", "")
    if not isinstance(want, tuple | list | dict):
        return None
    if isinstance(want, dict):
        if not isinstance(got, dict):
            return path, "a dictionary", ""
        lacks = [key for key in want if key not in got]
        if lacks:
            return path, "", ", ".join(map(str, lacks[:3]))
        keys: Any = want
    else:
        if not isinstance(got, tuple | list):
            return path, f"{len(want)} values", ""
        if len(got) != len(want):
            return path, f"{len(want)} values and not {len(got)}", ""
        keys = range(len(want))
    return next((f for key in keys if (f := _kinds(want[key], got[key], (*path, key)))), None)


def misplaced(between: Between) -> Parting | None:
    """Say that right values came back in another place, order or shape."""
    for path in between.wrong:
        node = between.run.nodes.get(path)
        got = follow(between.run.returned, path)
        want = follow(between.reference.recording.returned, path)
        wanted = between.reference.recording.nodes[path].last
        made = between.made.has(between.reference.records[wanted].sketch)
        if node is not None and isinstance(got, np.ndarray) and node.first >= 0:
            first, last = between.run.records[node.first], between.run.records[node.last]
            empty = first.constant and first.place >= 0
            if (
                got.shape != want.shape
                and first.place >= 0
                and (empty or not made or _flat(got, want))
            ):
                return between.part("shape", first.place, operand=told_path(path))
            if made and last.moved and last.place >= 0 and not between.known.exact(last.sketch):
                put = [n for o in last.operands if isinstance(o, tuple) for n in o]
                begins = any(between.run.records[n].constant for n in put)
                again = len(set(put)) < len(put)  # one array, put in more than once
                inner = first if first.place >= 0 and first.via >= 0 else _filled(between, last)
                at = last.source if last.source >= 0 and (begins or again) else inner.place
                mixed = between.part("shuffled", at, operand=told_path(path))
                return replace(mixed, also=_written_at(between, put) if again else 0)
        if made:
            found = _other_place(between, path, node, wanted)
            if found is not None:
                return found
    return None


def _filled(between: Between, record: Record) -> Record:
    """Return what put values into an array again and again in one place; else what came back."""
    inner = record
    while inner.moved and inner.place >= 0 and between.run.op(inner) != "put":
        used = [o[0] for o in inner.operands if isinstance(o, tuple) and len(o) == 1]
        if len(used) != 1:
            return record
        inner = between.run.records[used[0]]
    puts = [r for r in between.run.records if r.same == inner.same and r.place == inner.place]
    places = {r.operands[2:] for r in puts}
    return inner if between.run.op(inner) == "put" and len(places) < len(puts) else record


def _flat(got: Any, want: Any) -> bool:
    """Tell whether an array is what is wanted but for an axis of length 1."""
    return squeezed(got.shape) == squeezed(want.shape) and bool(
        np.allclose(got.ravel(), want.ravel())
    )


def _written_at(between: Between, numbers: list[int]) -> int:
    """Return the line that writes into an array which is meant to be a new one each time."""
    same = {between.run.records[n].same for n in numbers}
    puts = (r for r in between.run.records if r.same in same and between.run.op(r) == "put")
    return next(map(between.run.line, puts), 0)


def _other_place(between: Between, path: Path, node: Node | None, wanted: int) -> Parting | None:
    """Say which value stands at a place in what came back, and which belongs there."""
    given = between.name([node.last]) if node is not None and node.last >= 0 else ""
    said = {"operand": told_path(path), "given": given, "wanted": between.their_name([wanted])}
    turned = _turned(between, wanted)
    if turned is not None:
        return turned
    names = {
        str(path[-1]) if path else "",
        f"[{path[-1]}]" if path else "",
        between.their_name([wanted]).partition(",")[0],
    }
    for name, line in reversed(node.names if node is not None else ()):
        if name in names:
            kind = "turned" if given and given == said["wanted"] else "named"
            return between.at_line(kind, line, -1, **said)
    last = between.run.records[node.last] if node is not None and node.last >= 0 else None
    for n in range(len(path) - 1, -1, -1):
        holder = between.run.nodes.get(path[:n])
        if holder is not None and holder.place < 0 and node is not None and node.held:
            return between.part(
                "place", node.held[-1], **said
            )  # a tuple that others were joined to
        if holder is not None and holder.place >= 0:
            items = dict(between.run.places[holder.display].items)
            if path[n] in items:
                put = _put_elsewhere(between, path, node)
                if put >= 0:
                    return between.part("place", put, **said)
                alias = _alias(between, node, items[path[n]].text)
                if alias:
                    return between.at_line("named", alias, -1, **said)
                return parting("place", items[path[n]], **said)
            return between.part("place", holder.place, **said)
    if last is not None and last.place >= 0:
        kind = "turned" if between.run.op(last) == ".T" else "place"
        return between.part(kind, last.place, **said)
    return None


def _put_elsewhere(between: Between, path: Path, node: Node | None) -> int:
    """Return the place that put the wrong arrays into the list that a result is stacked from.

    -1 where the results are only given back in each other's place.
    """
    last = between.run.records[node.last] if node is not None and node.last >= 0 else None
    if last is None or last.source < 0:
        return -1
    wanted = between.reference.recording.nodes[path].last
    others = (between.run.nodes.get(other) for other in between.wrong if other != path)
    swapped = any(
        other is not None
        and other.last >= 0
        and wanted in between.known.exact(between.run.records[other.last].sketch)
        for other in others
    )
    return -1 if swapped else last.source


def _alias(between: Between, node: Node | None, name: str) -> int:
    """Return the line that gave an array a second name, which is read once: where it came back."""
    names = dict(node.names) if node is not None else {}
    plain = len(names) > 1 and name.isidentifier() and name in names
    return names[name] if plain and between.run.uses.read(name, names[name]) == 1 else 0


def _turned(between: Between, wanted: int) -> Parting | None:
    """Say where a value is made that is right, but lies the other way round."""
    sketch = between.reference.records[wanted].sketch
    if sketch is None or between.made.upright(sketch):
        return None
    for record in between.run.records:
        own = record.place >= 0 and not record.moved
        if own and record.sketch is not None and wanted in between.known.exact(record.sketch):
            return between.part("turned", record.place, wanted=between.their_name([wanted]))
    return None
