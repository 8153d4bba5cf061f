"""Telling hidden inputs by what a verdict repeats, and raw text by what is published."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import nbformat
import numpy as np
import pytest

from grader.autograde.inbox import open_folder
from grader.feedback.feedback import feedback
from grader.intake.submission import Submission
from grader.judge.own_text import MOST_REPEATED
from grader.judge.seeds import hidden_seeds
from grader.plain_text import COLOUR, TURNING, one_line
from grader.simulate.pupils import Pupil
from tests.hostile.graded import Graded, assert_harmless, graded_class, new_course
from tests.hostile.pupils import NAME, assignment, neighbours, with_cell
from tests.hostile.tellers import (
    BOOK,
    CELL,
    COUNTS,
    DIGITS,
    FORGED,
    IN_WORDS,
    RAW,
    REPLIES,
    RETURNS,
    STAND_IN,
    WORDS,
)

pytestmark = pytest.mark.sandbox

HANDED_IN = "\n".join([CELL, DIGITS, *RETURNS.values(), *STAND_IN.values(), IN_WORDS])
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# What is said in the place of what was to be told.
SAID = {
    "keys": "a dictionary with ",
    "keys-in-a-cache": "a dictionary with ",
    "numbers-as-keys": "a dictionary with one other key",
    "exception": "it raised an exception of its own making",
    "exception-text": "it raised KeyError",
    "type": "a value",
    "sides": "shape (0, another length)",
    "lengths": "a list of another length",
    "text": "a str",
    "stand-in": "a dictionary with ",
    "refused-dtype": "another dtype",
    "refused-bytes": "a value that is no plain data",
    "refused-side": "a value that is no plain data",
    "refused-type": "a value",
    "refused-words": "a value that is no plain data",
    "raised-line": "it raised KeyError",
    "raised-cell": "it raised KeyError",
    "raised-type": "it raised an exception of its own making",
    "returned-keys": "a dictionary with ",
}


def tellers() -> list[Pupil]:
    """Those who tell, each in one way."""
    tell = with_cell(DIGITS)
    pupils = [
        Pupil(name, (), own={"rnn_cell_forward": CELL + line}, damage=tell)
        for name, line in RETURNS.items()
    ]
    pupils.append(Pupil("stand-in", (), own=STAND_IN, damage=tell))
    for name, reply in REPLIES.items():
        own = {"rnn_cell_forward": CELL + "pass"}
        damage = with_cell(FORGED.replace("{reply}", reply))
        pupils.append(Pupil(name, (), own=own, damage=damage))
    own = {"rnn_cell_forward": IN_WORDS}
    pupils.append(Pupil("book", (), own=own, damage=with_cell(DIGITS + BOOK)))
    for name, count in COUNTS.items():
        damage = with_cell(RAW.replace("COUNT", str(count)))
        pupils.append(Pupil(f"raw-{name}", damage=damage))
    return pupils


@pytest.fixture(scope="module", params=["A", "B"], ids=lambda tier: f"tier{tier}")
def graded(request: pytest.FixtureRequest) -> Iterator[Graded]:
    """All who tell and their neighbours in one class."""
    with new_course() as course:
        yield graded_class(course, [*tellers(), *neighbours(4)], request.param)


def texts(tree: Any) -> Iterator[str]:
    """All texts in JSON data."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from texts(value)


def findings(graded: Graded, student: str) -> list[str]:
    """What the findings of a student's verdict say that came."""
    results = graded.verdicts[student].exercises
    found = [check.finding for result in results for check in result.checks]
    return [finding.got for finding in found if finding]


def test_tellers_harm_nobody(graded: Graded) -> None:
    """Neighbours keep their marks, and the run ends on time."""
    assert_harmless(graded, longest=400)


@pytest.mark.parametrize("way", SAID)
def test_what_is_to_be_told_is_not_repeated(graded: Graded, way: str) -> None:
    """The verdict says of what kind it is: no word, no digits of a hidden input or an answer."""
    results = [replace(result, where=None) for result in graded.verdicts[way].exercises]
    told = "\n".join(texts([result.to_data() for result in results]))
    assert all(  # a line to look at is quoted as it was handed in
        one_line(result.where.quoted, 40)[:40].rstrip("…") in HANDED_IN
        for result in graded.verdicts[way].exercises
        if result.where is not None
    )
    assert "teller" not in told and not re.search(r"\d{5,}", told), told
    assert any(got.startswith(SAID[way]) for got in findings(graded, way)), told
    course = graded.course
    work = open_folder(course, assignment(), way)
    assert isinstance(work, Submission)
    drawn = hidden_seeds(course.secret(), way, assignment(), work)
    exercise = assignment().spec.exercise("rnn_cell_forward")
    rng = np.random.default_rng(drawn["rnn_cell_forward"])
    for case in exercise.cases(rng, assignment().functions):
        digits = f"{abs(float(np.ravel(case.arguments[0])[0])):.17f}"[2:8]
        assert digits not in told


def test_a_book_in_the_text_tells_a_few_words(graded: Graded) -> None:
    """Most words of a long list are not known; of those that are an exercise repeats three."""
    assert any("a dictionary with" in got for got in findings(graded, "book"))
    for result in graded.verdicts["book"].exercises:
        words = set(re.findall(r"teller\d+", json.dumps(result.to_data())))
        assert len(words) <= MOST_REPEATED and words <= set(WORDS)


@pytest.mark.parametrize("name", COUNTS)
def test_raw_text_is_neither_in_the_verdict_nor_in_the_notebook(graded: Graded, name: str) -> None:
    """No escape, no line break in a line, no turned text, no NUL; the marks are not touched."""
    student = f"raw-{name}"
    verdict = graded.verdicts[student]
    assert verdict.score == verdict.max_score
    assert any("raw" in line for line in verdict.mended)
    for line in verdict.mended:
        assert len(line.splitlines()) == 1
    told = "\n".join([*texts(verdict.to_data()), *texts(graded.book(student))])
    assert "raw" in graded.shown(student)
    assert not OBEYED.search(re.sub(COLOUR, "", told)) and not TURNING.search(told)


def test_every_published_notebook_is_valid(graded: Graded) -> None:
    """nbformat takes them all, without a warning, and a page is made of each."""
    for student in graded.verdicts:
        text = json.dumps(graded.book(student))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            nbformat.validate(nbformat.reads(text, as_version=nbformat.NO_CONVERT))
    written = feedback(graded.course, NAME)
    assert len(written.written) == len(graded.verdicts) and not written.left_out
