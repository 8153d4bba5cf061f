"""Draw the inputs of hidden cases, per submission: fresh sizes, fresh lengths, fresh values.

Every letter of a case has a size of its own, so that a transposed or mixed-up array cannot fit by
luck; first states and biases are not zero, and padding holds numbers, so that it shows where it
goes. Backward cases hold the caches that the reference forward function makes, and how to make
them with the student's own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring import Challenge, Draw, arrangements

Array = np.ndarray[Any, Any]
Drawn = tuple[Any, ...]

FLOAT32_TOLERANCE = 1e-4
SHORT = {"T_x": 3}  # steps where a case is about something else
GATES = "urc"

USUAL = (
    Challenge("random sizes"),
    Challenge("column-major inputs", SHORT, arrangements.column_major),
)
ONE_EXAMPLE = Challenge("m = 1", {"m": 1, **SHORT})
ONE_STEP = Challenge("T_x = 1", {"T_x": 1})
WIDER = Challenge("a wider cell", {"n_a": 20})
LONGER = Challenge("a longer sequence", {"n_a": 12, "T_x": 9})
LARGE_VALUES = Challenge("large activations", SHORT, scale=25.0)  # gates shut, or open
STORED = (
    Challenge("float32 inputs", SHORT, arrangements.float32, tolerance=FLOAT32_TOLERANCE),
    Challenge("non-contiguous inputs", SHORT, arrangements.strided),
)

CELL_BACKWARD = (*USUAL, ONE_EXAMPLE, WIDER, *STORED)
CELL_FORWARD = (*CELL_BACKWARD, LARGE_VALUES)
BACKWARD = (*USUAL, ONE_EXAMPLE, ONE_STEP, LONGER, *STORED)
FORWARD = (*BACKWARD, LARGE_VALUES)

CELL_LETTERS = ("n_x", "n_a", "m")
LETTERS = (*CELL_LETTERS, "T_x")


def sizes(draw: Draw, letters: tuple[str, ...]) -> None:
    """Draw a size for every letter, all different, T_x from 3 to 5, where none is fixed."""
    fixed = draw.challenge.sizes
    steps = fixed.get("T_x") or int(draw.rng.integers(3, 6))
    others = draw.rng.permutation([size for size in range(2, 8) if size != steps]).tolist()
    found = {**dict(zip(CELL_LETTERS, others, strict=False)), "T_x": steps, **fixed}
    draw.dims = {letter: found[letter] for letter in letters}


def values(draw: Draw, *letters: str) -> Array:
    """Draw an array with the sizes of ``letters``."""
    return draw.normal(*(draw.dims[letter] for letter in letters))


def doubled(draw: Draw, *letters: str) -> Array:
    """Draw an array of 2*n_a rows, and the sizes of ``letters``."""
    return draw.normal(2 * draw.dims["n_a"], *(draw.dims[letter] for letter in letters))


def parameters(draw: Draw) -> dict[str, Array]:
    """Draw the parameters of a GRU."""
    n_x, n_a = draw.dims["n_x"], draw.dims["n_a"]
    shapes: dict[str, tuple[int, int]] = {}
    for gate in GATES:
        shapes |= {f"W{gate}": (n_a, n_a + n_x), f"b{gate}": (n_a, 1)}
    return draw.parameters(**shapes)


def lengths(draw: Draw, m: int, T_x: int) -> Array:
    """Draw lengths (m,): one sequence takes all steps, one all but one, one is short.

    Each has two steps at least, where there are so many: what is one step long is its own reverse.
    """
    drawn = draw.rng.integers(min(2, T_x), max(min(2, T_x) + 1, T_x), size=m)
    for place, length in enumerate((T_x, max(1, T_x - 1), min(2, T_x))[:m]):
        drawn[place] = length
    return np.asarray(draw.rng.permutation(drawn))


def cell_inputs(draw: Draw) -> Drawn:
    """Draw the arguments of ``gru_cell_forward``."""
    return values(draw, "n_x", "m"), values(draw, "n_a", "m"), parameters(draw)


def inputs(draw: Draw) -> Drawn:
    """Draw the arguments of ``gru_forward``."""
    return values(draw, "n_x", "m", "T_x"), values(draw, "n_a", "m"), parameters(draw)


def two_way_inputs(draw: Draw) -> Drawn:
    """Draw the arguments of ``two_way_forward``."""
    x, a0 = values(draw, "n_x", "m", "T_x"), doubled(draw, "m")
    each = lengths(draw, draw.dims["m"], draw.dims["T_x"])
    return x, each, a0, parameters(draw), parameters(draw)
