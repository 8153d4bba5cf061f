"""A function is taken as it stood at its own check where a later cell spoils what it reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.submission import PlannedCell
from grader.judge.bound_again import bound_again, draws_random, stood_until
from grader.judge.judge import judge
from grader.simulate.pupils import Pupil
from grader.verdict import ExerciseResult
from tests.kit.sandbox import strongest
from tests.kit.toy import assignment, book_of, edited, right, taken

# A helper of this name for each of two exercises; the second would spoil the first.
SQUASH = ("squash(w * h", "act(w * h")
FIRST = "def act(z):\n    return np.tanh(z)\n\n" + edited("leak", SQUASH)
SECOND = "def act(z):\n    return z * 0\n\n" + right("remember")
NOTE = "Judged as it stood at its own check: a later cell defines {} anew or deletes it."


def judged(last: str = "", **own: str) -> tuple[float, dict[str, ExerciseResult]]:
    """The score and the results of a notebook with a cell of the student's own at its end."""
    book = book_of(Pupil("s", own=own))
    if last:
        cell = {"cell_type": "code", "id": "zzz", "metadata": {}, "source": last, "outputs": []}
        book["cells"].append({**cell, "execution_count": None})
    seeds = {"leak": 1, "remember": 2}
    verdict = judge(assignment(), taken(book), seeds, strongest()).verdict
    assert verdict.outcome == "graded", verdict.fault
    return verdict.score, {result.name: result for result in verdict.exercises}


SPOILT: dict[str, tuple[dict[str, Any], str]] = {
    "a helper of the same name": ({"leak": FIRST, "remember": SECOND}, "act"),
    "an import replaced in the last cell": ({"last": "def squash(z):\n    return z"}, "squash"),
    "the function itself, tried again": ({"last": "def leak(x, h, p):\n    return x"}, "leak"),
    "the function deleted": ({"last": "del leak"}, "leak"),
    "a constant, at two removes": (
        {
            "leak": "K = 1.0\ndef act(z):\n    return np.tanh(K * z)\n" + edited("leak", SQUASH),
            "last": "K = 2.0",
        },
        "K",
    ),
    "a name bound in a loop": (
        {
            "leak": "k = 1\n" + edited("leak", ("w * h", "k * w * h")),
            "last": "for k in range(3):\n    pass",
        },
        "k",
    ),
}


@pytest.mark.sandbox
@pytest.mark.parametrize("case", SPOILT)
def test_what_a_later_cell_spoils_costs_nothing(case: str) -> None:
    """Full marks, and the name that was bound again is said."""
    more, name = SPOILT[case]
    score, results = judged(**more)
    assert score == 20.0
    assert NOTE.format(name) in results["leak"].message


@pytest.mark.sandbox
def test_a_function_that_is_wrong_where_it_stands_stays_wrong() -> None:
    """What a later cell mends counts as it is; what it spoils more is no excuse."""
    wrong = edited("leak", SQUASH)  # which knows no act
    assert judged(leak=wrong, last="def act(z):\n    return np.tanh(z)")[0] == 20.0
    score, results = judged(leak="def act(z):\n    return z\n" + wrong, last="act = abs")
    assert (score, results["leak"].points, results["leak"].mistake) == (10.0, 0.0, "no-squash")


@pytest.mark.sandbox
def test_a_mistake_of_its_own_is_told_and_not_what_a_later_cell_spoils() -> None:
    """Both earn nothing; a helper that takes another argument later would be to blame."""
    wrong = FIRST.replace(" + b)", ")")
    _, results = judged(leak=wrong, last="def act(z, k):\n    return z")
    assert results["leak"].points == 0.0 and results["leak"].mistake == "no-bias"
    assert results["leak"].note == NOTE.format("act")


@pytest.mark.sandbox
def test_what_draws_random_numbers_gets_no_second_try() -> None:
    """The same notebook with a draw in it is judged once."""
    draws = FIRST.replace("np.tanh(z)", "np.tanh(z) + 0 * np.random.rand()")
    score, results = judged(leak=draws, remember=SECOND)
    assert score < 20.0 and results["leak"].outcome == "failed" and not results["leak"].note


@pytest.mark.sandbox
def test_a_right_sequence_of_a_function_that_was_spoilt_keeps_its_marks() -> None:
    """The step is right as it stood only, so the sequence is judged with a right one."""
    _, results = judged(leak=FIRST, remember=SECOND)
    assert results["remember"].outcome == "passed"


def cells(*sources: str) -> list[PlannedCell]:
    """Cells of a notebook: the answer, its check, and others behind it."""
    first, *others = sources
    return [
        PlannedCell("f", "answer", first),
        PlannedCell("check_f", "check", "check(f)"),
        *(PlannedCell(f"own-{n}", "extra", source) for n, source in enumerate(others)),
    ]


