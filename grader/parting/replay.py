"""Reckon a student's run again, from what was told of it, with some of its values replaced.

What the function did is known as a list of operations on earlier values. Those that are on a
closed list are done here, on the case's own inputs; nothing of the student's text is run. A value
that does not come out as it was told, or is made by anything else, is known by its numbers or not
at all.
"""

from __future__ import annotations

import ast
import heapq
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from grader.instrument.recorder import FUNCTIONS
from grader.instrument.sketches import Numeric
from grader.parting.between import Between
from grader.parting.recording import CallOf, Record
from grader.parting.right_run import sketch_of
from grader.parting.tables import alike
from grader.parting.told_texts import ToldText, index_of_text, parsed_text, plain_operand

LARGEST = 1 << 14  # numbers in a value that is reckoned again
MOST_WORK = 1 << 21  # what the sizes of an operation's operands multiply to
# Functions and methods that make nothing larger than what they are given, or than its product.
OF_NUMPY = re.compile(
    "tanh|exp|log|sqrt|square|abs|absolute|maximum|minimum|sum|mean|max|min|amax|amin|add|subtract|"
    "multiply|divide|true_divide|negative|power|dot|matmul|outer|inner|tensordot|einsum|transpose|"
    "concatenate|vstack|hstack|stack|dstack|column_stack|reshape|ravel|squeeze|expand_dims|"
    "swapaxes|moveaxis|rollaxis|flip|asarray|array|copy|float64|cosh|sinh|reciprocal|cumsum|append"
)
OF_ARRAYS = re.compile("sum|mean|max|min|dot|reshape|copy|transpose|ravel|flatten|squeeze|swapaxes")
NOT_YET = object()  # in the place of a value that was not asked for
Value = Numeric | None


