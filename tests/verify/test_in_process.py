"""The kit's own functions, marked in this process as the judge marks students'."""

import functools

import numpy as np
import pytest

from grader.comparison.trees import deep_copy, leaves, same
from grader.neighbourhood.mutants import mutants
from grader.verify import in_process
from tests.kit.toy import OF, assignment, mistaken, right

SEED = 21


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """No right function is stopped because the machine is busy."""
    monkeypatch.setattr(in_process, "CALL_SECONDS", 60.0)


def exercise(name):
    """The exercise of one of the toys' functions."""
    return assignment(OF[name]).spec.exercise(name)


def functions(name):
    """The solution that a function belongs to."""
    return assignment(OF[name]).functions


@functools.cache
def scope(name):
    """What a function finds around it."""
    return assignment(OF[name]).source.namespace()


@functools.cache
def posed(name):
    """An exercise's cases with the reference results."""
    return in_process.pose(exercise(name), functions(name), SEED)


@pytest.mark.parametrize("name", OF)
def test_the_solution_itself_loses_nothing(name):
    """Full marks for the reference function: the marking has no false alarm at its root."""
    for function in (functions(name)[name], in_process.define(right(name), name, scope(name))):
        assert in_process.points(exercise(name), function, posed(name)) == exercise(name).points
        assert in_process.failed_checks(exercise(name), function, posed(name)) == {}
        assert not in_process.loses(exercise(name), function, posed(name))


@pytest.mark.parametrize(
    ("name", "mistake", "lost", "left"),
    [
        ("leak", "old-memory-in-cache", {"cache"}, 7.0),
        ("remember", "caches-empty", {"caches"}, 7.0),
        ("climb_backward", "db-without-keepdims", {"db"}, 8.0),
        ("climb_backward", "slope-of-x", {"dx", "dw", "db"}, 0.0),
    ],
)
def test_a_mistake_loses_the_checks_that_it_spoils(name, mistake, lost, left):
    """What is right beside it still earns its points, the untouched arguments with it."""
    function = in_process.define(mistaken(name, mistake), name, scope(name))
    failed = in_process.failed_checks(exercise(name), function, posed(name))
    assert failed == dict.fromkeys(lost, "random sizes")
    assert in_process.points(exercise(name), function, posed(name)) == left
    assert in_process.loses(exercise(name), function, posed(name))


def test_a_failed_check_names_the_first_case_that_shows_it():
    """A function that is wrong in a border case alone is told by that case."""

    def careful_with_many(x, parameters):
        y, cache = functions("climb")["climb"](x, parameters)
        return (y, cache) if x.shape[1] > 1 else (y + 1, cache)

    failed = in_process.failed_checks(exercise("climb"), careful_with_many, posed("climb"))
    assert failed == {"y": "m = 1"}
    assert in_process.loses(exercise("climb"), careful_with_many, posed("climb"))
    assert not in_process.loses(exercise("climb"), careful_with_many, posed("climb")[:1])


def test_a_function_that_writes_into_its_arguments_loses_that_check_alone():
    """Right values and changed arguments cost the one point for leaving arguments alone."""

    def careless(dy, cache):
        gradients = functions("climb_backward")["climb_backward"](dy, cache)
        dy *= 0
        return gradients

    own, cases = exercise("climb_backward"), posed("climb_backward")
    assert set(in_process.failed_checks(own, careless, cases)) == {"inputs"}
    assert in_process.points(own, careless, cases) == own.points - 1
    again = in_process.pose(own, functions("climb_backward"), SEED)
    for (case, _), (fresh, _) in zip(cases, again, strict=True):
        assert same(case.arguments, fresh.arguments, 0.0)  # it was given copies


def test_a_function_that_raises_fails_every_check():
    """An exception is the loss of all checks, not an error of the marking."""

    def broken(*arguments):
        raise RuntimeError

    failed = in_process.failed_checks(exercise("remember"), broken, posed("remember"))
    assert set(failed) == {check.name for check in exercise("remember").checks}
    assert in_process.points(exercise("remember"), broken, posed("remember")) == 0


def test_a_change_that_never_ends_loses_marks(monkeypatch):
    """A loop without an end is stopped, so that it neither passes nor fills the memory."""
    monkeypatch.setattr(in_process, "CALL_SECONDS", 0.1)
    function = in_process.define("def leak(*_):\n    while True:\n        pass", "leak", {})
    assert in_process.loses(exercise("leak"), function, posed("leak")[:1])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_change_that_is_none_loses_nothing(seed):
    """An equivalent mutant's results are the solution's to the last bit, and no input changes."""
    [(mutant, why)] = exercise("remember").equivalent.items()
    [text] = [each.source for each in mutants(right("remember")) if each.id == mutant]
    function = in_process.define(text, "remember", scope("remember"))
    assert why and "ones_like" in text
    cases = in_process.pose(exercise("remember"), functions("remember"), seed)
    for case, expected in cases:
        arguments = deep_copy(case.arguments)
        got = function(*arguments)
        assert same(got, expected, 0.0), case.name
        assert same(arguments, case.arguments, 0.0), case.name
        for (_, one), (_, other) in zip(leaves(got), leaves(expected), strict=True):
            assert getattr(one, "dtype", None) == getattr(other, "dtype", None)
    assert not in_process.loses(exercise("remember"), function, cases)


def test_the_visible_example_comes_first_where_it_is_asked_for():
    """The same cases follow, each with the solution's result."""
    whole = in_process.pose(
        exercise("climb"), functions("climb"), SEED, assignment(OF["climb"]).visible("climb")
    )
    assert [case.name for case, _ in whole] == [
        "the example in the notebook",
        *(case.name for case, _ in posed("climb")),
    ]
    for case, expected in whole:
        y, _ = expected
        z = case.arguments[1]["w"] * case.arguments[0] + case.arguments[1]["b"]
        assert np.allclose(y, np.tanh(z), rtol=1e-12)


def test_a_definition_leaves_its_surroundings_alone():
    """What a changed function finds around it is the solution's, for the next one as well."""
    around = {"leak": "the solution's"}
    made = in_process.define("def leak():\n    return leak", "leak", around)
    assert made() is made and around == {"leak": "the solution's"}
