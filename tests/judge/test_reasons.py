"""What is said of a wrong result: the place, the case and the reason, in words that hold."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest

from grader.comparison.error_causes import RENAMED, cause_of_error
from grader.judge.judge import judge
from grader.simulate.pupils import Pupil
from grader.verdict import ExerciseResult
from tests.kit.sandbox import strongest
from tests.kit.toy import (
    NAME,
    OF,
    SLOPE,
    assignment,
    book_of,
    edited,
    exercise,
    mistaken,
    right,
    taken,
)

pytestmark = pytest.mark.sandbox


def judged(pupil: Pupil, name: str = NAME) -> dict[str, ExerciseResult]:
    """The results of a pupil's notebook."""
    made = assignment(name)
    seeds = {exercise.name: number for number, exercise in enumerate(made.spec.exercises)}
    verdict = judge(made, taken(book_of(pupil, name), name), seeds, strongest()).verdict
    assert verdict.outcome == "graded", verdict.fault
    return {result.name: result for result in verdict.exercises}


def result(function: str, text: str, **own: str) -> ExerciseResult:
    """The result of one exercise whose cell holds ``text``."""
    return judged(Pupil("s", own={function: text, **own}), OF[function])[function]


PAIRS = list(
    itertools.product(
        [mistake.id for mistake in exercise("leak").mistakes],
        [mistake.id for mistake in exercise("remember").mistakes],
    )
)


@pytest.mark.parametrize(("step", "sequence"), PAIRS)
def test_of_a_wrong_step_and_a_wrong_sequence_both_are_told(step: str, sequence: str) -> None:
    """Where both ways of judging the sequence earn nothing, the one that explains it counts."""
    found = judged(Pupil("s", mistakes={"leak": step, "remember": sequence}))
    assert (found["leak"].mistake, found["remember"].mistake) == (step, sequence)
    assert found["remember"].with_reference_helpers


