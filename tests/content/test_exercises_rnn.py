"""The assignment rnn_step_by_step as the engine sees it: its marks and its cases."""

import dataclasses
import inspect

import numpy as np
import pytest

from grader.assignment.spec import SpecError
from grader.comparison.trees import leaves, same
from grader.exercises.rnn_step_by_step import SPEC
from tests.kit.solution import BACKWARD, FORWARD, NAMES, functions, posed, source

SEEDS = (0, 1, 2, 3, 4)
SOLUTION_MARKERS = {
    "rnn_cell_forward": "a_next 5*, yt_pred 2, cache 2, inputs 1",
    "rnn_forward": "a 5*, y_pred 2, caches 2, inputs 1",
    "lstm_cell_forward": "a_next 4*, c_next 4*, yt_pred 3, cache 3, inputs 1",
    "lstm_forward": "a 3*, c 2*, y 2, caches 2, inputs 1",
    "rnn_cell_backward": "dxt 2*, da_prev 3*, dWax 2, dWaa 1, dba 1, inputs 1",
    "rnn_backward": "dx 3*, da0 3*, dWax 2, dWaa 2, dba 1, inputs 1",
    "lstm_cell_backward": "dxt 2*, da_prev 4*, dc_prev 3*, dWf 1, dWi 1, dWc 1, dWo 1, "
    "dbf 1, dbi 1, dbc 1, dbo 1, inputs 1",
    "lstm_backward": "dx 2*, da0 2*, dWf 1, dWi 1, dWc 1, dWo 1, "
    "dbf 0.25, dbi 0.25, dbc 0.25, dbo 0.25, inputs 1",
}
TOTALS = dict(zip(SOLUTION_MARKERS, (10, 10, 15, 10, 10, 12, 18, 10), strict=True))


def drawn(name, seed=0):
    """The hidden cases of an exercise."""
    return SPEC.exercise(name).cases(np.random.default_rng(seed), functions())


def arrays(case):
    """Every array of a case's arguments, with its path."""
    return [(path, leaf) for path, leaf in leaves(case.arguments) if isinstance(leaf, np.ndarray)]


def test_the_eight_exercises_are_worth_95_points():
    """The tests of all exercises are worth 95 points; five are left for the written question."""
    assert {exercise.name: exercise.points for exercise in SPEC.exercises} == TOTALS
    assert SPEC.points == 95


