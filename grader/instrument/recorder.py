"""Record what a rewritten function computes, expression by expression.

The rewritten code calls these methods in the place of its operations. Travels to where the
student's function runs, and is written for accidents, not for malice: whoever reads its report
believes nothing of it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.instrument.sketches import Numeric

MOST_RECORDS = 3_000  # an endless loop ends here
DEEPEST = 6  # containers in containers
LONGEST_OPERAND = 40  # characters of an operand that is no array
KNOWN_AGAIN = (np.ndarray, np.generic, list, dict, tuple)  # by identity
ZERO = frozenset([0.0])
ZERO_AND_ONE = frozenset([0.0, 1.0])
RECORDER = "__run__"  # the name that rewritten code calls
SUBSCRIPT = "__index__"  # what it makes subscripts with
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


def arrays_in(value: Any, depth: int = 0) -> list[Numeric]:
    """Return the arrays of numbers in nested tuples, lists and dictionaries."""
    if isinstance(value, (np.ndarray, np.generic)):
        return [value] if value.dtype.kind == "f" and value.size else []  # type: ignore[list-item]
    found: list[Numeric] = []
    if isinstance(value, (tuple, list, dict)) and depth < DEEPEST:
        for item in value.values() if isinstance(value, dict) else value:
            found += arrays_in(item, depth + 1)
    return found


class Made:
    """A record of one value at one moment of a run, and of those that it was made from."""

    def __init__(
        self,
        place: int,
        value: Numeric,
        inputs: list[int],
        operands: tuple[Any, ...] = (),
        moved: bool = False,
        origin: tuple[int, ...] = (),
        via: int = -1,
        source: int = -1,
    ) -> None:
        self.place = place  # in the rewritten text; -1: it came from outside
        self.value = value
        self.inputs = inputs
        self.operands = operands  # for each the numbers of its records, or its text
        self.moved = moved  # no number in it is new: a part, a stack, a copy, zeros
        self.origin = origin  # the lines that bound the operands' names
        self.same = -1  # the first record of the same array
        self.source = source  # where something was put last into the list that it is made from
        self.via = via  # the call of the function's own helper in which it was made
        self.numbers = frozenset(value.ravel().tolist())


class Recorder:
    """A recorder of one call.

    ``places`` are (line, operation, texts of the operands) of each rewritten expression.
    """

    def __init__(self, places: list[tuple[int, str, list[str]]]) -> None:
        self.places = places
        self.others: dict[int, str] = {}  # of other exercises, by identity: recorded as calls
        self.records: list[Made] = []
        self.calls: list[dict[str, Any]] = []  # of other exercises' functions
        # Of helpers: place, arguments, lines that bound their names, helper around.
        self.own_calls: list[tuple[int, list[list[int]], list[int], int]] = []
        self.displays: dict[int, int] = {}  # of a container: the place where it was first made
        self.held: dict[int, list[int]] = {}  # of an array: the places that put it into containers
        self.writes: list[tuple[int, int, Numeric]] = []  # place, record, what was written to
        self.first: dict[int, int] = {}  # of an array's identity: its first record
        self.last: dict[int, int] = {}
        self.bound: dict[str, int] = {}  # of a name: the line that bound it last
        self.bound_to: dict[int, list[tuple[str, int]]] = {}  # of an identity: its names
        self.bindings: list[tuple[str, int, int]] = []  # name, line, record of arrays
        self.sizes: list[tuple[str, int, int]] = []  # name, line, value of whole numbers
        self.containers: dict[int, int] = {}  # of an identity: the place where it was last made
        self.raised: tuple[BaseException, int, list[int], tuple[Any, ...], tuple[int, ...], int]
        self.raised = (KeyError(), -1, [], (), (), -1)
        self.source = -1  # the place that changed a list last which is an operand now
        self.begins = 0  # records that led to the inputs
        self.inside = 0  # of other exercises' functions
        self.helpers: list[int] = []  # of the function's own that are running
        self.kept: list[Any] = []  # so that no identity comes again

    def add(self, k: int, value: Numeric, inputs: list[int], operands: tuple[Any, ...] = ()) -> int:
        """Record a value as it is now; return the record's number."""
        if len(self.records) >= MOST_RECORDS:
            raise Full("more is computed than is recorded")
        origin = tuple(self.bound.get(name, 0) for name in self.places[k][2]) if k >= 0 else ()
        copied = np.array(value, copy=True)
        made = Made(k, copied, inputs, operands, False, origin, self._via(), self.source)
        numbers, records = made.numbers, self.records
        made.moved = not inputs or numbers <= ZERO_AND_ONE or self._all_there(numbers, inputs)
        if made.moved:  # made from what its numbers came from, not from what these stood in
            sources = {
                source
                for i in inputs
                for source in (records[i].inputs if records[i].moved and records[i].inputs else [i])
            }
            mine = numbers - ZERO
            made.inputs = sorted(s for s in sources if not mine.isdisjoint(records[s].numbers))
        number = len(records)
        records.append(made)
        self.last[id(value)] = number
        made.same = self.first.setdefault(id(value), number)
        self.kept.append(value)
        return number

    def _all_there(self, numbers: frozenset[float], inputs: list[int]) -> bool:
        """Tell whether all of some numbers stand in records, or are 0."""
        left = numbers - ZERO
        for i in inputs:
            left -= self.records[i].numbers
            if not left:
                break
        return not left

    def use(self, things: Any) -> list[int]:
        """Return the newest records of the arrays in some things."""
        found = []
        for value in arrays_in(things):
            if id(value) not in self.last:
                base = value.base if isinstance(value, np.ndarray) else None
                self.add(-1, value, [self.last[id(base)]] if id(base) in self.last else [])
            elif not self._current(value):  # written to under another name
                place, number = self.writes[-1][:2] if self.writes else (-1, -1)
                before = [self.last[id(value)]]
                self.add(place, value, before if number < 0 else [*before, number])
            found.append(self.last[id(value)])
        return found

    def _current(self, value: Numeric) -> bool:
        number = self.last.get(id(value))
        return number is not None and self.records[number].value.tobytes() == value.tobytes()

    def step(
        self, k: int, do: Callable[[], Any], operands: Sequence[Any], target: Any = None
    ) -> Any:
        """Do one operation and record what it makes, or what it writes into a ``target``."""
        source, shown, used = -1, [], set()
        for operand in operands:
            if isinstance(operand, list):
                source = max(source, self.containers.get(id(operand), -1))
        self.source = source
        for operand in operands:
            numbers = self.use(operand)
            shown.append(numbers or text_of(operand))
            used.update(numbers)
        told, inputs = tuple(shown), sorted(used)
        try:
            value = do()
        except Exception as error:
            if self.raised[0] is not error:
                origin = tuple(self.bound.get(name, 0) for name in self.places[k][2])
                self.raised = error, k, inputs, told, origin, self._via()
            raise
        for leaf in arrays_in(value if target is None else target):
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
        return self.step(k, lambda: value[index], [value, text_of(index)])

    def made(self, k: int, value: Any) -> Any:
        """Note where a container was made, or changed."""
        self.containers[id(value)] = k
        self.displays.setdefault(id(value), k)
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

            self.step(k, write, [container, value, text_of(index)], container)
        else:
            self._stored(k, container, index, value)

    def _stored(self, k: int, container: Any, index: Any, value: Any) -> None:
        container[index] = value
        self.made(k, container)
        if not self.inside and isinstance(value, KNOWN_AGAIN):
            self.bound_to.setdefault(id(value), []).append(
                (f"[{text_of(index)}]", self.places[k][0])
            )
            self.kept.append(value)

    def change(self, k: int, old: Any, value: Any) -> Any:
        """Do what stands for ``name += value``."""
        target = old if isinstance(old, np.ndarray) else None
        if isinstance(old, list):
            self.made(k, old)
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
        operands = [receiver] if isinstance(receiver, np.ndarray) else []
        operands += [*arguments, *(value for name, value in named.items() if name != "out")]
        out = named.get("out")
        target = out if isinstance(out, np.ndarray) else None

        def step() -> Any:
            return self.step(k, lambda: function(*arguments, **named), operands, target)

        if id(function) in self.others:
            given = {**{str(i): a for i, a in enumerate(arguments)}, **named}
            return self._other_call(k, self.others[id(function)], given, step)
        return self._own_call(k, operands, step) if self._is_own(function) else step()

    def _other_call(
        self, k: int, name: str, given: Mapping[str, Any], step: Callable[[], Any]
    ) -> Any:
        call: dict[str, Any] = {
            "name": name,
            "place": k,
            "given": {name: self.use(value) for name, value in given.items()},
            "at": len(self.records),
            "bound": dict(self.bound),
            "made": [],
            "end": len(self.records),
            "via": self._via(),
        }
        self.calls.append(call)
        self.inside += 1
        try:
            value = step()
        finally:
            self.inside -= 1
        call["made"], call["end"] = self.use(value), len(self.records)
        return value

    def _own_call(self, k: int, operands: list[Any], step: Callable[[], Any]) -> Any:
        lines = [self.bound.get(name, 0) for name in self.places[k][2]]
        given = [self.use(operand) for operand in operands]
        self.own_calls.append((k, given, lines, self._via()))
        self.helpers.append(len(self.own_calls) - 1)
        try:
            value = step()
        finally:
            self.helpers.pop()
        # What it does is recorded within; as a whole it is one operation, too.
        told = [self.use(operand) or text_of(operand) for operand in operands]
        for leaf in arrays_in(value):
            self.add(k, leaf, self.use(leaf), tuple(told))
        return value

    def _via(self) -> int:
        """Return the call of a helper of the function's own that is running, -1 for none."""
        return self.helpers[-1] if self.helpers else -1

    def _is_own(self, function: Any) -> bool:
        """Tell whether a function, method or class was rewritten, too."""
        inner = getattr(function, "__func__", function)
        if not isinstance(inner, type) and not hasattr(inner, "__code__"):
            inner = vars(type(inner)).get("__call__", inner)
        code = getattr(inner, "__code__", None)
        if isinstance(function, type):
            code = getattr(getattr(function, "__init__", None), "__code__", None)
        return code is not None and RECORDER in (*code.co_names, *code.co_freevars)


def text_of(operand: Any) -> str:
    """Return the text of an operand that is no array of numbers."""
    try:
        text = operand if isinstance(operand, str) else repr(operand)
        return text.replace("slice(None, None, None)", ":")[:LONGEST_OPERAND]
    except Exception:
        return ""
