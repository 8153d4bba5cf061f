"""Keep values of one shape in a table, in which those that are near another are found quickly."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from grader.instrument.sketches import LONGEST_ROW, weights
from grader.parting.recording import Sketch, row_sides

# Of the largest number: sums in another order differ by less, single precision, too; mistakes by
# far more.
TOLERANCE = 2e-6
ALONE = 1e-8  # where a single number is all that is compared
MOST_NEAR = 64  # of what is looked up at once: values whose first numbers are near
SMALLEST = 1e-3  # what is smaller is compared as if it were so large
Key = tuple[tuple[int, ...], bytes]  # of a sketch


class _Sorted:
    """Numbers in their order, to find those that are near another one without looking at all."""

    def __init__(self, numbers: Any) -> None:
        order = np.argsort(numbers)
        order = order[np.isfinite(numbers[order])]
        self.numbers: list[float] = numbers[order].tolist()
        self.places: list[int] = order.tolist()

    def near(self, number: float, off: float) -> list[int]:
        """Return the places of numbers not farther than ``off`` from one, in their order."""
        low = bisect_left(self.numbers, number - off)
        found = self.places[low : bisect_right(self.numbers, number + off, lo=low)]
        return sorted(found) if len(found) > 1 else found

    @cached_property
    def in_order(self) -> tuple[Any, Any]:
        """Return the numbers and their places as arrays."""
        return np.array(self.numbers, dtype=float), np.array(self.places, dtype=int)


@dataclass(frozen=True)
class ValueTable:
    """A table of values of one shape."""

    shape: tuple[int, ...]
    flat: Any  # (values, numbers of a sketch)
    scales: Any
    numbers: list[int | None]
    rows: tuple[Any, ...]  # for each axis, (values, side)

    @cached_property
    def wholes(self) -> Any:
        """Return the one number of each value that is left when all axes are summed up."""
        rows = self.rows[0]
        return rows @ weights(rows.shape[1]) if self.shape else rows[:, 0]

    @cached_property
    def largest(self) -> float:
        """Return the largest scale of a value."""
        return float(np.fmax.reduce(self.scales, initial=0.0))

    def firsts(self, axis: int = 0) -> _Sorted:
        """Return the first numbers of the rows along an axis."""
        return self._sorted(axis, "first", lambda: self.rows[axis][:, 0])

    def anywhere(self, axis: int) -> _Sorted:
        """Return all numbers of the rows along an axis, one row after the other."""
        return self._sorted(axis, "all", lambda: self.rows[axis].ravel())

    def _sorted(self, axis: int, what: str, numbers: Callable[[], Any]) -> _Sorted:
        if (axis, what) not in self._kept:
            self._kept[axis, what] = _Sorted(numbers())
        return self._kept[axis, what]

    @cached_property
    def _kept(self) -> dict[tuple[int, str], _Sorted]:
        return {}

    @cached_property
    def sorted_wholes(self) -> _Sorted:
        """Return the numbers that whole values come to."""
        return _Sorted(self.wholes)


def tables_of(
    items: Iterable[tuple[Sketch | None, int | None]],
) -> dict[tuple[int, ...], ValueTable]:
    """Put values into tables, one for each shape."""
    by_shape: dict[tuple[int, ...], list[tuple[Sketch, int | None]]] = {}
    for sketch, number in items:
        if sketch is not None:
            by_shape.setdefault(sketch.shape, []).append((sketch, number))
    return {shape: _table(shape, found) for shape, found in by_shape.items()}


def _table(shape: tuple[int, ...], found: list[tuple[Sketch, int | None]]) -> ValueTable:
    flat = np.array([sketch.flat for sketch, _ in found])
    sides = row_sides(shape)
    rows = tuple(np.split(flat, np.cumsum(sides)[:-1], axis=1))
    scales = np.array([sketch.scale for sketch, _ in found])
    return ValueTable(shape, flat, scales, [number for _, number in found], rows)


def same_in(tables: dict[tuple[int, ...], ValueTable], sketch: Sketch) -> list[int | None]:
    """Return the numbers of the values that are the same as one."""
    table = tables.get(sketch.shape)
    if table is None:
        return []
    if not sketch.flat.size:
        return list(table.numbers)
    units, first = _units(sketch.shape), float(sketch.flat[0])
    most = max(table.largest, sketch.scale, SMALLEST) * float(units[0])
    close = table.firsts().near(first, wider(most))
    if not close:
        return []
    if len(close) == 1:  # an array's row is quicker than a choice of rows
        i = close[0]
        limits = max(float(table.scales[i]), sketch.scale, SMALLEST) * units
        fit = all_true(np.abs(table.flat[i] - sketch.flat) <= limits)
        return [table.numbers[i]] if fit else []
    scales = np.maximum(np.maximum(table.scales[close], sketch.scale), SMALLEST)
    off = np.abs(table.flat[close] - sketch.flat)
    fits = np.logical_and.reduce(off <= scales[:, None] * units, axis=1)
    return [table.numbers[i] for i, fit in zip(close, fits.tolist(), strict=True) if fit]


def all_same_in(
    table: ValueTable | None,
    shape: tuple[int, ...],
    keys: Sequence[Key],
    flats: Any,
    scales: Any,
    found: dict[Key, list[int | None]],
) -> None:
    """Do for many values of a shape what `same_in` does for one."""
    if table is None:
        found.update((key, []) for key in keys)
        return
    units = _units(shape)
    most = wider(np.maximum(np.maximum(table.largest, scales), SMALLEST) * float(units[0]))
    numbers, places = table.firsts().in_order
    low = np.searchsorted(numbers, flats[:, 0] - most, side="left")
    near = np.searchsorted(numbers, flats[:, 0] + most, side="right") - low
    few = near <= MOST_NEAR
    near = np.where(few, near, 0)
    mine = np.repeat(np.arange(len(keys)), near)
    theirs = places[np.arange(len(mine)) + np.repeat(low - np.cumsum(near) + near, near)]
    limits = np.maximum(np.maximum(table.scales[theirs], scales[mine]), SMALLEST)
    off = np.abs(table.flat[theirs] - flats[mine])
    fits = np.logical_and.reduce(off <= limits[:, None] * units, axis=1)
    same: list[list[int]] = [[] for _ in keys]
    for i, place in zip(mine[fits].tolist(), theirs[fits].tolist(), strict=True):
        same[i].append(place)
    for key, close, known in zip(keys, same, few.tolist(), strict=True):
        if known:
            found[key] = [table.numbers[place] for place in sorted(close)]


def starts_with(table: ValueTable, axis: int, stretch: Any, limit: float) -> bool:
    """Tell whether a stretch of a row is that of a value along an axis, or a number a whole's."""
    first, off = float(stretch[0]), wider(limit)
    if len(stretch) == 1:
        close, rows = table.sorted_wholes.near(first, off), table.wholes[:, None]
    else:
        close, rows = table.firsts(axis).near(first, off), table.rows[axis]
    if not close:
        return False
    off_by = np.maximum.reduce(np.abs(rows[close] - stretch), axis=1)
    return bool(np.logical_or.reduce(off_by <= limit))


