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
    drawn: list[Case] = []
    for seed in range(SEED, SEED + MOST_TRIES):
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            drawn = exercise.cases(np.random.default_rng(seed), functions)
        sizes = [*drawn[0].dims.values()] if drawn else []
        if len({*sizes}) == len(sizes) and min(sizes, default=0) >= SMALLEST_SIDE:
            break
    first: dict[str, Case] = {}
    for case in drawn:
        first.setdefault(case.name, case)
    return list(first.values())