@pytest.mark.parametrize("name", NAMES)
def test_marks_are_the_published_ones(name):
    """Each check is worth what the notebook says, and the main values are marked as such."""
    checks = SPEC.exercise(name).checks
    marks = [f"{check.name} {check.points:g}{'*' * check.main}" for check in checks]
    assert ", ".join(marks) == SOLUTION_MARKERS[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_output_is_checked(name):
    """Each returned value has a check of its own, and so have the arguments."""
    exercise = SPEC.exercise(name)
    assert {check.name for check in exercise.checks} == {*exercise.returns, "inputs"}


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_those_of_the_solution(name):
    """The description names the arguments as the stub does."""
    assert tuple(inspect.signature(functions()[name]).parameters) == SPEC.exercise(name).arguments


@pytest.mark.parametrize("name", NAMES)
def test_shapes_in_letters_are_those_of_the_results(name):
    """A check's shape, with the case's sizes put in, is the shape of the reference result."""
    exercise = SPEC.exercise(name)
    for case, result in posed(name, 0, visible=True):
        outputs = (
            result if exercise.returns_dict else dict(zip(exercise.returns, result, strict=True))
        )
        for check in exercise.checks:
            if check.shape:
                shape = eval(check.shape, {}, dict(case.dims))
                assert outputs[check.name].shape == shape, (case.name, check.name)


@pytest.mark.parametrize("name", FORWARD)
def test_labels_name_every_entry_of_a_cache(name):
    """There are as many labels as a step's cache has entries."""
    exercise = SPEC.exercise(name)
    [(output, labels)] = exercise.labels.items()
    cache = posed(name, 0)[0][1][exercise.returns.index(output)]
    step = cache[0][0] if output == "caches" else cache
    assert len(labels) == len(step)
    assert labels[-1] == "parameters" and isinstance(step[-1], dict)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_cases(name):
    """Cases depend on the generator alone; another seed gives other values."""
    first, again, other = drawn(name), drawn(name), drawn(name, seed=1)
    assert [case.dims for case in first] == [case.dims for case in again]
    assert all(same(a.arguments, b.arguments, 0.0) for a, b in zip(first, again, strict=True))
    assert not any(same(a.arguments, b.arguments) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_drawing_leaves_numpys_global_generator_alone(name):
    """Neither the visible example nor the hidden cases touch np.random's own state."""
    np.random.seed(123)
    before = np.random.get_state()[1].copy()
    drawn(name)
    SPEC.exercise(name).visible(functions())
    assert (np.random.get_state()[1] == before).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_letter_has_a_size_of_its_own(name, seed):
    """No two letters of a case have one size, so no transposed array fits by luck."""
    for case in drawn(name, seed):
        assert len(set(case.dims.values())) == len(case.dims), (case.name, case.dims)
        letters = {"n_x", "n_a", "n_y", "m"} | ({"T_x"} if "cell" not in name else set())
        assert set(case.dims) == letters


@pytest.mark.parametrize("name", NAMES)
def test_two_general_challenges_come_first(name):
    """The first two cases have at least two of everything and at least three time steps."""
    for seed in SEEDS:
        for case in drawn(name, seed)[:2]:
            assert case.tolerance == 1e-6
            assert min(case.dims.values()) >= 2
            assert case.dims.get("T_x", 3) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_no_state_bias_or_upstream_gradient_is_zero(name):
    """All values drawn are random; only an LSTM's first cell state is zero, as it must be."""
    for case in drawn(name):
        for path, array in arrays(case):
            first_cell_state = name == "lstm_backward" and path.endswith("[0][0][3]")
            assert np.any(array == 0) == first_cell_state, (case.name, path)


EXTRAS = {"m = 1", "float32 inputs", "column-major inputs", "non-contiguous inputs"}
SEQUENCE = {"T_x = 1", "a longer sequence"}


@pytest.mark.parametrize("name", NAMES)
def test_the_extra_cases_are_all_there(name):
    """Sizes of one, a larger case, and other ways to store arrays are asked of each exercise."""
    names = {case.name for case in drawn(name)}
    wanted = set(EXTRAS) | ({"a wider cell"} if "cell" in name else SEQUENCE)
    if name in FORWARD:
        wanted |= {"n_y = 1", "large activations"}
    elif "cell" not in name:
        wanted |= {"da with fewer steps than the caches"}
    assert wanted <= names


@pytest.mark.parametrize("name", NAMES)
def test_cases_are_what_their_names_say(name):
    """Sizes, dtypes and memory layouts are as the case's name tells the student."""
    cases = {case.name: case for case in drawn(name)}
    assert cases["m = 1"].dims["m"] == 1
    for _, array in arrays(cases["float32 inputs"]):
        assert array.dtype == np.float32
    assert cases["float32 inputs"].tolerance == 1e-4
    first = arrays(cases["column-major inputs"])[0][1]
    assert first.flags.f_contiguous and not first.flags.c_contiguous
    first = arrays(cases["non-contiguous inputs"])[0][1]
    assert not first.flags.f_contiguous and not first.flags.c_contiguous
    if "cell" not in name:
        assert cases["T_x = 1"].dims["T_x"] == 1
        assert cases["a longer sequence"].dims["n_a"] == 40
        assert cases["a longer sequence"].dims["T_x"] == 12


@pytest.mark.parametrize("name", ["rnn_backward", "lstm_backward"])
def test_da_may_hold_fewer_steps_than_the_caches(name):
    """One case asks for the gradient of the first steps only; T_x is da's."""
    case = next(case for case in drawn(name) if case.name.startswith("da with fewer"))
    da, (steps, x) = case.arguments
    assert case.dims["T_x"] == da.shape[2] < len(steps) == x.shape[2]


@pytest.mark.parametrize("name", ["rnn_cell_forward", "lstm_cell_forward"])
def test_large_activations_reach_tens_and_stay_finite(name):
    """Scores before softmax reach at least 20 and the references cope."""
    largest = []
    for seed in SEEDS:
        [(case, result)] = [p for p in posed(name, seed) if p[0].name == "large activations"]
        weights = case.arguments[-1]
        scores = weights.get("Wya", weights.get("Wy")) @ result[0] + weights["by"]
        assert all(np.isfinite(leaf).all() for _, leaf in leaves(result))
        largest.append(np.max(np.abs(scores)))
    assert 20 < np.median(largest) < 120


@pytest.mark.parametrize("name", BACKWARD)
def test_backward_cases_stay_where_equal_formulas_agree(name):
    """Pre-activations of the backward cases stay near or below 5, the larger case included."""
    for seed in SEEDS:
        for case in drawn(name, seed):
            state, before, *rest = case.forward.arguments
            xt = state[:, :, 0] if state.ndim == 3 else state
            weights = rest[-1]
            if "Wax" in weights:
                z = weights["Wax"] @ xt + weights["Waa"] @ before + weights["ba"]
            else:
                both = np.concatenate([before, xt])
                z = np.array([weights[f"W{g}"] @ both + weights[f"b{g}"] for g in "fico"])
            assert np.max(np.abs(z)) < 6, case.name


@pytest.mark.parametrize("name", BACKWARD)
def test_a_backward_case_holds_the_cache_of_its_own_forward_pass(name):
    """Calling the forward function as the case says gives the cache among its arguments."""
    for case in drawn(name):
        forward = case.forward
        cache = functions()[forward.function](*forward.arguments)[forward.pick]
        assert same(cache, case.arguments[forward.into], 0.0), case.name


@pytest.mark.parametrize("name", ["rnn_forward", "lstm_forward", "rnn_backward", "lstm_backward"])
def test_a_sequence_function_names_its_cell_as_helper(name):
    """Each sequence function calls the cell function that stands before it."""
    helper = SPEC.exercise(name).helper
    assert helper == name.replace("_", "_cell_")
    assert f"{helper}(" in source().function_source(name)


def test_a_contradictory_description_is_refused():
    """An exercise whose checks speak of what it does not return cannot be built."""
    exercise = SPEC.exercises[0]
    with pytest.raises(SpecError, match="not returned"):
        dataclasses.replace(exercise, returns=("a_next",))
    with pytest.raises(SpecError, match="twice"):
        dataclasses.replace(exercise, checks=exercise.checks * 2)
