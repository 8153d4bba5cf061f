"""What the judge demands beyond right values, and what it says of a result that is wrong."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from grader.comparison.causes import cause_of_error, cause_of_result
from grader.judge.judge import judge
from grader.simulate.pupils import Pupil
from grader.verdict import ExerciseResult
from tests.kit.course import assignment, book_of, mistaken, right, taken
from tests.kit.sandbox import sandbox_at

pytestmark = pytest.mark.sandbox
CELL = "lstm_cell_backward"


def judged(name: str, text: str, **others: str) -> ExerciseResult:
    """The verdict on one exercise whose cell holds ``text``, with the other ones right."""
    exercises = assignment().spec.exercises
    pupil = Pupil("ada", own={name: text, **others})
    seeds = {exercise.name: number for number, exercise in enumerate(exercises)}
    verdict = judge(assignment(), taken(book_of(pupil)), seeds, sandbox_at("B")).verdict
    return next(exercise for exercise in verdict.exercises if exercise.name == name)


def edited(name: str, *edits: tuple[str, str]) -> str:
    """The solution's text of a function with edits that each fit once."""
    text = right(name)
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def failed(result: ExerciseResult) -> set[str]:
    """The checks that did not hold."""
    return {check.name for check in result.checks if check.outcome == "failed"}


