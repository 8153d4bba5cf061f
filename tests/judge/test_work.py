"""What a reply costs to judge is counted, and bounded by what was asked, whatever comes back."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.comparison import ladder, telling, trees, values
from grader.comparison.telling import MOST_KEYS
from grader.judge import attempt as attempt_module
from grader.judge import diagnose as diagnose_module
from grader.judge import guarded, work
from grader.judge.attempt import Attempt, attempt
from grader.judge.diagnose import Diagnosis
from grader.judge.hidden_cases import Posed, draw
from grader.judge.own_text import OwnText
from grader.judge.work import TOO_MUCH, Work
from grader.sandbox import Call, Limits, Reply
from grader.sandbox.inside.wire import Bounds, decode_counted, encode
from grader.simulate.pupils import Pupil
from tests.judge.test_judge import by_name, judged
from tests.kit.toy import OF, POINTS, assignment

FUNCTIONS = ("leak", "remember", "climb_backward")
SMALL = Bounds(message_bytes=1 << 18, items=4_000)  # the wire's, made smaller with the budget
UNITS = 1_000  # in place of `LEAST`
LINES_A_UNIT = 60  # of Python, that looking at one value or one key takes
LINES_A_NAME = 1_500  # that looking for one name in the likeness of another takes, of 24 letters
LINES_TO_TELL = 3_000  # that a message on one value takes, however large the value is
OTHERS = 5  # times that a result is compared, but for those with known mistakes


class Told:
    """A fork that gives the same value back for every call, as the judge reads it."""

    limits = Limits()

    def __init__(self, value: Any) -> None:
        self.heard = 0
        self.message = encode(value, SMALL)

    def calls(self, calls: Sequence[Call], until: str, one_by_one: bool = False) -> Iterator[Reply]:
        """Answer all calls."""
        for _ in calls:
            value, held = decode_counted(self.message, SMALL)
            self.heard += held + len(self.message) // work.UNIT
            yield Reply("returned", value)


class Count:
    """A count of the lines of the judge's own code that run, and of elements compared."""

    def __init__(self) -> None:
        self.lines = self.elements = 0
        self.modules = {
            str(module.__file__)
            for module in (
                *(difflib, ladder, trees, values, telling, guarded),
                *(attempt_module, diagnose_module, work),
            )
        }

    def __call__(self, frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in self.modules:
            return None
        if event == "line":
            self.lines += 1
        elif event == "call" and frame.f_code.co_name in ("_same_leaf", "relative_error"):
            given = frame.f_locals.values()
            self.elements += sum(each.size for each in given if isinstance(each, np.ndarray))
        return self


def posed(name: str) -> Posed:
    """An exercise's hidden cases, as the judge draws them."""
    spec = assignment(OF[name]).spec.exercise(name)
    return draw(spec, assignment(OF[name]).functions, 1)


# A submission whose own text holds whatever is asked for.
OWN = OwnText(())
OWN.words = frozenset(f"key_{number}" for number in range(4_000))


def judged_reply(name: str, value: Any) -> tuple[Attempt, Work, Count]:
    """Compare and diagnose one value in the place of every result, and count what that takes."""
    owner, cases = assignment(OF[name]), posed(name)
    exercise, spent, count = owner.spec.exercise(name), Work(cases), Count()
    job: Any = Told(value)
    sys.settrace(count)
    try:
        tried = attempt(job, exercise, cases, spent, OWN)
        if not tried.given_up:
            ask = Reply("returned", tried.trials[0].reply.value)
            Diagnosis(owner, exercise, "").of(tried, lambda case, names: ask)
    finally:
        sys.settrace(None)
    return tried, spent, count


arrays = st.sampled_from(
    [
        np.zeros(0),
        np.zeros((0, 1 << 20)),
        np.ones(30_000),
        np.ones(3_000),
        np.ones((3, 4)),
        np.full(2, np.nan),
    ]
)
plain = st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=40)


