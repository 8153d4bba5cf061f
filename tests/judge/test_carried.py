"""What a verdict may repeat of a process that knows the hidden inputs, field by field, in bits."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.assignment.spec import Case
from grader.comparison.finding import Finding
from grader.comparison.ladder import compare
from grader.comparison.layout import KINDS, Check, Layout, Tolerance
from grader.comparison.values import unlike_kind
from grader.judge.guarded import Guarded, nothing
from grader.judge.hidden_cases import draw
from grader.judge.judge import judge
from grader.judge.own_text import MOST_REPEATED, MOST_WORDS, OwnText, Repeated
from grader.judge.redact import ERRORS, NAMELESS, redacted
from grader.judge.session import Session
from grader.sandbox import MOST_WAITS, Call, CellSource, Limits, RaisedError, Reply
from grader.sandbox.inside.wire import Message
from grader.simulate.pupils import Pupil
from grader.verdict import ExerciseResult
from tests.judge.carried import Carried, Told
from tests.judge.forger import MARK, Forger
from tests.kit import solution
from tests.kit.forged import forged
from tests.kit.toy import NAME, SLOPE, assignment, book_of, right, taken

ROOT = Path(__file__).resolve().parents[2]
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
BOOK = [f"w{number}" for number in range(4096)]  # a book of words, twelve bits each
OWN_TEXTS = ("db2", "dw_", "h_nxt", *BOOK[:40])
# What the judge says of a call that it says the same of whoever made it.
FIXED = {
    "no answer within the time limit", "its process ended", "nothing by that name", "changed",
    "this exercise is still empty",
}  # fmt: skip
# Tenths of seconds, up to a few times the longest wait: how long it takes is its own choice.
SECONDS = math.log2(10 * 4 * MOST_WAITS * Limits().wall_seconds)
POINTED = re.compile(r"line (\d+) of the cell (\w+)")
MEANT = re.compile(r"the key ('\w+'): should it be '\w+'\?")


def submission_of(name: str, book: list[str]) -> Any:
    """The right answer, with a book of words in one of its cells."""
    first = next(iter(assignment(name).spec.exercises)).name
    text = right(first) + f"\nBOOK = '{' '.join(book)}'\n"
    return taken(book_of(Pupil("s", own={first: text}), name))


@functools.cache
def _submission(name: str) -> Any:
    return submission_of(name, list(OWN_TEXTS))


@functools.cache
def carried(name: str, seed: int) -> dict[str, Carried]:
    """What the results of an assignment's exercises may say, where this is the seed of inputs."""
    made = assignment(name)
    own = Session(made, _submission(name), forged(lambda call: {})).own
    return {
        exercise.name: Carried(exercise, draw(exercise, made.functions, seed), own, Limits())
        for exercise in made.spec.exercises
    }


def fits(found: Finding, may: Carried) -> bool:
    """Whether a finding is one of those that were counted."""
    own = may.own
    raised = re.fullmatch(r"it raised (.+)", found.got)
    said = found.got in FIXED or may.reasons.fits(found.got)
    said = said or any(told.got.fits(found.got) for told in may.told)
    if raised:
        said = raised[1] in {*ERRORS, *own.words, NAMELESS}
    pointed, meant = POINTED.search(found.look), MEANT.search(found.look)
    there = pointed is None or (pointed[2], int(pointed[1])) in own.lines
    near = meant is None or any(told.keys.fits(meant[1]) for told in may.told)
    return said and there and near


def words_of(result: ExerciseResult, own: OwnText, known: set[str]) -> set[str]:
    """The words of the submission's own that an exercise's result repeats as such."""
    told = [result.finding, *(check.finding for check in result.checks)]
    texts = [text for found in told if found for text in (found.got, found.look)]
    texts += [result.cause.title, result.cause.hint] if result.cause else []
    quoted = {word for text in texts for word in re.findall(r"'(\w+)'", text)}
    quoted |= {m[1] for text in texts if (m := re.search(r"(?:it raised|of type) (\w+)$", text))}
    return {word for word in quoted & own.words if word not in known and word not in ERRORS}


