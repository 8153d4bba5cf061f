"""What is known to be right without being looked at is what is right when it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.assignment.spec import Case, Exercise
from grader.judge import attempt as attempt_module
from grader.judge.attempt import Trial, as_result, compared
from grader.judge.hidden_cases import draw
from grader.judge.right_replies import right_of
from grader.sandbox import Reply, replies
from grader.sandbox.inside.wire import Bounds, Encoded, decode_counted, encode
from grader.sandbox.returned import read_returned
from grader.simulate.pupils import Pupil
from tests.judge.test_judge import judged, timeless
from tests.kit.toy import OF, assignment, edited, exercise

POSED = {name: draw(exercise(name), assignment(OF[name]).functions, 7) for name in OF}


def reply_of(case: Case, expected: Any, made: Any, of: Exercise) -> tuple[Reply, int]:
    """A reply as it crosses, and how many values it counts."""
    names = of.layout.after
    message = {"outcome": "returned", "value": Encoded(encode(made["returned"] if names else made))}
    if names:
        message["after"] = Encoded(encode(tuple(made["after"].values())))
    told, items = decode_counted(encode(message), apart=True)
    there = read_returned(told, Bounds(), right_of(of, case, expected))
    return as_result(of, replies.reply(told, there)), items + there.items


class Changed:
    """A change of one leaf of a tree, wherever it comes again; what is shared stays shared."""

    def __init__(self, edit: Callable[[Any], Any], leaf: int) -> None:
        self.edit, self.leaf = edit, leaf
        self.made: dict[int, Any] = {}

    def of(self, tree: Any) -> Any:
        """The tree with that leaf changed."""
        if isinstance(tree, (tuple, list)):
            return type(tree)([self.of(value) for value in tree])
        if id(tree) not in self.made:
            if isinstance(tree, dict):
                self.made[id(tree)] = {key: self.of(value) for key, value in tree.items()}
            else:
                self.leaf -= 1
                self.made[id(tree)] = self.edit(tree) if self.leaf == -1 else tree
        return self.made[id(tree)]


EDITS: dict[str, Callable[[Any], Any]] = {
    "nothing": lambda leaf: leaf,
    "last digits": lambda leaf: leaf * (1 + 1e-13),
    "near the tolerance": lambda leaf: leaf * (1 + 0.9e-7),
    "a little": lambda leaf: leaf * (1 + 1e-4),
    "no number": lambda leaf: leaf * np.nan,
    "infinity": lambda leaf: leaf + np.inf,
    "its shape": lambda leaf: np.asarray(leaf)[..., None],
    "its dtype": lambda leaf: np.asarray(leaf).astype("float16"),
    "whole numbers": lambda leaf: np.asarray(leaf).astype(int),
    "a list": lambda leaf: np.asarray(leaf).tolist(),
    "a matrix": lambda leaf: np.atleast_2d(leaf).view(np.matrix) if np.ndim(leaf) < 3 else None,
    "column-major": lambda leaf: np.asfortranarray(leaf),
    "none": lambda leaf: None,
}


@settings(deadline=None, max_examples=300)
@given(st.data(), st.sampled_from(sorted(OF)), st.sampled_from(sorted(EDITS)), st.integers(0, 30))
def test_what_is_not_looked_at_is_right(data: Any, name: str, edit: str, leaf: int) -> None:
    """Whatever one leaf is changed to: it is taken for right only where the ladder finds nothing.

    How much was read of it counts the same, and its value is there for whoever looks.
    """
    of = exercise(name)
    case, expected = data.draw(st.sampled_from(POSED[name]))
    made = Changed(EDITS[edit], leaf).of(expected)
    reply, counted = reply_of(case, expected, made, of)
    looked_at = as_result(of, Reply("returned", made)) if not of.layout.after else reply
    found = compared(of, Trial(case, expected, replace(reply, right=False)))
    assert compared(of, Trial(case, expected, reply)) == found
    if reply.right:
        assert not any(found.values())
    elif edit in ("nothing", "last digits", "column-major"):
        raise AssertionError("what is right was taken apart")
    assert encode(reply.value) == encode(looked_at.value)
    plain = encode({"outcome": "returned", "value": None})
    whole = made["returned"] if of.layout.after else made
    states = [tuple(made["after"].values())] if of.layout.after else []
    held = sum(decode_counted(encode(part))[1] for part in (whole, *states))
    assert counted == held + decode_counted(plain)[1] + len(states)


def test_infinity_is_not_right_though_it_is_the_same() -> None:
    """A case whose right result is not finite would be a fault of its author's: it is looked at."""
    of, (case, expected) = exercise("leak"), POSED["leak"][0]
    spoilt = Changed(EDITS["infinity"], 0).of(expected)
    assert reply_of(case, expected, expected, of)[0].right
    assert not reply_of(case, spoilt, spoilt, of)[0].right


