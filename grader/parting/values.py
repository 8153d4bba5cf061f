"""Look values up by their sketches: is this array one of those, or a part, or made of parts?"""

from __future__ import annotations

import copy
import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from grader.instrument.sketches import LONGEST_ROW, squeezed
from grader.parting.recording import Sketch

# Of the largest number: sums in another order differ by less, single precision, too; mistakes by
# far more.
TOLERANCE = 2e-6
ALONE = 1e-8  # where a single number is all that is compared
MOST_NEAR = 64  # of what is looked up at once: values whose first numbers are near
AT_ONCE = 256  # values that are looked up at once
SMALLEST = 1e-3  # what is smaller is compared as if it were so large
Key = tuple[tuple[int, ...], bytes]  # of a sketch


class _Sorted:
    """Numbers in their order, to find those that are near another one without looking at all."""

    def __init__(self, numbers: Any) -> None:
        order = np.argsort(numbers, kind="stable")
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
class _Table:
    """A table of values of one shape."""

    flat: Any  # (values, numbers of a sketch)
    scales: Any
    numbers: list[int | None]
    rows: tuple[Any, ...]  # for each axis, (values, side)
    wholes: Any

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


class Values:
    """Values to be looked up; each has a number, None where it only may be known.

    ``parts`` are parts of these: columns, time steps.
    """

    def __init__(
        self,
        items: Iterable[tuple[Sketch | None, int | None]],
        parts: Iterable[tuple[Sketch, int]] = (),
    ) -> None:
        self.tables = _tables(items)
        self.parts = _tables(parts)
        self._found: dict[Key, list[int | None]] = {}
        self._upright: dict[Key, list[int | None]] = {}
        self._turned: dict[Key, list[int | None]] = {}
        self._had: dict[Key, bool] = {}
        self._fitting: dict[tuple[tuple[int, ...], int], list[tuple[int, _Table]]] = {}

    def for_one_run(self) -> Values:
        """Return the same values, to be asked for what one run has again and again."""
        mine = copy.copy(self)
        mine._found, mine._upright, mine._turned, mine._had = {}, {}, {}, {}
        return mine

    def look_up(self, sketches: Iterable[Sketch | None]) -> None:
        """Look many values up at once, so that none of them is looked up when it is asked for.

        It is a shortcut: what has too much that is near is left to be looked up by itself.
        """
        by_shape: dict[tuple[int, ...], dict[Key, Sketch]] = {}
        for sketch in sketches:
            if sketch is not None and sketch.key not in self._upright:
                by_shape.setdefault(sketch.shape, {})[sketch.key] = sketch
        for shape, asked in by_shape.items():
            items = list(asked.items())
            for at in range(0, len(items), AT_ONCE):
                keys, some = zip(*items[at : at + AT_ONCE], strict=True)
                flats = np.array([sketch.flat for sketch in some])
                scales = np.array([sketch.scale for sketch in some])
                _all_same(self.tables.get(shape), shape, keys, flats, scales, self._upright)
                if len(shape) == 2:
                    side = len(some[0].rows[0])
                    flats = np.concatenate([flats[:, side:], flats[:, :side]], axis=1)
                    back = shape[::-1]
                    _all_same(self.tables.get(back), back, keys, flats, scales, self._turned)

    def exact(self, sketch: Sketch | None) -> list[int]:
        """Return the numbers of the values that are the same, or the same transposed."""
        return [number for number in self.find(sketch) if number is not None]

    def either_way(self, sketch: Sketch | None) -> list[int]:
        """Return the numbers of the values that are the same, and of the same transposed."""
        if sketch is None:
            return []
        found = self.upright(sketch)
        if len(sketch.shape) == 2:
            found = found + self._when_turned(sketch)
        return [number for number in found if number is not None] or self.exact(sketch)

    def find(self, sketch: Sketch | None) -> list[int | None]:
        """Return all that is known of the same values, of the same transposed, or of such parts."""
        if sketch is None:
            return []
        if sketch.key not in self._found:
            found = self.upright(sketch)
            if not found and len(sketch.shape) == 2:
                found = self._when_turned(sketch)
            self._found[sketch.key] = found or _same(self.parts, sketch)
        return self._found[sketch.key]

    def upright(self, sketch: Sketch | None) -> list[int | None]:
        """Return all that is known of the same values, not transposed."""
        if sketch is None:
            return []
        if sketch.key not in self._upright:
            self._upright[sketch.key] = _same(self.tables, sketch)
        return self._upright[sketch.key]

    def _when_turned(self, sketch: Sketch) -> list[int | None]:
        if sketch.key not in self._turned:
            self._turned[sketch.key] = _same(self.tables, sketch.turned)
        return self._turned[sketch.key]

    def has(self, sketch: Sketch | None, exactly: bool = False) -> bool:
        """Tell whether a value is known, is a part of one, or is put together from known ones.

        ``exactly`` leaves out those that only may be known.
        """
        if sketch is None:
            return False
        if self.exact(sketch) if exactly else self.find(sketch):
            return True
        if sketch.key not in self._had:
            axes = range(len(sketch.shape))
            self._had[sketch.key] = any(
                self._within(sketch, axis) or self._joined(sketch, axis) for axis in axes
            )
        return self._had[sketch.key]

    def partly(self, sketch: Sketch) -> bool:
        """Tell whether a stretch of a value along its first axis is known."""
        if len(sketch.shape) < 2 or sketch.shape[0] > LONGEST_ROW:
            return False
        row, limit = (
            sketch.rows[0],
            _along(sketch.shape, 0) * TOLERANCE * max(sketch.scale, SMALLEST),
        )
        return any(
            size > 1 and _starts_with(table, 0, row[at : at + size], limit)
            for size, table in self._pieces(sketch.shape, 0)
            for at in range(0, sketch.shape[0] - size + 1, size)
        )

    def multiple(self, sketch: Sketch) -> tuple[int, float] | None:
        """Return a value that this one is a multiple of, with the factor."""
        table = self.tables.get(sketch.shape)
        if table is None or len(sketch.flat) < 3:
            return None
        mine = sketch.flat
        for row, scale, number in zip(table.flat, table.scales, table.numbers, strict=True):
            length = float(row @ row)
            if number is None or length <= 0 or np.ptp(row) == 0:
                continue
            factor = float(mine @ row) / length
            if abs(factor) > 1e-4:
                made = Sketch(sketch.shape, scale * abs(factor), row)
                if (np.abs(mine - factor * row) <= _allowed(sketch, made)).all():
                    return number, factor
        return None

    def _within(self, sketch: Sketch, axis: int) -> bool:
        """Tell whether a value is a stretch of a longer one along an axis."""
        row, side = sketch.rows[axis], sketch.shape[axis]
        if side > LONGEST_ROW or side < 2:
            return False
        for shape, table in self.tables.items():
            longer = len(shape) == len(sketch.shape) and shape[axis] > side
            if (
                not longer
                or shape[axis] > LONGEST_ROW
                or _but(shape, axis) != _but(sketch.shape, axis)
            ):
                continue
            unit = _along(sketch.shape, axis) * TOLERANCE
            rows = table.rows[axis]
            most = _wider(unit * max(table.largest, SMALLEST))
            for start in table.anywhere(axis).near(float(row[0]), most):
                i, at = divmod(start, shape[axis])
                allowed = unit * max(float(table.scales[i]), SMALLEST)
                if at + side <= shape[axis] and (
                    np.abs(rows[i, at : at + side] - row).max() <= allowed
                ):
                    return True
        return False

    def _joined(self, sketch: Sketch, axis: int) -> bool:
        """Tell whether a value is put together along an axis from known ones, or from zeros."""
        side = sketch.shape[axis]
        if side > LONGEST_ROW:
            return False
        pieces = self._pieces(sketch.shape, axis)
        at = 0
        row, unit = sketch.rows[axis], _along(sketch.shape, axis) * TOLERANCE
        limit = unit * max(sketch.scale, SMALLEST)
        while at < side:
            if row[at] == 0.0:
                at += 1
                continue
            step = next(
                (
                    size
                    for size, table in pieces
                    if at + size <= side and _starts_with(table, axis, row[at : at + size], limit)
                ),
                0,
            )
            if not step:
                return False
            at += step
        return True

    def _pieces(self, shape: tuple[int, ...], axis: int) -> list[tuple[int, _Table]]:
        """Return what fits into a shape along an axis: its length and table, the longest first."""
        if (shape, axis) not in self._fitting:
            self._fitting[shape, axis] = list(self._that_fit(shape, axis))
        return self._fitting[shape, axis]

    def _that_fit(self, shape: tuple[int, ...], axis: int) -> Iterator[tuple[int, _Table]]:
        shortest = 1 if len(shape) > 1 else 2  # a number alone is found anywhere
        # What has the shape of something known is not put together from single columns.
        alike = shape in self.tables or shape[::-1] in self.tables
        for size in range(shape[axis] - 1, shortest - 1, -1):
            inner = squeezed((*shape[:axis], size, *shape[axis + 1 :]))
            for tables in (self.tables,) if alike else (self.tables, self.parts):
                table = tables.get(inner)
                if table is not None:
                    yield size, table