@settings(PATIENT, max_examples=150)
@given(st.integers(0, 2**32), st.sampled_from([NAME, SLOPE]), st.booleans())
def test_whatever_a_process_replies_a_verdict_says_little_of_it(
    seed: int, name: str, steady: bool
) -> None:
    """No word and no number of its making comes back, and each text is one of those counted."""
    made = assignment(name)
    forger = Forger(made, seed, list(OWN_TEXTS), steady)
    sandbox = forged(forger, forger.cell)
    submission = _submission(name)
    seeds = dict.fromkeys((exercise.name for exercise in made.spec.exercises), 5)
    found = judge(made, submission, seeds, sandbox, "s")
    assert found.verdict.outcome == "graded", found.verdict.fault
    told = json.dumps([found.verdict.to_data()["exercises"], found.verdict.mended])
    assert MARK not in told and MARK not in repr(found.outputs)
    numbers = {int(digits) for digits in re.findall(r"\d{7,}", told)}
    assert not numbers & forger.numbers, numbers
    for result in found.verdict.exercises:
        may = carried(name, 5)[result.name]
        findings = [result.finding, *(check.finding for check in result.checks)]
        for finding in filter(None, findings):
            assert fits(finding, may), finding
        lengths = {length for told_ in may.told for length in told_.guard.lengths}
        if result.cause:
            assert {int(n) for n in re.findall(r"\b\d+\b", result.cause.title)} <= lengths
        known = {str(key) for told_ in may.told for key in told_.guard.names}
        assert len(words_of(result, may.own, known)) <= MOST_REPEATED


def replying(value: Callable[[int], Any]) -> Callable[[int], Callable[[Call], Message]]:
    """A process that returns a value with a number of its choice in it."""
    return lambda number: lambda call: {"outcome": "returned", "value": value(number)}


def refusing(reason: Callable[[int], str]) -> Callable[[int], Callable[[Call], Message]]:
    """A process that refuses for a reason with a number of its choice in it."""
    return lambda number: lambda call: {"outcome": "refused", "reason": reason(number)}


def raising(error: Callable[[int], tuple[Any, ...]]) -> Callable[[int], Callable[[Call], Message]]:
    """A process that raises an exception with a number of its choice in it."""
    return lambda number: lambda call: {"outcome": "raised", "error": error(number)}


