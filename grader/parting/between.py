"""Hold a student's run against the reference's: which values are right, and what they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from grader.instrument.expressions import Expression
from grader.parting.finding import Parting
from grader.parting.recording import CallOf, OwnCall, Record, Recording
from grader.parting.right_run import RightRun
from grader.parting.values import Values

State = Literal["right", "neutral", "wrong"]
Path = tuple[str | int, ...]
Key = int | tuple[str, int]
RELATIVE = 1e-5  # how far what came back may lie from what is right


@dataclass(frozen=True)
class Between:
    """What lies between a student's ``run`` and the ``reference``'s on the same case."""

    reference: RightRun
    run: Recording

    @cached_property
    def wrong(self) -> list[Path]:
        """Return where something came back that is not right."""
        if self.run.error:
            return []
        wanted = paths(self.reference.recording.returned)
        return [p for p, want in wanted if not equal(follow(self.run.returned, p), want)]

    @cached_property
    def failed(self) -> bool:
        """Tell whether anything is wrong on this case."""
        return bool(self.run.error or self.wrong or self.run.changed is not None)

    @cached_property
    def known(self) -> Values:
        """Return what the reference computes."""
        known = self.reference.known.for_one_run()
        known.look_up(record.sketch for record in self.run.records)
        return known

    @cached_property
    def made(self) -> Values:
        """Return what the student's function computes, and the right calls that it makes."""
        mine = [(record.sketch, record.number) for record in self.run.records]
        inner = [
            (self.reference.records[n].sketch, -1)
            for call in self.run.calls
            for twin in self.twins(call)[:1]
            for n in range(twin.at, twin.end)
        ]
        made = Values([*mine, *inner])
        made.look_up(record.sketch for record in self.own_part if not record.moved)
        return made

    @cached_property
    def own_part(self) -> list[Record]:
        """Return the reference's records, without those of functions that the student calls."""
        called = {call.name for call in self.run.calls}
        inner = {
            n
            for call in self.reference.recording.calls
            if call.name in called
            for n in range(call.at, call.end)
        }
        return [record for record in self.reference.records if record.number not in inner]

    def has_made(self, number: int) -> bool:
        """Tell whether the student's function computes what a record of the reference's holds."""
        record = self.reference.records[number]
        if number not in self._has_made:
            self._has_made[number] = record.moved or self.made.has(record.sketch)
        return self._has_made[number]

    @cached_property
    def _has_made(self) -> dict[int, bool]:
        return {}

    @cached_property
    def states(self) -> list[State]:
        """Call each record right, neutral (no new number, and none is wrong), or wrong.

        One that is not known but from which something right follows is on another way to it:
        neutral, too.
        """
        found = self._by_themselves
        leads = [False] * len(found)
        for record in reversed(self.run.records):
            n = record.number
            # A part that is right says nothing of the rest of what it was taken from.
            if (found[n] == "right" and not record.moved and record.telling) or (
                found[n] == "wrong" and leads[n]
            ):
                for i in record.inputs:
                    leads[i] = True
        made: list[State] = []
        for record, state in zip(self.run.records, found, strict=True):
            sound = all(made[i] != "wrong" for i in record.inputs)
            passes = sound and (record.moved or leads[record.number] or self._taken_apart(record))
            made.append("neutral" if state == "wrong" and passes else state)
        return made

    def _taken_apart(self, record: Record) -> bool:
        """Tell whether a value is right in parts, and only parts of it are used."""
        if record.sketch is None or not self.known.partly(record.sketch):
            return False
        n = record.number
        return not any(
            any(n in o for o in other.operands if isinstance(o, tuple))
            and self.run.op(other) != "part"
            for other in self.run.records[n + 1 :]
        )

    @cached_property
    def _by_themselves(self) -> list[State]:
        """Call each record right or wrong by its value; one that only may be known is partial.

        A part of a sum or a product is right if more follows; the last one is what is unfinished.
        """
        found: list[State] = []
        partial: list[int] = []
        for record in self.run.records:
            right = self.known.has(record.sketch)
            found.append("right" if right else "wrong")
            if right and not record.moved and not self.known.has(record.sketch, exactly=True):
                partial.append(record.number)
        used = {i: r for r in self.run.records if not r.moved for i in r.inputs}
        for n in reversed(partial):
            user = used.get(n)
            if user is not None and found[user.number] != "wrong":
                continue
            # What meets something wrong need not be unfinished itself.
            beside = [i for i in (user.inputs if user is not None else ()) if i != n]
            if not any(found[i] == "wrong" and i not in partial for i in beside):
                found[n] = "wrong"
        return found

    @cached_property
    def reach(self) -> set[int]:
        """Return the records from which a wrong end is reached through wrong records alone.

        All where the ends are not known.
        """
        ends = [
            node.last
            for path in self.wrong
            for node in self.run.nodes.values()
            if node.path[: len(path)] == path and node.last >= 0
        ]
        if self.run.raised is not None:
            ends = list(self.run.raised.inputs)
        if not ends:
            return set(range(len(self.run.records)))
        found = set(ends)
        for record in reversed(self.run.records):
            if record.number in found and self.states[record.number] == "wrong":
                found.update(record.inputs)
        return found

    def calls_of(self, function: str) -> list[OwnCall]:
        """Return the calls of one of the student's own helpers, by what is made within."""
        within = {
            record.via
            for record in self.run.records
            if record.place >= 0 and self.run.places[record.place].function == function
        }
        return [self.run.own_calls[via] for via in sorted(within) if via >= 0]

    def right_elsewhere(self, place: int) -> bool:
        """Tell whether an expression makes something right at another time."""
        return any(
            record.place == place and self.states[record.number] == "right" and record.telling
            for record in self.run.records
        )

    def followed(self, number: int) -> bool:
        """Tell whether something right is made from a record, or a right call of it."""
        if any(
            number in given and self.twins(call)
            for call in self.run.calls
            for given in call.given.values()
        ):
            return True
        called = {n for call in self.run.calls for n in call.made}
        return any(
            number in record.inputs
            and record.number not in called
            and self.states[record.number] == "right"
            and not record.moved
            and record.telling
            for record in self.run.records[number + 1 :]
        )

    def followed_any(self, numbers: Iterable[int]) -> bool:
        """Tell whether something right is made from any of some records."""
        return any(map(self.followed, numbers))

    def call_site(self, record: Record) -> int:
        """Return where a record was made: its own place, or that of the call of a helper.

        A helper that does the same rightly when it is called elsewhere is not what is wrong.
        """
        place, via = record.place, record.via
        while via >= 0:
            twins = (r for r in self.run.records if r.place == place and r.via != via)
            if not any(self.states[r.number] == "right" and r.telling for r in twins):
                break
            place, via = self.run.own_calls[via].place, self.run.own_calls[via].via
        return place

    def sound(self, numbers: Iterable[int]) -> bool:
        """Tell whether none of some records is wrong."""
        return all(self.states[i] != "wrong" for i in numbers)

    @cached_property
    def _mine(self) -> list[Key]:
        exact = (self.known.either_way(record.sketch) for record in self.run.records)
        return [min(same, default=("mine", n)) for n, same in enumerate(exact)]

    def my_keys(self, numbers: Iterable[int]) -> tuple[Key, ...]:
        """Return for each record the reference's first with its value."""
        mine = self._mine
        return tuple([mine[i] for i in numbers])

    def their_keys(self, numbers: Iterable[int]) -> tuple[Key, ...]:
        """Return for each record of the reference its first with the value."""
        firsts = self.reference.firsts
        return tuple([firsts[i] for i in numbers])

    # ---- calls of other exercises' functions

    def given(self, call: CallOf) -> dict[str, tuple[Key, ...]]:
        """Return what a call of the student's was given, by argument."""
        return {self._argument(call, a): self.my_keys(v) for a, v in call.given.items()}

    def was_given(self, call: CallOf) -> dict[str, tuple[Key, ...]]:
        """Return what a call of the reference's was given, by argument."""
        return {self._argument(call, a): self.their_keys(v) for a, v in call.given.items()}

    def _argument(self, call: CallOf, given: str) -> str:
        names = self.reference.arguments.get(call.name, ())
        return names[int(given)] if given.isdigit() and int(given) < len(names) else given

    def argument(self, call: CallOf, name: str) -> tuple[int, ...]:
        """Return the records that a call was given as an argument."""
        found = (v for a, v in call.given.items() if self._argument(call, a) == name)
        return next(found, ())

    def own_text(self, call: CallOf, name: str) -> str:
        """Return the student's text of a call's argument, empty where that is not one by itself."""
        parts = self.run.places[call.place].parts
        given = next((a for a in call.given if self._argument(call, a) == name), "")
        if given.isdigit():
            return parts[int(given)] if int(given) < len(parts) else ""
        named = list(call.given).index(given) if given else len(parts)
        return parts[named] if named < len(parts) else ""

    def twins(self, call: CallOf) -> list[CallOf]:
        """Return the reference's calls that are given the same."""
        mine = self.given(call)
        return [
            other
            for other in self.reference.recording.calls
            if other.name == call.name and self.was_given(other) == mine
        ]

    # ---- words

    def name(self, numbers: Sequence[int]) -> str:
        """Return the notebook's name of what is in the student's records; empty without one."""
        if not numbers:
            return ""
        return self.their_name(self.known.exact(self.run.records[numbers[0]].sketch))

    def their_name(self, numbers: Iterable[int]) -> str:
        """Return the notebook's name of some of the reference's records; empty without one."""
        return next((self.reference.names[n] for n in numbers if n in self.reference.names), "")

    def part(self, kind: str, place: int, **more: str) -> Parting:
        """Say that the values part at one of the student's expressions."""
        at = self.run.places[place]
        return parting(kind, at, **more)

    def at_line(
        self, kind: str, line: int, place: int = -1, more: str = "", **words: str
    ) -> Parting:
        """Say that the values part in a line; the expression is told where it stands there."""
        words["more"] = more
        if place >= 0 and self.run.places[place].line == line:
            return self.part(kind, place, **words)
        return replace(Parting(kind, line), **words)  # type: ignore[arg-type]


