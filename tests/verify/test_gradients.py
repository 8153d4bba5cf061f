"""The reference gradients against two independent true gradients."""

import dataclasses
import sys

import numpy as np
import pytest

from grader.assignment.spec import Case, Forward
from grader.comparison.trees import deep_copy, leaves, same
from grader.errors import UsageError
from grader.verify.gradients import (
    Agreement,
    Wiring,
    agreement,
    automatic_gradients,
    numeric_gradients,
)
from tests.kit.toy import SLOPE, assignment

SEED = 11
GRADIENTS = ("dx", "dw", "db")


def functions():
    """The toy's solution."""
    return assignment(SLOPE).functions


def backward():
    """The toy's exercise that has gradients."""
    return assignment(SLOPE).spec.exercise("climb_backward")


def cases():
    """The visible example and the cases of one seed."""
    drawn = backward().cases(np.random.default_rng(SEED), functions())
    return [assignment(SLOPE).visible("climb_backward"), *drawn]


def test_right_gradients_agree_with_both():
    """Every gradient agrees with central differences to 1e-7 and with autograd to 1e-10."""
    assert len(cases()) == 3
    for case in cases():
        found = agreement(backward(), case, functions())
        assert [each.name for each in found] == list(GRADIENTS)
        for each in found:
            assert each.numeric < 1e-7, (case.name, each)
            assert each.automatic < 1e-10, (case.name, each)
            assert each.holds


def test_every_gradient_is_held_against_both():
    """Neither way leaves out a gradient, and each has the shape of the reference's."""
    for case in cases():
        expected = functions()["climb_backward"](*case.arguments)
        for gradients in (backward().numeric(case, functions()), backward().automatic(case)):
            assert {key: value.shape for key, value in gradients.items()} == {
                key: value.shape for key, value in expected.items()
            }


@pytest.mark.parametrize("wrong", GRADIENTS)
def test_a_wrong_gradient_is_noticed(wrong):
    """One per cent in one entry of one gradient is more than either way lets through."""

    def slightly_wrong(*arguments):
        gradients = functions()["climb_backward"](*arguments)
        gradients[wrong].flat[0] += 0.01 * np.linalg.norm(gradients[wrong])
        return gradients

    given = {**functions(), "climb_backward": slightly_wrong}
    found = agreement(backward(), cases()[1], given)
    assert [each.name for each in found if not each.holds] == [wrong]
    [bad] = [each for each in found if not each.holds]
    assert bad.numeric > 1e-3 and bad.automatic > 1e-3


def test_a_gradient_of_another_shape_is_noticed():
    """Right values with an axis too many, which NumPy would compare, agree with nothing."""

    def one_axis_more(*arguments):
        gradients = functions()["climb_backward"](*arguments)
        return {**gradients, "db": gradients["db"][None]}

    found = agreement(backward(), cases()[1], {**functions(), "climb_backward": one_axis_more})
    assert [each.name for each in found if not each.holds] == ["db"]


def test_a_missing_gradient_never_holds():
    """No number to compare with is not agreement."""
    assert not Agreement("dx", float("nan"), 0.0).holds
    assert not Agreement("dx", 0.0, float("nan")).holds
    for way in ("numeric", "automatic"):
        exercise = dataclasses.replace(backward(), **{way: None})
        found = agreement(exercise, cases()[1], functions())
        assert len(found) == 3 and not any(each.holds for each in found)


def test_a_case_without_forward_function_is_refused():
    """There is nothing to differentiate in a forward case, and that is said."""
    case = assignment(SLOPE).visible("climb")
    with pytest.raises(ValueError, match="no forward function"):
        numeric_gradients(case, functions(), None)
    with pytest.raises(ValueError, match="no forward function"):
        automatic_gradients(case, None, None)


def test_differences_leave_the_case_as_it_was():
    """Entries are moved in copies: the case's own arrays are not written to."""
    for case in cases():
        arguments = (case.arguments, case.forward.arguments)
        before = deep_copy(arguments)
        for _, array in leaves(arguments):
            array.flags.writeable = False  # not even to be put back afterwards
        assert set(backward().numeric(case, functions())) == set(GRADIENTS)
        assert same(arguments, before, 0.0)


def test_float32_inputs_are_differentiated_as_float64():
    """Differences over a small step would be nothing but rounding in float32."""
    case = cases()[1]
    forward = dataclasses.replace(case.forward, arguments=_float32(case.forward.arguments))
    rounded = dataclasses.replace(case, arguments=_float32(case.arguments), forward=forward)
    numeric = backward().numeric(rounded, functions())
    automatic = backward().automatic(rounded)
    for name in GRADIENTS:
        assert numeric[name].dtype == automatic[name].dtype == np.float64
        assert np.allclose(numeric[name], automatic[name], rtol=1e-7, atol=1e-9)


def _float32(tree):
    if isinstance(tree, tuple):
        return tuple(_float32(item) for item in tree)
    if isinstance(tree, dict):
        return {key: _float32(value) for key, value in tree.items()}
    return tree.astype(np.float32)


def test_gradients_over_time_end_with_the_upstream_gradient():
    """Of a sequence whose last steps are not asked for, they have the steps that are."""
    rng = np.random.default_rng(SEED)
    x, w, dy = (rng.standard_normal(shape) for shape in ((2, 3, 5), (2, 1), (2, 3, 4)))

    def add_up(x, w):
        return (np.cumsum(w[:, :, None] * x, axis=2),)

    def traced(np_, x, w):
        return (np_.cumsum(np_.reshape(w, (2, 1, 1)) * x, axis=2),)

    forward = Forward("add_up", (x, w), pick=0, into=1)
    case = Case("fewer steps", (dy, x), {"n": 2, "m": 3, "T": 4}, forward=forward)
    wiring = Wiring({0: 0}, {"dx": (0, None), "dw": (1, None)}, frozenset({"dx"}))
    later = np.cumsum(dy[:, :, ::-1], axis=2)[:, :, ::-1]  # an entry counts in all that follow
    true = {"dx": w[:, :, None] * later, "dw": (x[:, :, :4] * later).sum((1, 2))[:, None]}
    for found in (
        numeric_gradients(case, {"add_up": add_up}, wiring),
        automatic_gradients(case, traced, wiring),
    ):
        assert {name: value.shape for name, value in found.items()} == {
            "dx": (2, 3, 4),
            "dw": (2, 1),
        }
        for name in true:
            assert np.allclose(found[name], true[name], rtol=1e-7, atol=1e-9)


def test_without_autograd_it_is_said_how_to_get_it(monkeypatch):
    """It comes with the test extra alone; its absence is no traceback."""
    monkeypatch.setitem(sys.modules, "autograd", None)
    with pytest.raises(UsageError, match=r"autograd is missing: pip install -e '\.\[test\]'"):
        backward().automatic(cases()[1])