TRIES = 60
# Ways to tell one number of sixty, and how many texts they come to.
WAYS: dict[str, tuple[Callable[[int], Callable[[Call], Message]], int]] = {
    "keys": (replying(lambda n: {f"k{n}_{i}": i for i in range(14)}), 1),
    "numbers as keys": (replying(lambda n: {10**9 + n: 0}), 1),
    "keys in a cache": (replying(lambda n: (np.zeros((4, 3)), {f"k{n}": 0})), 1),
    "sides of empty arrays": (replying(lambda n: np.zeros((0, 10**9 + n))), 1),
    "more axes than are told": (replying(lambda n: np.zeros([1] * 5 + [n, 1])), 1),
    "lengths": (replying(lambda n: [0] * (100 + n)), 1),
    "text": (replying(lambda n: f"{10**9 + n}"), 1),
    "a dtype's name": (refusing(lambda n: f"dtype secret{n:04d}"), 1),
    "a dtype's length": (refusing(lambda n: f"dtype str{n}"), 1),
    "bytes": (refusing(lambda n: f"larger than {n} bytes"), 1),
    "items": (refusing(lambda n: f"more than {n} items"), 1),
    "depth": (refusing(lambda n: f"nested deeper than {500 + n}"), 1),
    "a side": (refusing(lambda n: f"an array side longer than {n}"), 1),
    "a type's name": (refusing(lambda n: f"a value of type T{n}"), 1),
    "a key's type": (refusing(lambda n: f"a dict key of type T{n}"), 1),
    "free words": (refusing(lambda n: f"well, {n}"), 1),
    "an exception's name": (raising(lambda n: (f"E{n}", "", ())), 1),
    "an exception's text": (raising(lambda n: ("KeyError", f"'k{n}'", ())), 1),
    "lines that are not there": (raising(lambda n: ("KeyError", "", (("leak", 1000 + n),))), 1),
    "cells that are not there": (raising(lambda n: ("KeyError", "", ((f"own-{n}", 1),))), 1),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_number_of_its_choice_does_not_come_through(way: str) -> None:
    """Whichever of sixty numbers a process would tell, its verdict reads the same."""
    forge, most = WAYS[way]
    made, submission = assignment(), _submission(NAME)
    told = set()
    for number in range(TRIES):
        found = judge(made, submission, {"leak": 5, "remember": 5}, forged(forge(number)), "s")
        told.add(json.dumps(found.verdict.to_data()["exercises"]))
    assert len(told) <= most, told


def test_a_book_of_words_is_a_small_channel() -> None:
    """Of thousands of words in the text some are known, and an exercise repeats a few of those."""
    submission = submission_of(NAME, BOOK)
    own = Session(assignment(), submission, forged(lambda call: {})).own
    assert len(own.words) == MOST_WORDS < len(BOOK)
    asked: list[int] = []

    def forge(call: Call) -> Message:
        asked.append(0)
        words = BOOK[14 * len(asked) :][:14]  # others at each call
        return {"outcome": "returned", "value": (call.arguments[0] * 0, dict.fromkeys(words, 1))}

    found = judge(assignment(), submission, {"leak": 5, "remember": 5}, forged(forge), "s").verdict
    told = [set(re.findall(r"\bw\d+\b", json.dumps(e.to_data()))) for e in found.exercises]
    assert [len(words) for words in told] == [MOST_REPEATED] * 2, told


def guard(expected: Any, may: Callable[[str], bool] = nothing) -> Guarded:
    """What is told of one output ``y`` whose right value this is."""
    layout = Layout("f", ("x",), ("y",), (Check("y", 1),), returns_dict=True)
    return Guarded(layout, Case("a case", (), {"n": 2, "m": 13}), {"y": expected}, may)


RIGHT: dict[str, Any] = {
    "array": np.ones((2, 13)), "number": 0.5, "ints": np.arange(6), "flags": np.ones(3, bool),
    "text": "a text " * 20, "tree": {"loss": 0.5, 3: ["a", True, np.ones(2)], "n": None},
    "choice": "b", "holds": np.ones(4),
}  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=12)
        | st.lists(inner, max_size=12).map(tuple)
        | st.dictionaries(st.integers() | st.text(max_size=9), inner, max_size=9)
    ),
    max_leaves=9,
) | st.builds(
    lambda sides, dtype: np.zeros(sides, dtype),
    st.lists(st.integers(0, 5), max_size=6),
    st.sampled_from(["f8", "f4", "i8", "u1", "?", "c16"]),
)


@pytest.mark.parametrize(
    ("reply", "as_it_is"),
    [
        (Reply("returned", np.ones(2), inputs_changed=True), True),
        (Reply("refused", reason="a value of type dict"), True),
        (Reply("refused", reason="a value of type Hidden"), False),
        (Reply("refused", reason="the hidden inputs"), False),
        (Reply("raised", error=RaisedError("Hidden", "1 2 3")), False),
    ],
)
def test_a_reply_in_which_nothing_is_redacted_stays_what_it_is(
    reply: Reply, as_it_is: bool
) -> None:
    """Whatever has words of its own is made anew without them."""
    made = redacted(reply, Repeated(OwnText(())), Limits())
    assert (made is reply) is as_it_is
    assert "idden" not in f"{made.reason} {made.error.type if made.error else ''}"


