"""Numbers that the prose of rnn_step_by_step states are those that its functions compute."""

import contextlib
import functools
import io
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from grader.assignment.importable import importable
from tests.kit.solution import scope, source

DRAWS = 40


def told(heading: str) -> str:
    """The prose from a heading to the next one, minus signs as Python writes them."""
    prose = "\n".join(cell.source for cell in source().cells if cell.role == "text")
    found = re.search(rf"^#+ {re.escape(heading)}\n(.+?)(?=^#+ |\Z)", prose, re.M | re.S)
    assert found is not None, heading
    return found[1].replace("−", "-")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    lines = [line for line in told(heading).splitlines() if line.startswith("|")]
    return [[each.strip() for each in line.strip("|").split("|")] for line in lines[2:]]


def last_numbers(row: list[str]) -> list[list[float]]:
    """What each cell of a row ends in: the numbers behind its last equals sign."""
    return [[float(n) for n in re.findall(r"-?\d+\.?\d*", each.split("=")[-1])] for each in row[1:]]


@functools.cache
def example(name: str) -> Mapping[str, Any]:
    """What the names of an exercise's example hold once it has run."""
    names = {**scope()}
    cell = next(each for each in source().cells if each.id == f"example_{name}")
    with importable(source().files), contextlib.redirect_stdout(io.StringIO()):
        exec(compile(cell.source, f"<{name}>", "exec"), names)
    return names


XT, A_PREV = np.array([[2.0]]), np.array([[0.6], [0.2]])
PARAMETERS = {
    "Wax": np.array([[0.5], [-0.5]]),
    "Waa": np.array([[0.0, 1.0], [0.5, 0.0]]),
    "Wya": np.eye(2),
    "ba": np.array([[-0.2], [0.2]]),
    "by": np.zeros((2, 1)),
}


def test_the_step_by_hand_is_what_the_cell_computes() -> None:
    """Two units, one example: both products, the sum, its tanh and the prediction."""
    a_next, prediction, _ = scope()["rnn_cell_forward"](XT, A_PREV, PARAMETERS)
    parts = [PARAMETERS["Wax"] @ XT, PARAMETERS["Waa"] @ A_PREV, PARAMETERS["ba"]]
    columns = [*parts, sum(parts), a_next]
    for unit, row in enumerate(rows("One step by hand")):
        wanted = [[round(float(column[unit, 0]), 3)] for column in columns]
        assert last_numbers(row) == wanted
    for probability in prediction[:, 0]:
        assert f"{probability:.3f}" in told("One step by hand")


def test_the_step_by_hand_in_reverse_is_what_the_cell_computes() -> None:
    """The same step's gradients, and the change of J that the input's gradient promises."""
    heading = "The same step by hand, in reverse"
    da_next = np.array([[1.0], [2.0]])
    a_next, _, cache = scope()["rnn_cell_forward"](XT, A_PREV, PARAMETERS)
    gradients = scope()["rnn_cell_backward"](da_next, cache)
    columns = [da_next, 1 - a_next**2, gradients["dba"], gradients["dWax"], gradients["dWaa"]]
    for unit, row in enumerate(rows(heading)):
        assert last_numbers(row) == [
            [round(float(n), 3) for n in column[unit]] for column in columns
        ]
    ends = re.findall(r"= (-?[\d.]+)\$", told(heading).split("Back to the input")[1])
    wanted = [gradients["dxt"].item(), *gradients["da_prev"][:, 0]]
    assert [float(end) for end in ends] == pytest.approx(wanted, abs=5e-4)
    moved, *_ = scope()["rnn_cell_forward"](XT + 0.01, A_PREV, PARAMETERS)
    before, after = (float(np.sum(da_next * a)) for a in (a_next, moved))
    assert f"from {before:.4f} to {after:.4f}" in told(heading)
    assert f"That is {after - before:.4f} for a move of 0.01" in told(heading)


def test_the_cell_states_gradient_by_hand_is_right() -> None:
    """Equation (21) in numbers: 0.5 through the next step and 0.420 through the hidden state."""
    dc = 0.5 + 2 * 0.5 * (1 - np.tanh(1) ** 2)
    assert f"0.420 = {dc:.3f}$" in told("The cell state comes first")


def test_lengths_and_ranges_are_those_of_the_examples() -> None:
    """Exercise 6 states the lengths of dx, exercise 3 the range of one row of c_prev."""
    prose = "\n".join(cell.source for cell in source().cells).replace("−", "-")
    lengths = np.linalg.norm(example("rnn_backward")["gradients"]["dx"], axis=(0, 1))
    *first, last = [f"{length:.1f}" for length in lengths]
    assert f"lengths of {', '.join(first)} and {last}, from the first to the last" in prose
    row = example("lstm_cell_forward")["c_prev"][2]
    assert f"row 2 of its `c_prev` goes from {row.min():.2f} to {row.max():.2f}" in prose


@functools.cache
def reaches() -> np.ndarray:
    """The shares of three networks at every step, for many draws of weights, (draws, 3, T_x).

    The first draw is the notebook's.
    """
    cells = {cell.id: cell.source for cell in source().cells if cell.role == "lesson"}
    found = []
    for seed in [7, *(seed for seed in range(DRAWS) if seed != 7)]:
        names = {**scope()}
        drawing = cells["lesson_long_sequence"].replace("default_rng(7)", f"default_rng({seed})")
        with importable(source().files), contextlib.redirect_stdout(io.StringIO()):
            for text in (cells["lesson_networks"], drawing, cells["lesson_reach"]):
                exec(compile(text, "<reach>", "exec"), names)
        found.append(list(names["curves"].values()))
    return np.array(found)


def test_what_is_said_of_forty_draws_holds() -> None:
    """The share that is left a step, from the lowest to the highest of each network."""
    left = reaches()[:, :, -51] ** (1 / 50)
    prose = told("How far back does a gradient reach?")
    for lowest, highest in zip(left.min(axis=0), left.max(axis=0), strict=True):
        assert f"between {lowest:.2f} and {highest:.2f}" in prose
    assert 0 < np.sum(left[:, 0] < left[:, 1]) < DRAWS  # now the one, now the other
    assert np.all(left[:, 2] > left[:, :2].max(axis=1))


def test_the_model_answer_is_that_of_the_plot() -> None:
    """The share of the nearly open LSTM at its lowest, and after fifty steps."""
    answer = next(c.source for c in source().cells if c.id == "written_gradients")
    share = reaches()[0, 2]
    assert f"dips to {share.min():.2f} a few steps back" in answer
    assert f"at about {share[-51]:.1f} after 50" in answer
    assert 2 <= share[::-1].argmin() <= 9