class Replay:
    """A student's run, reckoned again operation by operation."""

    def __init__(self, between: Between) -> None:
        self.between = between
        self.run = between.run
        self.work = 0  # operations done
        self.helpers = {call.place for call in self.run.own_calls}
        self.calls = {n: call for call in self.run.calls for n in sorted(call.returned)}
        self.latest = self._latest()
        self.picked: dict[int, Any] = {}  # of what was added to: the index
        self._how: dict[int, Callable[[Sequence[Value]], Value]] = {}
        self._callees: dict[int, tuple[Callable[..., Any] | None, int]] = {}
        self._largest: dict[int, float] = {}

    def _latest(self) -> list[int]:
        """Return for each record the newest one of the same array before it, -1 without one."""
        newest: dict[int, int] = {}
        found = []
        for record in self.run.records:
            found.append(newest.get(record.same, -1))
            newest[record.same] = record.number
        return found

    def needs(self, record: Record) -> set[int]:
        """Return the records that one is directly made from."""
        if record.number in self.calls:
            given = self.calls[record.number].given.values()
            return {n for numbers in given for n in numbers if n < record.number}
        used = {n for o in record.operands if isinstance(o, tuple) for n in o}
        if record.place in self.helpers:
            used = {self.latest[record.number]} - {-1} or set(record.inputs)
        return used or set(record.inputs)

    @cached_property
    def users(self) -> list[list[int]]:
        """Return for each record those that are directly made from it."""
        found: list[list[int]] = [[] for _ in self.run.records]
        for record in self.run.records:
            for n in self._reads[record.number]:
                found[n].append(record.number)
        return found

    @cached_property
    def values(self) -> list[Value]:
        """Return the value of each record as it was; None where that is not known."""
        with np.errstate(all="ignore"):
            return [self._was(record.number) for record in self.run.records]

    @cached_property
    def _known(self) -> list[Any]:
        """Return the values that are known by their numbers, `NOT_YET` for all others.

        Those are reckoned when they are asked for: most are what is changed.
        """
        found = [self._told(record) for record in self.run.records]
        return [NOT_YET if value is None else value for value in found]

    @cached_property
    def _begun(self) -> list[Any]:
        """Return `_known`, with what has to be reckoned before anything is changed."""
        known = self._known
        left = [record for record in self.run.records if known[record.number] is NOT_YET]
        self.work += len(left)
        for record in left:  # which part was added to shows in values as they were
            if record.place < 0:
                continue
            node = parsed_text(self.run.places[record.place].text)
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
                self._was(record.number)
        return known

    def _was(self, number: int) -> Value:
        """Return the value of a record as it was."""
        known, left, met = self._known, [number], {number}
        for n in left:
            if known[n] is NOT_YET:
                more = self._reads[n] - met
                met |= more
                left += more
        for n in sorted(left):
            if known[n] is NOT_YET:
                known[n] = self._reckoned_as_told(self.run.records[n], known)
        value: Value = known[number]
        return value

    def _reckoned_as_told(self, record: Record, before: list[Value]) -> Value:
        value = self._way(record)(before)
        if value is None or not _is(value, record):
            return self._part_of_base(record, before)
        return value

    @cached_property
    def _reads(self) -> list[set[int]]:
        return list(map(self.needs, self.run.records))

    def _told(self, record: Record) -> Value:
        """Return a value by its numbers: one that the reference computes, or a constant."""
        if record.sketch is None or math.prod(record.shape) > LARGEST:
            return None
        if record.constant:  # no weight is negative, so that one number has the sign of all
            sign = 1.0 if record.sketch.flat[0] >= 0 else -1.0
            return np.full(record.shape, sign * record.sketch.scale)
        for n in self.between.known.upright(record.sketch):
            if n is not None:
                return self.between.reference.values[n].reshape(record.shape)
        return None

    def _part_of_base(self, record: Record, values: list[Value]) -> Value:
        """Return what a loop takes from an array, one step of it after the other."""
        for n in record.inputs if record.place < 0 else ():
            base = values[n]
            for axis in (0, -1) if base is not None and base.ndim else ():
                assert base is not None
                for part in np.moveaxis(base, axis, 0):
                    if part.shape == record.shape and _is(part, record):
                        return np.asarray(part)
        return None

    def with_changes(self, changes: Mapping[int, Value]) -> Iterator[tuple[int, Value]]:
        """Yield in their order the records that are others than before where some are changed.

        What overflows there may be told by warnings; who goes through them leaves them out.
        """
        values = self._begun.copy()
        left = list(changes)
        met = set(left)
        heapq.heapify(left)
        while left:
            n = heapq.heappop(left)
            if n in changes:
                values[n] = changes[n]
            else:
                for m in self._reads[n]:
                    if values[m] is NOT_YET:
                        values[m] = self._was(m)
                values[n] = self._again(self.run.records[n], values)
            yield n, values[n]
            for user in self.users[n]:
                if user not in met:
                    met.add(user)
                    heapq.heappush(left, user)

    def _again(self, record: Record, values: Sequence[Value]) -> Value:
        """Do what made a record once more, None where that cannot be done."""
        self.work += 1
        return self._way(record)(values)

    def _way(self, record: Record) -> Callable[[Sequence[Value]], Value]:
        """Return what makes a record from the values before it."""
        if record.number not in self._how:
            self._how[record.number] = self._found_way(record)
        return self._how[record.number]

    def _found_way(self, record: Record) -> Callable[[Sequence[Value]], Value]:
        if record.number in self.calls:
            given, calls = self._given(self.calls[record.number])
            if any(n >= record.number for n in given):  # nothing is made of what comes later
                return lambda values: None
            return partial(self._called, record, given, calls)
        if record.place in self.helpers:
            n = self.latest[record.number]
            return lambda values: values[n] if n >= 0 else None
        texts = {i: ToldText(o) for i, o in enumerate(record.operands) if isinstance(o, str)}
        arrays = [(i, o) for i, o in enumerate(record.operands) if isinstance(o, tuple)]
        if not arrays:
            return lambda values: None
        op, node = self.run.op(record), parsed_text(self.run.places[record.place].text)
        plain = op in FUNCTIONS and isinstance(node, ast.BinOp | ast.UnaryOp)
        do = FUNCTIONS[op] if plain else None
        operands: list[Any] = [None] * len(record.operands)
        for i, text in texts.items():
            operands[i] = plain_operand(text) if plain else text
        return partial(self._made, record, do, operands, arrays)

    def _made(
        self,
        record: Record,
        do: Callable[..., Any] | None,
        told: list[Any],
        arrays: list[tuple[int, tuple[int, ...]]],
        values: Sequence[Value],
    ) -> Value:
        """Do an operation, by what does it where that is known, on what was told and on arrays."""
        operands, size = told.copy(), 1
        for i, numbers in arrays:
            parts = []
            for n in numbers:
                if (value := values[n]) is None:
                    return None
                parts.append(value)
            operands[i] = parts[0] if len(parts) == 1 else parts
            size *= sum([part.size for part in parts])
        if size > MOST_WORK:
            return None
        try:
            made = self._done(record, operands) if do is None else do(*operands)
        except Exception:
            return None
        return np.asarray(made) if isinstance(made, np.ndarray | np.generic) else None

    def _done(self, record: Record, operands: list[Any]) -> Any:
        op = self.run.op(record)
        node = parsed_text(self.run.places[record.place].text)
        if op == "part":
            return operands[0][index_of_text(operands[1].text)]
        if op == "put":
            made = operands[0].astype(float)
            made[index_of_text(operands[2].text)] = plain_operand(operands[1])
            return made
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
            return self._added_to_part(record, node.target, operands)
        if isinstance(node, ast.Call):
            if record.place not in self._callees:
                self._callees[record.place] = self._function(node)
            return self._call(node, operands, *self._callees[record.place])
        if op == ".T":
            return operands[0].T
        return FUNCTIONS[op](*map(plain_operand, operands)) if op in FUNCTIONS else None

    def _added_to_part(self, record: Record, target: ast.Subscript, operands: list[Any]) -> Any:
        """Add to a part, or to what a dictionary holds; which part was not told, so it is tried."""
        do = FUNCTIONS[self.run.op(record)]
        if record.number not in self.picked:
            self.picked[record.number] = next(
                (
                    index
                    for index in _possible(target.slice, record.shape)
                    if _is(_added(do, operands, index), record)
                ),
                None,
            )
        return _added(do, operands, self.picked[record.number])

    def _call(
        self,
        node: ast.Call,
        operands: list[Any],
        function: Callable[..., Any] | None,
        method: int,
    ) -> Any:
        names = [keyword.arg for keyword in node.keywords if keyword.arg != "out"]
        if any(isinstance(a, ast.Starred) for a in node.args) or None in names:
            return None
        if function is None or len(operands) != method + len(node.args) + len(names):
            return None
        plain = [plain_operand(o) for o in operands]
        own = isinstance(node.func, ast.Name) and function is not sum
        if own and not (len(plain) == 1 and isinstance(plain[0], np.ndarray)):
            return None  # a number given to it could ask for any amount of memory
        words = [each for each in plain if isinstance(each, str)]
        if any("->" not in word for word in words):  # so could the name of a type
            return None
        plain, named = plain[: len(plain) - len(names)], plain[len(plain) - len(names) :]
        return function(*plain, **dict(zip(map(str, names), named, strict=True)))

    def _function(self, node: ast.Call) -> tuple[Callable[..., Any] | None, int]:
        """Return what is called, and whether the first operand is what a method belongs to."""
        if isinstance(node.func, ast.Name):
            own = self.between.reference.functions.get(node.func.id)
            return (sum if node.func.id == "sum" else own), 0
        if not isinstance(node.func, ast.Attribute):
            return None, 0
        name, of = node.func.attr, node.func.value
        if isinstance(of, ast.Name) and of.id in ("np", "numpy"):
            return (getattr(np, name, None) if OF_NUMPY.fullmatch(name) else None), 0
        return (getattr(np.ndarray, name) if OF_ARRAYS.fullmatch(name) else None), 1

    def _given(self, call: CallOf) -> tuple[list[int], list[tuple[list[int], CallOf]]]:
        """Return what a call was given, and what those of the reference's that are like it were."""
        mine = {self.between._argument(call, a): v for a, v in call.given.items()}
        found = []
        for other in self.between.reference.recording.calls:
            if other.name != call.name:
                continue
            theirs = {self.between._argument(other, a): v for a, v in other.given.items()}
            if set(theirs) == set(mine) and all(len(theirs[a]) == len(mine[a]) for a in mine):
                found.append(([n for a in mine for n in theirs[a]], other))
        return [n for numbers in mine.values() for n in numbers], found

    def _called(
        self,
        record: Record,
        given: list[int],
        calls: list[tuple[list[int], CallOf]],
        values: Sequence[Value],
    ) -> Value:
        """Return what a call of another exercise's function gives, where the reference made it."""
        at = self.calls[record.number].made.index(record.number)
        reference = self.between.reference
        mine = [values[n] for n in given]
        for theirs, other in calls:
            if at < len(other.made) and all(map(self._is_value, mine, theirs)):
                return reference.values[other.made[at]]
        return None

    def _is_value(self, mine: Value, number: int) -> bool:
        """Tell whether an array is what a record of the reference's holds."""
        theirs = self.between.reference.values[number]
        if mine is None or mine.shape != theirs.shape:
            return False
        if number not in self._largest:
            self._largest[number] = float(np.abs(theirs).max(initial=0.0))
        limit = 1e-7 * max(1.0, self._largest[number])
        # Most are others, which one number tells.
        if mine.size and not abs(mine.item(0) - theirs.item(0)) <= 1.001 * limit:
            return False
        return bool(np.maximum.reduce(np.abs(mine - theirs), axis=None, initial=0.0) <= limit)


