"""Which road is wrong follows from the solution's own flow of values."""

from __future__ import annotations

import pytest

from grader.neighbourhood.flow import Flow
from grader.neighbourhood.versions import Places
from tests.kit.course import assignment

GATES = ("f", "i", "c", "o")
WEIGHTS = {f"d{kind}{gate}" for kind in "Wb" for gate in GATES}


@pytest.mark.parametrize(
    ("right", "road"),
    [
        ({"dWo", "dbo"}, ["dc"]),
        (WEIGHTS | {"dc_prev"}, ["dconcat"]),
        (WEIGHTS - {"dWf", "dbf"} | {"dc_prev"}, ["dzf"]),
        (WEIGHTS - {"dWf", "dbf", "dWo", "dbo"} | {"dc_prev"}, ["dzo", "dzf"]),
        (WEIGHTS | {"dxt", "da_prev"}, []),  # the output itself: there is nothing more to say
    ],
)
def test_the_road_on_which_all_that_is_wrong_lies(right, road) -> None:
    """The fewest values through which all wrong outputs pass and no right one."""
    exercise = assignment().spec.exercise("lstm_cell_backward")
    places = Places(assignment(), exercise)
    wrong = {*exercise.returns} - right
    assert places.flow.road(wrong, right, places.names) == road


@pytest.mark.parametrize(
    ("exercise", "wrong", "given"),
    [
        ("rnn_cell_backward", {"dxt", "da_prev"}, "parameters"),
        ("rnn_cell_backward", {"dWax", "dba"}, ""),
        ("lstm_cell_backward", {f"dW{gate}" for gate in GATES}, "xt"),
    ],
)
def test_what_was_given_is_no_road_but_the_last_step_is_with_it(exercise, wrong, given) -> None:
    """Nobody makes it, so nobody makes it wrongly; it says which products are meant."""
    places = Places(assignment(), assignment().spec.exercise(exercise))
    right = {*places.flow.returns} - wrong
    assert places.flow.road(wrong, right, places.names) == []
    assert places.flow.given_to(wrong, right, places.names) == given


def test_values_are_followed_through_loops_parts_and_calls() -> None:
    """Through what is added up, written into a part, appended, or taken apart."""
    flow = Flow(
        "def f(x, w):\n"
        "    u, v = x * 2, w\n"
        "    total = 0\n"
        "    made = []\n"
        "    for t in x:\n"
        "        total += t * u\n"
        "        made.append(total)\n"
        "    out = x.copy()\n"
        "    out[0] = v\n"
        "    k = w[1:]\n"
        "    w += x\n"
        "    return made, out\n",
        ("made", "out"),
    )
    assert flow.reaches["u"] == {"made"} and flow.reaches["v"] == {"out"}
    assert flow.given == {"x", "t", "v", "k"}
    assert flow.reaches["total"] == {"made"} and flow.after("u", {"made", "out"}) == ["made"]
