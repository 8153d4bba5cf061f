"""Record what a rewritten function computes, expression by expression.

The rewritten code calls these methods in the place of its operations. Travels to where the
student's function runs, and is written for accidents, not for malice: whoever reads its report
believes nothing of it.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from grader.instrument.sketches import Array, rows

MOST_RECORDS = 3_000  # an endless loop ends here
MOST_NODES = 400  # of what is returned
DEEPEST = 6  # containers in containers
LONGEST_OPERAND = 40  # characters of an operand that is no array
MOST_NUMBER = 1 << 31
KNOWN_AGAIN = (np.ndarray, np.generic, list, dict, tuple)  # by identity
RECORDER = "__run__"  # the name that rewritten code calls
INDEX = "__index__"  # what it makes subscripts with
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "MatMult": operator.matmul,
    "Pow": operator.pow,
    "Mod": operator.mod,
    "FloorDiv": operator.floordiv,
    "BitOr": operator.or_,
    "BitAnd": operator.and_,
    "BitXor": operator.xor,
    "LShift": operator.lshift,
    "RShift": operator.rshift,
    "USub": operator.neg,
    "UAdd": operator.pos,
    "Invert": operator.invert,
}
IN_PLACE: dict[str, Callable[..., Any]] = {
    "Add": operator.iadd,
    "Sub": operator.isub,
    "Mult": operator.imul,
    "Div": operator.itruediv,
    "MatMult": operator.imatmul,
    "Pow": operator.ipow,
    "Mod": operator.imod,
    "FloorDiv": operator.ifloordiv,
    "BitOr": operator.ior,
    "BitAnd": operator.iand,
    "BitXor": operator.ixor,
    "LShift": operator.ilshift,
    "RShift": operator.irshift,
}


class Full(RuntimeError):
    """Raised where more is computed than is recorded."""


class Index:
    """Makes a subscript's index a value: ``Index()[1:, t]``."""

    def __getitem__(self, item: Any) -> Any:
        """Return the index itself."""
        return item


def leaves(value: Any, depth: int = 0) -> Iterator[Array]:
    """Yield the arrays of numbers in nested tuples, lists and dictionaries."""
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind == "f" and value.size:
            yield value  # type: ignore[misc]
    elif isinstance(value, (tuple, list, dict)) and depth < DEEPEST:
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item, depth + 1)


class Record:
    """A record of one value at one moment of a run, and of those that it was made from."""

    def __init__(
        self,
        place: int,
        value: Array,
        inputs: list[int],
        operands: tuple[Any, ...] = (),
        moved: bool = False,
        origin: tuple[int, ...] = (),
        via: int = -1,
    ) -> None:
        self.place = place  # in the rewritten text; -1: it came from outside
        self.value = value
        self.inputs = inputs
        self.operands = operands  # for each the numbers of its records, or its text
        self.moved = moved  # no number in it is new: a part, a stack, a copy, zeros
        self.origin = origin  # the lines that bound the operands' names
        self.via = via  # the call of the function's own helper in which it was made
        self.numbers = frozenset(value.ravel().tolist())