def _added(do: Callable[..., Any], operands: list[Any], index: Any) -> Any:
    """Return a whole after something was added to a part of it; the index None is the whole."""
    whole, value = operands[0], plain_operand(operands[1])
    if index is None:
        return do(whole, value)
    made = whole.astype(float)
    made[index] = do(made[index], value)
    return made


def _possible(node: ast.expr, shape: tuple[int, ...]) -> Iterator[Any]:
    """Yield what an index may have been: nothing, and with each number for the name in it."""
    yield None
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    for number in range(max(shape, default=0) if names else 1):
        if len(names) <= 1:
            try:
                yield _reckoned(node, number)
            except (ValueError, TypeError):
                return


def _reckoned(node: ast.expr | None, number: int) -> Any:
    """Return an index, with a number for the name in it."""
    if isinstance(node, ast.Tuple):
        return tuple(_reckoned(each, number) for each in node.elts)
    if isinstance(node, ast.Slice):
        return slice(*(_reckoned(each, number) for each in (node.lower, node.upper, node.step)))
    if isinstance(node, ast.Name):
        return number
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        left, right = _reckoned(node.left, number), _reckoned(node.right, number)
        return left + right if isinstance(node.op, ast.Add) else left - right
    return None if node is None else ast.literal_eval(node)


def _is(value: Any, record: Record) -> bool:
    if record.sketch is None or value.shape != record.shape:
        return False
    sketch = sketch_of(np.asarray(value))
    return sketch is not None and alike(sketch, record.sketch)
