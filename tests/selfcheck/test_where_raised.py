"""An exception is located in the student's wrong call, not in the right function that it calls."""

from __future__ import annotations

import linecache
from typing import Any

import pytest

from grader.comparison.causes import calls_another
from tests.kit import course

CELLS = [
    *("rnn_cell_forward", "rnn_forward", "lstm_cell_forward", "lstm_forward"),
    *("rnn_cell_backward", "rnn_backward", "lstm_cell_backward", "lstm_backward"),
]


@pytest.fixture
def notebook() -> Any:
    """A notebook of right functions, in cells of their own; texts take the place of some."""
    names = [f"/tmp/cells/{name}" for name in CELLS]

    def made(**texts: str) -> dict[str, Any]:
        scope = course.assignment().source.namespace()
        for name, file in zip(CELLS, names, strict=True):
            text = texts.get(name) or course.right(name)
            linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
            exec(compile(text, file, "exec"), scope)
        return scope

    yield made
    for file in names:
        linecache.cache.pop(file, None)


def told(name: str, scope: dict[str, Any]) -> tuple[str, str]:
    """Where to look, and the notes."""
    check = course.selfcheck()
    panel, message = check.examine(check.references()[name], scope[name])
    assert message
    return dict(panel.lines)["look at"], " ".join(panel.notes)


def rewritten(name: str, old: str, new: str) -> str:
    """A right function's text with one edit."""
    text = course.right(name)
    assert text.count(old) == 1, old
    return text.replace(old, new)


CALL = "rnn_cell_backward(da[:, :, t] + da_prevt, steps[t])"
WRONG = CALL.replace("steps[t]", "steps")
CALLS = {
    "all caches": WRONG,
    "a gradient of all steps": CALL.replace("da[:, :, t] + da_prevt", "da"),
    "no cache": "rnn_cell_backward(da[:, :, t] + da_prevt)",
    "a step of another length": CALL.replace("steps[t]", "steps[t][:3]"),
}


@pytest.mark.parametrize("case", CALLS)
def test_the_call_of_a_right_cell_is_pointed_at(case: str, notebook: Any) -> None:
    """Whatever a right cell raises when it is called wrongly: the line that calls it."""
    scope = notebook(rnn_backward=rewritten("rnn_backward", CALL, CALLS[case]))
    look, _ = told("rnn_backward", scope)
    assert "in rnn_backward: " in look and CALLS[case] in look


def test_the_line_of_a_wrong_cell_is_pointed_at(notebook: Any) -> None:
    """In its own check a cell that raises is shown its own line."""
    broken = rewritten("rnn_cell_backward", "Wax.T @ dz", "Wax @ dz @ xt")
    look, _ = told("rnn_cell_backward", notebook(rnn_cell_backward=broken))
    assert "in rnn_cell_backward: dxt = Wax @ dz @ xt" in look


def test_a_cell_that_is_wrong_at_other_sizes_is_not_called_right(notebook: Any) -> None:
    """One that fits the example alone may be what raises, where its sequence is wrong as well."""
    cell = rewritten("rnn_cell_backward", "Wax.T @ dz", "Wax.T @ dz.reshape(5, -1)")
    scope = notebook(rnn_cell_backward=cell)
    check = course.selfcheck()
    other = check.references()["rnn_backward"].other
    found = check.try_on(other, scope["rnn_backward"]).findings["dx"]
    assert "in rnn_cell_backward" in found.look


def test_a_function_of_another_exercise_is_called_that(notebook: Any) -> None:
    """The RNN's cell called from the LSTM: which function belongs here, and no key is proposed."""
    call = "lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)"
    text = course.right("lstm_forward")
    line = next(line for line in text.splitlines() if "lstm_cell_forward(" in line)
    wrong = "a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)"
    scope = notebook(lstm_forward=text.replace(line.strip(), wrong))
    look, notes = told("lstm_forward", scope)
    assert call.partition("(")[0] in line and f"in lstm_forward: {wrong}" in look
    assert notes == calls_another("lstm_forward", "rnn_cell_forward").text()


def test_the_functions_that_an_exercise_calls_belong_to_it(notebook: Any) -> None:
    """A wrong call of its own cell is no call of another exercise."""
    scope = notebook(rnn_backward=rewritten("rnn_backward", CALL, WRONG))
    assert "calls rnn_cell_backward" not in told("rnn_backward", scope)[1]


def test_a_key_is_proposed_from_the_dictionaries_that_are_given(notebook: Any) -> None:
    """Names of what is returned are no keys: of Wax in the LSTM nothing is near that is one."""
    text = rewritten("lstm_forward", 'parameters["Wy"]', 'parameters["a"]')
    _, notes = told("lstm_forward", notebook(lstm_forward=text))
    assert "the key 'a' is looked up" in notes and "Which keys does the docstring list?" in notes
    text = rewritten("rnn_backward", 'gradients["da_prev"]', 'gradients["da_prve"]')
    _, notes = told("rnn_backward", notebook(rnn_backward=text))
    assert "Is 'da_prev' meant?" in notes


def test_files_that_were_handed_out_are_not_looked_into(notebook: Any) -> None:
    """softmax is right: the line that calls it with text is pointed at."""
    text = rewritten("rnn_cell_forward", "softmax(Wya @ a_next + by)", 'softmax("a")')
    scope = notebook(rnn_cell_forward=text)
    file = str(course.student_folder() / "rnn_utils.py")
    exec(compile((course.student_folder() / "rnn_utils.py").read_text(), file, "exec"), scope)
    look, _ = told("rnn_cell_forward", scope)
    assert "in rnn_cell_forward: " in look


def test_two_functions_that_call_each_other_come_to_an_end(notebook: Any) -> None:
    """What is asked whether it is right may call what is being checked."""
    cell = "def rnn_cell_forward(xt, a_prev, parameters):\n    return rnn_forward(xt, a_prev, 1)\n"
    text = "def rnn_forward(x, a0, p):\n    return rnn_cell_forward(x, a0, p)\n"
    look, _ = told("rnn_forward", notebook(rnn_cell_forward=cell, rnn_forward=text))
    assert look