@pytest.mark.parametrize("beside", [3, np.int64(3), np.arange(3), True, "a", None, 1j])
def test_beside_what_is_no_float_a_right_reply_is_known_to_the_last_bit(beside: Any) -> None:
    """Whole numbers, words and several dtypes: the same bits are right, anything else is read."""
    of, (case, expected) = exercise("leak"), POSED["leak"][0]
    made = (expected[0], (*expected[1], beside))
    assert reply_of(case, made, made, of)[0].right
    for other in (4, np.int64(4), np.arange(3) + 1, False, "b", 0.0, 2j):
        assert not reply_of(case, made, (expected[0], (*expected[1], other)), of)[0].right
    nearly = Changed(EDITS["last digits"], 0).of(made)
    floats = beside is None or isinstance(beside, bool | str)
    assert reply_of(case, made, nearly, of)[0].right == floats
    spoilt = Changed(EDITS["no number"], 0).of(made)
    assert not reply_of(case, spoilt, spoilt, of)[0].right


def test_most_cases_of_the_toys_are_known_by_their_form() -> None:
    """A right value that is not recognised would be right all the same, and slower."""
    known = [right_of(exercise(name), *pair) is not None for name in OF for pair in POSED[name]]
    assert sum(known) > 0.9 * len(known)


def test_a_value_that_several_are_right_for_is_looked_at() -> None:
    """Where a property decides, the right one's own numbers do not."""
    of = exercise("leak")
    assert right_of(of, *POSED["leak"][0]) is not None
    checks = tuple(replace(check, kind="holds", words="it is") for check in of.checks)
    holds = {check.name: lambda *_: True for check in checks}
    assert right_of(replace(of, checks=checks, holds=holds), *POSED["leak"][0]) is None


PUPILS = {
    "right": Pupil("s"),
    "another order of sums": Pupil(
        "s", own={"leak": edited("leak", ("w * h + u * x + b", "b + u * x + w * h"))}
    ),
    **{
        f"{name}: {mistake.id}": Pupil("s", mistakes={name: mistake.id})
        for name in OF
        for mistake in exercise(name).mistakes
    },
}


@pytest.mark.parametrize("who", PUPILS)
def test_the_verdict_is_the_same_when_all_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """Marks, findings and words: nothing shows whether a right reply was taken apart."""
    name = OF[who.split(":")[0]] if ":" in who else "leaky"
    taken: list[bool] = []
    was = attempt_module.right_of

    def counted(*given: Any) -> Any:
        taken.append(True)
        return was(*given)

    monkeypatch.setattr(attempt_module, "right_of", counted)
    short = timeless(judged(PUPILS[who], name).verdict)
    assert taken
    monkeypatch.setattr(attempt_module, "right_of", lambda *_: None)
    assert timeless(judged(PUPILS[who], name).verdict) == short


def test_what_is_right_is_not_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A right submission is judged without its values being decoded."""
    looked: list[Any] = []
    was = attempt_module.compare

    def seen(*given: Any) -> Any:
        looked.append(given)
        return was(*given)

    monkeypatch.setattr(attempt_module, "compare", seen)
    assert judged(Pupil("s")).verdict.score == assignment().max_score
    unknown = sum(
        right_of(exercise(name), *pair) is None
        for name in ("leak", "remember")
        for pair in draw(exercise(name), assignment().functions, 3)
    )
    assert len(looked) <= unknown + 2
