"""Results that are no array of floats: numbers, whole numbers, truth values, text, properties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.comparison.finding import Finding
from grader.comparison.fingerprints import result_fingerprint, same_fingerprint
from grader.comparison.ladder import Holds, by_name, compare
from grader.comparison.layout import KINDS, Check, Layout, Tolerance
from grader.comparison.packing import pack, unpack
from grader.comparison.trees import returned_by, same
from grader.comparison.values import unlike_kind

SHOWN, HIDDEN = Tolerance(1e-6, reveal=True), Tolerance(1e-6)
LETTERS = np.arange(6).reshape(2, 3)
EVEN = LETTERS % 2 == 0
WORDS = "the quick brown fox jumps over the lazy dog, and the dog, who is lazy, lets it"


def found(
    expected: Any,
    got: Any,
    kind: str,
    tol: Tolerance = SHOWN,
    holds: Holds | None = None,
    **more: Any,
) -> Finding | None:
    """What is wrong with ``got`` where ``expected`` is right, of a check of this kind."""
    layout = Layout("f", (), ("y",), (Check("y", 4, kind=kind, **more),), returns_dict=True)
    properties = {"y": holds} if holds else {}
    return compare(layout, {"y": expected}, {"y": got}, tol, {"n": 2, "m": 3}, properties)["y"]


RIGHT = {
    "number": (0.5, [0.5, np.float64(0.5), np.float32(0.5), np.array(0.5), 0.5 + 1e-15]),
    "number of an int": (3.0, [3, np.int8(3), np.array(3)]),
    "ints": (LETTERS, [LETTERS.astype(np.int8), LETTERS.astype(np.uint64), LETTERS.tolist()]),
    "ints alone": (4, [4, np.int32(4), np.array(4)]),
    "ints in a list": ([3, 1], [(3, 1), np.array([3, 1]), [np.int64(3), 1]]),
    "ints, none of them": ([], [[], (), np.array([], dtype=int)]),
    "flags": (EVEN, [EVEN, EVEN.tolist()]),
    "flags alone": (True, [True, np.bool_(True), np.array(True)]),
    "text": ("a b", ["a b", np.str_("a b")]),
    "text in a list": (["a", "b"], [["a", "b"], ("a", "b")]),
    "tree": ({"loss": 0.5, 3: ["a", True, 2]}, [{"loss": np.float64(0.5), 3: ("a", np.True_, 2)}]),
}


@pytest.mark.parametrize("case", RIGHT)
def test_a_right_value_of_any_type_is_right(case: str) -> None:
    """A float is a float, a whole number a whole number, however Python or NumPy holds it."""
    expected, values = RIGHT[case]
    for tol in (SHOWN, HIDDEN):
        for value in (expected, *values):
            assert found(expected, value, case.split()[0].rstrip(","), tol) is None, value


# kind, right, wrong: the rung, what is said in the visible case, and what of it in a hidden one
WRONG: list[tuple[str, Any, Any, str, str, str]] = [
    ("number", 0.5, 0.25, "values", "0.25, expected 0.5 (relative error 0.33)",
     "relative error 0.33"),
    ("number", 0.5, np.array([0.5]), "number", "an array of shape (1,)", "an array of shape (1,)"),
    ("number", 0.5, None, "number", "None", "None"),
    ("number", 0.5, "0.5", "number", "a str", "a str"),
    ("number", 1.0, True, "number", "a bool", "a bool"),
    ("number", 0.5, float("nan"), "finite", "nan", "nan"),
    ("number", 0.5, float("inf"), "finite", "inf", "inf"),
    ("number", 0.5, 10**400, "finite", "inf", "inf"),
    ("ints", LETTERS, LETTERS + 1, "values",
     "6 of 6 values are off, first at [0, 0]: 1, expected 0", "6 of 6 values are off"),
    ("ints", LETTERS, LETTERS.astype(float), "dtype", "dtype float64", "dtype float64"),
    ("ints", LETTERS, LETTERS.T, "shape", "shape (3, 2)", "shape (3, 2)"),
    ("ints", LETTERS, EVEN, "dtype", "dtype bool", "dtype bool"),
    ("ints", 4, 5, "values", "another value: 5, expected 4", "another value"),
    ("ints", 4, np.array([4]), "shape", "shape (1,)", "shape (1,)"),
    ("ints", 4, 4.0, "dtype", "dtype float64", "dtype float64"),
    ("ints", [3, 1], [3, 2], "values", "1 of 2 values are off, first at [1]: 2, expected 1",
     "1 of 2 values are off"),
    ("ints", [3, 1], [3, [1]], "array", "a list of 2", "a list of 2"),
    ("ints", [3, 1], ["3", "1"], "array", "a list of 2", "a list of 2"),
    ("ints", LETTERS, None, "array", "None", "None"),
    ("flags", EVEN, ~EVEN, "values", "6 of 6 values are off, first at [0, 0]: False, expected True",
     "6 of 6 values are off"),
    ("flags", EVEN, EVEN.astype(int), "dtype", "dtype int64", "dtype int64"),
    ("flags", True, False, "values", "another value: False, expected True", "another value"),
    ("text", "abc", "abd", "values", "'abd'; it differs from character 2 on",
     "it differs from character 2 on"),
    ("text", "abc", "abcd", "values", "'abcd'; it differs from character 3 on",
     "it differs from character 3 on"),
    ("text", WORDS, WORDS[:40] + "…", "values",
     "'the quick brown fox jumps over the lazy …'; it differs from character 40 on",
     "it differs from character 40 on"),
    ("text", "abc", ["a"], "text", "a list of 1", "a list of 1"),
    ("text", ["a", "b"], ["a", "c"], "values", "'c'; it differs from character 0 on",
     "it differs from character 0 on"),
    ("tree", {"loss": 0.5}, {"loss": 0.25}, "values", "0.25, expected 0.5 (relative error 0.33)",
     "relative error 0.33"),
    ("tree", {3: "a"}, {4: "a"}, "cache", "a dictionary with the keys 4",
     "a dictionary with the keys 4"),
    ("tree", None, 0, "cache", "an int", "an int"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "right", "wrong", "rung", "shown", "hidden"), WRONG)
def test_a_wrong_value_is_explained(
    kind: str, right: Any, wrong: Any, rung: str, shown: str, hidden: str
) -> None:
    """Where it first differs, and both values in the visible case; no hidden value is shown."""
    told, secret = found(right, wrong, kind), found(right, wrong, kind, HIDDEN)
    assert told is not None and (told.rung, told.got) == (rung, shown)
    assert secret is not None and (secret.rung, secret.got) == (rung, hidden)
    if rung == "values" and kind == "text":
        assert str(right if isinstance(right, str) else right[1]) not in secret.text()


def test_a_long_text_is_shown_around_the_place_where_it_differs() -> None:
    """Both texts, a few characters on either side."""
    told = found(WORDS, WORDS.replace("lazy dog", "lame dog"), "text")
    assert told is not None and told.got.startswith("…' over the lame dog, and '…; it differs from")
    assert told.expected == "…' over the lazy dog, and '…"


def test_a_tolerance_of_its_own_takes_the_place_of_the_cases() -> None:
    """Where rounding of a single precision is right, for one output alone."""
    assert found(1.0, 1.001, "number") is not None
    assert found(1.0, 1.001, "number", tolerance=1e-2) is None
    ones = np.ones(3)
    assert found(ones, ones + 1e-3, "array", tolerance=1e-2) is None
    assert found(ones, ones + 1e-3, "") is not None


def test_a_choice_never_tells_which_answer_is_right() -> None:
    """Neither the right answer nor anything made of it is in what is said."""
    for wrong in ("a", "c", "d", "", None, 3, ["b"]):
        told = found("b", wrong, "choice", among=("a", "b", "c"))
        assert told is not None
        assert "'b'" not in told.got and "'b'" not in told.look
        assert told.expected in ("one of 'a', 'b', 'c'", "the right answer")
    assert found("b", "b", "choice", among=("a", "b", "c")) is None


def sums_to_one(value: Any) -> bool:
    """The property of a distribution."""
    return bool(np.allclose(value.sum(axis=0), 1.0))


def test_a_property_is_asked_of_what_has_the_right_form() -> None:
    """Shape, dtype and finiteness first; then any value that has the property is right."""
    like = np.full((2, 3), 0.5)
    some = {"holds": sums_to_one, "shape": "(n, m)", "words": "every column sums to one"}
    right = np.array([[0.2, 0.7, 1.0], [0.8, 0.3, 0.0]])
    assert found(like, right, "holds", HIDDEN, **some) is None
    for wrong, rung in (
        (right.T, "shape"),
        (right[0], "shape"),
        (right.astype(object), "dtype"),
        (LETTERS, "dtype"),
        (right * np.nan, "finite"),
        (right + 1, "property"),
        (None, "array"),
    ):
        told = found(like, wrong, "holds", HIDDEN, **some)
        assert told is not None and told.rung == rung, (wrong, told)
    assert found(like, right + 1, "holds", HIDDEN, shape="(n, m)") is None  # nobody can look there


def test_a_property_that_cannot_be_told_is_not_right() -> None:
    """The predicate's own words are said in its place."""
    told = found(1.0, 2.0, "holds", holds=lambda _: "it cannot be told", words="it is small")
    assert told is not None and (told.expected, told.got) == ("it is small", "it cannot be told")


