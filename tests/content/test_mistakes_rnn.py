"""The catalogue of mistakes: each loses marks, each can be told from all others."""

import ast

import numpy as np
import pytest

from grader.assignment.spec import SpecError
from grader.comparison.trees import deep_copy, same
from grader.exercises.rnn_step_by_step import SPEC
from grader.verify import in_process
from tests.content.test_seed_numbers import PRINTED, assert_printed
from tests.kit.solution import FORWARD, NAMES, functions, mistaken, posed, scope, source

SEED = 7
ALL = [(name, mistake.id) for name in NAMES for mistake in SPEC.exercise(name).mistakes]
# What shows on none but one extra case, and on that for certain.
SHORTER = "da with fewer steps than the caches"
ONLY_ON = {"dx-as-long-as-x": SHORTER, "loops-over-all-caches": SHORTER}


def outcome(function, case):
    """What a function does on a case: its result, or the exception's type and text."""
    try:
        with np.errstate(all="ignore"):
            return "returned", function(*deep_copy(case.arguments))
    except Exception as error:
        return "raised", f"{type(error).__name__}: {error}"


def told_apart(one, other, tolerance):
    """Whether two outcomes differ by more than rounding."""
    if one[0] != other[0] or one[0] == "raised":
        return one != other
    return not same(one[1], other[1], tolerance)


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogue_is_large_enough(name):
    """There are at least 12 mistakes for a forward function and 14 for a backward one."""
    assert len(SPEC.exercise(name).mistakes) >= (12 if name in FORWARD else 14)


@pytest.mark.parametrize(("name", "mistake"), ALL)
def test_a_mistake_loses_marks_at_its_own_exercise(name, mistake):
    """The mistaken function loses at least one check on the hidden cases."""
    failed = in_process.failed_checks(
        SPEC.exercise(name), mistaken(name)[mistake], posed(name, SEED)
    )
    assert failed
    expected = {ONLY_ON[mistake]} if mistake in ONLY_ON else {"random sizes"}
    assert set(failed.values()) == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_changes_its_own_function_and_no_other(name):
    """Each edited source defines the exercise's function, with its arguments, and nothing else."""
    exercise, text = SPEC.exercise(name), source().function_source(name)
    for mistake in exercise.mistakes:
        [function] = ast.parse(mistake.apply(text)).body
        assert function.name == name
        assert tuple(argument.arg for argument in function.args.args) == exercise.arguments


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_is_charged_only_at_its_own_exercise(name):
    """With this exercise's function mistaken, every other one's still earns all its points."""
    for mistake, function in mistaken(name).items():
        own = {**scope(), name: function}
        for other in SPEC.exercises:
            if other.name == name or other.helper == name:
                continue  # a sequence function is judged with the right cell function as well
            right = in_process.define(source().function_source(other.name), other.name, own)
            first = posed(other.name, SEED)[:1]
            assert not in_process.loses(other, right, first), (mistake, other.name)


@pytest.mark.parametrize("name", NAMES)
def test_no_two_mistakes_give_the_same_results(name):
    """On the visible example and the first hidden case, every pair of mistakes differs."""
    cases = [case for case, _ in posed(name, SEED, visible=True)]
    cases = [cases[0], cases[1], *(case for case in cases if case.name in ONLY_ON.values())]
    outcomes = {
        id_: [outcome(function, case) for case in cases] for id_, function in mistaken(name).items()
    }
    ids = list(outcomes)
    for number, one in enumerate(ids):
        for other in ids[:number]:
            pairs = zip(outcomes[one], outcomes[other], cases, strict=True)
            assert any(told_apart(a, b, case.tolerance) for a, b, case in pairs), (one, other)


@pytest.mark.parametrize(("name", "mistake"), ALL)
def test_words_say_where_to_look_and_not_what_to_write(name, mistake):
    """Title and hint are short sentences, and no line of the solution stands in them."""
    found = next(m for m in SPEC.exercise(name).mistakes if m.id == mistake)
    first = found.title.split()[0]
    assert not first.istitle() or first in ("Waa", "Wf")  # goes on from "it looks as if"
    assert not found.title.endswith(".") and len(found.title) <= 100
    assert found.hint.endswith((".", "?")) and len(found.hint) <= 160
    body = ast.unparse(ast.parse(source().function_source(name)).body[0].body[1:])
    for line in body.splitlines():
        value = line.partition("=")[2].strip()
        assert len(value) < 12 or value not in found.hint + found.title


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_lower_case_words(name):
    """Ids are stable keys: kebab case, letters, digits."""
    for mistake in SPEC.exercise(name).mistakes:
        assert all(word.isalnum() for word in mistake.id.split("-")), mistake.id


def test_an_edit_that_does_not_fit_is_refused():
    """A mistake whose edit is not found exactly once raises instead of doing nothing."""
    mistake = SPEC.exercises[0].mistakes[0]
    with pytest.raises(SpecError, match="0 times"):
        mistake.apply("def rnn_cell_forward():\n    pass\n")


@pytest.mark.parametrize("spot", PRINTED["lstm_backward"])
def test_dropped_recurrent_terms_give_the_published_numbers(spot):
    """The catalogued truncated lstm_backward reproduces every number that the web prints."""
    case = SPEC.exercise("lstm_backward").visible(functions())
    gradients = mistaken("lstm_backward")["drops-recurrent-terms"](*case.arguments)
    name, bracket, rest = spot.partition("[")
    assert_printed(
        eval("value" + bracket + rest, {"value": gradients[name]}), PRINTED["lstm_backward"][spot]
    )


def test_the_truncated_rnn_backward_is_far_from_the_gradient():
    """Dropping the recurrent term changes dWaa of the visible example by more than a tenth."""
    case = SPEC.exercise("rnn_backward").visible(functions())
    true = functions()["rnn_backward"](*case.arguments)["dWaa"]
    wrong = mistaken("rnn_backward")["drops-recurrent-term"](*case.arguments)["dWaa"]
    assert np.linalg.norm(true - wrong) > 0.1 * np.linalg.norm(true)