def _tables(items: Iterable[tuple[Sketch | None, int | None]]) -> dict[tuple[int, ...], _Table]:
    by_shape: dict[tuple[int, ...], list[tuple[Sketch, int | None]]] = {}
    for sketch, number in items:
        if sketch is not None:
            by_shape.setdefault(sketch.shape, []).append((sketch, number))
    return {
        shape: _Table(
            np.array([sketch.flat for sketch, _ in found]),
            np.array([sketch.scale for sketch, _ in found]),
            [number for _, number in found],
            tuple(
                np.array([sketch.rows[axis] for sketch, _ in found])
                for axis in range(max(len(shape), 1))
            ),
            np.array([sketch.whole for sketch, _ in found]),
        )
        for shape, found in by_shape.items()
    }


def _same(tables: dict[tuple[int, ...], _Table], sketch: Sketch) -> list[int | None]:
    table = tables.get(sketch.shape)
    if table is None:
        return []
    if not sketch.flat.size:
        return list(table.numbers)
    units, first = _units(sketch.shape), float(sketch.flat[0])
    most = max(table.largest, sketch.scale, SMALLEST) * float(units[0])
    close = table.firsts().near(first, _wider(most))
    if not close:
        return []
    if len(close) == 1:  # an array's row is quicker than a choice of rows
        i = close[0]
        limits = max(float(table.scales[i]), sketch.scale, SMALLEST) * units
        return [table.numbers[i]] if (np.abs(table.flat[i] - sketch.flat) <= limits).all() else []
    scales = np.maximum(np.maximum(table.scales[close], sketch.scale), SMALLEST)
    off = np.abs(table.flat[close] - sketch.flat)
    fits = (off <= scales[:, None] * units).all(axis=1)
    return [table.numbers[i] for i, fit in zip(close, fits.tolist(), strict=True) if fit]


