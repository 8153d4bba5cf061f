"""What led to a function's inputs, or stands before its loop, is not the function's own."""

from __future__ import annotations

import pytest

from grader.verify.pointed_at import pointed_at
from tests.content.two_ways import assignment, source

CASES = {
    # The reference takes the first cache before its loop, to see a shape.
    "gru_backward": ("da0-adds-upstream", "order"),
    # The forward pass calls reverse_each as often as the way back does.
    "two_way_backward": ("parameters-gradients-swapped", "steps"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_stands_beside_is_not_blamed(name: str) -> None:
    """A wrong end is not told as a wrong order, nor as too few calls."""
    mistake, kind = CASES[name]
    exercise = assignment().spec.exercise(name)
    known = {each.id: each for each in exercise.mistakes}[mistake]
    found = pointed_at(assignment(), exercise, known.apply(source().function_source(name)))
    assert found is not None and found.kind != kind
