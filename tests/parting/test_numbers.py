"""What came back is held to what is right, whatever type of number it is."""

from __future__ import annotations

import numpy as np
import pytest

from grader.parting.between import equal


@pytest.mark.parametrize("got", [1.25, np.float64(1.25), np.array(1.25), np.float32(1.25)])
def test_a_number_is_right_in_any_type(got: object) -> None:
    """A loss may be Python's float where the reference's is NumPy's, as the marks have it."""
    assert equal(got, np.float64(1.25))
    assert not equal(got, np.float64(1.5))


def test_a_number_is_no_array() -> None:
    """It does not stand for an array of one entry, nor for text."""
    assert not equal(1.25, np.array([1.25]))
    assert not equal("1.25", np.float64(1.25))
