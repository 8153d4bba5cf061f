"""The notebooks that are published: valid and harmless, whatever a process says of its cells."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.autograde.graded_notebook import graded_notebook
from grader.judge.judge import judge
from grader.judge.judgement import Judgement, failed
from grader.plain_text import COLOUR, TURNING
from grader.sandbox import Call, CellSource
from grader.sandbox.inside.wire import Message
from grader.simulate.pupils import Pupil
from tests.kit.forged import calm, forged
from tests.kit.toy import assignment, book_of, released_text, right, taken
from tests.sandbox.test_outputs import JUNK

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = {"leak": 1, "remember": 2}
RAW = "\x1b[2J\x1b[31mred\x07\0\x9b1m\r\n\u2028\u202eevil\u2066\u200f\u061c\x0b\x85"
COUNTS = (-10, -1, 10**9, 2**63 - 1, -(2**63), True, 1.5, "3", None)
LONE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def texts(tree: Any) -> Iterator[str]:
    """All texts in JSON data."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from texts(value)
    elif isinstance(tree, list | tuple):
        for item in tree:
            yield from texts(item)


def assert_harmless(text: str, lines: bool = True) -> None:
    """Nothing in a text is obeyed; with ``lines`` it may have several, and colours."""
    bare = re.sub(COLOUR, "", text) if lines else text
    assert not LONE.search(bare) and not TURNING.search(bare), text
    assert lines or len(text.splitlines()) <= 1, text


def published(made: Judgement, pupil: Pupil | None = None) -> Any:
    """The notebook as it is published: valid, without a warning."""
    submission = taken(book_of(pupil))
    text = graded_notebook(released_text(), submission, made.verdict, made.outputs)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
        nbformat.validate(book)
    return book


def judged(answer: dict[str, Any], reply: Message | None = None) -> Judgement:
    """Judge the right answer in a process that says this of each cell and of each call."""

    def cell(source: CellSource, quiet: bool) -> Message:
        return {**calm(source, quiet), **answer}

    def call(asked: Call) -> Message:
        return reply or {"outcome": "timed_out"}

    return judge(assignment(), taken(book_of()), SEEDS, forged(call, cell), "s")