VIEWS = {
    "of the last place": (
        ("h_next = h0", "h[:, :, -1] = h0"),
        ("leak(x[:, :, t], h_next, ", "leak(x[:, :, t], h[:, :, t - 1], "),
    ),
    "of the first place": (
        ("h_next = h0", "h[:, :, 0] = h0\n    h_next = h[:, :, 0]"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("step", [None, "no-squash", "old-memory-in-cache"])
def test_a_right_step_does_not_hide_a_view_that_is_overwritten(view: str, step: str | None) -> None:
    """With a wrong step, too: the stand-in keeps the very array that it was given."""
    mistakes = {"leak": step} if step else {}
    found = judged(
        Pupil("s", own={"remember": edited("remember", *VIEWS[view])}, mistakes=mistakes)
    )["remember"]
    assert {c.name for c in found.checks if c.outcome == "failed"} == {"caches"}
    assert found.points == 7.0 and bool(found.stand_ins) is bool(step)


def test_a_case_is_named_where_all_others_hold() -> None:
    """What is wrong in one case alone has to do with it; what is wrong in several has not."""
    guard = "    if x.shape[1] == {}:\n        h_next = h_next + 1\n    cache = "
    only = result("leak", edited("leak", ("    cache = ", guard.format(1))))
    assert only.finding is not None and only.finding.checked.endswith(" (m = 1)")
    several = result("leak", edited("leak", ("    cache = ", guard.format("1 or x.shape[1] > 3"))))
    assert several.finding is not None and "(" not in several.finding.checked
    everywhere = result("leak", edited("leak", ("    cache = ", "    h_next += 1\n    cache = ")))
    assert everywhere.finding is not None and "(" not in everywhere.finding.checked


def test_an_error_in_a_right_function_is_looked_for_where_it_is_called() -> None:
    """The line of the wrong call is quoted, and not the right one that it ended in."""
    text = edited("remember", ("leak(x[:, :, t], h_next, parameters)", "leak(x, h_next, {})"))
    found = result("remember", text)
    line = next(n for n, line in enumerate(text.split("\n"), 1) if "leak(x, h_next" in line)
    assert found.finding is not None and found.cause is not None
    assert found.finding.look.startswith(f"line {line} of the cell remember: ")
    assert found.finding.look.endswith("leak(x, h_next, {})")
    assert found.cause.id == "called-wrongly" and "a right leak raises KeyError" in found.message


def test_an_error_in_a_wrong_function_is_looked_for_in_it() -> None:
    """Its own line is what is wrong."""
    text = edited("leak", ("squash(w * h", "squash(None * h"))
    found = result("leak", text, remember=right("remember"))
    assert found.finding is not None and "of the cell leak: h_next = squash(None" in found.message


def test_a_stand_in_that_refuses_says_what_a_right_function_raises() -> None:
    """The same type and the same cause as with the student's own, were it right."""
    text = edited("remember", ("leak(x[:, :, t], h_next, parameters)", "leak(x, h_next, {})"))
    found = judged(Pupil("s", own={"remember": text}, mistakes={"leak": "no-squash"}))["remember"]
    assert found.finding is not None and found.finding.got == "it raised KeyError"
    assert found.cause is not None and found.cause.id == "called-wrongly"


def test_a_gradient_may_run_its_forward_pass() -> None:
    """An error that comes through it is not that of a call which belongs elsewhere."""
    text = edited("climb_backward", ("    dz = ", "    climb(x, {})\n    dz = "))
    found = result("climb_backward", text)
    assert found.cause is not None and found.cause.id == "called-wrongly"


ALIASES = {
    "another name": "step = leak\n" + edited("remember", (" leak(x", " step(x")),
    "another name, in another cell": edited("remember", (" leak(x", " step(x")),
}


@pytest.mark.parametrize("alias", ALIASES)
def test_a_stand_in_has_every_name_of_the_function(alias: str) -> None:
    """A right sequence that calls a wrong step by another name keeps its marks."""
    wrong = mistaken("leak", "no-squash") + "\nstep = leak\n" * ("cell" in alias)
    found = judged(Pupil("s", own={"leak": wrong, "remember": ALIASES[alias]}))
    assert found["remember"].outcome == "passed" and found["remember"].with_reference_helpers


def test_a_result_of_np_append_that_is_dropped_is_told() -> None:
    """It raises or it does nothing: in both cases that line is the reason."""
    text = edited("remember", ("caches.append(cache)", "np.append(caches, cache)"))
    assert result("remember", text).mistake == "append-result-dropped"
    stray = ("    return h,", "    h = h * 1.7\n    np.append([], 1)\n    return h,")
    found = result("remember", edited("remember", stray))
    assert found.mistake is None and found.cause is not None  # one possibility, no more
    assert found.cause.id == "append-result-dropped" and "One possibility" in found.message
    # What an exception says itself is nearer than a call of np.append that does no harm.
    lines = "    np.append([], 1)\n    parameters['ww']\n    cache = "
    misspelt = edited("leak", ("    cache = ", lines))
    assert result("leak", misspelt).mistake == "key-unknown"


def test_random_numbers_are_called_random() -> None:
    """Another result of the same call has another name where nothing is drawn."""
    draws = edited("leak", ("    cache = ", "    h_next += np.random.rand()\n    cache = "))
    assert result("leak", draws).mistake == "draws-random-numbers"
    helper = "def noise():\n    return np.random.default_rng().normal()\n"
    assert result("leak", helper + draws.replace("np.random.rand()", "noise()")).mistake == (
        "draws-random-numbers"
    )
    keeps = "KEPT = []\n" + edited(
        "leak", ("    cache = ", "    KEPT.append(1)\n    h_next += len(KEPT)\n    cache = ")
    )
    assert result("leak", keeps).mistake == "depends-on-earlier-calls"


def test_a_function_above_its_own_stub_is_told() -> None:
    """The stub takes its place; the message says where to write it."""
    book = book_of(Pupil("s", solved=("remember",)))
    place = next(n for n, cell in enumerate(book["cells"]) if cell["id"] == "leak")
    own = {"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": None}
    book["cells"].insert(place, {**own, "source": right("leak")})
    verdict = judge(assignment(), taken(book), {"leak": 1, "remember": 2}, strongest()).verdict
    found = verdict.exercises[0]
    assert found.outcome == "not_attempted" and "A cell above defines leak, too" in found.message
    blank = judged(Pupil("s", solved=()))["leak"]
    assert "above defines" not in blank.message


def test_a_cell_in_the_syntax_of_a_newer_python_is_told() -> None:
    """The version that reads it, the line, and the version that marks are made with."""
    newer = "\ntry:\n    pass\nexcept OSError, ValueError:\n    pass\n"
    found = result("leak", right("leak") + newer)
    if found.outcome != "passed":  # on a Python that reads it, it is right
        assert "uses what only Python 3.14 and later can read, line " in found.message


@functools.cache
def raised(code: str) -> tuple[str, str]:
    """The type and the text of what some code raises here."""
    try:
        exec(code, {"np": np, "x": np.ones((2, 3)), "none": None})
    except Exception as error:
        return type(error).__name__, str(error)
    raise AssertionError(code)


REASONS = {
    "np.float(3)": ("not-in-numpy", "float takes"),
    "np.float_(3)": ("not-in-numpy", "np.float64 takes"),
    "np.product([1])": ("not-in-numpy", "np.prod takes"),
    "np.NaN": ("not-in-numpy", "np.nan takes"),
    "np.tahn(x)": ("not-in-numpy", "spell"),
    "np.array([[1], [2]], copy=False)": ("copy-false", "np.asarray"),
    "'c = ' + x": ("text-added-to-a-number", "comma"),
    "'c = ' + x[0, 0]": ("text-added-to-a-number", "comma"),
    "'c = ' + 3": ("text-added-to-a-number", "comma"),
    "np.append([], (x, x[0]))": ("different-shapes-in-one-array", "own append"),
    "x.reshape(5, 1)": ("reshape-does-not-fit", ".shape"),
    "x.sum(axis=2)": ("axis-out-of-range", "axis 0"),
    "import not_installed": ("module-missing", "NumPy"),
    "x @ x": ("shapes-do-not-fit", "letters"),
    "none + x": ("none-is-used", "return"),
    "a, b, c = x": ("unpacks-another-number", "left"),
    "x[7]": ("index-out-of-range", "loop"),
    "[1][7]": ("index-out-of-range", "loop"),
    "x[0, 0, 0, 0]": ("too-many-indices", "axes"),
    "x[1 / 2]": ("index-is-no-integer", "whole"),
    "(lambda a: a)()": ("arguments-do-not-fit", "def"),
}


@pytest.mark.parametrize("code", REASONS)
def test_an_exceptions_reason_is_told(code: str) -> None:
    """By its type and text, of which only words are repeated that the code itself holds."""
    cause = cause_of_error(*raised(code), (), lambda word: word in code)
    name, word = REASONS[code]
    assert cause is not None and cause.id == name and word in cause.hint
    unknown = cause_of_error(*raised(code), (), lambda word: False)
    assert unknown is None or unknown == cause


def test_what_numpy_has_is_not_called_lacking() -> None:
    """A process may say anything of NumPy: it is looked up here; new names are NumPy's own."""
    said = "module 'numpy' has no attribute 'tanh'"
    assert cause_of_error("AttributeError", said, (), lambda _: True) is None
    assert all(callable(getattr(np, name.removeprefix("np."))) for name in RENAMED.values())


def test_a_key_is_looked_for_among_those_of_dictionaries() -> None:
    """Names of what is returned are no keys, unless a dictionary is returned."""
    text = edited("leak", ('parameters["b"]', 'parameters["h_nxt"]'))
    assert "meant" not in result("leak", text).message
    text = edited("leak", ('parameters["b"]', 'parameters["bb"]'))
    assert "Is 'b' meant?" in result("leak", text).message
    assert exercise("climb_backward").layout.returns_dict and SLOPE
