"""Every number that the document on the web prints is reproduced by the reference functions.

Seven functions directly; ``lstm_backward`` by the truncated version that the document publishes,
which hands no gradient from a time step to the one before it.
"""

from decimal import Decimal
from pathlib import Path

import jupytext
import numpy as np
import pytest

from grader.assignment.source import source_of
from grader.exercises.rnn_step_by_step import SPEC, visible
from grader.exercises.rnn_step_by_step.published import PRINTED

ROOT = Path(__file__).parents[2]
NAME = "rnn_step_by_step"

SHAPES = {
    "rnn_cell_forward": {"a_next": (5, 10), "yt_pred": (2, 10)},
    "rnn_forward": {"a": (5, 10, 4), "y_pred": (2, 10, 4)},
    "lstm_cell_forward": {"a_next": (5, 10), "c_next": (5, 10), "yt_pred": (2, 10)},
    "lstm_forward": {"a": (5, 10, 7), "y": (2, 10, 7)},
    "rnn_cell_backward": {
        "dxt": (3, 10), "da_prev": (5, 10), "dWax": (5, 3), "dWaa": (5, 5), "dba": (5, 1)
    },
    "rnn_backward": {
        "dx": (3, 10, 4), "da0": (5, 10), "dWax": (5, 3), "dWaa": (5, 5), "dba": (5, 1)
    },
    "lstm_cell_backward": {"dxt": (3, 10), "da_prev": (5, 10), "dc_prev": (5, 10)}
    | {f"dW{gate}": (5, 8) for gate in "fico"}
    | {f"db{gate}": (5, 1) for gate in "fico"},
    "lstm_backward": {"dx": (3, 10, 4), "da0": (5, 10)}
    | {f"dW{gate}": (5, 8) for gate in "fico"}
    | {f"db{gate}": (5, 1) for gate in "fico"},
}  # fmt: skip
LENGTHS = {
    "rnn_forward": ("caches", 2),
    "lstm_cell_forward": ("cache", 10),
    "lstm_forward": ("caches", 2),
}

CARRIED = "lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, steps[t])"
TRUNCATED = "lstm_cell_backward(da[:, :, t], np.zeros_like(c_prev), steps[t])"


@pytest.fixture(scope="module")
def source():
    """The assignment's text, read once."""
    book = jupytext.read(ROOT / "solutions" / f"{NAME}.py", fmt="py:percent")
    modules = (("rnn_utils.py", (ROOT / "rnn_utils.py").read_text(encoding="utf-8")),)
    return source_of(book, NAME, modules)


@pytest.fixture(scope="module")
def truncated(source):
    """The reference functions, with ``lstm_backward`` truncated as it is published."""
    scope = source.namespace()
    true = source.function_source("lstm_backward")
    assert true.count(CARRIED) == 1
    exec(true.replace(CARRIED, TRUNCATED), scope)
    return scope


@pytest.fixture
def run_example(source, truncated, capsys):
    """Run the notebook's example cell of an exercise alone; return the names that it leaves."""
    cells = {cell.id: cell.source for cell in source.cells}

    def run(name, functions=truncated):
        scope = dict(functions)
        exec(cells[f"example_{name}"], scope)
        return scope | scope.get("gradients", {})

    return run


def assert_printed(value, text):
    """``value`` rounds to every digit of ``text`` (or is next to it in the 16th digit)."""
    numbers = text.split()
    assert np.size(value) == len(numbers)
    for got, number in zip(np.ravel(value), numbers, strict=True):
        last = -Decimal(number).as_tuple().exponent
        # NumPy drops final zeros of a printed array: eight decimals were meant, not fewer.
        decimals = last if last > 8 else 8
        assert abs(got - float(number)) <= max(0.51 * 10.0**-decimals, 1e-14)


@pytest.mark.parametrize(
    ("name", "spot"), [(name, spot) for name, spots in PRINTED.items() for spot in spots]
)
def test_printed_number_is_reproduced(run_example, name, spot):
    """The notebook's example gives this printed value, to every digit that the document shows."""
    assert_printed(eval(spot, run_example(name)), PRINTED[name][spot])


@pytest.mark.parametrize("name", SHAPES)
def test_printed_shapes_are_reproduced(run_example, name):
    """The notebook's example gives the shapes and lengths that the document shows."""
    outputs = run_example(name)
    assert {output: outputs[output].shape for output in SHAPES[name]} == SHAPES[name]
    if name in LENGTHS:
        output, length = LENGTHS[name]
        assert len(outputs[output]) == length


@pytest.mark.parametrize("name", PRINTED)
def test_the_checks_example_is_the_notebooks(run_example, source, name):
    """The student's check calls the function with the very inputs of the notebook's example."""
    arguments = SPEC.exercise(name).arguments
    shown = run_example(name, source.namespace())
    checked = getattr(visible, name)(source.functions()).arguments
    np.testing.assert_equal(checked, tuple(shown[argument] for argument in arguments))


def test_the_true_lstm_backward_differs_from_the_published_one(run_example, source):
    """The published numbers are not the gradient: only the last time step of dx agrees."""
    true = run_example("lstm_backward", source.namespace())
    printed = np.array(PRINTED["lstm_backward"]["dx[1][2]"].split(), dtype=float)
    differs = np.abs(true["dx"][1][2] - printed) > 1e-3
    assert differs.tolist() == [True, True, True, False]
    assert abs(true["da0"][2][3] - float(PRINTED["lstm_backward"]["da0[2][3]"])) > 0.1
