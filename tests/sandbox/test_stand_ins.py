"""What a stand-in answers says what the right function wrote and kept, and what is not answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.sandbox import Call
from grader.sandbox.inside.wire import Stored, decode
from grader.sandbox.stand_ins import LONGEST_SIDE, Answers


def answered(right: Callable[..., Any], *arguments: Any, most: int = 100) -> dict[str, Any]:
    """What is answered to one question."""
    call = Call("f", (), stand_ins={"g": right}, max_stand_in_calls=1, max_stand_in_elements=most)
    question = {"name": "g", "arguments": arguments, "keywords": {}}
    return Answers(call).to(question, 1, 1 << 20)


def given() -> tuple[Any, ...]:
    """What is asked: an array that comes twice, numbers, and containers in containers."""
    shared = np.zeros(2)
    return shared, {"w": shared, "n": 1.5, "list": [1, [shared]]}


def nothing(x: Any, p: Any) -> None:
    """Write nothing, though others are made of it."""
    _ = x + 1, {**p, "n": 2}, [*p["list"], 3]


WRITES: dict[str, Callable[[Any, Any], Any]] = {
    "an array": lambda x, p: x.__setitem__(0, 1.0),
    "the sign of a zero": lambda x, p: x.__setitem__(0, -0.0),
    "a number": lambda x, p: p.update(n=p["n"] + 1),
    "another array": lambda x, p: p.update(w=np.ones(2)),
    "a new entry": lambda x, p: p.update(new=1),
    "an entry less": lambda x, p: p.pop("n"),
    "another key": lambda x, p: p.update(m=p.pop("n")),
    "a longer list": lambda x, p: p["list"].append(1),
    "a shorter list": lambda x, p: p["list"].pop(),
    "an inner list": lambda x, p: p["list"][1].append(x),
    "a shape": lambda x, p: setattr(x, "shape", (2, 1)),
}


def test_what_a_right_function_leaves_alone_is_not_sent_back() -> None:
    """Only the value is: most write into nothing."""
    assert answered(nothing, *given())["writes"] is None


@pytest.mark.filterwarnings("ignore:Setting the shape:DeprecationWarning")
@pytest.mark.parametrize("what", WRITES)
def test_what_a_right_function_writes_is_sent_back(what: str) -> None:
    """Whatever it is, and wherever it lies."""
    asked = given()
    writes = answered(WRITES[what], *asked)["writes"]
    assert repr(decode(writes.data)) == repr({"arguments": asked, "keywords": {}})


def test_what_a_right_function_keeps_is_marked() -> None:
    """By a way to it: arrays and containers, wherever the value holds them."""
    value = answered(lambda x, p: (x, [p], {"a": p["list"][1], "b": x + 1}), *given())["value"]
    found = decode(value.data, markers=True)
    way = ("arguments", 1, "list", 1, 0)  # the last of those on which the array lies
    assert found[0] == Stored("given", way)
    assert found[1] == [Stored("given", ("arguments", 1))]
    assert found[2]["a"] == Stored("given", ("arguments", 1, "list", 1))
    assert found[2]["b"].tolist() == [1, 1]


def test_a_copy_is_not_taken_for_what_was_given() -> None:
    """Not even where what was given is thrown away, and its place in memory taken."""

    def right(x: Any, p: Any) -> Any:
        p.clear()
        return [np.zeros(2) for _ in range(50)], [[x] for _ in range(50)]

    copies, lists = decode(answered(right, *given())["value"].data, markers=True)
    assert not any(isinstance(item, Stored) for item in (*copies, *lists))


HALF = np.ones(1, np.float16)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ((np.ones(50), [np.ones(51)]), "too long"),
        ((np.ones(50), [np.ones(50)]), ""),
        ((*[np.ones(60)] * 2,), "too long"),
        (({"a": np.ones((0, LONGEST_SIDE + 1))},), "too long"),
        (([0] * (LONGEST_SIDE + 1),), "too long"),
        (([0] * LONGEST_SIDE, "a" * 2_000), ""),
        ((HALF, np.ones(101)), "unusual dtype"),
        ((np.ones(101), HALF), "too long"),
        (({"a": [np.ones(60)], "b": HALF}, np.ones(60)), "unusual dtype"),
        (((np.float16(1),),), "unusual dtype"),
    ],
)
def test_the_first_part_that_is_unfit_says_why(asked: tuple[Any, ...], why: str) -> None:
    """In the order in which the parts lie in the question."""
    answer = answered(lambda *_: None, *asked)
    assert (why in answer["error"]) if why else ("error" not in answer)
