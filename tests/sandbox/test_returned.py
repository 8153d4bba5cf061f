"""What a call gave back is opened as far as it has to be, and nothing in it is believed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.sandbox import Later, Right, form
from grader.sandbox.inside.wire import Bounds, Encoded, WireError, decode_counted, encode
from grader.sandbox.returned import read_returned

RIGHT = {"a": np.ones((2, 3)), "b": (np.zeros(2), 1.0)}
SMALL = Bounds(message_bytes=10_000, depth=8, items=60, ndim=4)


def told(value: Any, **more: Any) -> dict[str, Any]:
    """A reply as it has crossed."""
    crossed: dict[str, Any] = decode_counted(
        encode({"value": Encoded(encode(value)), **more}), apart=True
    )[0]
    return crossed


def right(agrees: bool = True) -> Right:
    """What is right, where all numbers agree or none."""
    return Right(form(RIGHT), None, lambda *_: agrees)


def test_what_is_right_is_opened_later() -> None:
    """A reply of the right form waits for somebody to look; it counts as if it had been read."""
    there = read_returned(told(RIGHT), SMALL, right())
    assert there.right and isinstance(there.value, Later)
    assert encode(there.value.value) == encode(RIGHT)
    assert there.items == read_returned(told(RIGHT), SMALL, None).items == 5


@pytest.mark.parametrize(
    "value",
    [
        {"a": np.ones((3, 2)), "b": (np.zeros(2), 1.0)},
        {"a": np.ones((2, 3)), "b": [np.zeros(2), 1.0]},
        {"b": (np.zeros(2), 1.0), "a": np.ones((2, 3))},
        {"a": np.ones((2, 3)), "b": (np.zeros(2), np.float64(1.0))},
        {"a": np.ones((2, 3), "int64"), "b": (np.zeros(2), 1.0)},
        {"a": np.ones((2, 3)), "b": (np.zeros(2), 1.0), "c": None},
    ],
    ids=["sides", "a list", "another order", "a scalar", "whole numbers", "one more"],
)
def test_another_form_is_opened_at_once(value: Any) -> None:
    """However alike: only the very same form is known."""
    there = read_returned(told(value), SMALL, right())
    assert not there.right and encode(there.value) == encode(value)


def test_numbers_that_do_not_agree_are_opened_at_once() -> None:
    """The form alone makes nothing right."""
    assert not read_returned(told(RIGHT), SMALL, right(agrees=False)).right


def test_states_after_the_call_belong_to_what_is_right() -> None:
    """Both have to be: a right value beside a wrong state is looked at."""
    states = (np.arange(3.0),)
    both = Right(form(RIGHT), form(states), lambda of, data: data == of.data)
    there = read_returned(told(RIGHT, after=Encoded(encode(states))), SMALL, both)
    assert there.right and encode(there.after.value) == encode(states)
    for after in (Encoded(encode((np.arange(3.0) + 1,))), Encoded(encode(())), states, None):
        assert not read_returned(told(RIGHT, after=after), SMALL, both).right


def test_whatever_is_in_it_stays_within_the_bounds() -> None:
    """What is opened by itself is bounded by itself, and fails only one way."""
    many = told([0] * 100)
    with pytest.raises(WireError, match="items"):
        read_returned(many, SMALL, right())
    with pytest.raises(WireError, match="items"):
        read_returned(told([0] * 50, after=Encoded(encode((0,) * 50))), SMALL, right())
    for damaged in (b"", b"\xff" * 9, encode(RIGHT)[:-1]):
        with pytest.raises(WireError):
            read_returned({"value": Encoded(damaged)}, SMALL, right())
    assert read_returned({}, SMALL, right()).value is None
    assert read_returned({"value": 1.0, "after": 2}, SMALL, right()).value == 1.0
