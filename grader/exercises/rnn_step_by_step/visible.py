"""The one example that students see beside each exercise: the inputs of the document on the web.

The numbers drawn, their order and their sizes are those of the published exercise, so that a
student's printed values equal the web's. A private ``RandomState(1)`` gives what
``np.random.seed(1)`` would, and leaves the global generator alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.authoring import Case, Forward, Functions

Array = np.ndarray[Any, Any]
Draw = Callable[..., Array]

N_X, N_A, N_Y, M = 3, 5, 2, 10
SIZES = {"n_x": N_X, "n_a": N_A, "n_y": N_Y, "m": M}
NAME = "the example in the notebook"


def _draws() -> Draw:
    """The published draws: what ``np.random.randn`` gives after ``np.random.seed(1)``."""
    return np.random.RandomState(1).randn


def _rnn_parameters(draw: Draw) -> dict[str, Array]:
    shapes = {
        "Waa": (N_A, N_A), "Wax": (N_A, N_X), "Wya": (N_Y, N_A), "ba": (N_A, 1), "by": (N_Y, 1)
    }  # fmt: skip
    return {name: draw(*shape) for name, shape in shapes.items()}


def _gate_parameters(draw: Draw) -> dict[str, Array]:
    """Weight and bias of the four gates, in the published order: forget, update, output, cell."""
    parameters = {}
    for gate in "fioc":
        parameters[f"W{gate}"] = draw(N_A, N_A + N_X)
        parameters[f"b{gate}"] = draw(N_A, 1)
    return parameters


def _lstm_parameters(draw: Draw) -> dict[str, Array]:
    return {**_gate_parameters(draw), "Wy": draw(N_Y, N_A), "by": draw(N_Y, 1)}


def _rnn_inputs(draw: Draw) -> tuple[Any, ...]:
    """``x`` of four steps, ``a0`` and the parameters, as two published cells draw them."""
    return draw(N_X, M, 4), draw(N_A, M), _rnn_parameters(draw)


def _lstm_cell_inputs(draw: Draw) -> tuple[Any, ...]:
    return draw(N_X, M), draw(N_A, M), draw(N_A, M), _lstm_parameters(draw)


def rnn_cell_forward(_: Functions) -> Case:
    """One step of the RNN on ten examples."""
    draw = _draws()
    return Case(NAME, (draw(N_X, M), draw(N_A, M), _rnn_parameters(draw)), SIZES)


def rnn_forward(_: Functions) -> Case:
    """Four steps of the RNN on ten examples."""
    return Case(NAME, _rnn_inputs(_draws()), {**SIZES, "T_x": 4})


def lstm_cell_forward(_: Functions) -> Case:
    """One step of the LSTM on ten examples."""
    return Case(NAME, _lstm_cell_inputs(_draws()), SIZES)


def lstm_forward(_: Functions) -> Case:
    """Seven steps of the LSTM on ten examples."""
    draw = _draws()
    arguments = (draw(N_X, M, 7), draw(N_A, M), _lstm_parameters(draw))
    return Case(NAME, arguments, {**SIZES, "T_x": 7})


def rnn_cell_backward(functions: Functions) -> Case:
    """One step back through the RNN.

    The published cell draws its bias under the name ``b`` and then uses the ``ba`` that the cell of
    ``rnn_forward`` left behind; so does this one, or the printed numbers would not be reached.
    """
    draw = _draws()
    xt, a_prev = draw(N_X, M), draw(N_A, M)
    parameters = {"Wax": draw(N_A, N_X), "Waa": draw(N_A, N_A), "Wya": draw(N_Y, N_A)}
    draw(N_A, 1)
    parameters["by"] = draw(N_Y, 1)
    parameters["ba"] = _rnn_inputs(_draws())[2]["ba"]
    inputs = (xt, a_prev, parameters)
    cache = functions["rnn_cell_forward"](*inputs)[2]
    forward = Forward("rnn_cell_forward", inputs, pick=2, into=1)
    return Case(NAME, (draw(N_A, M), cache), SIZES, forward=forward)


def rnn_backward(functions: Functions) -> Case:
    """Four steps back through the RNN; here the published cell draws ``Wax`` before ``Waa``."""
    draw = _draws()
    x, a0, wax, waa = draw(N_X, M, 4), draw(N_A, M), draw(N_A, N_X), draw(N_A, N_A)
    rest = {"Wya": draw(N_Y, N_A), "ba": draw(N_A, 1), "by": draw(N_Y, 1)}
    inputs = (x, a0, {"Wax": wax, "Waa": waa, **rest})
    caches = functions["rnn_forward"](*inputs)[2]
    forward = Forward("rnn_forward", inputs, pick=2, into=1)
    return Case(NAME, (draw(N_A, M, 4), caches), {**SIZES, "T_x": 4}, forward=forward)


def lstm_cell_backward(functions: Functions) -> Case:
    """One step back through the LSTM."""
    draw = _draws()
    inputs = _lstm_cell_inputs(draw)
    cache = functions["lstm_cell_forward"](*inputs)[3]
    forward = Forward("lstm_cell_forward", inputs, pick=3, into=2)
    return Case(NAME, (draw(N_A, M), draw(N_A, M), cache), SIZES, forward=forward)


def lstm_backward(functions: Functions) -> Case:
    """Back through the first four of seven steps of the LSTM.

    The published cell has no draws for ``Wy`` and ``by``: it uses those that the cell of
    ``lstm_cell_backward`` left behind, and so does this one.
    """
    draw = _draws()
    x, a0 = draw(N_X, M, 7), draw(N_A, M)
    left_behind = _lstm_cell_inputs(_draws())[3]
    parameters = _gate_parameters(draw) | {name: left_behind[name] for name in ("Wy", "by")}
    inputs = (x, a0, parameters)
    caches = functions["lstm_forward"](*inputs)[3]
    forward = Forward("lstm_forward", inputs, pick=3, into=1)
    return Case(NAME, (draw(N_A, M, 4), caches), {**SIZES, "T_x": 4}, forward=forward)