def wired(tree: Any) -> Any:
    """Junk as far as the wire carries it: whole numbers of 64 bits."""
    if isinstance(tree, dict):
        return {key: wired(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [wired(item) for item in tree]
    small = not isinstance(tree, int) or -(2**63) <= tree < 2**63
    return tree if small else 0


RAW_TEXT = st.lists(st.sampled_from(RAW) | st.text(max_size=3)).map("".join)
OUTPUT = st.fixed_dictionaries(
    {"output_type": st.sampled_from(["stream", "error", "display_data", "execute_result"])},
    optional={
        "name": st.sampled_from(["stdout", "stderr", RAW]),
        "text": RAW_TEXT,
        "ename": RAW_TEXT,
        "evalue": RAW_TEXT,
        "traceback": st.lists(RAW_TEXT, max_size=3),
        "data": st.dictionaries(st.sampled_from(["text/plain", "text/html"]), RAW_TEXT),
        "execution_count": st.sampled_from(COUNTS) | st.integers(-9, 9),
    },
)


@PATIENT
@given(
    st.fixed_dictionaries(
        {
            "outcome": st.sampled_from(["ok", "error", "timed_out"]),
            "outputs": st.lists(OUTPUT | JUNK.map(wired), max_size=4) | JUNK.map(wired),
            "count": st.sampled_from(COUNTS) | st.integers(-9, 9),
            "skipped": st.lists(RAW_TEXT, max_size=3) | JUNK.map(wired),
        }
    )
)
def test_whatever_a_process_says_of_its_cells_the_notebook_is_valid(answer: Any) -> None:
    """nbformat takes it, no text in it is obeyed, and what was mended is one line each."""
    made = judged(answer)
    book = published(made)
    for cell in book["cells"]:
        for text in texts(cell.get("outputs", [])):
            assert_harmless(text)
        for output in cell.get("outputs", []):
            assert_harmless(output.get("ename", ""), lines=False)
    for text in texts(made.verdict.to_data()):
        assert_harmless(text)
    for line in made.verdict.mended:
        assert_harmless(line, lines=False)


@pytest.mark.parametrize("count", COUNTS, ids=repr)
def test_a_count_that_no_notebook_has_is_none(count: Any) -> None:
    """A cell has been run so many times, or it is not said how many."""
    output = {"output_type": "execute_result", "data": {}, "execution_count": count}
    book = published(judged({"count": count, "outputs": [output]}))
    ran = [cell for cell in book["cells"] if cell.get("outputs") and cell["id"] in SEEDS]
    assert ran
    for cell in ran:
        assert cell["execution_count"] is None
        assert cell["outputs"][0]["execution_count"] is None


def test_counts_of_an_honest_run_stay() -> None:
    """From 0 up."""
    for count in (0, 1, 2000):
        book = published(judged({"count": count}))
        assert {c["execution_count"] for c in book["cells"] if c["id"] in SEEDS} == {count}


def test_shell_lines_are_listed_in_one_line_each() -> None:
    """Escapes, line breaks and marks of direction are not carried into what was mended."""
    made = judged({"skipped": [RAW, f"!rm {RAW} -rf"]})
    assert made.verdict.mended[:2] == (
        "not run here: red1m \\u202eevil\\u2066\\u200f\\u061c",
        "not run here: !rm red1m \\u202eevil\\u2066\\u200f\\u061c -rf",
    )


@pytest.mark.parametrize(
    "reply",
    [
        {"outcome": "raised", "error": (RAW, RAW, ((RAW, 3),))},
        {"outcome": "raised", "error": ("ValueError" + RAW, RAW, (("leak", 3),))},
        {"outcome": "refused", "reason": RAW},
        {"outcome": "refused", "reason": "dtype " + RAW},
        {"outcome": "returned", "value": {RAW: RAW}},
        {"outcome": "returned", "value": RAW},
    ],
    ids=range(6),
)
def test_no_reply_brings_raw_text_into_a_verdict(reply: Message) -> None:
    """Whatever a call says of itself, in any part of it."""
    made = judged({}, reply)
    assert made.verdict.outcome == "graded"
    for text in texts(made.verdict.to_data()):
        assert_harmless(text)
        assert "evil" not in text
    published(made)


@pytest.mark.parametrize("raw", ["\u202e", "\u2066", "\x07", "\0", "\u2028"])
def test_a_cell_s_own_text_is_told_without_what_is_obeyed(raw: str) -> None:
    """Python quotes a character that it cannot read: its message is shown in one line."""
    pupil = Pupil("s", own={"leak": f"def leak(x, h, p):\n    return x {raw} h\n"})

    def missing(call: Call) -> Message:
        return {"outcome": "missing"}

    sandbox = forged(missing, defined="missing")
    made = judge(assignment(), taken(book_of(pupil)), SEEDS, sandbox, "s")
    note = made.verdict.exercises[0].note
    assert note.startswith("Its cell does"), note
    for text in texts(made.verdict.to_data()):
        assert_harmless(text)
    published(made, pupil)


def test_a_fault_of_the_kit_s_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a submission made of itself may stand in an error's text: on a terminal it is read."""

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError(RAW)

    monkeypatch.setattr("grader.judge.ways.attempt", fails)
    made = judged({})
    assert made.verdict.outcome == "grader_error" and "RuntimeError" in made.verdict.fault
    for verdict in (made.verdict, failed(assignment(), "s", RuntimeError(RAW))):
        assert_harmless(verdict.fault, lines=False)


def test_the_notebooks_of_odd_cells_are_valid() -> None:
    """Ids that are no ids, twice the same, of another kind: the published ones are in order."""
    book = book_of(Pupil("s", own={"leak": right("leak")}))
    for number, cell in enumerate(book["cells"]):
        cell["id"] = ("a b", "x" * 99, "", RAW)[number % 4] if number % 3 else "leak"
    submission = taken(book)
    made = judge(assignment(), submission, SEEDS, forged(lambda call: {"outcome": "missing"}), "s")
    text = graded_notebook(released_text(), submission, made.verdict, made.outputs)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbformat.validate(nbformat.reads(text, as_version=nbformat.NO_CONVERT))
    for line in made.verdict.mended:
        assert_harmless(line, lines=False)
