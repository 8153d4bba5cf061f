"""The reference gradients against two independent true gradients."""

import dataclasses
import sys

import numpy as np
import pytest

from grader.assignment.differences import numeric_gradients
from grader.assignment.spec import Case, Check, Exercise, Forward, Gradient, Spec
from grader.comparison.trees import deep_copy, leaves, same
from grader.errors import UsageError
from grader.verify.gradients import Agreement, agreement, automatic_gradients
from tests.kit.toy import SLOPE, assignment

SEED = 11
GRADIENTS = ("dx", "dw", "db")


def functions():
    """The toy's solution."""
    return assignment(SLOPE).functions


def backward():
    """The toy's exercise that has gradients."""
    return assignment(SLOPE).spec.exercise("climb_backward")


def spec():
    """The toy's specification."""
    return assignment(SLOPE).spec


def numeric(case, given=None):
    """True gradients of a case of the toy's, by differences."""
    return numeric_gradients(spec(), backward(), case, given or functions())


def automatic(case):
    """True gradients of a case of the toy's, by autograd."""
    return automatic_gradients(spec(), backward(), case)


def cases():
    """The visible example and the cases of one seed."""
    drawn = backward().cases(np.random.default_rng(SEED), functions())
    return [assignment(SLOPE).visible("climb_backward"), *drawn]


def test_right_gradients_agree_with_both():
    """Every gradient agrees with central differences to 1e-7 and with autograd to 1e-10."""
    assert len(cases()) == 3
    for case in cases():
        found = agreement(spec(), backward(), case, functions())
        assert [each.name for each in found] == list(GRADIENTS)
        for each in found:
            assert each.numeric < 1e-7, (case.name, each)
            assert each.automatic < 1e-10, (case.name, each)
            assert each.holds


def test_every_gradient_is_held_against_both():
    """Neither way leaves out a gradient, and each has the shape of the reference's."""
    for case in cases():
        expected = functions()["climb_backward"](*case.arguments)
        for gradients in (numeric(case), automatic(case)):
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
    found = agreement(spec(), backward(), cases()[1], given)
    assert [each.name for each in found if not each.holds] == [wrong]
    [bad] = [each for each in found if not each.holds]
    assert bad.numeric > 1e-3 and bad.automatic > 1e-3


def test_a_gradient_of_another_shape_is_noticed():
    """Right values with an axis too many, which NumPy would compare, agree with nothing."""

    def one_axis_more(*arguments):
        gradients = functions()["climb_backward"](*arguments)
        return {**gradients, "db": gradients["db"][None]}

    found = agreement(
        spec(), backward(), cases()[1], {**functions(), "climb_backward": one_axis_more}
    )
    assert [each.name for each in found if not each.holds] == ["db"]


def test_a_missing_gradient_never_holds():
    """No number to compare with is not agreement."""
    assert not Agreement("dx", float("nan"), 0.0).holds
    assert not Agreement("dx", 0.0, float("nan")).holds


def test_what_cannot_be_traced_is_held_against_differences_alone():
    """An author need not write the forward pass once more."""
    exercise = dataclasses.replace(
        backward(), gradient=dataclasses.replace(backward().gradient, traced=None)
    )
    found = agreement(spec(), exercise, cases()[1], functions())
    assert [each.automatic for each in found] == [None] * 3 and all(each.holds for each in found)
    with pytest.raises(UsageError, match="no forward pass that can be traced"):
        automatic_gradients(spec(), exercise, cases()[1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"forward": "climbs"}, "climb_backward differentiates 'climbs': no such exercise"),
        ({"upstream": {"dz": "y"}}, "its upstream gradient 'dz' is nowhere"),
        ({"upstream": {"dy": "z"}}, "its upstream gradient 'z' is nowhere"),
        ({"wrt": {"dx": "height"}}, "dx is the derivative to no argument of climb: say in wrt="),
        ({"wrt": {"dx": "parameters.v"}}, "dx is the derivative to no argument of climb"),
    ],
)
def test_names_that_lead_nowhere_are_said(change, said):
    """One line: what was named, and what to say."""
    exercise = dataclasses.replace(
        backward(), gradient=dataclasses.replace(backward().gradient, **change)
    )
    with pytest.raises(UsageError, match=said):
        numeric_gradients(spec(), exercise, cases()[1], functions())


