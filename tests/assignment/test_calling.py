"""What a right function asks of its helpers is found out, and known when somebody else asks it."""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.assignment.calling import Questions, questions_needed
from grader.assignment.spec import Case

X, P = np.arange(3.0), {"W": np.ones((2, 3), np.float32), "b": [np.ones(4), (np.arange(5), 7)]}


def helper(x: Any, p: Any, **more: Any) -> Any:
    """Give back what comes."""
    return x, p, more


def asks(x: Any, p: Any) -> Any:
    """Ask it in two forms."""
    return helper(x, p), helper(p=p, x=x, more=x)


@pytest.fixture
def questions() -> Questions:
    """What is asked of the helper."""
    exercise: Any = SimpleNamespace(name="asks", drive=None)
    functions = {"helper": helper, "asks": asks}
    return questions_needed(exercise, functions, Case("a case", (X, P), {}), ("helper",))


def test_questions_are_measured_with_all_that_they_hold(questions: Questions) -> None:
    """Arrays in containers count, in the question where they are the most."""
    assert questions.calls == 2 and questions.elements == 3 + 6 + 4 + 5 + 3
    assert questions.dtypes == {"float32", "float64", "int64"}


def test_a_question_in_the_form_of_the_right_one_is_known_by_its_values(
    questions: Questions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is looked up for it: it is asked for every question of every submission."""
    monkeypatch.setattr(inspect, "signature", None)
    near = {**P, "W": np.ones((2, 3), np.float32)}
    assert questions.next_is(0, "helper", (X, near), {})
    assert questions.next_is(1, "helper", (), {"x": X, "more": X, "p": near})
    assert not questions.next_is(0, "helper", (X + 1, P), {})
    assert not questions.next_is(1, "helper", (), {"x": X, "more": X, "p": {}})


@pytest.mark.parametrize(
    ("arguments", "named", "known"),
    [
        ((X,), {"p": P}, True),
        ((), {"p": P, "x": X}, True),
        ((P, X), {}, False),
        ((X,), {"p": P, "more": X}, False),
        ((X, P), {"x": X}, False),
        ((X, P, X), {}, False),
    ],
)
def test_a_question_in_another_form_is_known_where_it_means_the_same(
    questions: Questions, arguments: tuple[Any, ...], named: dict[str, Any], known: bool
) -> None:
    """Who names an argument asks what a right function asks by its place."""
    assert questions.next_is(0, "helper", arguments, named) is known


def test_questions_come_in_the_order_of_a_right_function(questions: Questions) -> None:
    """Neither the next but one nor one too many, nor the same of another function."""
    assert not questions.next_is(1, "helper", (X, P), {})
    assert not questions.next_is(2, "helper", (X, P), {})
    assert not questions.next_is(0, "asks", (X, P), {})