@pytest.mark.parametrize(
    ("like", "right", "wrong"),
    [
        ([3, 1], (1, 2, 3), {"a": 1}),
        ({"a": 1}, {"b": 2}, [1]),
        (np.zeros(3), np.ones(5), np.ones((1, 3))),
        (np.zeros(3, int), np.ones(0, int), np.ones(3)),
        ("a", "any words", ["a"]),
        (4, 5, 5.0),
        (4.0, 5, "5"),
    ],
)
def test_the_form_of_other_kinds(like: Any, right: Any, wrong: Any) -> None:
    """Without letters an array is of any length; a container is one of the same kind."""
    assert found(like, right, "holds", holds=lambda _: True) is None
    assert found(like, wrong, "holds", holds=lambda _: True) is not None


def test_the_state_of_an_argument_is_an_output() -> None:
    """What a function does in place is compared as what it returns is."""
    checks = (Check("parameters", 3, kind="tree", after=True), Check("loss", 2, kind="number"))
    layout = Layout("step", ("parameters", "x"), ("loss",), checks)

    def step(parameters: dict[str, Any], x: Any) -> float:
        parameters["w"] -= x
        return float(x.sum())

    def lazy(parameters: dict[str, Any], x: Any) -> float:
        return float(x.sum())

    def given() -> tuple[Any, ...]:
        return {"w": np.ones(2)}, np.ones(2)

    right = returned_by(layout, step, given())
    assert right == {
        "returned": 2.0,
        "after": {"parameters": {"w": right["after"]["parameters"]["w"]}},
    }
    assert set(by_name(layout, right)[0]) == {"loss", "parameters"}
    assert not any(compare(layout, right, returned_by(layout, step, given()), SHOWN, {}).values())
    findings = compare(layout, right, returned_by(layout, lazy, given()), SHOWN, {})
    assert findings["loss"] is None
    told = findings["parameters"]
    assert told is not None and "parameters['w'] of step" in told.checked


