"""The reference gradients against two independent true gradients."""

import dataclasses

import numpy as np
import pytest

from grader.exercises.rnn_step_by_step import SPEC
from grader.verify.gradients import Agreement, agreement, automatic_gradients, numeric_gradients
from tests.kit.solution import BACKWARD, functions

SEED = 11
SMALL = (
    "random sizes",
    "m = 1",
    "T_x = 1",
    "da with fewer steps than the caches",
)


def cases(name):
    """Float64 cases that are small enough for two evaluations an entry."""
    exercise = SPEC.exercise(name)
    drawn = exercise.cases(np.random.default_rng(SEED), functions())
    return [exercise.visible(functions()), *(case for case in drawn if case.name in SMALL)]


@pytest.mark.parametrize("name", BACKWARD)
def test_references_are_the_true_gradients(name):
    """Every gradient agrees with central differences to 1e-7 and with autograd to 1e-10."""
    for case in cases(name):
        for found in agreement(SPEC.exercise(name), case, functions()):
            assert found.numeric < 1e-7, (case.name, found)
            assert found.automatic < 1e-10, (case.name, found)
            assert found.holds


@pytest.mark.parametrize("name", BACKWARD)
def test_every_gradient_is_held_against_both(name):
    """Neither way leaves out a gradient, and each has the shape of the reference's."""
    exercise, case = SPEC.exercise(name), cases(name)[1]
    expected = functions()[name](*case.arguments)
    for gradients in (exercise.numeric(case, functions()), exercise.automatic(case)):
        assert {key: value.shape for key, value in gradients.items()} == {
            key: value.shape for key, value in expected.items()
        }


@pytest.mark.parametrize("name", BACKWARD)
def test_a_wrong_gradient_is_noticed(name):
    """One per cent in one entry of one gradient is more than either way lets through."""

    def slightly_wrong(*arguments):
        gradients = functions()[name](*arguments)
        first = next(iter(gradients))
        gradients[first] = gradients[first].copy()
        gradients[first].flat[0] += 0.01 * np.linalg.norm(gradients[first])
        return gradients

    wrong = {**functions(), name: slightly_wrong}
    found = agreement(SPEC.exercise(name), cases(name)[1], wrong)
    assert [each.holds for each in found].count(False) == 1


def test_a_missing_gradient_never_holds():
    """No number to compare with is not agreement."""
    assert not Agreement("dx", float("nan"), 0.0).holds
    exercise = dataclasses.replace(SPEC.exercise("rnn_backward"), numeric=None)
    found = agreement(exercise, cases("rnn_backward")[1], functions())
    assert not any(each.holds for each in found)


def test_a_case_without_forward_function_is_refused():
    """There is nothing to differentiate in a forward case, and that is said."""
    case = SPEC.exercise("rnn_forward").visible(functions())
    with pytest.raises(ValueError, match="no forward function"):
        numeric_gradients(case, functions(), None)
    with pytest.raises(ValueError, match="no forward function"):
        automatic_gradients(case, None, None)


def test_differences_leave_the_case_as_it_was():
    """Entries are moved in copies: the case's own arrays are not written to."""
    exercise = SPEC.exercise("rnn_cell_backward")
    case = cases("rnn_cell_backward")[1]
    before = [array.copy() for array in case.forward.arguments[:2]]
    exercise.numeric(case, functions())
    assert all((a == b).all() for a, b in zip(before, case.forward.arguments, strict=False))
