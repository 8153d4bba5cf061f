"""What is found right end to end is right to the ladder, array by array."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.comparison.end_to_end import agree
from grader.comparison.values import relative_error

TOLERANCE = 1e-7
SIZES = st.lists(st.integers(0, 4), min_size=1, max_size=5)
FACTORS = st.sampled_from((0.0, 1e-16, 1e-12, 2e-8, 9e-8, 1e-7, 1e-3, np.nan, np.inf))
SCALES = st.sampled_from((0.0, 1e-300, 1e-160, 1e-12, 1.0, 1e9, 1e200, np.inf, np.nan))


@settings(deadline=None)
@given(SIZES, st.lists(SCALES, min_size=5, max_size=5), FACTORS, st.integers(0, 99))
def test_agreeing_is_no_more_than_the_ladder_allows(
    sizes: list[int], scales: list[float], factor: float, seed: int
) -> None:
    """Whatever agrees has no array beyond the tolerance, and none that is not finite."""
    rng = np.random.default_rng(seed)
    pairs = zip(sizes, scales, strict=False)
    with np.errstate(all="ignore"):
        right = [scale * rng.standard_normal(size) for size, scale in pairs]
        got = [array + factor * rng.standard_normal(array.size) for array in right]
        found = agree(np.concatenate(got), np.concatenate(right), sizes, TOLERANCE)
    if found:
        assert all(np.isfinite(array).all() for array in [*got, *right])
        assert all(
            relative_error(a, b, TOLERANCE) < TOLERANCE
            for a, b in zip(got, right, strict=True)
            if a.size
        )


@pytest.mark.parametrize("spoilt", [np.nan, np.inf, 1.0 + 1e-3])
def test_one_wrong_number_among_many_does_not_agree(spoilt: float) -> None:
    """A small array's error is its own: no neighbour hides it, rounding is none."""
    right = np.concatenate([np.full(3, 1e6), np.ones(2), np.full(4, 1e-3)])
    sizes = (3, 2, 0, 4)
    assert agree(right * (1 + 1e-12), right, sizes, TOLERANCE)
    wrong: Any = right.copy()
    wrong[4] = spoilt
    assert not agree(wrong, right, sizes, TOLERANCE)


def test_numbers_too_large_to_be_squared_do_not_agree() -> None:
    """Where a norm is no number, the ladder has to decide."""
    assert not agree(np.array([1.1e155]), np.array([1e155]), (1,), TOLERANCE)


def test_nothing_at_all_agrees() -> None:
    """Empty arrays hold nothing that could be wrong."""
    assert agree(np.zeros(0), np.zeros(0), (0, 0), TOLERANCE)
    assert agree(np.zeros(0), np.zeros(0), (), TOLERANCE)
