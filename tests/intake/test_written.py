"""Answers in words are found wherever they were put, with their pictures, and nothing else is."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.autograde.graded_notebook import answers
from grader.intake.pictures import MOST_PASTED, MOST_PICTURES, REFERENCE, Pictures
from grader.intake.submission import Submission
from grader.intake.written import LOOK
from tests.kit.toy import WRITTEN, assignment, book_of, released_text, taken

Book = dict[str, Any]
QUESTION = "in-words-0"
SAID = "It is the small w.\n\nIt lets little through."
DATA = "iVBORw0KGgo="
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def place(book: Book, name: str) -> int:
    """Where the cell of this id is."""
    return [c.get("id") for c in book["cells"]].index(name)


def with_new(book: Book, source: str, kind: str = "markdown", by: int = 1, **more: Any) -> Book:
    """A notebook with a new cell so many places below the answer's."""
    new: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source, **more}
    book["cells"].insert(place(book, WRITTEN) + by, new)
    return book


def with_answer(source: str, **more: Any) -> Book:
    """A notebook with a text, and whatever else, in the answer's own cell."""
    book = book_of()
    book["cells"][place(book, WRITTEN)].update(source=source, **more)
    return book


def in_question(text: str, **more: Any) -> Book:
    """A notebook with this text as its question."""
    book = book_of()
    book["cells"][place(book, QUESTION)].update(source=text, **more)
    return book