@pytest.mark.parametrize(
    ("first", "later", "name"),
    [
        ("def f(x):\n    return g(x)", "def g(x): pass", "g"),
        ("def f(x):\n    return g(x)", "import h as g", "g"),
        ("def f(x):\n    return g(x)", "with open('a') as g: pass", "g"),
        ("def f(x):\n    return g(x)", "if (g := 3): pass", "g"),
        ("def f(x):\n    return [g for y in x]", "g, h = 1, 2", "g"),
        ("def f(x):\n    def inner():\n        return g\n    return inner()", "g = 1", "g"),
        ("class A:\n    k = g\ndef f(x):\n    return A.k", "class g: pass", "g"),
        ("f = lambda x: g(x)", "g = 1", "g"),
        ("def f(x):\n    g = x\n    return g", "g = 1", ""),  # its own
        ("def f(g):\n    return g", "g = 1", ""),
        ("def f(x):\n    return x", "x = f(1)\ng = 2", ""),
        ("def f(x):\n    return g(x)", "def h():\n    g = 1", ""),  # another function's
        ("def f(x):\n    return g(x)", "%matplotlib inline\ng = 1", "g"),
        ("def f(x):\n    return g(x)", "g = (1", ""),  # it does not run either
        ("def f(x):\n    return eval('g')", "g = 1\nf = 2", ""),
        ("from random import choice\ndef f(x):\n    return choice(g)", "g = 1", ""),
        ("def choice(x): return g\ndef f(x):\n    return choice(x)", "g = 1", "g"),  # its own
        ("def f(x):\n    return g(x)", "f = 3", "f"),
    ],
)
def test_only_names_that_are_read_and_bound_later_count(first: str, later: str, name: str) -> None:
    """Names of the notebook, however they are bound; not a function's own, nor an argument."""
    assert bound_again(cells("g = 0\n" + first, later), "f") == name
    assert bound_again(cells("from h import *\n" + first, later), "f") == name
    if name == "g":  # what was nowhere before cannot have been right
        assert bound_again(cells(first, later), "f") == ""


def test_cells_of_the_assignments_own_spoil_nothing() -> None:
    """Examples bind their variables again and again; the judge hides these anyhow."""
    given = [*cells("def f(x):\n    return g"), PlannedCell("example_h", "example", "g = 1")]
    assert bound_again(given, "f") == "" and stood_until(given, "f") == 2


def test_a_check_above_its_function_leaves_the_function_in() -> None:
    """A cell that was moved: what stands up to the function counts, itself included."""
    function, check, other = cells("g = 0\ndef f(x):\n    return g(x)", "g = 1")
    given = [check, function, other]
    assert bound_again(given, "f") == "g" and stood_until(given, "f") == 2


@pytest.mark.sandbox
def test_a_function_below_its_check_is_taken_as_it_stood() -> None:
    """Full marks, wherever the check is."""
    book = book_of(Pupil("s", own={"leak": FIRST, "remember": SECOND}))
    cells = book["cells"]
    place = next(at for at, cell in enumerate(cells) if cell["id"] == "check_leak")
    cells.insert(0, cells.pop(place))
    verdict = judge(assignment(), taken(book), {"leak": 1, "remember": 2}, strongest()).verdict
    assert verdict.score == 20.0


def test_random_numbers_are_seen_through_helpers() -> None:
    """The function itself need not name them."""
    helper = "def noise():\n    return np.random.default_rng().normal()\n"
    assert draws_random(cells(helper + "def f(x):\n    return noise()"), "f")
    assert not draws_random(cells(helper + "def f(x):\n    return x"), "f")
    drawn = "K = np.random.randn(3)\ndef f(x):\n    return x + K"  # once, when the cell ran
    assert not draws_random(cells(drawn), "f")


@given(st.lists(st.text("fgx =+:()\n\tdeflas1[]{}'\"%!", max_size=40), min_size=1, max_size=4))
def test_any_text_can_be_looked_at(sources: list[str]) -> None:
    """What does not parse binds nothing and is no error."""
    assert isinstance(bound_again(cells(*sources), "f"), str)


@pytest.mark.sandbox
def test_a_function_that_is_deleted_is_told_where_it_gets_no_second_try() -> None:
    """It is missing, and the later cell is the reason."""
    draws = "import random\n" + edited(
        "leak", ("    cache = ", "    random.random()\n    cache = ")
    )
    _, results = judged(leak=draws, last="del leak")
    assert results["leak"].outcome == "missing"
    assert "its cell defines it, and a later cell deletes it" in results["leak"].message
