"""The assignment rnn_step_by_step where `grader verify` cannot see it: its marks, its own cases.

What every assignment must hold is proved by `grader verify` (`make verify`), the published numbers
among it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.authoring import Case
from grader.comparison.ladder import by_name, compare
from grader.comparison.layout import Tolerance
from grader.comparison.trees import leaves
from grader.verify import in_process
from tests.kit.solution import (
    BACKWARD,
    FORWARD,
    NAMES,
    SPEC,
    functions,
    mistaken,
    posed,
    scope,
    source,
    visible_case,
)

SEEDS = range(5)
HIGH = 1000  # of the scores of a prediction where activations are large
MARKS = {
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
SEQUENCES = [name for name in NAMES if "cell" not in name]
EXTRAS = {"m = 1", "float32 inputs", "column-major inputs", "non-contiguous inputs"}
# What the document on the web shows of shapes and lengths.
WEIGHTS = {"dWax": (5, 3), "dWaa": (5, 5), "dba": (5, 1)}
GATES = {f"dW{gate}": (5, 8) for gate in "fico"} | {f"db{gate}": (5, 1) for gate in "fico"}
SHAPES = {
    "rnn_cell_forward": {"a_next": (5, 10), "yt_pred": (2, 10)},
    "rnn_forward": {"a": (5, 10, 4), "y_pred": (2, 10, 4), "caches": 2},
    "lstm_cell_forward": {"a_next": (5, 10), "c_next": (5, 10), "yt_pred": (2, 10), "cache": 10},
    "lstm_forward": {"a": (5, 10, 7), "y": (2, 10, 7), "caches": 2},
    "rnn_cell_backward": {"dxt": (3, 10), "da_prev": (5, 10), **WEIGHTS},
    "rnn_backward": {"dx": (3, 10, 4), "da0": (5, 10), **WEIGHTS},
    "lstm_cell_backward": {"dxt": (3, 10), "da_prev": (5, 10), "dc_prev": (5, 10), **GATES},
    "lstm_backward": {"dx": (3, 10, 4), "da0": (5, 10), **GATES},
}


def drawn(name: str) -> Iterator[tuple[int, int, Case]]:
    """Each hidden case of an exercise with its seed and its place, for several seeds."""
    for seed in SEEDS:
        for place, (case, _) in enumerate(posed(name, seed)):
            yield seed, place, case


def arrays(case: Case) -> list[tuple[str, Any]]:
    """Every array of a case's arguments, with its path."""
    return [(path, leaf) for path, leaf in leaves(case.arguments) if isinstance(leaf, np.ndarray)]


def test_marks_are_the_ones_that_students_read() -> None:
    """Each check is worth what the notebook's table says; 95 points in all, 5 for the answer."""
    marks = {
        e.name: ", ".join(f"{c.name} {c.points:g}{'*' * c.main}" for c in e.checks)
        for e in SPEC.exercises
    }
    assert marks == MARKS
    assert [exercise.points for exercise in SPEC.exercises] == [10, 10, 15, 10, 10, 12, 18, 10]
    assert SPEC.points == 95


def test_the_catalogue_is_large_enough() -> None:
    """There are at least 12 mistakes for a forward function and 14 for a backward one."""
    for exercise in SPEC.exercises:
        assert len(exercise.mistakes) >= (12 if exercise.name in FORWARD else 14), exercise.name


@pytest.mark.parametrize("name", NAMES)
def test_no_array_fits_by_luck(name: str) -> None:
    """In every case no two letters have one size; the first two are general challenges."""
    letters = {"n_x", "n_a", "n_y", "m"} | ({"T_x"} if name in SEQUENCES else set())
    for seed, place, case in drawn(name):
        assert set(case.dims) == letters
        assert len(set(case.dims.values())) == len(case.dims), (seed, case.name)
        if place < 2:
            assert case.tolerance == 1e-6 and min(case.dims.values()) >= 2
            assert case.dims.get("T_x", 3) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_no_state_bias_or_upstream_gradient_is_zero(name: str) -> None:
    """All values drawn are random; only an LSTM's first cell state is zero, as it must be."""
    for seed, _, case in drawn(name):
        for path, array in arrays(case):
            first_cell_state = name == "lstm_backward" and path.endswith("[0][0][3]")
            assert np.any(array == 0) == first_cell_state, (seed, case.name, path)


@pytest.mark.parametrize("name", NAMES)
def test_the_extra_cases_are_what_their_names_say(name: str) -> None:
    """Sizes of one, a larger case, other ways to store arrays: asked of each, and really so."""
    cases = {case.name: case for seed, _, case in drawn(name) if seed == 0}
    wanted = EXTRAS | ({"T_x = 1", "a longer sequence"} if name in SEQUENCES else {"a wider cell"})
    if name in FORWARD:
        wanted |= {"n_y = 1", "large activations"}
    elif name in SEQUENCES:
        wanted |= {"da with fewer steps than the caches"}
    assert wanted <= set(cases)
    assert cases["m = 1"].dims["m"] == 1
    assert all(array.dtype == np.float32 for _, array in arrays(cases["float32 inputs"]))
    assert cases["float32 inputs"].tolerance == 1e-4
    for case, by_column in (("column-major inputs", True), ("non-contiguous inputs", False)):
        flags = arrays(cases[case])[0][1].flags
        assert flags.f_contiguous == by_column and not flags.c_contiguous
    if name in SEQUENCES:
        assert cases["T_x = 1"].dims["T_x"] == 1
        longer = cases["a longer sequence"].dims
        assert (longer["n_a"], longer["T_x"]) == (40, 12)