def parting(kind: str, place: Expression, **more: str) -> Parting:
    """Say that the values part at an expression."""
    start, end = (place.line, place.column), (place.end_line, place.end_column)
    made = Parting(kind, place.line, place.text, start, end)
    return replace(made, **more)  # type: ignore[arg-type]


def equal(got: Any, want: Any) -> bool:
    """Tell whether an array came back as it should; one number may be Python's own."""
    if isinstance(got, bool | int | float) and want.shape == ():
        got = np.asarray(got)
    if not isinstance(got, np.ndarray | np.generic) or got.shape != want.shape:
        return False
    if got.dtype.kind not in "fiub" or want.dtype.kind not in "fiub":
        return bool(np.array_equal(got, want))
    with np.errstate(all="ignore"):
        most = np.maximum.reduce
        off = most(np.abs(got.astype(float) - want), axis=None, initial=0.0)
        largest = float(most(np.abs(want), axis=None, initial=0.0))
        return bool(off <= RELATIVE * max(1e-6, largest))


def paths(value: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    """Return the way to every array in nested tuples, lists and dictionaries, and the array."""
    if isinstance(value, np.ndarray | np.generic):
        return [(path, value)]
    if not isinstance(value, tuple | list | dict):
        return []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [found for key, item in items for found in paths(item, (*path, key))]


def follow(value: Any, path: Path) -> Any:
    """Return what stands at the end of a way, None where nothing does."""
    for step in path:
        key: Any = step
        try:
            value = value[key] if isinstance(value, tuple | list | dict) else None
        except (KeyError, IndexError, TypeError):
            return None
    return value