class Recorder:
    """A recorder of one call.

    ``places`` are (line, operation, texts of the operands) of each rewritten expression.
    """

    def __init__(self, places: list[tuple[int, str, list[str]]]) -> None:
        self.places = places
        self.others: dict[int, str] = {}  # of other exercises, by identity: recorded as calls
        self.records: list[Record] = []
        self.calls: list[dict[str, Any]] = []  # of other exercises' functions
        # Of helpers: place, arguments, the lines that bound their names, the helper around.
        self.own_calls: list[tuple[int, list[list[int]], list[int], int]] = []
        self.held: dict[int, list[int]] = {}  # of an array: the places that put it into containers
        self.writes: list[tuple[int, int, Array]] = []  # place, record, what was written to
        self.first: dict[int, int] = {}  # of an array's identity: its first record
        self.last: dict[int, int] = {}
        self.bound: dict[str, int] = {}  # of a name: the line that bound it last
        self.bound_to: dict[int, list[tuple[str, int]]] = {}  # of an identity: its names
        self.bindings: list[tuple[str, int, int]] = []  # name, line, record of arrays
        self.sizes: list[tuple[str, int, int]] = []  # name, line, value of whole numbers
        self.containers: dict[int, int] = {}  # of an identity: the place where it was last made
        self.raised: tuple[BaseException, int, list[int], tuple[Any, ...], tuple[int, ...], int]
        self.raised = (KeyError(), -1, [], (), (), -1)
        self.inside = 0  # of other exercises' functions
        self.helpers: list[int] = []  # of the function's own that are running
        self.kept: list[Any] = []  # so that no identity comes again

    def add(self, k: int, value: Array, inputs: list[int], operands: tuple[Any, ...] = ()) -> int:
        """Record a value as it is now; return the record's number."""
        if len(self.records) >= MOST_RECORDS:
            raise Full("more is computed than is recorded")
        origin = tuple(self.bound.get(name, 0) for name in self.places[k][2]) if k >= 0 else ()
        via = self.helpers[-1] if self.helpers else -1
        made = Record(k, np.array(value, copy=True), inputs, operands, False, origin, via)
        numbers, records = made.numbers, self.records
        there = frozenset([0.0]).union(*(records[i].numbers for i in inputs))
        made.moved = not inputs or numbers <= {0.0, 1.0} or numbers <= there
        if made.moved:  # made from what its numbers came from, not from what these stood in
            sources = {
                source
                for i in inputs
                for source in (records[i].inputs if records[i].moved and records[i].inputs else [i])
            }
            mine = numbers - {0.0}
            made.inputs = sorted(s for s in sources if not mine.isdisjoint(records[s].numbers))
        number = len(records)
        records.append(made)
        self.last[id(value)] = number
        self.first.setdefault(id(value), number)
        self.kept.append(value)
        return number

    def use(self, things: Any) -> list[int]:
        """Return the newest records of the arrays in some things."""
        found = []
        for value in leaves(things):
            if id(value) not in self.last:
                base = value.base if isinstance(value, np.ndarray) else None
                self.add(-1, value, [self.last[id(base)]] if id(base) in self.last else [])
            elif not self._current(value):  # written to under another name
                place, number = self.writes[-1][:2] if self.writes else (-1, -1)
                before = [self.last[id(value)]]
                self.add(place, value, before if number < 0 else [*before, number])
            found.append(self.last[id(value)])
        return found

    def _current(self, value: Array) -> bool:
        number = self.last.get(id(value))
        return number is not None and self.records[number].value.tobytes() == value.tobytes()

    def step(
        self, k: int, do: Callable[[], Any], operands: Iterable[Any], target: Any = None
    ) -> Any:
        """Do one operation and record what it makes, or what it writes into a ``target``."""
        operands = list(operands)
        used = [self.use(operand) for operand in operands]
        told = tuple(
            numbers or _text(operand) for numbers, operand in zip(used, operands, strict=True)
        )
        inputs = sorted({number for numbers in used for number in numbers})
        try:
            value = do()
        except Exception as error:
            if self.raised[0] is not error:
                origin = tuple(self.bound.get(name, 0) for name in self.places[k][2])
                via = self.helpers[-1] if self.helpers else -1
                self.raised = error, k, inputs, told, origin, via
            raise
        for leaf in leaves(value if target is None else target):
            number = self.last[id(leaf)] if self._current(leaf) else self.add(k, leaf, inputs, told)
            if target is not None:
                self.writes.append((k, number, target))
        return value

    def operate(self, k: int, *operands: Any) -> Any:
        """Do what stands for an operator."""
        return self.step(k, lambda: FUNCTIONS[self.places[k][1]](*operands), operands)

    def turn(self, k: int, value: Any) -> Any:
        """Read ``value.T``."""
        return self.step(k, lambda: value.T, [value])

    def get(self, k: int, value: Any, index: Any) -> Any:
        """Read a part."""
        return self.step(k, lambda: value[index], [value, _text(index)])

    def made(self, k: int, value: Any) -> Any:
        """Note where a container was made, or changed."""
        self.containers[id(value)] = k
        self.kept.append(value)
        for item in value.values() if isinstance(value, dict) else value:
            if isinstance(item, np.ndarray):
                self.held.setdefault(id(item), []).append(k)
        return value

    def bind(self, line: int, name: str, value: Any) -> None:
        """Note that a name was bound."""
        if self.inside:
            return
        self.bound[name] = line
        if isinstance(value, int) and not isinstance(value, bool):
            self.sizes.append((name, line, value))
        elif isinstance(value, KNOWN_AGAIN):
            self.bound_to.setdefault(id(value), []).append((name, line))
            self.kept.append(value)
            if id(value) in self.last:
                self.bindings.append((name, line, self.last[id(value)]))

    def put(self, k: int, container: Any, index: Any, value: Any) -> None:
        """Store into a part."""
        if isinstance(container, np.ndarray):

            def write() -> None:
                container[index] = value

            self.step(k, write, [container, value, _text(index)], container)
        else:
            self._stored(k, container, index, value)

    def _stored(self, k: int, container: Any, index: Any, value: Any) -> None:
        container[index] = value
        self.made(k, container)
        if not self.inside and isinstance(value, KNOWN_AGAIN):
            self.bound_to.setdefault(id(value), []).append((f"[{_text(index)}]", self.places[k][0]))
            self.kept.append(value)

    def change(self, k: int, old: Any, value: Any) -> Any:
        """Do what stands for ``name += value``."""
        target = old if isinstance(old, np.ndarray) else None
        return self.step(k, lambda: IN_PLACE[self.places[k][1]](old, value), [old, value], target)

    def change_part(self, k: int, container: Any, index: Any, value: Any) -> None:
        """Do what stands for ``container[index] += value``."""
        do = IN_PLACE[self.places[k][1]]
        if not isinstance(container, np.ndarray):
            self._stored(k, container, index, self.change(k, container[index], value))
            return

        def write() -> None:
            container[index] = do(container[index], value)

        self.step(k, write, [container, value], container)

    def call(self, k: int, function: Any, *arguments: Any, **named: Any) -> Any:
        """Call a function; those of other exercises are recorded with what they are given."""
        receiver = getattr(function, "__self__", None)
        if isinstance(receiver, (list, dict)):
            self.made(k, receiver)
        known = id(function) in self.others
        own = not known and self._is_own(function)
        out = named.get("out")
        operands = [receiver] if isinstance(receiver, np.ndarray) else []
        operands += [*arguments, *(value for name, value in named.items() if name != "out")]
        if known:
            given = {**{str(i): a for i, a in enumerate(arguments)}, **named}
            self.calls.append(
                {
                    "name": self.others[id(function)],
                    "place": k,
                    "given": {name: self.use(value) for name, value in given.items()},
                    "at": len(self.records),
                    "bound": dict(self.bound),
                    "made": [],
                    "end": len(self.records),
                    "via": self.helpers[-1] if self.helpers else -1,
                }
            )
            call = self.calls[-1]
            self.inside += 1
        if own:
            lines = [self.bound.get(name, 0) for name in self.places[k][2]]
            via = self.helpers[-1] if self.helpers else -1
            self.own_calls.append((k, [self.use(operand) for operand in operands], lines, via))
            self.helpers.append(len(self.own_calls) - 1)
        try:
            target = out if isinstance(out, np.ndarray) else None
            value = self.step(k, lambda: function(*arguments, **named), operands, target)
        finally:
            if known:
                self.inside -= 1
            if own:
                self.helpers.pop()
        if own:  # what it does is recorded within; as a whole it is one operation, too
            told = [self.use(operand) or _text(operand) for operand in operands]
            for leaf in leaves(value):
                self.add(k, leaf, self.use(leaf), tuple(told))
        if known:
            call["made"] = self.use(value)
            call["end"] = len(self.records)
        return value

    def _is_own(self, function: Any) -> bool:
        """Tell whether a function, method or class was rewritten, too."""
        code = getattr(getattr(function, "__func__", function), "__code__", None)
        if isinstance(function, type):
            code = getattr(getattr(function, "__init__", None), "__code__", None)
        return code is not None and RECORDER in (*code.co_names, *code.co_freevars)

    def report(
        self, returned: Any, error: Exception | None, inputs: tuple[Any, ...], before: list[Array]
    ) -> str:
        """Tell what was recorded, as JSON: records, calls, and what is known of what came back.

        ``before`` are copies of the arrays in the ``inputs``, made before the call.
        """
        nodes = list(_nodes(returned))[:MOST_NODES]
        for _, node in nodes:
            self.use(node)
        changed = [
            value
            for value, old in zip(leaves(inputs), before, strict=False)
            if value.shape != old.shape or not np.array_equal(value, old, equal_nan=True)
        ]
        written = [
            k
            for k, _, target in self.writes
            if any(np.may_share_memory(target, v) for v in changed)
        ]
        raised, place, used, operands, origin, via = self.raised
        return json.dumps(
            {
                "records": [self._told(record) for record in self.records],
                "calls": self.calls,
                "own_calls": self.own_calls,
                "returned": [self._node(path, node) for path, node in nodes],
                "changed": written[:1] if written else [-1] if changed else [],
                "raised": {
                    "place": place,
                    "inputs": used,
                    "operands": operands,
                    "origin": origin,
                    "via": via,
                },
                "here": raised is error,
                "bindings": self.bindings[:MOST_RECORDS],
                "sizes": [size for size in self.sizes[:MOST_NODES] if abs(size[2]) < MOST_NUMBER],
            },
            allow_nan=False,
        )

    def _told(self, record: Record) -> list[Any]:
        value = record.value
        scale = float(np.abs(value).max())
        if np.isfinite(scale) and scale < 1e150:
            sketch = [row.tolist() for row in rows(value)]
        else:
            scale, sketch = 0.0, []
        constant = bool((value == value.flat[0]).all())
        flags = record.moved + 2 * constant
        return [
            record.place,
            value.shape,
            value.dtype.name,
            scale,
            sketch,
            record.inputs,
            record.operands,
            flags,
            record.origin,
            record.via,
        ]

    def _node(self, path: list[Any], node: Any) -> dict[str, Any]:
        """Tell what is known of one thing in what came back."""
        number = self.last.get(id(node), -1)
        first = self.first.get(id(node), -1)
        write = -1
        if isinstance(node, np.ndarray):
            targets = (w for w in reversed(self.writes) if np.may_share_memory(w[2], node))
            write = next((k for k, n, _ in targets if n > first), -1)
        return {
            "path": path,
            "kind": type(node).__name__[:LONGEST_OPERAND],
            "size": len(node) if isinstance(node, (tuple, list, dict)) else -1,
            "first": first,
            "last": number,
            "write": write,
            "place": self.containers.get(id(node), -1),
            "names": self.bound_to.get(id(node), [])[-8:],
            "held": self.held.get(id(node), [])[:2],
        }


def _nodes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[list[Any], Any]]:
    """Yield each thing in what came back with the way to it, what holds something first."""
    yield list(path), value
    if isinstance(value, (tuple, list, dict)) and len(path) < DEEPEST:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(key, (str, int)):
                yield from _nodes(item, (*path, key))


def _text(operand: Any) -> str:
    """Return the text of an operand that is no array of numbers."""
    try:
        return repr(operand)[:LONGEST_OPERAND]
    except Exception:
        return ""


def trace(error: BaseException, filename: str) -> list[int]:
    """Return the lines of the rewritten text through which an error came, outermost first."""
    found, step = [], error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == filename:
            found.append(step.tb_lineno)
        step = step.tb_next
    return found