def test_a_function_that_returns_nothing_has_its_arguments_compared() -> None:
    """Whatever it returns beside that does not count."""
    layout = Layout("clip", ("g",), (), (Check("g", 3, kind="tree", after=True),))

    def clip(g: Any) -> None:
        np.clip(g, -1, 1, out=g)

    def clip_and_tell(g: Any) -> str:
        clip(g)
        return "done"

    right = returned_by(layout, clip, (np.array([3.0, 0.5]),))
    for function in (clip, clip_and_tell):
        got = returned_by(layout, function, (np.array([3.0, 0.5]),))
        assert compare(layout, right, got, SHOWN, {}) == {"g": None}
    got = returned_by(layout, lambda g: None, (np.array([3.0, 0.5]),))
    assert compare(layout, right, got, SHOWN, {})["g"] is not None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.integers(0, 3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(ANYTHING, ANYTHING, st.sampled_from(["tree", "holds", "text", "number", "ints", "flags"]))
def test_nothing_that_comes_back_raises(right: Any, got: Any, kind: str) -> None:
    """Whatever a student's function returns is told to be right or is explained."""
    if unlike_kind(Check("y", 1, kind=kind), right):
        return
    for value in (got, np.array([1.5]), np.array(["a"]), object(), 10**400):
        result = found(right, value, kind, holds=lambda _: True)
        assert result is None or result.text()


@given(ANYTHING)
def test_a_tree_is_like_itself_and_comes_back_from_its_packing(tree: Any) -> None:
    """Keys of any kind, numbers of any type; not a number is packed, too, and like nothing."""
    store: dict[str, Any] = {}
    back = unpack(pack(tree, store, {}), store)
    assert repr(back) == repr(tree)
    if "nan" not in repr(tree):
        assert same(tree, back)
        assert found(tree, back, "tree") is None or "inf" in repr(tree)


def test_rounding_does_not_hide_a_known_mistake_from_the_notebook() -> None:
    """A fingerprint is of the number, whatever its type and its last bits."""
    layout = Layout("f", (), ("loss",), (Check("loss", 1, kind="number"),))
    one = result_fingerprint(layout, 0.1 + 0.2)
    assert same_fingerprint(one, result_fingerprint(layout, np.float64(0.3)))
    assert not same_fingerprint(one, result_fingerprint(layout, 0.31))


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_value_of_another_kind_is_told_to_the_author(kind: str) -> None:
    """Declared as one kind, the solution gives another: no student could ever be right."""
    values: dict[str, Any] = {
        "array": np.ones(2), "number": 0.5, "ints": LETTERS, "flags": EVEN, "text": "a",
        "choice": "a",
    }  # fmt: skip
    check = Check("y", 1, kind=kind, among=("a", "b"))
    for other, value in values.items():
        fits = kind == other or kind in ("tree", "holds") or (kind, other) == ("text", "choice")
        fits = fits or (kind, other) == ("choice", "text")
        assert bool(unlike_kind(check, value)) is not fits, (kind, other)
    assert unlike_kind(replace(check, kind=""), object()) == ""