LAST = "return a_next, yt_pred, cache"
STATEFUL = {
    "a counter of its calls": (
        "rnn_cell_forward",
        ("    " + LAST, "    MEMORY['calls'] = MEMORY.get('calls', 0) + 1\n"
         "    a_next = a_next * (1 + MEMORY['calls'] / 1000)\n    " + LAST),
    ),
    "the last result, when it was called with these sizes before": (
        "rnn_cell_forward",
        ("    " + LAST, "    key = str(xt.shape) + str(a_prev.dtype)\n"
         "    if key in MEMORY:\n        yt_pred = yt_pred + 1\n    MEMORY[key] = 1\n    " + LAST),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STATEFUL)
def test_a_function_gives_the_same_when_it_is_called_again(case: str) -> None:
    """What a function keeps from call to call loses it marks, and is named."""
    name, edit = STATEFUL[case]
    result = judged(name, "MEMORY = {}\n" + edited(name, edit))
    assert result.outcome == "failed" and result.points < result.max_points
    assert result.mistake == "depends-on-earlier-calls"
    assert "the same arguments give another result" in result.message


def test_a_list_as_a_default_argument_is_found_out() -> None:
    """A list that grows from call to call loses the marks for caches, and the cause is named."""
    text = edited(
        "rnn_forward",
        ("def rnn_forward(x, a0, parameters)", "def rnn_forward(x, a0, parameters, caches=[])"),
        ("    caches = []\n", ""),
    )
    result = judged("rnn_forward", text)
    assert failed(result) == {"caches"} and result.mistake == "depends-on-earlier-calls"


GLOBALS = {
    "an argument under another name": (
        "rnn_cell_forward",
        ("def rnn_cell_forward(xt, a_prev, parameters)", "def rnn_cell_forward(xt, a_prev, p)"),
    ),
    "weights that an example has left behind": (
        "lstm_cell_backward",
        ('parameters["Wf"].T', "Wf.T"),
    ),
    "a size": ("rnn_forward", ("n_x, m, T_x = x.shape", "n_x = x.shape[0]")),
}


@pytest.mark.parametrize("case", GLOBALS)
def test_a_function_that_reads_the_notebooks_variables_is_told_so(case: str) -> None:
    """Values that examples have left behind are no use when it is judged, and that is named."""
    name, edit = GLOBALS[case]
    result = judged(name, edited(name, edit))
    assert result.outcome in ("failed", "raised") and result.mistake == "reads-notebook-globals"
    assert "variables of the notebook" in result.message


MIXING = {
    "rnn_cell_forward": ("np.tanh(", "np.tanh(xt.mean() - xt.mean(axis=0) + "),
    "rnn_cell_backward": ("dxt = Wax.T @ dz", "dxt = Wax.T @ dz[:, ::-1]"),
}


@pytest.mark.parametrize("name", MIXING)
def test_a_function_that_mixes_examples_loses_marks(name: str) -> None:
    """Examples of a batch are independent: the whole comparison with the reference shows it."""
    result = judged(name, edited(name, MIXING[name]))
    assert result.outcome == "failed" and result.points <= result.max_points / 2


FORMS = {
    "returns-nothing": ("rnn_cell_forward", (LAST, "pass"), "reached"),
    "returns-another-number": ("rnn_cell_forward", (LAST, "return a_next, yt_pred"), "2 values"),
    "returns-another-kind": ("rnn_cell_forward", (LAST, "return a_next * 2"), "one array is"),
    "returns-in-another-order": (
        "lstm_forward", ("return a, y, c, (", "return c, a, y, ("), "order"
    ),
    "key-misspelt": (
        "rnn_backward", ('"dba": dba}', '"dbaa": dba}'), "dba is returned under the key 'dbaa'"
    ),
    "left-over-none": (
        "rnn_cell_backward", ('"dWax": dWax', '"dWax": None'), "dWax is still None"
    ),
    "key-unknown": (
        "rnn_cell_forward", ('parameters["ba"]', 'parameters["b_a"]'), "Is 'ba' meant?"
    ),
    "name-not-defined": ("rnn_cell_forward", ("np.tanh(", "np.tanh(bias + "), "'bias'"),
    "name-not-set": (
        "rnn_cell_forward", (LAST, "yt_pred = z * 1\n    z = yt_pred\n    " + LAST), "'z'"
    ),
    "none-is-used": ("rnn_cell_forward", ("np.tanh(", "np.tanh(None + "), "None when it is used"),
    "arguments-do-not-fit": (
        "rnn_forward", ("x[:, :, t], a_next, parameters", "x[:, :, t], a_next"), "`def` line"
    ),
    "shapes-do-not-fit": ("rnn_cell_forward", ("Wax @ xt", "Wax.T @ xt"), "do not fit"),
    "unpacks-another-number": (
        "rnn_cell_backward", ("xt, parameters = cache", "xt = cache"), "taken apart"
    ),
    "index-out-of-range": ("rnn_forward", ("range(T_x)", "range(T_x + 1)"), "past the end"),
    "key-is-a-number": ("rnn_backward", ('gradients["dxt"]', "gradients[0]"), "by position"),
}  # fmt: skip


@pytest.mark.parametrize("cause", FORMS)
def test_the_form_of_a_wrong_result_is_named(cause: str) -> None:
    """Exceptions and types say what happened, where no known mistake does."""
    name, edit, said = FORMS[cause]
    result = judged(name, edited(name, edit))
    assert result.mistake == cause and said in result.message
    assert "It looks as if " in result.message


def test_an_error_is_explained_though_it_does_not_come_in_every_case() -> None:
    """With one example per batch the shapes happen to fit; what raised first is what is told."""
    result = judged("rnn_cell_forward", edited("rnn_cell_forward", (" + ba)", " + ba.ravel())")))
    assert result.outcome == "failed" and result.mistake == "shapes-do-not-fit"
    assert "it raised ValueError" in result.message


def test_right_values_with_changed_arguments_are_in_the_right_order() -> None:
    """Nothing is said of the order of values when each of them stands in its place."""
    expected = (np.ones(2), np.zeros(3), ())
    layout = assignment().spec.exercise("rnn_cell_forward").layout
    assert cause_of_result(layout, expected, copy.deepcopy(expected), 1e-6) is None


@pytest.mark.parametrize(("word", "meant"), [("Wxa", "Wax"), ("Wyaa", "Wya"), ("b_y", "by")])
def test_swapped_letters_are_the_likeliest_slip(word: str, meant: str) -> None:
    """Wxa is Wax with two letters swapped, although it is as near to Wya."""
    keys = ["Wax", "Waa", "Wya", "ba", "by"]
    found = cause_of_error("KeyError", f"'{word}'", keys, lambda _: True)
    assert found is not None and f"Is {meant!r} meant?" in found.hint


def test_a_cell_that_does_not_parse_is_told_its_line() -> None:
    """An unclosed bracket is missing work, with the line where Python gave up."""
    result = judged("rnn_forward", "def rnn_forward(x, a0, parameters):\n    a = np.zeros((3, 4)\n")
    assert result.outcome == "missing" and "does not parse, line 2" in result.message


def test_a_wrong_value_under_a_wrong_key_is_not_called_misspelt() -> None:
    """The key is blamed only when renaming it would make everything right."""
    text = edited("rnn_backward", ('"dba": dba}', '"dbaa": 2 * dba}'))
    result = judged("rnn_backward", text)
    assert result.mistake is None and failed(result) == {"dba"}


def test_of_two_mistakes_one_is_offered_as_a_possibility() -> None:
    """No mistake is named as certain; the one that explains the most is said to be possible."""
    text = mistaken("rnn_cell_forward", "no-tanh")
    assert text.count(LAST) == 1
    result = judged("rnn_cell_forward", text.replace(LAST, "return a_next, 2 * yt_pred, cache"))
    assert result.mistake is None and result.outcome == "failed"
    assert "One possibility: " in result.message
    assert "something else is wrong as well." in result.message
    known = {m.id: m for m in assignment().spec.exercise("rnn_cell_forward").mistakes}
    assert known["no-tanh"].title in result.message


def test_a_mistake_of_its_own_kind_is_not_guessed_at() -> None:
    """Wrong values that no known mistake gives are described, and nothing is suggested."""
    text = edited("rnn_cell_forward", (LAST, "return 1.5 * a_next, yt_pred, cache"))
    result = judged("rnn_cell_forward", text)
    assert result.mistake is None and result.outcome == "failed"
    assert "possibility" not in result.message and "looks as if" not in result.message


def test_a_name_in_an_exception_is_all_that_is_repeated() -> None:
    """An exception's text could carry hidden inputs: only words of the student's are shown."""
    for secret in ("str(xt.ravel().tolist())", "'v' + str(xt[0, 0])[-5:]"):
        text = f"def rnn_cell_forward(xt, a_prev, p):\n    raise KeyError({secret})"
        result = judged("rnn_cell_forward", text)
        assert result.outcome == "raised" and result.mistake is None
