"""Look values up by their sketches: is this array one of those, or a part, or made of parts?"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

import numpy as np

from grader.instrument.sketches import LONGEST_ROW, squeezed
from grader.parting.recording import Sketch
from grader.parting.tables import (
    SMALLEST,
    TOLERANCE,
    Key,
    ValueTable,
    all_same_in,
    allowed_off,
    same_in,
    sides_but,
    starts_with,
    summed_along,
    tables_of,
    wider,
)

AT_ONCE = 256  # values that are looked up at once


class Values:
    """Values to be looked up; each has a number, None where it only may be known.

    ``parts`` are parts of these: columns, time steps.
    """

    def __init__(
        self,
        items: Iterable[tuple[Sketch | None, int | None]],
        parts: Iterable[tuple[Sketch, int]] = (),
    ) -> None:
        self.tables = tables_of(items)
        self.parts = tables_of(parts)
        self._found: dict[Key, list[int | None]] = {}
        self._upright: dict[Key, list[int | None]] = {}
        self._turned: dict[Key, list[int | None]] = {}
        self._had: dict[Key, bool] = {}
        self._fitting: dict[tuple[tuple[int, ...], int], list[tuple[int, ValueTable]]] = {}
        self._around: dict[tuple[tuple[int, ...], int], list[ValueTable]] = {}

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
                all_same_in(self.tables.get(shape), shape, keys, flats, scales, self._upright)
                if len(shape) == 2:
                    side = len(some[0].rows[0])
                    flats = np.concatenate([flats[:, side:], flats[:, :side]], axis=1)
                    back = shape[::-1]
                    all_same_in(self.tables.get(back), back, keys, flats, scales, self._turned)

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
            self._found[sketch.key] = found or same_in(self.parts, sketch)
        return self._found[sketch.key]

    def upright(self, sketch: Sketch | None) -> list[int | None]:
        """Return all that is known of the same values, not transposed."""
        if sketch is None:
            return []
        if sketch.key not in self._upright:
            self._upright[sketch.key] = same_in(self.tables, sketch)
        return self._upright[sketch.key]

    def _when_turned(self, sketch: Sketch) -> list[int | None]:
        if sketch.key not in self._turned:
            self._turned[sketch.key] = same_in(self.tables, sketch.turned)
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
            summed_along(sketch.shape, 0) * TOLERANCE * max(sketch.scale, SMALLEST),
        )
        return any(
            size > 1 and starts_with(table, 0, row[at : at + size], limit)
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
                if (np.abs(mine - factor * row) <= allowed_off(sketch, made)).all():
                    return number, factor
        return None

    def _within(self, sketch: Sketch, axis: int) -> bool:
        """Tell whether a value is a stretch of a longer one along an axis."""
        row, side = sketch.rows[axis], sketch.shape[axis]
        if side > LONGEST_ROW or side < 2:
            return False
        unit, first = summed_along(sketch.shape, axis) * TOLERANCE, float(row[0])
        for table in self._longer(sketch.shape, axis):
            rows, length = table.rows[axis], table.shape[axis]
            most = wider(unit * max(table.largest, SMALLEST))
            for start in table.anywhere(axis).near(first, most):
                i, at = divmod(start, length)
                allowed = unit * max(float(table.scales[i]), SMALLEST)
                if at + side <= length and (
                    np.maximum.reduce(np.abs(rows[i, at : at + side] - row)) <= allowed
                ):
                    return True
        return False

    def _longer(self, shape: tuple[int, ...], axis: int) -> list[ValueTable]:
        """Return the tables of values that a shape is a stretch of along an axis."""
        if (shape, axis) not in self._around:
            self._around[shape, axis] = [
                table
                for other, table in self.tables.items()
                if len(other) == len(shape)
                and shape[axis] < other[axis] <= LONGEST_ROW
                and sides_but(other, axis) == sides_but(shape, axis)
            ]
        return self._around[shape, axis]

    def _joined(self, sketch: Sketch, axis: int) -> bool:
        """Tell whether a value is put together along an axis from known ones, or from zeros."""
        side = sketch.shape[axis]
        if side > LONGEST_ROW:
            return False
        pieces = self._pieces(sketch.shape, axis)
        at = 0
        zero = (sketch.rows[axis] == 0.0).tolist()
        row, unit = sketch.rows[axis], summed_along(sketch.shape, axis) * TOLERANCE
        limit = unit * max(sketch.scale, SMALLEST)
        while at < side:
            if zero[at]:
                at += 1
                continue
            step = next(
                (
                    size
                    for size, table in pieces
                    if at + size <= side and starts_with(table, axis, row[at : at + size], limit)
                ),
                0,
            )
            if not step:
                return False
            at += step
        return True

    def _pieces(self, shape: tuple[int, ...], axis: int) -> list[tuple[int, ValueTable]]:
        """Return what fits into a shape along an axis: its length and table, the longest first."""
        if (shape, axis) not in self._fitting:
            self._fitting[shape, axis] = list(self._that_fit(shape, axis))
        return self._fitting[shape, axis]

    def _that_fit(self, shape: tuple[int, ...], axis: int) -> Iterator[tuple[int, ValueTable]]:
        shortest = 1 if len(shape) > 1 else 2  # a number alone is found anywhere
        # What has the shape of something known is not put together from single columns.
        alike = shape in self.tables or shape[::-1] in self.tables
        for size in range(shape[axis] - 1, shortest - 1, -1):
            inner = squeezed((*shape[:axis], size, *shape[axis + 1 :]))
            for tables in (self.tables,) if alike else (self.tables, self.parts):
                table = tables.get(inner)
                if table is not None:
                    yield size, table
