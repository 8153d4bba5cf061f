"""Draw the inputs of hidden cases, per submission: fresh sizes, fresh words, fresh values.

Every letter of a case has a size of its own, so that a transposed or mixed-up array cannot fit by
luck. Words are of different lengths, so that a mask has something to say.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring import Challenge, Draw, arrangements

Array = np.ndarray[Any, Any]

FLOAT32_TOLERANCE = 1e-4
SHORT = {"T_x": 3}  # steps where a case is about something else
SIGNS = "abcdefghijklmnopqrstuvwxyz"
END_MARKS = ".!;+"

USUAL = (Challenge("random sizes"), Challenge("column-major inputs", {}, arrangements.column_major))
ONE_EXAMPLE = Challenge("m = 1", {"m": 1})
STORED = (
    Challenge("float32 inputs", SHORT, arrangements.float32, tolerance=FLOAT32_TOLERANCE),
    Challenge("non-contiguous inputs", SHORT, arrangements.strided),
)


def alphabet(draw: Draw, n_x: int) -> str:
    """Draw an alphabet of ``n_x`` letters; an end mark comes first, and they are not sorted."""
    letters = draw.rng.permutation(list(SIGNS))[: n_x - 1]
    if letters[0] < letters[-1]:
        letters = letters[::-1]
    return "".join([draw.rng.choice(list(END_MARKS)), *letters])


def words(draw: Draw, letters: str, m: int, T_x: int) -> list[str]:
    """Draw ``m`` words, the longest of ``T_x`` - 1 letters and the others, if they can, shorter.

    The longest is not the first, and is not the same from behind.
    """
    shorter = draw.rng.integers(1, max(2, T_x - 1), size=m - 1).tolist()
    made = ["".join(draw.rng.choice(list(letters[1:]), size=length)) for length in shorter]
    inner = "".join(draw.rng.choice(list(letters[1:]), size=max(0, T_x - 3)))
    longest = (letters[-1] + inner + letters[1])[: T_x - 1]
    made.insert(int(draw.rng.integers(min(1, m - 1), m)), longest)
    return made


def mask(draw: Draw, m: int, T_x: int) -> Array:
    """Draw a mask (m, T_x) of words: one takes all steps, the others end before."""
    ends = np.array([T_x, *draw.rng.integers(1, max(2, T_x), size=m - 1)])
    return (np.arange(T_x) < draw.rng.permutation(ends)[:, None]).astype(float)


def predictions(draw: Draw, *shape: int) -> Array:
    """Draw predictions: the softmax, along the first axis, of scores that differ well."""
    weights = np.exp(1.5 * draw.rng.standard_normal(shape))
    return np.asarray(weights / weights.sum(axis=0))


def network(draw: Draw, gates: int, n_x: int, n_a: int, size: float = 1.0) -> dict[str, Array]:
    """Draw the parameters of a network that predicts its own inputs: 1 gate an RNN, 4 an LSTM."""
    shapes = {"Wx": (n_x, gates * n_a), "Wa": (n_a, gates * n_a), "Wya": (n_a, n_x)}
    drawn = {
        name: size * draw.rng.standard_normal((rows, columns)) / np.sqrt(columns)
        for name, (columns, rows) in shapes.items()
    }
    drawn["b"] = 0.3 * draw.rng.standard_normal((gates * n_a, 1))
    drawn["by"] = 0.3 * draw.rng.standard_normal((n_x, 1))
    return {name: draw.challenge.arrange(array) for name, array in drawn.items()}
