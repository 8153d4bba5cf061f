"""Whether a call's arguments were changed is told to the bit, however it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from grader.sandbox.inside.arguments import Given, copied, unchanged
from grader.sandbox.inside.wire import ROOMY, encode
from tests.sandbox.test_wire import PLAIN

Change = Callable[[Any], Any]


def call() -> tuple[Any, ...]:
    """Arguments of every kind, with an array that is in two places."""
    shared = np.arange(6.0).reshape(2, 3)
    column_major = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    kept = [(shared, {"W": shared, "n": 3}), (column_major, {"W": np.ones(2)})]
    return np.arange(4.0), kept, {"text": "a", "list": [1, np.zeros(2)]}, 2.5


def given_as(arguments: tuple[Any, ...]) -> Given:
    """Arguments as they are read beside the student's code."""
    return Given(encode({"arguments": arguments}, ROOMY, markers=True))


CHANGES: dict[str, tuple[Change, bool]] = {
    "nothing": (lambda a: None, False),
    "an element": (lambda a: a[0].__setitem__(1, 9.0), True),
    "an element to the same": (lambda a: a[0].__setitem__(1, 1.0), False),
    "zero to minus zero": (lambda a: a[0].__setitem__(0, -0.0), True),
    "an element of a shared array": (lambda a: a[1][0][1]["W"].__setitem__((0, 0), 9.0), True),
    "an element in column-major order": (lambda a: a[1][1][0].__setitem__((0, 1), 9.0), True),
    "a shape": (lambda a: setattr(a[0], "shape", (2, 2)), True),
    "a dtype": (lambda a: setattr(a[0], "dtype", np.dtype("int64")), True),
    "an entry of a list": (lambda a: a[1].pop(), True),
    "one entry more": (lambda a: a[2]["list"].append(1), True),
    "an entry for an equal one": (lambda a: a[2]["list"].__setitem__(1, np.zeros(2)), False),
    "an entry for another": (lambda a: a[2]["list"].__setitem__(1, np.ones(2)), True),
    "a number for a number": (lambda a: a[2]["list"].__setitem__(0, 2), True),
    "a value of a dictionary": (lambda a: a[2].__setitem__("text", "b"), True),
    "an array for an equal one": (lambda a: a[1][1][1].__setitem__("W", np.ones(2)), False),
    "a key more": (lambda a: a[1][0][1].__setitem__("more", 1), True),
    "a key less": (lambda a: a[1][0][1].pop("n"), True),
    "a key for another": (lambda a: a[2].__setitem__("words", a[2].pop("text")), True),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_seen(what: str) -> None:
    """Values to the bit, shapes, dtypes, what lists and dictionaries hold; equal is unchanged."""
    change, seen = CHANGES[what]
    was = given_as(call())
    arguments = was.call["arguments"]
    change(arguments)
    assert was.changed(arguments, ()) is seen


def test_what_may_change_does_not_count() -> None:
    """Where the state of an argument is asked for, only the others are looked at."""
    was = given_as(call())
    arguments = was.call["arguments"]
    arguments[0][...] = 0
    assert was.changed(arguments, ())
    assert not was.changed(arguments, (0,))
    arguments[2]["list"].clear()
    assert was.changed(arguments, (0,))


@settings(deadline=None)
@given(PLAIN, PLAIN)
def test_it_is_what_taking_them_apart_tells(one: Any, other: Any) -> None:
    """Any value in the place of any other: as comparing them piece by piece has it."""
    was = given_as(([one],))
    arguments = was.call["arguments"]
    before = copied(arguments, {})
    arguments[0][0] = given_as(([other],)).call["arguments"][0][0]
    assert was.changed(arguments, ()) is not unchanged(arguments, before, set())