def test_a_case_without_forward_call_is_refused():
    """There is nothing to differentiate in it, and that is said."""
    case = dataclasses.replace(cases()[1], forward=None)
    with pytest.raises(UsageError, match="case 'random sizes' has no call of climb"):
        numeric(case)
    with pytest.raises(UsageError, match="climb does not say what it differentiates"):
        numeric_gradients(spec(), spec().exercise("climb"), case, functions())


def test_differences_leave_the_case_as_it_was():
    """Entries are moved in copies: the case's own arrays are not written to."""
    for case in cases():
        arguments = (case.arguments, case.forward.arguments)
        before = deep_copy(arguments)
        for _, array in leaves(arguments):
            array.flags.writeable = False  # not even to be put back afterwards
        assert set(numeric(case)) == set(GRADIENTS)
        assert same(arguments, before, 0.0)


def test_float32_inputs_are_differentiated_as_float64():
    """Differences over a small step would be nothing but rounding in float32."""
    case = cases()[1]
    forward = dataclasses.replace(case.forward, arguments=_float32(case.forward.arguments))
    rounded = dataclasses.replace(case, arguments=_float32(case.arguments), forward=forward)
    one, other = numeric(rounded), automatic(rounded)
    for name in GRADIENTS:
        assert one[name].dtype == other[name].dtype == np.float64
        assert np.allclose(one[name], other[name], rtol=1e-7, atol=1e-9)


def _float32(tree):
    if isinstance(tree, tuple):
        return tuple(_float32(item) for item in tree)
    if isinstance(tree, dict):
        return {key: _float32(value) for key, value in tree.items()}
    return tree.astype(np.float32)


def exercise(name, arguments, returns, kinds=None, **more):
    """An exercise that nothing is drawn for."""
    checks = tuple(Check(each, 1, kind=(kinds or {}).get(each, "")) for each in returns)
    return Exercise(name, arguments, returns, checks, lambda rng, functions: [], **more)


def line(parameters, x, y):
    """A straight line with two layers of parameters; its loss, and the gradients of it."""
    (w, deep), b = parameters["w"], parameters["b"]
    error = w @ x + deep["v"] * b - y
    loss = np.mean(error**2)
    d = 2 * error / error.size
    dw = (d @ x.T, {"dv": np.sum(d * b, keepdims=True).reshape(1, 1)})
    return loss, {"dw": dw, "db": np.sum(d * deep["v"]).reshape(1, 1)}


def line_traced(np_, parameters, x, y):
    """The loss alone, for autograd."""
    (w, deep), b = parameters["w"], parameters["b"]
    return np_.mean((np_.dot(w, x) + deep["v"] * b - y) ** 2)


def line_case():
    """Arguments of `line`."""
    rng = np.random.default_rng(SEED)
    w, x, y = (rng.standard_normal(shape) for shape in ((1, 3), (3, 4), (1, 4)))
    v, b = rng.standard_normal((1, 1)), rng.standard_normal((1, 1))
    return Case("a line", ({"w": (w, {"v": v}), "b": b}, x, y), {})


@pytest.mark.parametrize("wrong", [None, "w", "v", "b"])
def test_a_training_step_is_held_to_its_own_loss(wrong):
    """A scalar loss without upstream gradient; gradients nested as the parameters are."""

    def step(parameters, x, y):
        loss, gradients = line(parameters, x, y)
        if wrong is not None:
            (dw, deep), db = gradients["dw"], gradients["db"]
            {"w": dw, "v": deep["dv"], "b": db}[wrong][...] *= 1.01
        return loss, gradients

    gradient = Gradient(wrt={"gradients": "parameters"}, traced=line_traced)
    kinds = {"loss": "number", "gradients": "tree"}
    returns = ("loss", "gradients")
    own = exercise("step", ("parameters", "x", "y"), returns, kinds, gradient=gradient)
    found = agreement(Spec("s", "S", (own,)), own, line_case(), {"step": step})
    places = {"w": "gradients['w'][0]", "v": "gradients['w'][1]['v']", "b": "gradients['b']"}
    assert {each.name for each in found} == set(places.values())
    assert [each.name for each in found if not each.holds] == [
        places[w] for w in places if w == wrong
    ]
    assert all(each.automatic is not None for each in found)


