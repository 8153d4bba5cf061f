"""Values are found by their first numbers, and are those that a look at all of them finds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.instrument.sketches import LONGEST_ROW
from grader.parting.recording import Sketch
from grader.parting.right_run import sketch_of
from grader.parting.tables import SMALLEST, TOLERANCE, alike
from grader.parting.values import Values

SHAPES = ((3,), (2, 3), (3, 2), (2, 4), (2, 2, 3), (60,), ())
ODD = (0.0, -0.0, 1e300, 1e-9)


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    """Few different ones, so that many meet; some off by little, or with an extreme number."""
    shape = draw(st.sampled_from(SHAPES))
    base = np.random.default_rng(draw(st.integers(0, 3))).normal(size=shape)
    made = base * draw(st.sampled_from((1.0, 1.0, -1.0, 1e-4, 1e4)))
    off = draw(st.sampled_from((0.0, 0.0, 1e-7, 1e-6, 2e-6, 4e-6, 8e-6, 2e-5, 0.1)))
    made = np.asarray(made + off * np.random.default_rng(9).normal(size=shape))
    if draw(st.integers(0, 9)) == 0:
        made.flat[draw(st.integers(0, made.size - 1))] = draw(st.sampled_from(ODD))
    return made[..., : draw(st.sampled_from((2, 3, 60)))] if made.ndim else made


def sketch(array: np.ndarray) -> Sketch:
    """As it is made of a reference's values."""
    with np.errstate(all="ignore"):
        made = sketch_of(array)
    assert made is not None
    return made


def stretches(one: Sketch, longer: Sketch) -> Iterator[bool]:
    """Whether one is a stretch of a longer one, axis by axis and place by place."""
    for axis, side in enumerate(one.shape):
        sides = [other for i, other in enumerate(longer.shape) if i != axis]
        mine = [other for i, other in enumerate(one.shape) if i != axis]
        if len(longer.shape) != len(one.shape) or sides != mine or side < 2:
            continue
        if not side < longer.shape[axis] <= LONGEST_ROW:
            continue
        limit = float(np.prod(mine, initial=1.0)) * TOLERANCE * max(longer.scale, SMALLEST)
        for at in range(longer.shape[axis] - side + 1):
            off = np.abs(longer.rows[axis][at : at + side] - one.rows[axis])
            yield bool((off <= limit).all())


OFF = st.floats(0.0, 1e-5) | st.sampled_from((0.0, 1e-3))


@settings(deadline=None, max_examples=200)
@given(st.lists(arrays(), min_size=1, max_size=12), OFF, st.integers(1, 60), st.booleans())
def test_the_same_values_are_found_as_by_looking_at_all(known, off, most, turn) -> None:
    """Upright, and turned where none is; a stretch of a longer value is known, too."""
    asked = known[0] + off * np.random.default_rng(9).normal(size=known[0].shape)
    asked = np.asarray(asked.T if turn else asked)
    asked = asked[..., :most] if asked.ndim else asked
    with np.errstate(all="ignore"):
        items = [(sketch(array), number) for number, array in enumerate(known)]
        mine, values = sketch(asked), Values(items)
        upright = [number for of, number in items if alike(mine, of)]
        turned = [n for of, n in items if alike(mine.turned, of)] if len(mine.shape) == 2 else []
        assert values.upright(mine) == upright
        assert values.find(mine) == (upright or turned)
        assert values.either_way(mine) == (upright + turned)
        at_once = values.for_one_run()
        at_once.look_up([None, mine, *(of for of, _ in items)])
        assert at_once.upright(mine) == upright
        assert at_once.either_way(mine) == (upright + turned)
        if upright or turned or any(any(stretches(mine, of)) for of, _ in items):
            assert values.has(mine)


@settings(deadline=None, max_examples=100)
@given(arrays(), arrays(), st.integers(0, 1))
def test_what_is_joined_from_known_values_is_known(one, other, axis) -> None:
    """Two of them, stacked along an axis; of values that are not known nothing is."""
    if one.ndim != 2 or one.shape != other.shape or not np.isfinite([one, other]).all():
        return
    both = np.concatenate([one, other], axis=axis)
    items = [(sketch(array), number) for number, array in enumerate((one, other))]
    assert Values(items).has(sketch(both))
    if np.abs(one).max() > 0.5 and np.abs(one - other).max() > 0.5:
        assert not Values(items[1:]).has(sketch(np.concatenate([one, one], axis=axis)))
