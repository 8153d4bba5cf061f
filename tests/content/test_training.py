"""What the closing lesson of rnn_step_by_step trains: true gradients, and what comes of them."""

import contextlib
import functools
import io
from typing import Any

import numpy as np
import pytest

import rnn_utils
from grader.assignment.importable import importable
from tests.kit.solution import scope, source

DEFINING = (
    "networks",
    "task",
    "loss_to_da",
    "clipping",
    "adam",
    "train",
    "three_networks",
    "words",
    "training_plot",
    "hunt",
)


@functools.cache
def lesson() -> dict[str, Any]:
    """What the lesson's cells define on top of the eight functions; nothing is trained yet."""
    names = {**scope()}
    cells = {cell.id: cell.source for cell in source().cells if cell.role == "lesson"}
    names["trained"] = {}  # as where the exercises are empty, so that the cells only define
    with importable(source().files), contextlib.redirect_stdout(io.StringIO()):
        for name in DEFINING:
            exec(compile(cells[f"lesson_{name}"], f"<{name}>", "exec"), names)
    return names


def network(kind: str, rng: np.random.Generator) -> tuple[Any, Any, dict[str, Any]]:
    """A small network's forward and backward functions and its parameters."""
    parameters = lesson()[f"new_{kind}"](4, 3, 4, rng)
    return lesson()[f"{kind}_forward"], lesson()[f"{kind}_backward"], parameters


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_the_lines_between_loss_and_da_are_the_gradient(kind: str) -> None:
    """Every parameter's gradient agrees with central differences, those of the prediction too."""
    rng = np.random.default_rng(3)
    forward, backward, parameters = network(kind, rng)
    x, y = lesson()["first_symbol"](5, 6, rng)

    def loss(name: str, value: Any) -> float:
        moved = {**parameters, name: value}
        return float(lesson()["loss_and_gradients"](forward, backward, x, y, moved)[0])

    _, gradients = lesson()["loss_and_gradients"](forward, backward, x, y, parameters)
    assert set(gradients) == {f"d{name}" for name in parameters}
    for name, value in parameters.items():
        measured = rnn_utils.numeric_gradient(functools.partial(loss, name), value)
        assert rnn_utils.relative_error(gradients[f"d{name}"], measured) < 1e-7, name


def test_the_answer_is_the_first_symbol() -> None:
    """Four symbols, one of them at every step, and the answer is the one at step 1."""
    x, y = lesson()["first_symbol"](50, 7, np.random.default_rng(0))
    assert x.shape == (4, 50, 7) and y.shape == (4, 50)
    assert np.all(x.sum(axis=0) == 1) and np.all(x[:, :, 0] == y)
    assert len(np.unique(x.argmax(axis=0))) == 4


def test_clipping_shortens_all_gradients_together() -> None:
    """Long gradients keep their direction and are 1 long together; short ones stay."""
    gradients = {"dW": np.full((2, 3), 3.0), "db": np.full((2, 1), -1.0)}
    shorter = lesson()["clipped"](gradients)
    assert np.sqrt(sum(np.sum(g**2) for g in shorter.values())) == pytest.approx(1)
    assert shorter["dW"][0, 0] == pytest.approx(-3 * shorter["db"][0, 0])
    short = {name: gradient / 100 for name, gradient in gradients.items()}
    assert all(np.array_equal(lesson()["clipped"](short)[name], short[name]) for name in short)
    nothing = {"dW": np.zeros((2, 3))}
    assert np.array_equal(lesson()["clipped"](nothing)["dW"], nothing["dW"])


def test_the_first_move_of_adam_is_the_rate() -> None:
    """Whatever the size of a gradient, each weight moves by the rate, against its sign."""
    parameters, state = {"W": np.array([[1.0, 2.0]])}, {}  # type: ignore[var-annotated]
    lesson()["adam_step"](parameters, {"dW": np.array([[1e-3, -50.0]])}, state, rate=0.01)
    assert parameters["W"] == pytest.approx(np.array([[0.99, 2.01]]), abs=1e-6)


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.0, "all"), (0.9, "nearly all"), (0.25, "about a quarter"), (0.0, "almost nothing")],
)
def test_shares_are_told_in_words(share: float, words: str) -> None:
    """A share has a word, and so have a loss above a guess's and one that is no number."""
    assert lesson()["in_words"](share) == words
    assert lesson()["in_words"](1.02) == "all"
    assert lesson()["in_words"](float("nan")) == "almost nothing"


def test_loss_curves_are_drawn_beside_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each network has a curve with its name and a style of its own, and a guess has a line."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    monkeypatch.setitem(lesson(), "plt", pyplot)
    lesson()["show_losses"]({"one": ([1.4] * 30, 0.2), "two": ([0.5] * 30, 0.9)})
    lines = pyplot.gca().get_lines()
    assert [line.get_label() for line in lines] == ["one", "two", "a guess"]
    assert len({line.get_linestyle() for line in lines[:2]}) == 2
    assert lines[1].get_ydata() == pytest.approx(np.full(21, 0.5))
    pyplot.close("all")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 5, 9, 13, 17])
def test_only_the_open_gate_learns(seed: int) -> None:
    """The first of 40 symbols: RNN and half-open LSTM guess, the open one names nearly all."""
    right = {name: share for name, (_, share) in lesson()["trained_networks"](seed).items()}
    assert right["RNN"] < 0.32
    assert right["LSTM, bf = 0"] < 0.32
    assert right["LSTM, bf = 4"] > 0.9  # the last digits of sums differ with the processor


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 9, 17])
def test_the_version_that_hands_nothing_on_trains_badly(seed: int) -> None:
    """From the same weights and on the same sequences it is far from the true gradient's result."""
    start = lesson()["opened"](lesson()["first_networks"](seed)[1], bf=4.0)
    backward = lesson()["other_backward"]
    losses, right = lesson()["train"](lesson()["lstm_forward"], backward, start, seed)
    assert right < 0.7
    assert np.mean(losses[-20:]) > 0.5 * np.log(4)