def stripped(book: Book) -> Book:
    """What an editor leaves that drops ids and metadata."""
    for cell in book["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    return book


def without_stub(book: Book) -> Book:
    del book["cells"][place(book, WRITTEN)]
    return book


def waits(found: Submission) -> bool:
    """Whether someone has to mark the answer."""
    return answers(assignment(), found, released_text())[WRITTEN]


def notes(found: Submission) -> str:
    return "\n".join(line for line in found.mended if line.startswith("the answer"))


ELSEWHERE = {
    "new-cell": (with_new(book_of(), SAID), SAID, "a new cell"),
    "raw-cell": (with_new(book_of(), SAID, "raw"), SAID, "a new cell"),
    "above-it": (with_new(book_of(), SAID, by=0), SAID, "a new cell"),
    "two-cells": (
        with_new(with_new(book_of(), "It lets little through."), "It is the small w."),
        SAID,
        "a new cell",
    ),
    "code-below": (with_new(book_of(), SAID, "code"), f"```\n{SAID}\n```", "a code cell"),
    "its-cell-as-code": (
        with_answer(SAID, cell_type="code"),
        f"```\n{SAID}\n```",
        "a code cell",
    ),
    "code-and-no-cell": (
        without_stub(with_new(book_of(), "# ```", "code")),
        "````\n# ```\n````",
        "a code cell",
    ),
    "question": (in_question(f"## In words\n\n{SAID}"), SAID, "its question's cell"),
    "question-without-id": (
        stripped(in_question(f"## In words\n\n{SAID}")),
        SAID,
        "its question's cell",
    ),
    "question-gone": (in_question(SAID), SAID, "its question's cell"),
    "both": (
        with_new(in_question("## In words\n\nThe w."), "And b."),
        "The w.\n\nAnd b.",
        "its question's cell and a new cell",
    ),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_an_answer_elsewhere_is_taken_and_said(case: str) -> None:
    """It stands in the answer's cell once, waits for a mark, and the student is told."""
    book, answer, where = ELSEWHERE[case]
    found = taken(book)
    assert found.answer(WRITTEN) == answer and waits(found)
    assert f"the answer to {WRITTEN} stood in {where}, taken as" in notes(found)
    texts = [c.source for c in found.cells if c.role == "text"]
    assert sum("It is the small w." in text for text in texts) == ("question" in case)
    assert len({c.id for c in found.cells}) == len(found.cells)


def test_code_that_is_taken_as_an_answer_still_runs() -> None:
    """It may define what cells below it use."""
    found = taken(with_new(book_of(), "small = 1", "code"))
    assert [c.source for c in found.cells if c.role == "extra"] == ["small = 1"]


def at(place: int, source: str, kind: str = "markdown", book: Book | None = None) -> Book:
    """A notebook with a new cell at a place."""
    made = book_of() if book is None else book
    made["cells"].insert(place, {"cell_type": kind, "metadata": {}, "source": source})
    return made


def text_with(added: str) -> Book:
    """A notebook with words at the end of its first text."""
    book = book_of()
    first = next(cell for cell in book["cells"] if cell["cell_type"] == "markdown")
    first["source"] = "".join(first["source"]) + "\n\n" + added
    return book


FAR = {
    "at the top": at(0, SAID),
    "at the end": at(999, SAID, "raw"),
    "in the first text": text_with("It is the small w that lets little through."),
    "nothing but an own cell": at(0, SAID, book=without_stub(in_question(""))),
}


@pytest.mark.parametrize("case", FAR)
def test_who_wrote_anywhere_is_looked_at(case: str) -> None:
    """Whether it answers the question whoever marks decides; it is no zero in silence."""
    found = taken(FAR[case])
    assert found.answer(WRITTEN) == LOOK and waits(found)
    assert any("text of one's own elsewhere" in line for line in found.mended)


def test_a_few_words_of_ones_own_are_no_answer() -> None:
    """A name at the top, a title: nobody has to look for more."""
    assert not waits(taken(at(0, "# Ada Lovelace, group 3")))


def test_a_text_of_many_tags_is_read_in_no_time() -> None:
    """What begins again and again is looked at once: a count of steps, not of seconds."""
    begun = REFERENCE.pattern.count("[^<>]{0,300}?")
    assert begun == 1 and "[^>]{0,300}?" not in REFERENCE.pattern
    assert not REFERENCE.search("<img" * 200_000)


NOTHING = {
    "stub": book_of(),
    "bare": stripped(book_of()),
    "empty-cells": with_new(with_new(book_of(), "  \n"), "", "code"),
    "twin": with_new(book_of(), "YOUR ANSWER HERE"),
    "stub-as-code": with_answer("YOUR ANSWER HERE", cell_type="code"),
    "gone": without_stub(book_of()),
    "question-spaced": in_question("##  In words  \n\n"),
    "question-shortened": in_question("## In"),
    "question-empty": in_question(""),
}


@pytest.mark.parametrize("case", NOTHING)
def test_who_answers_nothing_waits_for_no_mark(case: str) -> None:
    """A stub, empty cells, and a question that was spaced otherwise or cut are no answer."""
    found = taken(NOTHING[case])
    assert not waits(found) and not notes(found)


def test_what_belongs_to_other_cells_is_no_answer() -> None:
    """Notes before the question and beyond the next cell of the assignment stay where they are."""
    book = book_of()
    note: dict[str, Any] = {"cell_type": "markdown", "metadata": {}, "source": "A note."}
    book["cells"].insert(place(book, QUESTION), copy.deepcopy(note))
    book["cells"].insert(place(book, "summary"), copy.deepcopy(note))
    found = taken(book)
    assert not waits(found) and [c.source for c in found.cells].count("A note.") == 2


def test_an_answer_in_its_cell_is_the_answer() -> None:
    """What else lies around it stays as it is, and nothing is mended."""
    book = with_new(with_answer("The w."), "A note.")
    book["cells"][place(book, QUESTION)]["source"] += "\n\nAnother."
    found = taken(book)
    assert found.answer(WRITTEN) == "The w." and found.mended == ()


@PATIENT
@given(
    st.lists(st.sampled_from(["## In words", "", "more", "## In", "words", SAID, "$$"]), max_size=9)
)
def test_every_line_added_to_the_question_is_in_the_answer(lines: list[str]) -> None:
    """However the question's text was changed, nothing that is not in it gets lost."""
    found = taken(in_question("\n".join(lines)))
    answer = found.answer(WRITTEN) or ""
    for line in "\n".join(lines).splitlines():
        assert line in answer or line in "## In words"


def test_a_long_text_in_a_question_loses_nothing() -> None:
    """Lines like the question's, again and again, are compared with it to a limit."""
    lines = ["## In words", "x"] * 20_000
    found = taken(in_question("\n".join(lines)))
    assert (found.answer(WRITTEN) or "").count("x") == 20_000


# Pictures


def attached(name: str = "scan.png", data: Any = DATA, kind: str = "image/png") -> dict[str, Any]:
    return {name: {kind: data}}


def pictures(found: Submission) -> list[tuple[int, str]]:
    return [picture for cell in found.cells for picture in cell.pictures]


REFERENCES = {
    "attached": ("![my scan](attachment:scan.png)", attached(), ": my scan"),
    "spaces": ("![](attachment:my%20scan%20(1).png)", attached("my scan (1).png"), ""),
    "title": ('![a]( attachment:scan.png "A title")', attached(), ": a"),
    "lines": ("![a](attachment:scan.png)", attached(data=[DATA[:6] + "\n", DATA[6:]]), ": a"),
    "tag": ('<img width="9" src="attachment:scan.png" alt="x">', attached(), ""),
    "photo": ("![a](attachment:scan.jpg)", attached("scan.jpg", kind="image/jpeg"), ": a"),
    "pasted": (f"![image.png](data:image/png;base64,{DATA})", {}, ": image.png"),
    "pasted-tag": (f"<img src='data:image/png;base64,{DATA}'/>", {}, ""),
}


@pytest.mark.parametrize("case", REFERENCES)
def test_a_picture_of_an_answer_is_found(case: str) -> None:
    """Attached or pasted, it is taken out of the text, which names it."""
    text, attachments, named = REFERENCES[case]
    found = taken(with_answer(f"See {text} here.", attachments=attachments))
    assert pictures(found) == [(1, DATA)] and waits(found)
    assert found.answer(WRITTEN) == f"See [picture 1{named}] here."


def test_a_picture_in_a_new_cell_is_found() -> None:
    """Its cell is the one that it is attached to, whatever another's is called."""
    book = with_new(book_of(), "![](attachment:a)", attachments=attached("a", "QUFB"))
    book = with_new(book, "![](attachment:a)", attachments=attached("a"))
    assert pictures(taken(book)) == [(1, DATA), (2, "QUFB")]


@pytest.mark.parametrize(
    "attachments",
    [
        *(None, [], {}, {"a": {}}, {"a": None}, {"a": {"image/png": 3}}, {"a": {"image/png": ""}}),
        *({"a": {"text/html": DATA}}, {"a": {"image/png": [1]}}, {"b": {"image/png": DATA}}),
    ],
)
def test_a_picture_that_is_not_there_stays_a_reference(attachments: Any) -> None:
    """What does not lead to a picture is text, as before."""
    found = taken(with_answer("![x](attachment:a)", attachments=attachments))
    assert found.answer(WRITTEN) == "![x](attachment:a)" and not pictures(found)


def test_another_picture_is_another_submission() -> None:
    """The same text with a changed attachment is graded again."""
    one, other = (
        taken(with_answer("![x](attachment:a)", attachments=attached("a", data))).sha256
        for data in ("AAAA", "AAAB")
    )
    assert one != other


def test_pictures_are_bounded_in_number_and_size() -> None:
    """What is too much is said in its place."""
    many, kept = Pictures().taken_from("![](attachment:a)" * 20, {"a": "AAAA"})
    assert len(kept) == MOST_PICTURES and many.count("too many or too large") == 12
    large = "A" * (MOST_PASTED // 2)
    text, kept = Pictures().taken_from("![](attachment:a)" * 3, {"a": large})
    assert len(kept) == 2 and text.endswith("[a picture too many or too large to be shown here]")


@pytest.mark.parametrize(
    "begun",
    [
        "![",
        "![](attachment:",
        "![](data:image/png;base64,",
        "<img ",
        "<img src='attachment:a(",
        "(",
    ],
)
def test_a_text_of_beginnings_is_read_once(begun: str) -> None:
    """No piece of it is read again for each beginning before it: that would take hours."""
    text = begun * (2_000_000 // len(begun))
    assert Pictures().taken_from(text, {})[0] == text


def test_a_notebook_with_pictures_survives_as_json() -> None:
    """The judge gets what the notebook's bytes say."""
    book = with_answer("![x](attachment:a)", attachments=attached("a"))
    assert pictures(taken(json.dumps(book).encode())) == [(1, DATA)]
