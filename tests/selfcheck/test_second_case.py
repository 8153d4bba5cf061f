"""The student's check asks once more, with other sizes than the example's."""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.comparison.causes import READS_GLOBALS
from grader.comparison.trees import leaves, same
from grader.errors import UsageError
from grader.release.second_case import second_case
from tests.kit import course, toy
from tests.selfcheck.test_selfcheck import scope

FIXED = (" + b)", " + b.reshape(2, 1))")  # n is 2 in the example
TOLD = "Right on the example, not where n = 4, m = 3. Does every size come from the arguments?"


def checked(function: Any, name: str) -> tuple[str, str, list[object]]:
    """Run the toy's check: what is printed on one line, its message, and the points published."""
    out, error, shown = io.StringIO(), "", list[object]()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
        patch.setattr(sys, "displayhook", shown.append)
        patch.setenv("NBGRADER_EXECUTION", "validate")
        try:
            toy.selfcheck(toy.OF[name]).check(name, function)
        except AssertionError as raised:
            error = str(raised)
    return " ".join(out.getvalue().split()), error, shown


def test_a_size_of_the_example_in_the_function_is_told_at_once() -> None:
    """All right on the example alone: the points are lost here too, and the sizes are said."""
    own = scope(leak=toy.edited("leak", FIXED))
    printed, error, shown = checked(own["leak"], "leak")
    assert shown == [0.0] and TOLD in printed and error.endswith(", where n = 4, m = 3")
    assert "ValueError" in error and "leak called with other sizes" in printed


def test_a_size_that_is_a_variable_of_the_notebook_is_told_as_that() -> None:
    """n is 2 there, and the function reads it: right as soon as n is that of the call."""
    own = scope(leak=toy.edited("leak", (" + b)", " + b.reshape(n, 1))")))
    own["n"] = 2
    printed, _, shown = checked(own["leak"], "leak")
    assert shown == [0.0] and TOLD in printed and READS_GLOBALS.title in printed
    own = scope(leak=toy.edited("leak", (" + b)", " + b.reshape(2 + 0 * n, 1))")))
    own["n"] = 2
    printed, _, shown = checked(own["leak"], "leak")
    assert shown == [0.0] and TOLD in printed and READS_GLOBALS.title not in printed


def test_points_are_lost_only_where_the_second_case_is_wrong() -> None:
    """An output that is right on both keeps its points, and one that is not says what came."""
    text = toy.edited("remember", ("return h, (caches, x)", "return h, (caches[:4], x[:2])"))
    printed, error, shown = checked(scope(remember=text)["remember"], "remember")
    assert shown == [7.0] and error.endswith(", where n = 3, m = 2, T = 4")
    assert "Right on the example, not where n = 3, m = 2, T = 4." in printed
    assert "expected: shape (3, 2, 4)" in printed


@pytest.mark.parametrize("name", ["remember", "leak"])
def test_a_cell_that_is_wrong_in_the_second_case_alone_is_named_above_it(name: str) -> None:
    """The sequence keeps its points, with recorded steps of other sizes, and names the cell."""
    own = scope(leak=toy.edited("leak", FIXED))
    printed, error, shown = checked(own[name], name)
    assert (shown == [10.0]) == (error == "") == (name == "remember")
    assert ("right, once leak is: mend that one first" in printed) == (name == "remember")


def test_what_keeps_its_own_mistake_is_told_of_the_example() -> None:
    """A function that is wrong on the example hears of that, and of no other sizes."""
    printed, _, _ = checked(scope(leak=toy.mistaken("leak", "no-bias"))["leak"], "leak")
    assert "Right on the example" not in printed and "It looks as if b is not added." in printed


@pytest.mark.parametrize("name", [e.name for e in course.assignment().spec.exercises])
def test_every_size_is_another_one(name: str) -> None:
    """Of each exercise of the course: all letters, and all axes of all arguments."""
    reference = course.selfcheck().references()[name]
    visible, other = reference, reference.other
    assert other.dims and not {*visible.dims.items()} & {*other.dims.items()}
    theirs = dict(leaves(other.arguments))
    compared = 0
    for path, mine in leaves(visible.arguments):
        if path in theirs:
            pairs = list(zip(mine.shape, theirs[path].shape, strict=True))
            assert all(one != two or one == 1 for one, two in pairs), (path, pairs)
            compared += len(pairs)
    assert compared >= 6
    right = course.assignment().functions[name](*other.arguments)
    assert same(right, other.result, 1e-12)
    assert other.sizes == ", ".join(f"{k} = {v}" for k, v in other.dims.items())


def test_a_cell_of_the_examples_width_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """reshape(5, 1), where n_a is 5 in the example and 7 in the second case."""
    text = course.right("rnn_cell_forward").replace('parameters["ba"],', "BIAS,")
    text = text.replace("    a_next = ", '    ba = parameters["ba"].reshape(5, 1)\n    a_next = ')
    own = course.assignment().source.namespace()
    exec(text.replace("BIAS,", "None,"), own)
    check = course.selfcheck()
    panel, message = check.examine(check.references()["rnn_cell_forward"], own["rnn_cell_forward"])
    assert panel.points == 0 and "where n_x = 4, n_a = 7, n_y = 6, m = 2" in message
    panel, message = check.examine(check.references()["rnn_forward"], own["rnn_forward"])
    assert not message and panel.points == panel.max_points
    assert panel.notes == ("right, once rnn_cell_forward is: mend that one first",)


def test_a_drawing_that_fails_stops_the_release_with_its_exercise() -> None:
    """The exercise, what its drawing raised, and what to do."""

    def fails(rng: np.random.Generator, functions: object) -> list[Any]:
        raise ZeroDivisionError("by nothing")

    exercise = replace(toy.exercise("leak"), cases=fails)
    visible = toy.assignment().visible("leak")
    with pytest.raises(UsageError, match=r"leak: no cases are drawn .*by nothing.*mend"):
        second_case(toy.assignment().spec, exercise, visible, toy.assignment().functions)


@pytest.mark.parametrize("lacks", ["sizes", "cases", "a tolerance as narrow"])
def test_where_there_are_no_other_sizes_there_is_no_second_case(lacks: str) -> None:
    """An exercise without letters, without cases, or with a looser comparison asks once."""
    exercise = toy.exercise("leak")

    def drawn(rng: np.random.Generator, functions: Any) -> list[Any]:
        first = exercise.cases(rng, functions)[0]
        changed = {"sizes": {"dims": {}}, "a tolerance as narrow": {"tolerance": 1e-3}}
        return [] if lacks == "cases" else [replace(first, **changed[lacks])]

    spec, functions = toy.assignment().spec, toy.assignment().functions
    visible = toy.assignment().visible("leak")
    assert second_case(spec, exercise, visible, functions) is not None
    assert second_case(spec, replace(exercise, cases=drawn), visible, functions) is None