def longer(part: Any) -> st.SearchStrategy[Any]:
    """The same thing many times: in a list, nested, under as many keys, in a text."""
    many = st.integers(0, 3_800)
    return st.one_of(
        many.map(lambda n: [part] * n),
        many.map(lambda n: {f"key_{i}": part for i in range(n)}),
        st.integers(0, 60).map(lambda n: [[part] * n] * n),
        st.integers(0, 100_000).map(lambda n: "ab" * n),
    )


def within_wire(tree: Any) -> bool:
    """Tell whether a tree fits into a message."""
    try:
        encode(tree, SMALL)
    except ValueError:
        return False
    return True


@st.composite
def replies(draw_: Any, name: str) -> Any:
    """A right result with parts in whose place something else stands, or anything at all."""
    anything = st.recursive(arrays | plain, lambda inner: inner.flatmap(longer), max_leaves=3)
    if draw_(st.booleans()):
        return draw_(anything)

    def spoilt(tree: Any) -> Any:
        if draw_(st.integers(0, 3)) == 0:
            return draw_(anything)
        if isinstance(tree, dict):
            return {key: spoilt(value) for key, value in tree.items()}
        if isinstance(tree, tuple):
            return tuple(map(spoilt, tree))
        return [spoilt(item) for item in tree[:2]] + tree[2:] if isinstance(tree, list) else tree

    return spoilt(posed(name)[0][1])


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_reply_costs_more_than_its_budget(name: str, data: st.DataObject) -> None:
    """What fits into the wire is judged within a bound that is counted, and known before."""
    value = data.draw(replies(name).filter(within_wire))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "LEAST", UNITS)
        cases = posed(name)
        whole = Work(cases).most
        tried, spent, count = judged_reply(name, value)
        message = SMALL.items + SMALL.message_bytes // work.UNIT
        assert spent.spent <= whole + message  # it is seen once a message has been read
        asked, known = (whole - UNITS) // work.MOST_TIMES, assignment(OF[name]).mistakes
        times = OTHERS + 2 * len(known(assignment(OF[name]).spec.exercise(name)))
        compared = spent.spent + times * asked
        told = len(tried.layout.outputs) * (len(cases) + 1)
        lines = LINES_A_UNIT * compared + told * (LINES_TO_TELL + MOST_KEYS * LINES_A_NAME)
        assert count.lines <= lines, (count.lines, compared)
        assert count.elements <= work.UNIT * compared, (count.elements, compared)
        assert tried.passed or sum(tried.points_by_check.values()) < POINTS[name]


@pytest.mark.sandbox
def test_an_exercise_past_its_budget_fails_with_the_reason_and_the_others_go_on() -> None:
    """Two replies of a large array, a hundred thousand times each, are one reason and no marks."""
    source = "B = [np.ones(950_000)] * 99_000\ndef leak(x, h, parameters):\n    return B"
    found = by_name(judged(Pupil("s", own={"leak": source})).verdict)
    assert found["leak"].outcome == "failed" and found["leak"].points == 0.0
    assert TOO_MUCH in found["leak"].message and found["leak"].cause is None
    assert found["remember"].outcome == "passed"


def test_a_large_right_result_is_within_the_budget() -> None:
    """The budget grows with what is asked: the reference's own results are a small part of it."""
    for name in FUNCTIONS:
        cases = posed(name)
        asked = sum(work.size(expected) for _, expected in cases)
        assert Work(cases).most > work.MOST_TIMES * asked > 0


def test_what_is_asked_is_counted_only_where_the_least_is_used_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A reply of the usual size is not held against the size of what was asked."""
    cases, counted = posed("leak"), list[Any]()
    least, most, size = work.LEAST, Work(cases).most, work.size
    monkeypatch.setattr(work, "size", lambda tree: counted.append(tree) or size(tree))
    spent = Work(cases)
    assert spent.spend(least) and not counted
    assert spent.spend(1) and counted
    counted.clear()
    assert spent.spend(most - least - 1) and not spent.spend(1)
    assert not counted  # once is enough