def test_small_lengths_are_told_without_looking_for_what_is_as_long() -> None:
    """Only for longer ones all that is there is gone through, at every depth and in its order."""
    tell = guard({"a": [np.ones((40, 2)), ((1,) * 60, {"b": None})], "c": {"d": 1}})
    assert tell.shape(np.ones((9, 0))) == "shape (9, 0)" and "lengths" not in vars(tell)
    assert [tell.length(n, "-") for n in (10, 12, 14, 38, 39, 41, 42, 59, 61, 62)] == [
        *("-", "12", "14", "-", "39", "41", "-", "59", "61", "-")
    ]
    assert [*tell.names] == ["y", "a", "c", "b", "d"]


@functools.cache
def _told(kind: str) -> Told:
    return Told(guard(RIGHT[kind]), OwnText(()))


@PATIENT
@given(ANYTHING, st.sampled_from(sorted(RIGHT)))
def test_of_every_kind_of_value_one_of_the_counted_texts_is_told(got: Any, kind: str) -> None:
    """Numbers, whole numbers, text, choices, trees and properties: nothing else is said."""
    assert set(RIGHT) == set(KINDS)
    right_one, line = RIGHT[kind], Check("y", 1, kind=kind, among=("a", "b"))
    assert not unlike_kind(line, right_one)
    layout = Layout("f", ("x",), ("y",), (line,), returns_dict=True)
    told = _told(kind)
    for result in ({"y": got}, got):
        found = compare(
            layout, {"y": right_one}, result, Tolerance(tell=told.guard), {}, {"y": lambda _: False}
        )["y"]
        assert found is None or told.got.fits(found.got), found


HONEST: list[tuple[Any, str]] = [
    (np.ones((13, 2)), "an array of shape (13, 2)"),
    (np.ones(2), "an array of shape (2,)"),
    (np.ones((2, 1)), "an array of shape (2, 1)"),
    (np.ones((2, 14)), "an array of shape (2, 14)"),
    (np.ones(26), "an array of shape (26,)"),
    (np.ones((2, 26)), "an array of shape (2, another length)"),
    (np.ones(()), "an array of shape ()"),
    (np.ones((1,) * 5), "an array of more than 4 axes"),
    ((1, 2, 3), "a tuple of 3"),
    ([0] * 500, "a list of another length"),
    ({}, "an empty dictionary"),
    ({"y": 1}, "a dictionary with the keys 'y'"),
    ({"y": 1, "mine": 2}, "a dictionary with the keys 'mine', 'y'"),
    ({"y": 1, "mine": 2, "x9": 3}, "a dictionary with the keys 'mine', 'y' and one other"),
    ({"x9": 3, 7: 1}, "a dictionary with 2 other keys"),
    ({"x9": 3}, "a dictionary with one other key"),
    (dict.fromkeys(range(100)), "a dictionary with many other keys"),
    (None, "None"),
    (0.5, "a float"),
]


@pytest.mark.parametrize(("value", "said"), HONEST, ids=[said for _, said in HONEST])
def test_what_is_told_helps_who_is_honest(value: Any, said: str) -> None:
    """Sides that the case has, swapped or lost or laid out flat; keys of one's own, misspelt."""
    own = OwnText([CellSource("f", "mine", "answer")])
    assert guard(np.ones((2, 13)), Repeated(own).may).kind(value) == said


def test_how_wrong_it_is_is_told_in_a_few_steps() -> None:
    """One value, few, half of them, most, all; the error to one digit, or a power of ten."""
    tell = guard(np.ones(3))
    assert [tell.share(n, 60) for n in (1, 12, 30, 50, 60)] == [
        "one value is off", "few values are off", "about half of the values are off",
        "most values are off", "all values are off",
    ]  # fmt: skip
    assert tell.share(1, 1) == "the value is off"
    assert [tell.error(error) for error in (2.0, 0.96, 0.333, 0.02, 4.2e-5, 1e-12, math.nan)] == [
        "relative error 1", "relative error 1", "relative error 0.3", "relative error about 1e-02",
        "relative error about 1e-05", "relative error about 1e-09", "relative error nan",
    ]  # fmt: skip
    assert tell.differs(60) == "it differs from character 60 on"
    assert tell.differs(61) == tell.differs(10**6)