def test_a_forward_function_that_hands_on_nothing_is_called_with_the_same_arguments():
    """A loss and its gradient take the same: there is no cache to come from."""

    def loss(scores, y):
        return float(np.sum((scores - y) ** 2))

    def loss_gradient(scores, y):
        return 2 * (scores - y)

    forward = exercise("loss", ("scores", "y"), ("value",), {"value": "number"})
    back = exercise("loss_gradient", ("scores", "y"), ("dscores",), gradient=Gradient("loss"))
    case = Case("c", (np.array([[1.0, 2.0]]), np.array([[0.5, -1.0]])), {})
    given = {"loss": loss, "loss_gradient": loss_gradient}
    [found] = agreement(Spec("s", "S", (forward, back)), back, case, given)
    assert found.holds and found.name == "dscores"
    given["loss_gradient"] = lambda scores, y: scores - y
    [found] = agreement(Spec("s", "S", (forward, back)), back, case, given)
    assert not found.holds


@pytest.mark.parametrize("dictionary", [True, False])
@pytest.mark.parametrize("wrong", [False, True])
def test_a_backward_function_of_a_scalar_loss(dictionary, wrong):
    """No upstream gradient comes in; a tuple of gradients is as good as a dictionary."""

    def loss(w, x):
        return float(np.sum(np.tanh(w @ x))), (w, x)

    def loss_backward(cache):
        w, x = cache
        slope = 1 - np.tanh(w @ x) ** 2
        made = (slope @ x.T, w.T @ slope * (1.01 if wrong else 1))
        return dict(zip(("dw", "dx"), made, strict=True)) if dictionary else made

    forward = exercise("loss", ("w", "x"), ("value", "cache"), {"value": "number"})
    back = exercise(
        "loss_backward", ("cache",), ("dw", "dx"), gradient=Gradient("loss"),
        calls=(), returns_dict=dictionary,
    )  # fmt: skip
    rng = np.random.default_rng(SEED)
    arguments = (rng.standard_normal((2, 3)), rng.standard_normal((3, 4)))
    case = Case("c", (loss(*arguments)[1],), {}, forward=Forward("loss", arguments, 1, 0))
    given = {"loss": loss, "loss_backward": loss_backward}
    found = agreement(Spec("s", "S", (forward, back)), back, case, given)
    assert [(each.name, each.holds) for each in found] == [("dw", True), ("dx", not wrong)]


def test_gradients_over_time_end_with_the_upstream_gradient():
    """Of a sequence whose last steps are not asked for, they have the steps that are."""
    rng = np.random.default_rng(SEED)
    x, w, dy = (rng.standard_normal(shape) for shape in ((2, 3, 5), (2, 1), (2, 3, 4)))

    def add_up(x, w):
        return np.cumsum(w[:, :, None] * x, axis=2)

    def traced(np_, x, w):
        return (np_.cumsum(np_.reshape(w, (2, 1, 1)) * x, axis=2),)

    forward = Forward("add_up", (x, w), pick=0, into=1)
    case = Case("fewer steps", (dy, x), {"n": 2, "m": 3, "T": 4}, forward=forward)
    gradient = Gradient("add_up", upstream={"dy": "y"}, over_time=("dx",), traced=traced)
    back = exercise("back", ("dy", "x"), ("dx", "dw"), gradient=gradient)
    own = Spec("s", "S", (exercise("add_up", ("x", "w"), ("y",)), back))
    later = np.cumsum(dy[:, :, ::-1], axis=2)[:, :, ::-1]  # an entry counts in all that follow
    true = {"dx": w[:, :, None] * later, "dw": (x[:, :, :4] * later).sum((1, 2))[:, None]}
    for found in (
        numeric_gradients(own, back, case, {"add_up": add_up}),
        automatic_gradients(own, back, case),
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
    with pytest.raises(UsageError, match="autograd is missing: install it, or the kit's extra"):
        automatic(cases()[1])


def test_arguments_that_are_no_floats_are_not_differentiated():
    """Whole numbers, as lengths are, may stand among the arguments of what autograd traces."""

    def forward(x, lengths):
        return x * lengths

    def backward(dy, x, lengths):
        return dy * lengths

    def traced(np, x, lengths):
        return (x * [int(each) for each in lengths],)

    checks = (Check("y", 1, main=True),), (Check("dx", 1, main=True),)
    there = Exercise("forward", ("x", "lengths"), ("y",), checks[0], list)
    gradient = Gradient("forward", upstream={"dy": "y"}, traced=traced)
    back = Exercise("backward", ("dy", "x", "lengths"), ("dx",), checks[1], list, gradient=gradient)
    spec = Spec("toy", "Toy", (there, back))
    rng = np.random.default_rng(0)
    case = Case("one", (rng.standard_normal(3), rng.standard_normal(3), np.array([1, 2, 3])), {})
    [found] = agreement(spec, back, case, {"forward": forward, "backward": backward})
    assert found.holds and found.automatic is not None
