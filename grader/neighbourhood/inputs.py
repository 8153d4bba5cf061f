"""Draw an exercise's diagnostic inputs: one of each kind of case, the same for everybody.

No marks depend on them.
"""

from __future__ import annotations

import warnings

import numpy as np

from grader.assignment.spec import Case, Exercise, Functions

SEED = 20_160  # of the first try to draw diagnostic cases
MOST_TRIES = 50
SMALLEST_SIDE = 3  # of the first case: what has two rows is easily like something else


def diagnostic_inputs(exercise: Exercise, functions: Functions) -> list[Case]:
    """Draw one case of each name, the first with sizes that are all different and not too small."""
    return inputs_drawn(exercise, functions, diagnostic_seed(exercise, functions))


def diagnostic_seed(exercise: Exercise, functions: Functions) -> int:
    """Find the first seed that draws such cases; the last one that was tried where none does."""
    seed = SEED
    for seed in range(SEED, SEED + MOST_TRIES):
        drawn = inputs_drawn(exercise, functions, seed)
        sizes = [*drawn[0].dims.values()] if drawn else []
        if len({*sizes}) == len(sizes) and min(sizes, default=0) >= SMALLEST_SIDE:
            break
    return seed


def inputs_drawn(exercise: Exercise, functions: Functions, seed: int) -> list[Case]:
    """Draw the cases of a seed, one of each name."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn = exercise.cases(np.random.default_rng(seed), functions)
    first: dict[str, Case] = {}
    for case in drawn:
        first.setdefault(case.name, case)
    return list(first.values())
