"""Look values up by their sketches: is this array one of those, or a part, or made of parts?"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from grader.instrument.sketches import LONGEST_ROW, squeezed
from grader.parting.recording import Sketch

# Of the largest number: sums in another order differ by less, single precision, too; mistakes by
# far more.
TOLERANCE = 2e-6
ALONE = 1e-8  # where a single number is all that is compared
SMALLEST = 1e-3  # what is smaller is compared as if it were so large


@dataclass(frozen=True)
class _Table:
    """A table of values of one shape."""

    flat: Any  # (values, numbers of a sketch)
    scales: Any
    numbers: list[int | None]
    rows: tuple[Any, ...]  # for each axis, (values, side)
    wholes: Any


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
        self._found: dict[bytes, list[int | None]] = {}
        self._had: dict[bytes, bool] = {}

    def for_one_run(self) -> Values:
        """Return the same values, to be asked for what one run has again and again."""
        mine = copy.copy(self)
        mine._found, mine._had = {}, {}
        return mine

    def exact(self, sketch: Sketch | None) -> list[int]:
        """Return the numbers of the values that are the same, or the same transposed."""
        return [number for number in self.find(sketch) if number is not None]

    def either_way(self, sketch: Sketch | None) -> list[int]:
        """Return the numbers of the values that are the same, and of the same transposed."""
        if sketch is None:
            return []
        found = _same(self.tables, sketch)
        found += _same(self.tables, sketch.turned) if len(sketch.shape) == 2 else []
        return [number for number in found if number is not None] or self.exact(sketch)

    def find(self, sketch: Sketch | None) -> list[int | None]:
        """Return all that is known of the same values, of the same transposed, or of such parts."""
        if sketch is None:
            return []
        if sketch.key not in self._found:
            found = _same(self.tables, sketch)
            if not found and len(sketch.shape) == 2:
                found = _same(self.tables, sketch.turned)
            self._found[sketch.key] = found or _same(self.parts, sketch)
        return self._found[sketch.key]

    def upright(self, sketch: Sketch | None) -> list[int | None]:
        """Return all that is known of the same values, not transposed."""
        return [] if sketch is None else _same(self.tables, sketch)

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
        for size, pieces in self._pieces(sketch.shape, 0):
            for at in range(0, sketch.shape[0] - size + 1, size if size > 1 else sketch.shape[0]):
                if size > 1 and (np.abs(pieces - row[at : at + size]).max(axis=1) <= limit).any():
                    return True
        return False

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
                made = Sketch(sketch.shape, scale * abs(factor), ())
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
            allowed = _along(sketch.shape, axis) * TOLERANCE * np.maximum(table.scales, SMALLEST)
            for at in range(shape[axis] - side + 1):
                off = np.abs(table.rows[axis][:, at : at + side] - row).max(axis=1)
                if (off <= allowed).any():
                    return True
        return False

    def _joined(self, sketch: Sketch, axis: int) -> bool:
        """Tell whether a value is put together along an axis from known ones, or from zeros."""
        side = sketch.shape[axis]
        if side > LONGEST_ROW:
            return False
        pieces = list(self._pieces(sketch.shape, axis))
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
                    for size, rows in pieces
                    if at + size <= side
                    and (np.abs(rows - row[at : at + size]).max(axis=1) <= limit).any()
                ),
                0,
            )
            if not step:
                return False
            at += step
        return True

    def _pieces(self, shape: tuple[int, ...], axis: int) -> Iterator[tuple[int, Any]]:
        """Yield what fits into a shape along an axis: its length and rows, the longest first."""
        shortest = 1 if len(shape) > 1 else 2  # a number alone is found anywhere
        # What has the shape of something known is not put together from single columns.
        alike = shape in self.tables or shape[::-1] in self.tables
        for size in range(shape[axis] - 1, shortest - 1, -1):
            inner = squeezed((*shape[:axis], size, *shape[axis + 1 :]))
            for tables in (self.tables,) if alike else (self.tables, self.parts):
                table = tables.get(inner)
                if table is not None:
                    yield size, table.rows[axis] if size > 1 else table.wholes[:, None]


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
    scales = np.maximum(np.maximum(table.scales, sketch.scale), SMALLEST)
    off = np.abs(table.flat - sketch.flat)
    fits = (off <= scales[:, None] * _units(sketch.shape)).all(axis=1)
    return [table.numbers[i] for i in np.flatnonzero(fits)]


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
    return float(np.prod(_but(shape, axis), initial=1.0) * folded)


def _but(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return (*shape[:axis], *shape[axis + 1 :])
