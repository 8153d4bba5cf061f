"""Odd values returned from judged calls: each costs its exercise and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.simulate.pupils import Pupil
from tests.hostile.graded import Graded, assert_harmless, graded_class, new_course
from tests.hostile.pupils import TRIED, neighbours, returning, with_cell

pytestmark = pytest.mark.sandbox

SETUP = """
import collections, decimal, fractions, io, itertools, mmap, numpy as np
def nested(kind, depth):
    value = kind()
    for _ in range(depth):
        value = [value] if kind is list else (value,) if kind is tuple else {"a": value}
    return value
own_list = []; own_list.append(own_list)
own_dict = {}; own_dict["self"] = own_dict
own_array = np.empty(1, dtype=object); own_array[0] = own_array
class Deep(dict):
    def __getattribute__(self, name):
        raise RuntimeError("deep")
def memory_mapped():
    with open("mapped", "wb") as file:
        file.write(bytes(400))
    return np.memmap("mapped", dtype=float, mode="r+", shape=(5, 10))
class Endless:
    def __iter__(self): return self
    def __next__(self): return 0
class Named(int):
    pass
Wide = type("W" * 100_000, (), {})
def masked():
    return np.ma.masked_all((5, 10))
"""
# Values that are refused, or wrong: the student whose functions return them has nothing.
VALUES = {
    "huge": "np.ones((3000, 3000))",
    "huge-tuple": "tuple(np.ones((800, 800)) for _ in range(3))",
    "beyond-memory": "np.ones(1 << 34)",
    "endless-view": "np.broadcast_to(1.0, (1 << 20, 1 << 20))",
    "largest-sides": "np.empty((0, 1 << 50))",
    "many-dimensions": "np.zeros((1,) * 32)",
    "many-items": "[0] * 1_000_000",
    "many-keys": "{str(n): n for n in range(200_000)}",
    "long-string": "'x' * (1 << 25)",
    "long-key": "{'x' * (1 << 24): 1}",
    "deep-list": "nested(list, 100_000)",
    "deep-tuple": "nested(tuple, 1_000)",
    "deep-dict": "nested(dict, 30)",
    "self-list": "own_list",
    "self-dict": "own_dict",
    "self-array": "own_array",
    "object-array": "np.array([{}, []], dtype=object)",
    "object-triple": "(np.empty((5, 10), object),) * 3",
    "memory-mapped": "(memory_mapped(),) * 3",
    "structured": "np.zeros(3, dtype=[('a', float), ('b', object)])",
    "strings": "np.array(['x' * 1000] * 10)",
    "bytes-array": "np.array([b'x'])",
    "dates": "np.array(['2000-01-01'], dtype='M8[D]')",
    "complex": "(np.zeros((5, 10), complex),) * 3",
    "long-double": "(np.zeros((5, 10), np.longdouble),) * 3",
    "half": "(np.zeros((5, 10), np.float16),) * 3",
    "big-endian": "(np.zeros((5, 10), '>f8'),) * 3",
    "not-a-number": "(np.full_like(inputs[0], np.nan),) * 3",
    "infinite": "(np.full_like(inputs[0], -np.inf),) * 3",
    "nan-dict": "{k: np.full((2, 2), np.nan) for k in ('dxt', 'da_prev', 'dWax', 'dWaa', 'dba')}",
    "denormal": "(np.full_like(inputs[0], 5e-324),) * 3",
    "masked": "(masked(),) * 3",
    "matrix": "np.asmatrix(np.zeros((2, 2)))",
    "record": "np.rec.array([(1, 2.0)])",
    "huge-integer": "10 ** 5000",
    "negative-zero": "-0.0",
    "decimal": "decimal.Decimal(1)",
    "fraction": "fractions.Fraction(1, 3)",
    "generator": "(x for x in inputs)",
    "endless-iterator": "itertools.count()",
    "endless-object": "Endless()",
    "file": "open('file', 'w')",
    "memory-view": "memoryview(b'x')",
    "bytes": "b'x' * 100",
    "surrogate": "'\\udcff'",
    "odd-keys": "{1: 2, None: 3, (): 4}",
    "deep-attribute": "Deep(a=1)",
    "wide-type": "Wide()",
    "named-integer": "Named(7)",
    "ellipsis": "...",
    "module": "np",
    "exception": "ValueError('x')",
    "nothing": "None",
    "ordered": "collections.OrderedDict(dxt=1)",
    "named-tuple": "collections.namedtuple('T', 'a b c')(1, 2, 3)",
}
RAISING = {
    "stop-iteration": "raise StopIteration",
    "generator-exit": "raise GeneratorExit",
    "system-exit": "raise SystemExit(95)",
    "empty-forged": "raise NotImplementedError('this exercise is still empty')",
    "assertion": "raise AssertionError('95.0')",
    "memory": "raise MemoryError",
    "recursion": "raise RecursionError",
    "endless-chain": "e = ValueError()\n    e.__cause__ = e\n    e.__context__ = e\n    raise e",
    "bad-str": "raise type('E', (Exception,), {'__str__': lambda s: 1 / 0})()",
    "long-message": "raise ValueError('x' * (1 << 27))",
    "exits": "import os\n    os._exit(0)",
    "closes": "import os\n    os.close(3)",
}


@pytest.fixture(scope="module")
def graded() -> Iterator[Graded]:
    """All who return something odd and their neighbours in one class."""
    values = [
        Pupil(f"{name}-value", solved=(), own=returning(value), damage=with_cell(SETUP))
        for name, value in VALUES.items()
    ]
    raising = [
        Pupil(
            f"{name}-raised",
            solved=(),
            own={e: f"def {e}(*inputs):\n    {line}" for e in TRIED},
            damage=with_cell(SETUP),
        )
        for name, line in RAISING.items()
    ]
    with new_course() as course:
        yield graded_class(course, [*values, *raising, *neighbours(6)])


def test_odd_values_harm_nobody(graded: Graded) -> None:
    """Neighbours keep their marks; no odd value becomes a fault of the kit's."""
    assert_harmless(graded, longest=300)


@pytest.mark.parametrize("value", VALUES)
def test_an_odd_value_earns_nothing(graded: Graded, value: str) -> None:
    """The exercises that return it fail; it never passes, and never stands for an empty one."""
    verdict = graded.verdicts[f"{value}-value"]
    outcomes = {exercise.name: exercise.outcome for exercise in verdict.exercises}
    assert verdict.score == 0.0
    assert {outcomes[name] for name in TRIED} <= {"failed", "raised", "crashed"}, outcomes
    assert len(verdict.to_json()) < 100_000


@pytest.mark.parametrize("way", RAISING)
def test_an_odd_end_earns_nothing(graded: Graded, way: str) -> None:
    """A call that ends oddly costs its exercise, whatever it raises or however it ends."""
    verdict = graded.verdicts[f"{way}-raised"]
    assert verdict.score == 0.0
    assert len(verdict.to_json()) < 100_000