@pytest.mark.parametrize("name", ["rnn_backward", "lstm_backward"])
def test_da_may_hold_fewer_steps_than_the_caches(name: str) -> None:
    """One case asks for the gradient of the first steps only; T_x is da's."""
    case = next(case for _, _, case in drawn(name) if case.name.startswith("da with fewer"))
    da, (steps, x) = case.arguments
    assert case.dims["T_x"] == da.shape[2] < len(steps) == x.shape[2]


def large(name: str, seed: int) -> tuple[Case, Any]:
    """The case of large activations of an exercise, with what is right there."""
    [found] = [p for p in posed(name, seed) if p[0].name == "large activations"]
    return found


@pytest.mark.parametrize("name", ["rnn_cell_forward", "lstm_cell_forward"])
def test_large_activations_reach_tens_and_stay_finite(name: str) -> None:
    """Without their common height, scores before softmax reach at least 20; references cope."""
    largest = []
    for seed in SEEDS:
        case, result = large(name, seed)
        weights = case.arguments[-1]
        scores = weights.get("Wya", weights.get("Wy")) @ result[0] + weights["by"]
        assert all(np.isfinite(leaf).all() for _, leaf in leaves(result))
        largest.append(np.max(np.abs(scores - HIGH)))
    assert 20 < np.median(largest) < 120


def overflowing(scores: Any) -> Any:
    """A softmax as it stands in a formula."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.exp(scores) / np.sum(np.exp(scores), axis=0)


def one_maximum(scores: Any) -> Any:
    """A softmax that takes the matrix's largest score off every column."""
    weights = np.exp(scores - np.max(scores))
    return weights / np.sum(weights, axis=0)


@pytest.mark.parametrize("name", ["rnn_cell_forward", "lstm_cell_forward"])
def test_large_activations_find_a_softmax_that_overflows(name: str) -> None:
    """Every prediction of it is NaN there, on whatever inputs, and on no other case.

    One maximum for the whole matrix is right: the columns of a case lie near one another.
    """
    exercise, cell = SPEC.exercise(name), source().function_source(name)
    own = {
        softmax: in_process.define(cell, name, {**scope(), "softmax": softmax})
        for softmax in (overflowing, one_maximum)
    }
    for seed in range(20):
        failed = in_process.failed_checks(exercise, own[overflowing], posed(name, seed))
        assert failed == {"yt_pred": "large activations"}
        case, right = large(name, seed)
        got, tolerance = own[overflowing](*case.arguments), Tolerance(case.tolerance)
        found = compare(exercise.layout, right, got, tolerance, case.dims)["yt_pred"]
        assert found is not None and (found.rung, found.expected) == ("finite", "finite numbers")
        assert not in_process.failed_checks(exercise, own[one_maximum], posed(name, seed))


@pytest.mark.parametrize("name", FORWARD)
def test_high_scores_change_no_activation(name: str) -> None:
    """Only the prediction's bias is high: what goes into tanh and sigmoid stays near ±50."""
    for seed in SEEDS:
        weights = large(name, seed)[0].arguments[-1]
        assert np.min(weights["by"]) > 900
        inside = [array for key, array in weights.items() if key not in ("by", "Wy", "Wya")]
        assert all(np.max(np.abs(array)) < 60 for array in inside)


@pytest.mark.parametrize("name", BACKWARD)
def test_backward_cases_stay_where_equal_formulas_agree(name: str) -> None:
    """Pre-activations of the backward cases stay near or below 5, the larger case included."""
    for _, _, case in drawn(name):
        assert case.forward is not None
        state, before, *rest = case.forward.arguments
        xt = state[:, :, 0] if state.ndim == 3 else state
        weights = rest[-1]
        if "Wax" in weights:
            z = weights["Wax"] @ xt + weights["Waa"] @ before + weights["ba"]
        else:
            both = np.concatenate([before, xt])
            z = np.array([weights[f"W{g}"] @ both + weights[f"b{g}"] for g in "fico"])
        assert np.max(np.abs(z)) < 6, case.name


def test_a_sequence_function_names_the_cell_that_it_calls() -> None:
    """Each sequence function calls the cell function that stands before it."""
    for name in SEQUENCES:
        [helper] = SPEC.exercise(name).calls
        assert helper == name.replace("_", "_cell_")
        assert f"{helper}(" in source().function_source(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_shapes_on_the_web_come_out(name: str) -> None:
    """The visible example gives the shapes and lengths that the document shows."""
    exercise = SPEC.exercise(name)
    outputs, _ = by_name(exercise.layout, posed(name, 0, visible=True)[0][1])
    for output, wanted in SHAPES[name].items():
        value = outputs[output]
        assert (value.shape if isinstance(value, np.ndarray) else len(value)) == wanted


def test_the_published_lstm_backward_is_not_the_gradient() -> None:
    """Of the published numbers of dx only those of the last time step agree with the true ones."""
    case = visible_case("lstm_backward")
    true = functions()["lstm_backward"](*case.arguments)
    numbers = SPEC.exercise("lstm_backward").published
    printed = np.array(numbers["dx[1][2]"].split(), dtype=float)
    assert (np.abs(true["dx"][1][2] - printed) > 1e-3).tolist() == [True, True, True, False]
    assert abs(true["da0"][2][3] - float(numbers["da0[2][3]"])) > 0.1


def test_the_truncated_rnn_backward_is_far_from_the_gradient() -> None:
    """Dropping the recurrent term changes dWaa of the visible example by more than a tenth."""
    arguments = visible_case("rnn_backward").arguments
    true = functions()["rnn_backward"](*arguments)["dWaa"]
    wrong = mistaken("rnn_backward")["drops-recurrent-term"](*arguments)["dWaa"]
    assert np.linalg.norm(true - wrong) > 0.1 * np.linalg.norm(true)
