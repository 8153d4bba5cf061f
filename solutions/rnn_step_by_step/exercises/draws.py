"""Draw the inputs of hidden cases, per submission: fresh sizes, fresh values.

Every letter of a case has a size of its own, so that a transposed or mixed-up array cannot fit by
luck; initial states and biases are not zero. Backward cases hold the caches that the reference
forward function makes, and how to make them with the student's own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring import Challenge, Draw, arrangements

Drawn = tuple[Any, ...]

LARGE = 25.0  # turns pre-activations of about ±2 into ±50
# Added to every score of the prediction, which changes no probability; exp overflows at 709.8. All
# columns lie about this high, so one maximum for the whole matrix is as good as one for each.
HIGH = 1000.0
FLOAT32_TOLERANCE = 1e-4
SHORT = {"T_x": 3}  # steps where a case is about something else: every submission runs them all

USUAL = (
    Challenge("random sizes"),
    Challenge("column-major inputs", SHORT, arrangements.column_major),
)
ONE_EXAMPLE = Challenge("m = 1", {"m": 1, **SHORT})
ONE_STEP = Challenge("T_x = 1", {"T_x": 1})
ONE_CLASS = Challenge("n_y = 1", {"n_y": 1, **SHORT})
WIDER = Challenge("a wider cell", {"n_a": 40})
LONGER = Challenge("a longer sequence", {"n_a": 40, "T_x": 12})
LARGE_VALUES = Challenge("large activations", SHORT, scale=LARGE, more={"scores": HIGH})
STORED = (
    Challenge("float32 inputs", SHORT, arrangements.float32, tolerance=FLOAT32_TOLERANCE),
    Challenge("non-contiguous inputs", SHORT, arrangements.strided),
)
FEWER_STEPS = Challenge("da with fewer steps than the caches", SHORT, more={"steps": 2})

CELL_BACKWARD = (*USUAL, ONE_EXAMPLE, WIDER, *STORED)
CELL_FORWARD = (*CELL_BACKWARD, ONE_CLASS, LARGE_VALUES)
BACKWARD = (*USUAL, ONE_EXAMPLE, ONE_STEP, FEWER_STEPS, LONGER, *STORED)
FORWARD = (*USUAL, ONE_EXAMPLE, ONE_STEP, ONE_CLASS, LONGER, *STORED, LARGE_VALUES)

CELL_LETTERS = ("n_x", "n_a", "n_y", "m")
LETTERS = (*CELL_LETTERS, "T_x")


def sizes(draw: Draw, letters: tuple[str, ...]) -> None:
    """Draw a size for every letter, all different, T_x from 3 to 5, where none is fixed."""
    fixed = draw.challenge.sizes
    steps = fixed.get("T_x") or int(draw.rng.integers(3, 6))
    others = draw.rng.permutation([size for size in range(2, 8) if size != steps]).tolist()
    found = {**dict(zip(CELL_LETTERS, others, strict=False)), "T_x": steps, **fixed}
    draw.dims = {letter: found[letter] for letter in letters}


def values(draw: Draw, *letters: str) -> np.ndarray[Any, Any]:
    """Draw an array with the sizes of ``letters``."""
    return draw.normal(*(draw.dims[letter] for letter in letters))


def _x(draw: Draw) -> np.ndarray[Any, Any]:
    """Draw the input sequence, (n_x, m, T_x), and as many steps more as the challenge wants."""
    n_x, m, T_x = (draw.dims[letter] for letter in ("n_x", "m", "T_x"))
    return draw.normal(n_x, m, T_x + draw.challenge.more.get("steps", 0))


def _parameters(draw: Draw, **shapes: tuple[int, int]) -> dict[str, np.ndarray[Any, Any]]:
    """Draw weights and biases, the prediction's bias as high as the challenge wants it."""
    parameters = draw.parameters(**shapes)
    if "scores" in draw.challenge.more:
        parameters["by"] = parameters["by"] + draw.challenge.more["scores"]
    return parameters


def _rnn_parameters(draw: Draw) -> dict[str, np.ndarray[Any, Any]]:
    n_x, n_a, n_y = (draw.dims[letter] for letter in ("n_x", "n_a", "n_y"))
    return _parameters(
        draw, Waa=(n_a, n_a), Wax=(n_a, n_x), Wya=(n_y, n_a), ba=(n_a, 1), by=(n_y, 1)
    )


def _lstm_parameters(draw: Draw) -> dict[str, np.ndarray[Any, Any]]:
    n_x, n_a, n_y = (draw.dims[letter] for letter in ("n_x", "n_a", "n_y"))
    gates: dict[str, tuple[int, int]] = {}
    for gate in "fico":
        gates |= {f"W{gate}": (n_a, n_a + n_x), f"b{gate}": (n_a, 1)}
    return _parameters(draw, **gates, Wy=(n_y, n_a), by=(n_y, 1))


def rnn_cell_inputs(draw: Draw) -> Drawn:
    """Draw the arguments of ``rnn_cell_forward``."""
    return values(draw, "n_x", "m"), values(draw, "n_a", "m"), _rnn_parameters(draw)


def rnn_inputs(draw: Draw) -> Drawn:
    """Draw the arguments of ``rnn_forward``."""
    return _x(draw), values(draw, "n_a", "m"), _rnn_parameters(draw)


def lstm_cell_inputs(draw: Draw) -> Drawn:
    """Draw the arguments of ``lstm_cell_forward``."""
    xt, a_prev, c_prev = (values(draw, letter, "m") for letter in ("n_x", "n_a", "n_a"))
    return xt, a_prev, c_prev, _lstm_parameters(draw)


def lstm_inputs(draw: Draw) -> Drawn:
    """Draw the arguments of ``lstm_forward``."""
    return _x(draw), values(draw, "n_a", "m"), _lstm_parameters(draw)
