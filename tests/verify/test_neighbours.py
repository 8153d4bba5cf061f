"""Two mistakes at once are told both; small changes of other styles are named or offered."""

from __future__ import annotations

import functools
from contextlib import closing

import pytest

from grader.judge.neighbours import Neighbourhood
from grader.neighbourhood.making import Children, version_table
from grader.verify import in_process
from grader.verify.held import SEED
from grader.verify.neighbours import cause_told, pairs_are_told, styles_are_told
from grader.verify.verify import _styles
from tests.kit.course import assignment, course, packed

EXERCISE = "rnn_cell_backward"


def around(name: str, exercises: tuple[str, ...] = ()) -> dict[str, Neighbourhood]:
    """The neighbourhoods of an assignment's exercises, or of some."""
    own = assignment(name)
    chosen = [e for e in own.spec.exercises if e.name in exercises or not exercises]
    with closing(Children(packed(name))) as children:
        return {e.name: Neighbourhood(own, e, version_table(children, own, e)) for e in chosen}


@functools.cache
def one() -> dict[str, Neighbourhood]:
    """That of one exercise."""
    return around("rnn_step_by_step", (EXERCISE,))


@functools.cache
def all_of_them() -> dict[str, Neighbourhood]:
    """Those of all exercises of all assignments: it takes half a minute and more."""
    return {key: of for name in course().names() for key, of in around(name).items()}


def test_pairs_of_one_exercise_are_told_both() -> None:
    """The figures are in the text."""
    held = pairs_are_told(one(), 40)
    assert held.holds and " pairs, " in held.text


def test_changes_of_a_style_are_told_and_nothing_of_the_style() -> None:
    """Where nothing is told of right answers, the text names none."""
    held = styles_are_told(one(), _styles(course(), assignment()), 8)
    assert " named and " in held.text and "told of right ones" not in held.text


def test_it_fails_where_nothing_is_told(monkeypatch) -> None:
    """Neither of the two holds; what was not told is named."""
    monkeypatch.setattr("grader.verify.neighbours.cause_told", lambda *_: None)
    held = pairs_are_told(one(), 3)
    assert not held.holds and f"not told both: {EXERCISE}: " in held.text
    assert not styles_are_told(one(), _styles(course(), assignment()), 3).holds


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ({"(1 - a_next ** 2) * da_next": "da_next"}, "dz, equation (12)"),
        ({"Waa.T @ dz": "Waa @ dz"}, "da_prev, equation (14)"),
    ],
)
def test_a_small_change_is_told_by_its_place(edits, words) -> None:
    """By the name that the notebook has for it, with its equation, and by no code."""
    of = one()[EXERCISE]
    source = CHANGED
    for old, new in edits.items():
        assert old in source
        source = source.replace(old, new)
    cause = cause_told(of, source, in_process.pose(of.exercise, of.assignment.functions, SEED))
    known = {mistake.id for mistake in of.exercise.mistakes}
    assert cause is not None and (cause.id in known or words in cause.title), cause


CHANGED = f"""def {EXERCISE}(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    Wax, Waa = parameters["Wax"], parameters["Waa"]
    dz = (1 - a_next ** 2) * da_next
    return {{
        "dxt": Wax.T @ dz, "da_prev": Waa.T @ dz, "dWax": dz @ xt.T, "dWaa": dz @ a_prev.T,
        "dba": dz.sum(axis=1, keepdims=True),
    }}
"""


@pytest.mark.slow
def test_of_two_hundred_pairs_nearly_all_are_told_both() -> None:
    """Of all exercises of all assignments: at least 95 in 100."""
    held = pairs_are_told(all_of_them())
    assert held.holds, held.text


@pytest.mark.slow
def test_most_changes_of_other_styles_are_named_or_offered() -> None:
    """Of all exercises of all assignments: at least 70 in 100, and nothing of a right answer."""
    styles = {
        key: of
        for name in course().names()
        for key, of in _styles(course(), assignment(name)).items()
    }
    held = styles_are_told(all_of_them(), styles)
    assert held.holds, held.text
