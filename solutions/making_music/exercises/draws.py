"""Draw the inputs of hidden cases, per submission: fresh sizes, fresh notes, fresh values.

Every letter of a case has a size of its own, so that a transposed or mixed-up array cannot fit by
luck. Bars are not of eight or four eighths, so that nobody's bar is meant but the argument's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring import Challenge, Draw, arrangements

Array = np.ndarray[Any, Any]
Drawn = tuple[Any, ...]
Note = tuple[int, int]

FLOAT32_TOLERANCE = 1e-4
END: Note = (0, 0)
REST = 0

USUAL = (Challenge("random sizes"), Challenge("column-major inputs", {}, arrangements.column_major))
ONE_EXAMPLE = Challenge("m = 1", {"m": 1})
STORED = (
    Challenge("float32 inputs", arrange=arrangements.float32, tolerance=FLOAT32_TOLERANCE),
    Challenge("non-contiguous inputs", arrange=arrangements.strided),
)


def instrument(draw: Draw, K: int, seconds: float) -> dict[str, Any]:
    """Draw an instrument of K partials that suits tones of about these seconds."""
    rise, fall = draw.rng.permutation([0.15, 0.3]) * draw.rng.uniform(0.8, 1.2, size=2)
    partials = draw.rng.uniform(0.3, 1.2, size=K)
    return {
        "partials": draw.challenge.arrange(partials),
        "decay": float(draw.rng.uniform(0.3, 0.6) / seconds),
        "attack": float(rise * seconds),
        "release": float(fall * seconds),
    }


def vocabulary(draw: Draw, n_y: int, longest: int = 4) -> list[Note]:
    """Draw a vocabulary: the end mark, a rest, and notes that differ; they are not sorted.

    Some notes have the same pitch and others the same length, so that both belong to a note.
    """
    rest: Note = (REST, int(draw.rng.integers(1, longest + 1)))
    pitches = draw.rng.choice(np.arange(50, 80), size=max(2, n_y // 2), replace=False)
    able = [(int(p), n) for p in pitches for n in range(1, longest + 1)]
    chosen = [able[i] for i in draw.rng.permutation(len(able))[: n_y - 2]]
    found = [rest, *chosen][: n_y - 1]
    if found == sorted(found):
        found = found[::-1]
    return [END, *found]


def tunes(draw: Draw, words: list[Note], m: int, T_x: int) -> list[list[Note]]:
    """Draw ``m`` tunes, the longest of ``T_x`` - 1 notes and the others, if they can, shorter.

    The longest is not the first, and is not the same from behind.
    """
    sounding = words[1:]
    shorter = draw.rng.integers(1, max(2, T_x - 1), size=m - 1).tolist()
    made = [[sounding[k] for k in draw.rng.integers(len(sounding), size=n)] for n in shorter]
    inner = [sounding[k] for k in draw.rng.integers(len(sounding), size=max(0, T_x - 3))]
    longest = [sounding[0], *inner, sounding[-1]][: T_x - 1]
    made.insert(int(draw.rng.integers(min(1, m - 1), m)), longest)
    return made


def probabilities(draw: Draw, *shape: int) -> Array:
    """Draw probabilities: the softmax, along the first axis, of scores that differ well."""
    weights = np.exp(1.2 * draw.rng.standard_normal(shape))
    return np.asarray(weights / weights.sum(axis=0))


def network(
    draw: Draw, gates: int, n_x: int, n_a: int, n_y: int, size: float = 1.0
) -> dict[str, Array]:
    """Draw the parameters of a network that writes: 1 gate an RNN, 4 an LSTM."""
    shapes = {"Wx": (gates * n_a, n_x), "Wa": (gates * n_a, n_a), "Wya": (n_y, n_a)}
    drawn = {
        name: size * draw.rng.standard_normal((rows, columns)) / np.sqrt(columns)
        for name, (rows, columns) in shapes.items()
    }
    drawn["b"] = 0.3 * draw.rng.standard_normal((gates * n_a, 1))
    drawn["by"] = 0.3 * draw.rng.standard_normal((n_y, 1))
    return {name: draw.challenge.arrange(array) for name, array in drawn.items()}
