"""Know the reference on one case: every value that it computes, under which name, and from what."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from grader.instrument.sketches import Numeric, sketched, squeezed
from grader.parting.recording import Record, Recording, Sketch
from grader.parting.values import Values

MOST_TERMS = 6  # of a sum whose parts are known
MOST_FACTORS = 6  # of a product
MOST_CHOICES = 64  # ways to write a product of sums out
Term = tuple[int | None, float]  # a record and its sign, or a constant


def sketch_of(value: Numeric) -> Sketch | None:
    """Return the sketch of an array, None where it holds no number or one that is not finite."""
    scale = float(np.maximum.reduce(np.abs(value), axis=None, initial=0.0))
    if not value.size or not math.isfinite(scale):
        return None
    return Sketch(squeezed(value.shape), scale, sketched(value[None])[0])


@dataclass(frozen=True)
class RightRun:
    """A reference's run on one case.

    ``values`` are those of the recording's records. ``names`` gives records the names that the
    notebook has for them, ``arguments`` the names of its arguments by place. ``outputs`` are what
    the functions of other exercises return, by name.
    """

    recording: Recording
    values: Sequence[Numeric]
    names: Mapping[int, str]
    arguments: Mapping[str, tuple[str, ...]]
    dims: Mapping[str, int]
    name: str = ""  # of the function
    begins: int = 0  # the number of its first record; those before are of what led to its inputs
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)  # handed out, by name

    @property
    def records(self) -> tuple[Record, ...]:
        """Return the records."""
        return self.recording.records

    @cached_property
    def known(self) -> Values:
        """Return all that the reference computes, and every part of its sums and products."""
        own = ((record.sketch, record.number) for record in self.records)
        return Values(
            itertools.chain(
                own,
                (
                    (sketch, None)
                    for sketch in itertools.chain(self._parts_of_sums(), self._parts_of_products())
                ),
            ),
            self._parts(),
        )

    @cached_property
    def firsts(self) -> list[int]:
        """Return for each record the first that has its value."""
        alike = (self.known.either_way(record.sketch) for record in self.records)
        return [min(same, default=number) for number, same in enumerate(alike)]

    @cached_property
    def operand_keys(self) -> list[list[tuple[int, ...] | str]]:
        """Return for each record what its operands are: the first records of the values, a text."""
        return [
            [o if isinstance(o, str) else tuple([self.firsts[n] for n in o]) for o in r.operands]
            for r in self.records
        ]

    @cached_property
    def used_by(self) -> list[list[int]]:
        """Return for each record those that are made from it."""
        found: list[list[int]] = [[] for _ in self.records]
        for record in self.records:
            used = {
                *record.inputs,
                *(i for o in record.operands if isinstance(o, tuple) for i in o),
            }
            for i in used:
                found[i].append(record.number)
        return found

    def after(self, numbers: Sequence[int]) -> set[int]:
        """Return what the reference makes from some records, and these."""
        found, left = set(numbers), list(numbers)
        while left:
            for n in self.used_by[left.pop()]:
                if n not in found:
                    found.add(n)
                    left.append(n)
        return found

    def _parts(self) -> Iterator[tuple[Sketch, int]]:
        """Yield columns and rows of matrices, and steps of what has a third axis."""
        seen: set[bytes] = set()
        for number, value in enumerate(self.values):
            array = value.reshape(squeezed(value.shape))
            if array.ndim not in (2, 3) or array.tobytes() in seen:
                continue
            seen.add(array.tobytes())
            parts = [array[..., i] for i in range(array.shape[-1])]
            parts += [array[i] for i in range(array.shape[0])] if array.ndim == 2 else []
            for part in parts:
                sketch = sketch_of(part)
                if sketch is not None:
                    yield sketch, number

    def _parts_of_products(self) -> Iterator[Sketch]:
        """Yield what a matrix makes of each array that was stacked, by itself."""
        for record in self.records:
            made = self._operands(record.number, "MatMult")
            if made is None or len(made) != 2 or not all(isinstance(n, int) for n in made):
                continue
            left, right = self.values[int(made[0])], self.records[int(made[1])]
            parts = right.operands[0] if right.operands else ""
            if self.recording.op(right) != "stack" or isinstance(parts, str) or left.ndim != 2:
                continue
            blocks = [self.values[n] for n in parts]
            if sum(len(block) for block in blocks if block.ndim) != left.shape[1]:
                continue
            ends = np.cumsum([len(block) for block in blocks])
            for block, end in zip(blocks, ends, strict=True):
                yield from self._sketched(left[:, end - len(block) : end] @ block)

    def _parts_of_sums(self) -> Iterator[Sketch]:
        """Yield what sums and products have on the way to their last term or factor."""
        seen: set[tuple[Any, ...]] = set()
        for record in self.records:
            terms = self._terms(record.number)
            if 2 < len(terms) <= MOST_TERMS:
                for chosen in _subsets(terms):
                    made = (sign * (1.0 if n is None else self.values[n]) for n, sign in chosen)
                    yield from self._sketched(sum(made))
            factors = self._factors(record.number)
            if 1 < len(factors) <= MOST_FACTORS:
                yield from self._products(factors, seen)

    def _products(self, factors: list[int], seen: set[tuple[Any, ...]]) -> Iterator[Sketch]:
        """Yield all products of some factors; one that is a sum may be written out."""
        sums: list[list[Term]] = []
        for factor in factors:
            terms = self._terms(factor)
            sums.append([(factor, 1.0), *(terms if 1 < len(terms) < 5 else ())])
        for choice in itertools.islice(itertools.product(*sums), MOST_CHOICES):
            flat = tuple(f for n, _ in choice if n is not None for f in self._factors(n))
            if len(flat) > MOST_FACTORS + 1:
                continue
            for chosen in _subsets(flat):
                if chosen in seen:
                    continue
                seen.add(chosen)
                try:
                    product: Any = 1.0
                    for n in chosen:
                        product = product * self.values[n]
                except ValueError:  # factors of other shapes are multiplied in another order
                    continue
                yield from self._sketched(product)

    def _sketched(self, value: Any) -> Iterator[Sketch]:
        with np.errstate(all="ignore"):
            sketch = sketch_of(np.asarray(value))
        if sketch is not None:
            yield sketch

    def _operands(self, number: int, *ops: str) -> list[int | float] | None:
        """Return the operands of a record made by one of some operations: records, constants."""
        record = self.records[number]
        if self.recording.op(record) not in ops:
            return None
        found: list[int | float] = []
        for operand in record.operands:
            if isinstance(operand, tuple):
                found += operand if len(operand) == 1 else ()
            else:
                found += _constant(operand)
        return found if len(found) == len(record.operands) else None

    def _terms(self, number: int | float, sign: float = 1.0) -> list[Term]:
        """Return the terms of a sum, or the record itself; a constant is one, too."""
        if isinstance(number, float):
            return [(None, sign * number)]
        added = self._operands(number, "Add")
        if added is not None:
            return [term for i in added for term in self._terms(i, sign)]
        taken = self._operands(number, "Sub")
        if taken is not None and len(taken) == 2:
            return [*self._terms(taken[0], sign), *self._terms(taken[1], -sign)]
        return [(number, sign)]

    def _factors(self, number: int) -> list[int]:
        """Return the factors of a product, or the record itself; a square has one twice."""
        made = self._operands(number, "Mult")
        if made is not None:
            return [f for i in made if isinstance(i, int) for f in self._factors(i)]
        record = self.records[number]
        if self.recording.op(record) == "Pow" and len(record.operands) == 2:
            base, power = record.operands
            if isinstance(base, tuple) and len(base) == 1 and power == "2":
                return self._factors(base[0]) * 2
        return [number]


def _constant(text: str) -> list[float]:
    try:
        return [float(text)]
    except ValueError:
        return []


def _subsets(items: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    return (chosen for n in range(1, len(items) + 1) for chosen in itertools.combinations(items, n))
