"""Draw the inputs of hidden cases, per submission: fresh sizes, fresh values.

Every letter of a case has a size of its own, so that a transposed or mixed-up array cannot fit by
luck; initial states and biases are not zero. Backward cases hold the caches that the reference
forward function makes, and how to make them with the student's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.authoring import Case, Forward

Array = np.ndarray[Any, Any]
Arrange = Callable[[Array], Array]
Dims = dict[str, int]

SCALE = 0.5  # values are 0.5·N(0, 1): tanh and the gates bend, and do not saturate
WIDE = 8  # from this many inputs on, weights shrink, so that |z| stays below 5
LARGE = 25.0  # turns pre-activations of about ±2 into ±50
FLOAT32_TOLERANCE = 1e-4
SHORT = 3  # steps where a case is about something else: every submission of a class runs them all


def _same(array: Array) -> Array:
    return array


def _float32(array: Array) -> Array:
    return array.astype(np.float32)


def _strided(array: Array) -> Array:
    """The same values as every second entry of a larger array, in every direction."""
    larger = np.zeros([2 * size for size in array.shape], dtype=array.dtype)
    view = larger[tuple(slice(None, None, 2) for _ in array.shape)]
    view[...] = array
    return view


@dataclass(frozen=True)
class Plan:
    """What a case is about: sizes that are fixed, and how its arrays are stored or scaled."""

    name: str
    sizes: Dims = field(default_factory=dict)
    arrange: Arrange = _same
    scale: float = 1.0
    tolerance: float = 1e-6
    more_steps: int = 0  # how many steps the caches hold beyond those of ``da``


CHALLENGES = (
    Plan("random sizes"),
    Plan("column-major inputs", {"T_x": SHORT}, arrange=np.asfortranarray),
)
ONE_EXAMPLE = Plan("m = 1", {"m": 1, "T_x": SHORT})
ONE_STEP = Plan("T_x = 1", {"T_x": 1})
ONE_CLASS = Plan("n_y = 1", {"n_y": 1, "T_x": SHORT})
WIDER = Plan("a wider cell", {"n_a": 40})
LONGER = Plan("a longer sequence", {"n_a": 40, "T_x": 12})
LARGE_VALUES = Plan("large activations", {"T_x": SHORT}, scale=LARGE)
STORED = (
    Plan("float32 inputs", {"T_x": SHORT}, arrange=_float32, tolerance=FLOAT32_TOLERANCE),
    Plan("non-contiguous inputs", {"T_x": SHORT}, arrange=_strided),
)
FEWER_STEPS = Plan("da with fewer steps than the caches", {"T_x": SHORT}, more_steps=2)

CELL_BACKWARD = (*CHALLENGES, ONE_EXAMPLE, WIDER, *STORED)
CELL_FORWARD = (*CELL_BACKWARD, ONE_CLASS, LARGE_VALUES)
BACKWARD = (*CHALLENGES, ONE_EXAMPLE, ONE_STEP, FEWER_STEPS, LONGER, *STORED)
FORWARD = (*CHALLENGES, ONE_EXAMPLE, ONE_STEP, ONE_CLASS, LONGER, *STORED, LARGE_VALUES)


def _dims(rng: np.random.Generator, fixed: Dims) -> Dims:
    """A size for every letter, all different, T_x from 3 to 5, but for those that are fixed."""
    steps = fixed.get("T_x") or int(rng.integers(3, 6))
    others = rng.permutation([size for size in range(2, 8) if size != steps]).tolist()
    return {**dict(zip(("n_x", "n_a", "n_y", "m"), others, strict=False)), "T_x": steps, **fixed}


@dataclass(frozen=True)
class Draw:
    """One case being drawn: its sizes, its generator and how its arrays are stored."""

    plan: Plan
    dims: Dims
    rng: np.random.Generator

    def values(self, *letters: str) -> Array:
        """An array of 0.5·N(0, 1) with the sizes of ``letters``."""
        shape = [self.dims[letter] for letter in letters]
        return self.plan.arrange(SCALE * self.rng.standard_normal(shape))

    def weights(self, rows: int, columns: int) -> Array:
        """Weights (or, with one column, a bias); smaller where many inputs are added up."""
        scale = self.plan.scale * SCALE * min(1.0, math.sqrt(WIDE / columns))
        return self.plan.arrange(scale * self.rng.standard_normal((rows, columns)))

    def x(self) -> Array:
        """The input sequence, (n_x, m, T_x) and as many steps more as the plan wants."""
        shape = (self.dims["n_x"], self.dims["m"], self.dims["T_x"] + self.plan.more_steps)
        return self.plan.arrange(SCALE * self.rng.standard_normal(shape))

    def rnn_parameters(self) -> dict[str, Array]:
        """Weights and biases of an RNN cell."""
        n_x, n_a, n_y = (self.dims[letter] for letter in ("n_x", "n_a", "n_y"))
        return {
            "Waa": self.weights(n_a, n_a),
            "Wax": self.weights(n_a, n_x),
            "Wya": self.weights(n_y, n_a),
            "ba": self.weights(n_a, 1),
            "by": self.weights(n_y, 1),
        }

    def lstm_parameters(self) -> dict[str, Array]:
        """Weights and biases of an LSTM cell."""
        n_x, n_a, n_y = (self.dims[letter] for letter in ("n_x", "n_a", "n_y"))
        parameters = {}
        for gate in "fico":
            parameters[f"W{gate}"] = self.weights(n_a, n_a + n_x)
            parameters[f"b{gate}"] = self.weights(n_a, 1)
        return {**parameters, "Wy": self.weights(n_y, n_a), "by": self.weights(n_y, 1)}

    def rnn_cell_inputs(self) -> tuple[Any, ...]:
        """Arguments of ``rnn_cell_forward``."""
        return self.values("n_x", "m"), self.values("n_a", "m"), self.rnn_parameters()

    def rnn_inputs(self) -> tuple[Any, ...]:
        """Arguments of ``rnn_forward``."""
        return self.x(), self.values("n_a", "m"), self.rnn_parameters()

    def lstm_cell_inputs(self) -> tuple[Any, ...]:
        """Arguments of ``lstm_cell_forward``."""
        xt, a_prev, c_prev = (self.values(letter, "m") for letter in ("n_x", "n_a", "n_a"))
        return xt, a_prev, c_prev, self.lstm_parameters()

    def lstm_inputs(self) -> tuple[Any, ...]:
        """Arguments of ``lstm_forward``."""
        return self.x(), self.values("n_a", "m"), self.lstm_parameters()

    def case(self, arguments: tuple[Any, ...], forward: Forward | None = None) -> Case:
        """The finished case."""
        return Case(self.plan.name, arguments, self.dims, self.plan.tolerance, forward)


def draw(rng: np.random.Generator, plans: tuple[Plan, ...], letters: str) -> Iterator[Draw]:
    """Sizes for each plan, keeping only the ``letters`` that the exercise has."""
    for plan in plans:
        dims = _dims(rng, plan.sizes)
        yield Draw(plan, {letter: dims[letter] for letter in letters.split()}, rng)


CELL_LETTERS = "n_x n_a n_y m"
LETTERS = CELL_LETTERS + " T_x"