def test_a_refusal_s_numbers_are_the_judge_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """An honest fork's reasons come through: they name the limits that the judge knows."""
    made, submission = assignment(), _submission(NAME)
    limits = Limits()
    for reason in (*limits.refusals, "a value of type set", "dtype object", "dtype datetime64"):
        sandbox = forged(refusing(lambda n, reason=reason: reason)(0), limits=limits)
        found = judge(made, submission, {"leak": 5, "remember": 5}, sandbox, "s").verdict
        finding = found.exercises[0].finding
        assert finding is not None and finding.got == reason


def test_which_line_raised_is_told_where_it_is_written() -> None:
    """A line with something in it, of a cell that was handed in; no blank one, none beyond."""
    made, submission = assignment(), _submission(NAME)
    text = next(cell.source for cell in submission.cells if cell.id == "leak")
    for number in range(-1, len(text.splitlines()) + 3):
        there = 1 <= number <= len(text.splitlines()) and text.splitlines()[number - 1].strip()
        sandbox = forged(raising(lambda n: ("ValueError", "", (("leak", n),)))(number))
        found = judge(made, submission, {"leak": 5, "remember": 5}, sandbox, "s").verdict
        finding = found.exercises[0].finding
        assert finding is not None
        assert (f"line {number} of the cell leak" in finding.look) is bool(there), number


def counted() -> list[list[Carried]]:
    """What may be said of each exercise of the course's assignment, for a few seeds of inputs."""
    cells = [
        CellSource(cell.id, cell.source, "answer")
        for cell in solution.source().cells
        if cell.role in ("answer", "example")
    ]
    own = OwnText(cells)
    return [
        [
            Carried(exercise, draw(exercise, solution.functions(), seed), own, Limits(), KEYS)
            for seed in range(5)
        ]
        for exercise in solution.SPEC.exercises
    ]


KEYS = ("a key",) * 64  # more than any function here is given
ROWS = {
    "words of the submission's own, wherever they are repeated": "words",
    "`outcome`": "outcome",
    "`points`, and which checks earned them": "points",
    "`finding`": "finding",
    "`cause`": "cause",
    "`note`": "note",
    "`stand_ins`": "stand_ins",
    "the `finding` of each check, which no page shows": "checks",
}


def enough(told: str, bits: float) -> bool:
    """Whether what the page says is no less than it is, and not much more."""
    return bits <= int(told) <= 1.1 * bits + 1


def test_the_sums_stand_in_the_documentation() -> None:
    """docs/security.md says how many bits each field, a page and a verdict's file may carry."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    may = counted()
    table = text.partition("| field of an exercise | bits |")[2].partition("\n\n")[0]
    told = dict(re.findall(r"^\| (.+) \| (\d+) \|$", table, re.M))
    most = {row: max(c.bits[field] for few in may for c in few) for row, field in ROWS.items()}
    assert set(told) == set(most)
    assert all(enough(told[row], bits) for row, bits in most.items()), most
    said = re.search(
        r"at most (\d+) bits an exercise on a\s+student's page, (\d+) on the whole page, and"
        r"\s+(\d+) in a\s+verdict's file",
        text,
    )
    assert said is not None
    pages = [max(c.on_a_page for c in few) for few in may]
    files = sum(max(c.in_a_verdict for c in few) for few in may) + SECONDS
    sums = (max(pages), sum(pages), files)
    assert all(map(enough, said.groups(), sums)), sums