def _all_same(
    table: _Table | None,
    shape: tuple[int, ...],
    keys: Sequence[Key],
    flats: Any,
    scales: Any,
    found: dict[Key, list[int | None]],
) -> None:
    """Do for many values of a shape what `_same` does for one."""
    if table is None:
        found.update((key, []) for key in keys)
        return
    units = _units(shape)
    most = _wider(np.maximum(np.maximum(table.largest, scales), SMALLEST) * float(units[0]))
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


def _starts_with(table: _Table, axis: int, stretch: Any, limit: float) -> bool:
    """Tell whether a stretch of a row is that of a value along an axis, or a number a whole's."""
    first, off = float(stretch[0]), _wider(limit)
    if len(stretch) == 1:
        close, rows = table.sorted_wholes.near(first, off), table.wholes[:, None]
    else:
        close, rows = table.firsts(axis).near(first, off), table.rows[axis]
    return bool(close) and bool((np.abs(rows[close] - stretch).max(axis=1) <= limit).any())


def _wider(off: float) -> float:
    """Return a distance that no rounding of a difference makes too small."""
    return off * 1.001


def alike(one: Sketch, other: Sketch) -> bool:
    """Tell whether two sketches are of the same value."""
    return one.shape == other.shape and bool(
        (np.abs(one.flat - other.flat) <= _allowed(one, other)).all()
    )


def _allowed(one: Sketch, other: Sketch) -> Any:
    return max(one.scale, other.scale, SMALLEST) * _units(one.shape)


@lru_cache(maxsize=1024)
def _units(shape: tuple[int, ...]) -> Any:
    """Return how far apart the numbers of a sketch may be, for arrays up to 1."""
    if not shape:
        return np.array([ALONE])
    sides = [min(side, LONGEST_ROW) for side in shape]
    return np.concatenate(
        [np.full(side, _along(shape, axis)) for axis, side in enumerate(sides)]
    ) * (TOLERANCE if sum(sides) > 1 else ALONE)


def _along(shape: tuple[int, ...], axis: int) -> float:
    """Return how many numbers are summed up into one along an axis."""
    folded = max(shape[axis] / LONGEST_ROW, 1.0)
    return math.prod(_but(shape, axis)) * folded


def _but(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return (*shape[:axis], *shape[axis + 1 :])