def wider(off: float) -> float:
    """Return a distance that no rounding of a difference makes too small."""
    return off * 1.001


def alike(one: Sketch, other: Sketch) -> bool:
    """Tell whether two sketches are of the same value."""
    return one.shape == other.shape and all_true(
        np.abs(one.flat - other.flat) <= allowed_off(one, other)
    )


# For a few numbers, what stands around the reduction in NumPy's own `all` takes longer than it.
all_true: Callable[[Any], bool] = np.logical_and.reduce


def allowed_off(one: Sketch, other: Sketch) -> Any:
    """Return how far apart the numbers of two sketches of the same value may be."""
    return max(one.scale, other.scale, SMALLEST) * _units(one.shape)


@lru_cache(maxsize=1024)
def _units(shape: tuple[int, ...]) -> Any:
    """Return how far apart the numbers of a sketch may be, for arrays up to 1."""
    if not shape:
        return np.array([ALONE])
    sides = [min(side, LONGEST_ROW) for side in shape]
    return np.concatenate(
        [np.full(side, summed_along(shape, axis)) for axis, side in enumerate(sides)]
    ) * (TOLERANCE if sum(sides) > 1 else ALONE)


def summed_along(shape: tuple[int, ...], axis: int) -> float:
    """Return how many numbers are summed up into one along an axis."""
    folded = max(shape[axis] / LONGEST_ROW, 1.0)
    return math.prod(sides_but(shape, axis)) * folded


def sides_but(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    """Return the sides of a shape without that of an axis."""
    return (*shape[:axis], *shape[axis + 1 :])
