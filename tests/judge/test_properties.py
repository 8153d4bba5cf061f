"""What the judge demands beyond right values, and what it says of a result that is wrong."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from grader.comparison.causes import cause_of_result
from grader.comparison.error_causes import cause_of_error
from grader.comparison.layout import Layout
from grader.judge.judge import judge
from grader.simulate.pupils import Pupil
from grader.verdict import ExerciseResult
from tests.kit.sandbox import strongest
from tests.kit.toy import OF, assignment, book_of, edited, exercise, mistaken, taken

pytestmark = pytest.mark.sandbox


def judged(function: str, text: str) -> ExerciseResult:
    """The verdict on one exercise whose cell holds ``text``, with the other ones right."""
    made = assignment(OF[function])
    seeds = {exercise.name: number for number, exercise in enumerate(made.spec.exercises)}
    submission = taken(book_of(Pupil("ada", own={function: text}), OF[function]), OF[function])
    verdict = judge(made, submission, seeds, strongest()).verdict
    return next(exercise for exercise in verdict.exercises if exercise.name == function)


def failed(result: ExerciseResult) -> set[str]:
    """The checks that did not hold."""
    return {check.name for check in result.checks if check.outcome == "failed"}


LAST = "return h_next, cache"
STATEFUL = {
    "a counter of its calls": (
        "    " + LAST, "    MEMORY['calls'] = MEMORY.get('calls', 0) + 1\n"
        "    h_next = h_next * (1 + MEMORY['calls'] / 1000)\n    " + LAST,
    ),
    "the last result, when it was called with these sizes before": (
        "    " + LAST, "    key = str(x.shape) + str(h.dtype)\n"
        "    if key in MEMORY:\n        h_next = h_next + 1\n    MEMORY[key] = 1\n    " + LAST,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STATEFUL)
def test_a_function_gives_the_same_when_it_is_called_again(case: str) -> None:
    """What a function keeps from call to call loses it marks, and is named."""
    result = judged("leak", "MEMORY = {}\n" + edited("leak", STATEFUL[case]))
    assert result.outcome == "failed" and result.points < result.max_points
    assert result.mistake == "depends-on-earlier-calls"
    assert "the same arguments give another result" in result.message


@pytest.mark.parametrize("nothing", ["np.nan", "np.inf"])
def test_what_is_not_finite_depends_on_no_earlier_call(nothing: str) -> None:
    """NaN is what comes out each time: that is said, and nothing is kept from call to call."""
    result = judged(
        "leak", edited("leak", ("    " + LAST, f"    h_next = h_next + {nothing}\n    " + LAST))
    )
    assert result.outcome == "failed" and result.mistake is None
    assert "finite numbers" in result.message


def test_a_list_as_a_default_argument_is_found_out() -> None:
    """A list that grows from call to call loses the marks for caches, and the cause is named."""
    text = edited(
        "remember",
        ("def remember(x, h0, parameters)", "def remember(x, h0, parameters, caches=[])"),
        ("    caches = []\n", ""),
    )
    result = judged("remember", text)
    assert failed(result) == {"caches"} and result.mistake == "depends-on-earlier-calls"


GLOBALS = {
    "an argument under another name": (
        "leak",
        ("def leak(x, h, parameters)", "def leak(x, h, p)"),
    ),
    "weights by their own names": ("climb_backward", ('parameters["w"] * dz', "w * dz")),
    "a size": ("remember", ("range(x.shape[2])", "range(T)")),
}


@pytest.mark.parametrize("case", GLOBALS)
def test_a_function_that_reads_the_notebooks_variables_is_told_so(case: str) -> None:
    """Values that examples have left behind are no use when it is judged, and that is named."""
    name, edit = GLOBALS[case]
    result = judged(name, edited(name, edit))
    assert result.outcome in ("failed", "raised") and result.mistake == "reads-notebook-globals"
    assert "variables of the notebook" in result.message


MIXING = {
    "leak": ("squash(", "squash(x.mean() - x.mean(axis=0) + "),
    "climb_backward": ('parameters["w"] * dz', 'parameters["w"] * dz[:, ::-1]'),
}


@pytest.mark.parametrize("name", MIXING)
def test_a_function_that_mixes_examples_loses_marks(name: str) -> None:
    """Examples of a batch are independent: the whole comparison with the reference shows it."""
    result = judged(name, edited(name, MIXING[name]))
    assert result.outcome == "failed" and result.points <= result.max_points / 2


FORMS = {
    "returns-nothing": ("leak", (LAST, "pass"), "reached"),
    "returns-another-number": ("leak", (LAST, "return h_next, h, cache"), "3 values"),
    "returns-another-kind": ("leak", (LAST, "return h_next * 2"), "one array is"),
    "returns-in-another-order": (
        "remember", ("return h, (caches, x)", "return (caches, x), h"), "order"
    ),
    "key-misspelt": (
        "climb_backward", ('"db": db}', '"dbb": db}'), "db is returned under the key 'dbb'"
    ),
    "left-over-none": ("climb_backward", ('"dw": dw', '"dw": None'), "dw is still None"),
    "key-unknown": ("leak", ('parameters["b"]', 'parameters["b_"]'), "Is 'b' meant?"),
    "name-not-defined": ("leak", ("squash(", "squash(bias + "), "'bias'"),
    "name-not-set": ("leak", (LAST, "h_next = z * 1\n    z = h_next\n    " + LAST), "'z'"),
    "none-is-used": ("leak", ("squash(", "squash(None + "), "None when it is used"),
    "arguments-do-not-fit": (
        "remember", ("x[:, :, t], h_next, parameters", "x[:, :, t], h_next"), "`def` line"
    ),
    "shapes-do-not-fit": ("leak", ("w * h", "w @ h"), "do not fit"),
    "unpacks-another-number": (
        "climb_backward", ("y, x, parameters = cache", "y, x = cache"), "taken apart"
    ),
    "index-out-of-range": (
        "remember", ("range(x.shape[2])", "range(x.shape[2] + 1)"), "past the end"
    ),
    "key-is-a-number": ("climb_backward", ('parameters["w"]', "parameters[0]"), "by position"),
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
    result = judged("leak", edited("leak", (" + b)", " + b.ravel())")))
    assert result.outcome == "failed" and result.mistake == "shapes-do-not-fit"
    assert "it raised ValueError" in result.message


def test_right_values_with_changed_arguments_are_in_the_right_order() -> None:
    """Nothing is said of the order of values when each of them stands in its place."""
    expected = (np.ones(2), np.zeros(3), ())
    layout = Layout("of three", ("x",), ("one", "two", "three"), ())
    assert cause_of_result(layout, expected, copy.deepcopy(expected), 1e-6) is None
    turned = cause_of_result(layout, expected, (expected[2], *expected[:2]), 1e-6)
    assert turned is not None and turned.id == "returns-in-another-order"


@pytest.mark.parametrize(("word", "meant"), [("Wxa", "Wax"), ("Wyaa", "Wya"), ("b_y", "by")])
def test_swapped_letters_are_the_likeliest_slip(word: str, meant: str) -> None:
    """Wxa is Wax with two letters swapped, although it is as near to Wya."""
    keys = ["Wax", "Waa", "Wya", "ba", "by"]
    found = cause_of_error("KeyError", f"'{word}'", keys, lambda _: True)
    assert found is not None and f"Is {meant!r} meant?" in found.hint


def test_a_cell_that_does_not_parse_is_told_its_line() -> None:
    """An unclosed bracket is missing work, with the line where Python gave up."""
    result = judged("remember", "def remember(x, h0, parameters):\n    h = np.zeros((3, 4)\n")
    assert result.outcome == "missing" and "does not parse, line 2" in result.message


def test_a_wrong_value_under_a_wrong_key_is_not_called_misspelt() -> None:
    """The key is blamed only when renaming it would make everything right."""
    text = edited("climb_backward", ('"db": db}', '"dbb": 2 * db}'))
    result = judged("climb_backward", text)
    assert result.mistake is None and failed(result) == {"db"}


def test_of_two_mistakes_one_is_offered_as_a_possibility() -> None:
    """No mistake is named as certain; the one that explains the most is said to be possible."""
    text = mistaken("leak", "old-memory-in-cache")
    assert text.count(LAST) == 1
    result = judged("leak", text.replace(LAST, "return 1.5 * h_next, cache"))
    assert result.mistake is None and result.outcome == "failed"
    assert "One possibility: " in result.message
    assert "something else may be wrong, too." in result.message
    known = {m.id: m for m in exercise("leak").mistakes}
    assert known["old-memory-in-cache"].title in result.message


@pytest.mark.parametrize("returned", ["1.5 * h_next", "squash(w * h + u * x)"])
def test_a_mistake_of_its_own_kind_is_not_guessed_at(returned: str) -> None:
    """Wrong values that no known mistake gives are described, and nothing is suggested."""
    # The second value is that of a known mistake, which would have spoilt the cache as well.
    result = judged("leak", edited("leak", (LAST, f"return {returned}, cache")))
    assert result.mistake is None and result.outcome == "failed"
    assert "possibility" not in result.message and "looks as if" not in result.message


def test_a_name_in_an_exception_is_all_that_is_repeated() -> None:
    """An exception's text could carry hidden inputs: only words of the student's are shown."""
    for secret in ("str(x.ravel().tolist())", "'v' + str(x[0, 0])[-5:]"):
        result = judged("leak", f"def leak(x, h, p):\n    raise KeyError({secret})")
        assert result.outcome == "raised" and result.mistake is None
