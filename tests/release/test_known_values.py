"""Students' files know only values that an equation printed in the notebook names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grader.errors import UsageError
from grader.instrument.digests import digests
from grader.release.known_values import known_values, refuse_more
from grader.release.references import Recorded, recording
from tests.kit.course import assignment, selfcheck
from tests.kit.solution import visible_case

NAME = "lstm_cell_backward"


def made(**equations: int):
    """The digests of an exercise whose equations are others."""
    exercise = assignment().spec.exercise(NAME)
    exercise = replace(exercise, equations=equations) if equations else exercise
    return known_values(assignment().spec, assignment().source, exercise, visible_case(NAME))


def test_the_values_of_the_equations_are_known_in_their_order() -> None:
    """By name, number and digests; nothing else is written down."""
    values = made()
    assert [k["name"] for k in values["known"]] == [
        "dc",
        "dzo",
        "dzc",
        "dzi",
        "dzf",
        "dconcat",
        "dc_prev",
    ]
    assert {key for known in values["known"] for key in known} == {
        "name",
        "equation",
        "digests",
        "shape",
    }
    known = selfcheck().references()[NAME].known
    assert [k["digests"] for k in known] == [k["digests"] for k in values["known"]]


@pytest.mark.parametrize(
    ("equations", "why"),
    [({"dc": 99}, "no equation"), ({"tanh_c": 21}, "never calls a value `tanh_c`")],
)
def test_what_the_notebook_does_not_print_is_refused(equations, why) -> None:
    """An equation that is not there, and a name that its text never has."""
    with pytest.raises(UsageError, match=why):
        made(**equations)


def test_what_can_be_rebuilt_and_has_no_name_is_refused() -> None:
    """A digest of an intermediate value would give its formula away."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 5, 4))
    named = {"c": a * b}
    table = [digests(named["c"], "salt")]
    refuse_more("it", "salt", table, [a, b], named)
    hidden = a * b * (1 - a * a)  # no depth of two reaches that from a and b alone
    refuse_more("it", "salt", [*table, digests(hidden * a + b, "salt")], [a, b], named)
    for guessed in (a + b, 1 - a * a, np.tanh(a), a @ b.T, (a + b) * a):
        with pytest.raises(UsageError, match="digest 2"):
            refuse_more("it", "salt", [*table, digests(guessed, "salt")], [a, b], named)


def test_an_exercise_without_equations_has_none() -> None:
    """Nothing is written for it, and files without any stay as they were."""
    exercise = assignment().spec.exercise("rnn_forward")
    assert (
        known_values(assignment().spec, assignment().source, exercise, visible_case("rnn_forward"))
        == {}
    )


def test_a_result_is_recorded_as_it_was_returned() -> None:
    """A caller may take entries out of the dictionary that it got; what is shared stays shared."""
    array = np.ones(3)
    calls: list[Recorded] = []
    wrapped = recording(lambda x: {"dx": x, "rest": [array]}, calls)
    result = wrapped(array)
    result.pop("dx")
    result["rest"].clear()
    arguments, kept = calls[0].step()
    assert kept["dx"] is kept["rest"][0] is arguments[0]


def test_an_argument_is_recorded_as_it_was_given() -> None:
    """A solution may go on writing into what it has handed to a helper; else it is the very one."""
    array = np.zeros(3)
    calls: list[Recorded] = []
    wrapped = recording(lambda x: x + 1, calls)
    wrapped(array)
    assert calls[0].step()[0][0] is array
    array += 5
    arguments, kept = calls[0].step()
    assert np.all(arguments[0] == 0) and np.all(kept == 1)
