"""Arrays are known again by a few projections, also as parts and turned round."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.instrument.digests import digests, known_by, told
from grader.instrument.sketches import LONGEST_ROW, sketched, weights
from grader.parting.right_run import sketch_of
from grader.parting.values import Values

NUMBERS = st.floats(-3, 3, allow_nan=False).map(lambda v: round(v, 6))
MATRICES = arrays(np.float64, (4, 3), elements=NUMBERS, unique=True)


def values(*known):
    """A table of known arrays."""
    return Values([(sketch_of(array), number) for number, array in enumerate(known)])


@settings(deadline=None)
@given(MATRICES, MATRICES)
def test_the_same_is_known_and_another_is_not(one, other) -> None:
    """Also in single precision, turned, and summed in another order; not when a number is off."""
    known = values(one)
    assert known.exact(sketch_of(one)) == known.exact(sketch_of(one.T)) == [0]
    assert known.exact(sketch_of(one.astype(np.float32))) == [0]
    off = one.copy()
    off[1, 2] += 0.01
    assert not known.find(sketch_of(off))
    if np.abs(one - other).max() > 1e-3:
        assert not known.find(sketch_of(other))


@settings(deadline=None)
@given(MATRICES, MATRICES)
def test_stacks_and_stretches_are_known(one, other) -> None:
    """What is put together from known arrays, or is a stretch of one; not what is half wrong."""
    known = values(one, other)
    assert known.has(sketch_of(np.vstack([other, one])))
    assert known.has(sketch_of(np.hstack([one, other])))
    assert known.has(sketch_of(np.stack([one, other], axis=2)))
    assert known.has(sketch_of(one[1:3]))
    wrong = np.vstack([one, other + 0.1 + np.arange(12).reshape(4, 3)])
    assert not known.has(sketch_of(wrong)) and known.partly(sketch_of(wrong))


@given(MATRICES, st.sampled_from([-1.0, 2.0, 0.25]))
def test_a_multiple_is_known_with_its_factor(one, factor) -> None:
    """Right up to a sign or a number."""
    if np.abs(one).max() > 0.1:
        number, found = values(one).multiple(sketch_of(factor * one))
        assert number == 0 and np.isclose(found, factor, rtol=1e-4)


def test_digests_know_a_value_and_tell_nothing_that_can_be_guessed() -> None:
    """Turned, and in the last bits another; no constant, no number, nothing tiny; no multiple."""
    rng = np.random.default_rng(1)
    value = rng.normal(size=(5, 4))
    table = [digests(value, "salt")]
    assert known_by(value, table, "salt") == known_by(value.T, table, "salt") == [0]
    assert known_by(value * (1 + 1e-12), table, "salt") == [0]
    assert not known_by(value * 2, table, "salt") and not known_by(-value, table, "salt")
    assert not known_by(value, table, "another salt")
    assert not any(map(told, (np.ones((3, 4)), np.float64(3), value * 1e-9, value[:1, :3])))
    assert told(value)


SHAPES = ((), (1,), (5,), (60,), (3, 4), (1, 60), (50, 3), (2, 3, 4), (2, 1, 3, 49))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stack_is_sketched_as_each_of_its_values_is(shape) -> None:
    """And that is along each axis the sum of all others with their weights, folded where long."""
    stack = np.random.default_rng(len(shape)).normal(size=(4, *shape))
    together = sketched(stack)
    for value, row in zip(stack, together, strict=True):
        assert np.allclose(sketched(value[None])[0], row, rtol=1e-12)
        sides = [side for side in shape if side > 1]
        array, wanted = value.reshape(sides), []
        for axis, side in enumerate(sides):
            left = np.moveaxis(array, axis, -1)
            for other in sides[:axis] + sides[axis + 1 :]:
                left = np.tensordot(weights(other), left, axes=(0, 0))
            if side > LONGEST_ROW:
                parts = left * weights(side)
                left = [parts[at::LONGEST_ROW].sum() for at in range(LONGEST_ROW)]
            wanted += list(left)
        assert np.allclose(row, wanted or [float(value.reshape(()))])
