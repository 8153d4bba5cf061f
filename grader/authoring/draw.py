"""Draw the arguments of a case: sizes, arrays, parameters, words, all from one seed.

One function of an exercise draws all its cases. What is special about a case, a *challenge*, is
kept here: sizes that are fixed, and how arrays are stored or scaled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.assignment.spec import Case, Forward, Functions, SpecError
from grader.authoring import arrangements

Array = np.ndarray[Any, Any]
SCALE = 0.5  # values are 0.5·N(0, 1): activations bend, and do not saturate
WIDE = 8  # from this many inputs on, weights shrink, so that sums of products stay small
FLOAT32_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Challenge:
    """A challenge: what is special about a case. ``more`` is for the exercise's own use."""

    name: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    arrange: Callable[[Array], Array] = arrangements.as_it_is
    scale: float = 1.0  # of parameters
    tolerance: float = 1e-6
    more: Mapping[str, Any] = field(default_factory=dict)
    own: bool = False  # of one exercise: every size that it fixes is a size there


READY = {
    "usual": Challenge("random sizes"),
    "again": Challenge("other sizes"),
    "float32": Challenge(
        "float32 inputs", arrange=arrangements.float32, tolerance=FLOAT32_TOLERANCE
    ),
    "column-major": Challenge("column-major inputs", arrange=arrangements.column_major),
    "strided": Challenge("non-contiguous inputs", arrange=arrangements.strided),
}


class Draw:
    """A case being drawn: its generator, its challenge, and the sizes so far."""

    def __init__(
        self,
        rng: np.random.Generator,
        challenge: Challenge,
        functions: Functions,
        returns: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.rng = rng
        self.challenge = challenge
        self.dims: dict[str, int] = {}
        self._functions = functions
        self._returns = returns
        self._cached: tuple[Any, str, tuple[Any, ...], int] | None = None

    def sizes(self, **ranges: tuple[int, int]) -> tuple[int, ...]:
        """Draw a size for each letter, from ``low`` up to and with ``high``, no two the same.

        A transposed or mixed-up array cannot fit by luck then. What the challenge fixes is taken
        from there.
        """
        for letter, (low, high) in ranges.items():
            fixed = self.challenge.sizes.get(letter)
            taken = {*self.dims.values(), *self.challenge.sizes.values()}
            free = [size for size in range(low, high + 1) if size not in taken]
            among = free or list(range(low, high + 1))
            # As `choice` would, which makes an array of them first, for twenty times the time.
            drawn = among[self.rng.integers(len(among))] if fixed is None else fixed
            self.dims[letter] = drawn
        return tuple(self.dims[letter] for letter in ranges)

    def normal(self, *shape: int, scale: float = SCALE) -> Array:
        """Draw an array of ``scale``·N(0, 1)."""
        return self.challenge.arrange(scale * self.rng.standard_normal(shape))

    def uniform(self, *shape: int) -> Array:
        """Draw an array of uniform numbers between 0 and 1."""
        return self.challenge.arrange(self.rng.random(shape))

    def weights(self, rows: int, columns: int) -> Array:
        """Draw weights (or, with one column, a bias); smaller where many inputs are added up."""
        scale = self.challenge.scale * SCALE * min(1.0, math.sqrt(WIDE / columns))
        return self.challenge.arrange(scale * self.rng.standard_normal((rows, columns)))

    def parameters(self, **shapes: tuple[int, int]) -> dict[str, Array]:
        """Draw a dictionary of weights and biases by their names."""
        return {name: self.weights(*shape) for name, shape in shapes.items()}

    def ints(self, below: int, *shape: int) -> Array:
        """Draw an array of whole numbers from 0 up to ``below``, without it."""
        return self.rng.integers(below, size=shape)

    def one_hot(self, classes: int, *shape: int) -> Array:
        """Draw arrays (classes, *shape) with a single 1 along the first axis."""
        chosen = self.rng.integers(classes, size=shape)
        hot = np.moveaxis(np.eye(classes)[chosen], -1, 0)
        return self.challenge.arrange(np.ascontiguousarray(hot))

    def words(self, count: int, letters: str = "abcdefgh", longest: int = 6) -> list[str]:
        """Draw a list of words of a few letters."""
        lengths = self.rng.integers(1, longest + 1, size=count)
        return ["".join(self.rng.choice(list(letters), size=n)) for n in lengths]

    def seed(self) -> int:
        """Draw a seed for a generator that a driver makes."""
        return int(self.rng.integers(2**31))

    def cached(self, function: str, arguments: Sequence[Any], output: str) -> Any:
        """Return what the right forward ``function`` hands on to this backward function.

        That is its returned ``output``, a cache; it must be one of this case's arguments. The
        judge also makes it with the student's own forward function.
        """
        pick = self._returns[function].index(output)
        made = self._functions[function](*arguments)[pick]
        self._cached = (made, function, tuple(arguments), pick)
        return made

    def case(self, arguments: Any) -> Case:
        """Return the finished case."""
        unknown = sorted({*self.challenge.sizes} - {*self.dims})
        if unknown and self.challenge.own:
            known = ", ".join(self.dims)
            raise SpecError(
                f"the case {self.challenge.name!r} fixes {unknown[0]}, which is no size: {known}"
            )
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        forward = None
        if self._cached is not None:
            made, function, inputs, pick = self._cached
            into = next(place for place, argument in enumerate(given) if argument is made)
            forward = Forward(function, inputs, pick, into)
        return Case(self.challenge.name, given, self.dims, self.challenge.tolerance, forward)
