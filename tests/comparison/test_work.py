"""Comparing looks at no more than it needs to, however large or often what came back is."""

from __future__ import annotations

import difflib
from typing import Any
from unittest import mock

import numpy as np

from grader.comparison import causes, trees
from grader.comparison.finding import Place
from grader.comparison.ladder import compare
from grader.comparison.layout import Check, Layout, Tolerance
from grader.comparison.telling import LONGEST_KEY, MOST_KEYS
from grader.comparison.trees import same
from grader.comparison.values import MOST_LONGER, exact_finding

MANY = 50_000
LAYOUT = Layout("f", ("x",), ("state",), (Check("state", 1.0),), returns_dict=True)


def test_a_pair_is_compared_once_however_often_it_comes() -> None:
    """Lists of one array each, many times over, take one look at the pair."""
    one, other = np.arange(4.0), np.arange(4.0)
    with mock.patch.object(trees, "_same_leaf", wraps=trees._same_leaf) as looked:
        assert same([one] * MANY, [other] * MANY)
        assert same({"a": [one] * 9}, {"a": [other] * 9})
    assert looked.call_count == 2
    assert not same([one] * 3, [one, one, one + 1])


def test_lengths_come_before_contents() -> None:
    """What is longer than the other is not looked into."""
    with mock.patch.object(trees, "_same_leaf") as looked:
        assert not same([np.zeros(9)] * MANY, [np.zeros(9)])
        assert not same(dict.fromkeys(range(MANY), 1.0), {"a": 1.0})
    assert not looked.called
    assert not same((1.0, 2.0), {0: 1.0, 1: 2.0})


def test_the_key_that_was_meant_is_looked_for_among_few() -> None:
    """Of many keys the first ones are tried, and none that is too long for a message."""
    keys: list[str] = ["x" * 5_000_000, *(f"stat{n}" for n in range(MANY))]
    seen: list[int] = []

    def close(name: str, among: list[str], **more: Any) -> list[str]:
        seen.append(len(among))
        assert all(len(key) <= LONGEST_KEY for key in among)
        return []

    got = dict.fromkeys(keys, np.zeros(3))
    with mock.patch.object(difflib, "get_close_matches", close):
        found = compare(LAYOUT, {"state": np.zeros(3)}, got, Tolerance(), {})["state"]
    assert found is not None and seen == [MOST_KEYS]
    with mock.patch.object(causes, "same", wraps=same) as looked:
        causes.cause_of_result(LAYOUT, {"state": np.ones(3)}, got, 1e-6)
    assert looked.call_count <= MOST_KEYS


def test_lists_of_whole_numbers_are_not_written_out_beyond_what_is_asked() -> None:
    """A large array many times in a list is told as the list that it is."""
    line, where = Check("state", 1.0, kind="ints"), Place("state", "f")
    large = [np.ones(950_000, int)] * MANY  # 380 GB as an array
    found = exact_finding(where, line, np.arange(5), large, Tolerance(), "ints", "")
    assert found is not None and found.got == f"a list of {MANY}"
    few = [0] * (MOST_LONGER * 5)
    found = exact_finding(where, line, np.arange(5), few, Tolerance(), "ints", "")
    assert found is not None and found.rung == "shape"
