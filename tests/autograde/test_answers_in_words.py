"""Answers in words from the notebook to who marks them, and to the student's page."""

from __future__ import annotations

import base64
import json
import shutil
import struct
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook
from nbgrader.server_extensions.formgrader import handlers

from grader.assignment.filled import Book
from grader.autograde.autograde import autograde
from grader.autograde.graded_notebook import graded_notebook
from grader.course import Course
from grader.feedback.feedback import feedback
from grader.gradebook.config import nbgrader_api
from grader.gradebook.opening import open_gradebook
from grader.html.pictures import MOST_UNPACKED, read_pictures, with_pictures
from grader.sandbox.png import rebuilt
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from grader.verdict import Verdict
from tests.kit.gradebook import mark_by_hand
from tests.kit.page import Page
from tests.kit.toy import NAME, WRITTEN, assignment, book_of, released_text, taken


def png(width: int = 2, height: int = 2, more: bytes = b"") -> bytes:
    """A grey picture, with a chunk of text if wanted."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        sealed = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + sealed

    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", header), *([chunk(b"tEXt", more)] if more else [])]
    parts += [chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def coded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


SECRET = b"Comment\0<script>alert(1)</script>"
CLEAN = coded(rebuilt(png(), 1000).data)
LARGE = coded(png(9_000, 9_000))  # a picture of 80 MB, in 100 kB


def cell_of(book: Book) -> dict[str, Any]:
    return next(cell for cell in book["cells"] if cell.get("id") == WRITTEN)


def sketched(data: bytes, text: str = "My sketch: ![scan](attachment:scan.png)") -> Any:
    """A way to hand in this picture with the answer."""

    def damage(book: Book) -> Book:
        about = {"scan.png": {"image/png": coded(data)}}
        cell_of(book).update(source=text, attachments=about)
        return book

    return damage


def below(text: str, kind: str = "markdown") -> Any:
    """A way to answer in a new cell below the stub."""

    def damage(book: Book) -> Book:
        place = book["cells"].index(cell_of(book)) + 1
        new: dict[str, Any] = {"id": "new", "cell_type": kind, "metadata": {}, "source": text}
        more = {"execution_count": None, "outputs": []} if kind == "code" else {}
        book["cells"].insert(place, new | more)
        return book

    return damage


def published(book: Book) -> dict[str, Any]:
    """The answer's cell as it is published: valid, without a warning."""
    verdict = Verdict("ada", NAME, NAME, "graded", 0.0, 20.0)
    made = nbformat.reads(
        graded_notebook(released_text(), taken(book), verdict, {}), nbformat.NO_CONVERT
    )
    nbformat.validate(made)
    return cell_of(made)


def test_a_picture_is_shown_rebuilt_to_who_marks() -> None:
    """Header and pixels are what is published, under a name of the kit's own."""
    cell = published(sketched(png(more=SECRET))(book_of()))
    assert cell["attachments"] == {"picture-1.png": {"image/png": CLEAN}}
    assert cell["source"].startswith("![picture 1](attachment:picture-1.png)\n\n")
    assert cell["source"].endswith("My sketch: [picture 1: scan]")


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff\xe0JFIF", png()[:-9]])
def test_what_is_no_plain_png_is_said_and_not_shown(data: bytes) -> None:
    """Nothing of its bytes is published; who marks is told where it is."""
    cell = published(sketched(data or b"?")(book_of()))
    assert "attachments" not in cell
    assert "(picture 1 is not shown: " in cell["source"] and "submitted notebook)" in cell["source"]
    assert coded(data or b"?") not in json.dumps(cell)


def test_the_pixels_of_an_answers_pictures_are_bounded_together() -> None:
    """One that would take too much memory is left out, the next one is shown."""
    cell = with_pictures({"source": "x"}, [(1, LARGE), (2, coded(png())), (3, "broken!")])
    assert MOST_UNPACKED < 9_000**2 and list(cell["attachments"]) == ["picture-2.png"]
    assert "picture 1 is not shown: more pixels" in cell["source"]
    assert "picture 3 is not shown: its data are broken" in cell["source"]
    text, found = read_pictures(cell)
    assert found == (f"data:image/png;base64,{CLEAN}",) and text.endswith("x")


@pytest.mark.parametrize(
    "told", ['x" onerror="alert(1)', "PHN2Zz4=", CLEAN * 200_000, ["iVBORw0KGgo", "!"]]
)
def test_a_page_takes_no_other_data_for_a_picture(told: Any) -> None:
    """A notebook that was changed after it was published puts nothing else on a page."""
    cell = with_pictures({"source": "x"}, [(1, coded(png()))])
    cell["attachments"]["picture-1.png"]["image/png"] = told
    assert read_pictures(cell) == ("x", ())


def test_no_text_of_the_students_stands_for_a_picture() -> None:
    """Who writes what the kit writes gets no picture out of it, nor stops who shows the page."""
    text = "![picture 1](attachment:picture-1.png)\n\n```\n![picture 2](attachment:picture-2.png)"
    cell = published(sketched(png(), text)(book_of()))
    assert "attachments" not in cell and read_pictures(cell)[1] == ()


# A class


def page(course: Course, student: str) -> Page:
    feedback(course, NAME, student)
    text = (course.feedback / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    made = Page(text)
    made.assert_inert()
    made.assert_accessible()
    return made


def formgraded(path: Path) -> str:
    """The page that formgrader shows, with its own template and exporter."""
    made = HTMLExporter(template_name="formgrade", extra_template_basedirs=[handlers.template_path])
    names = "assignment_id notebook_id submission_id base_url mathjax_url my_assignment_id"
    names += " my_notebook_id my_submission_id last_name first_name notebook_path keyword"
    text, _ = made.from_filename(
        str(path), resources={**dict.fromkeys(names.split(), "x"), "index": 0, "total": 1}
    )
    return str(text)


def waiting(gradebook: Gradebook, student: str) -> tuple[float | None, bool]:
    grade = gradebook.find_grade(WRITTEN, NAME, NAME, student)
    return grade.auto_score, grade.needs_manual_grade


PUPILS = [
    Pupil("below", damage=below("It is the small w.")),
    Pupil("code", damage=below("It is the small w.", "code")),
    Pupil("scan", damage=sketched(png(more=SECRET))),
    Pupil("stub"),
]


@pytest.mark.sandbox
@pytest.mark.parametrize("door", ["grader", pytest.param("nbgrader", marks=pytest.mark.slow)])
def test_what_was_answered_anywhere_waits_and_is_shown(here: Course, door: str) -> None:
    """By both ways of grading: in the gradebook, in formgrader and on the student's page."""
    hand_in(here, assignment(), PUPILS)
    if door == "grader":
        autograde(here, NAME)
    else:
        for pupil in PUPILS:
            done = nbgrader_api(here).autograde(NAME, pupil.name)
            assert done["success"], done
    with closing(open_gradebook(here)) as gradebook:
        assert waiting(gradebook, "stub") == (0.0, False)
        for pupil in PUPILS[:3]:
            assert waiting(gradebook, pupil.name) == (None, True)
    shown = {p.name: formgraded(here.autograded / p.name / NAME / f"{NAME}.ipynb") for p in PUPILS}
    for student in ("below", "code"):
        read = page(here, student).text
        assert "It is the small w." in shown[student] and "not marked yet" in read
        assert "It is the small w." in read and "taken as the answer" in read
    assert f"data:image/png;base64,{CLEAN}" in shown["scan"] and "alert(1)" not in shown["scan"]
    scan = page(here, "scan")
    images = [attributes["src"] for attributes in scan.all("img") if attributes]
    assert f"data:image/png;base64,{CLEAN}" in images and "[picture 1: scan]" in scan.text
    assert "No answer was handed in." in page(here, "stub").text


@pytest.mark.sandbox
def test_a_new_answer_waits_for_a_mark_of_its_own(here: Course) -> None:
    """The mark and the comment of the answer before are not shown for it, until it is marked."""
    hand_in(here, assignment(), [Pupil("ada", written="It is w.")])
    autograde(here, NAME)
    with closing(open_gradebook(here)) as gradebook:
        gradebook.find_comment(WRITTEN, NAME, NAME, "ada").manual_comment = "Which w?"
        mark_by_hand(gradebook, "ada", 3.0)
    read = page(here, "ada").text
    assert "3 of 5 points" in read and "Which w?" in read and "23 of 25 points" in read
    shutil.rmtree(here.submitted)
    hand_in(here, assignment(), [Pupil("ada", written="It is the small w.")])
    autograde(here, NAME)
    read = page(here, "ada").text
    assert "It is the small w." in read and "waits for a mark" in read
    assert "3 of 5 points" not in read and "Which w?" not in read
    assert "20 of 25 points so far" in read
    with closing(open_gradebook(here)) as gradebook:
        mark_by_hand(gradebook, "ada", 5.0)
    assert "5 of 5 points" in page(here, "ada").text


@pytest.mark.sandbox
@pytest.mark.filterwarnings("ignore:Cell is missing an id")
@pytest.mark.parametrize("door", ["grader", "nbgrader"])
def test_the_same_answer_keeps_its_mark_on_the_page(here: Course, door: str) -> None:
    """However often it is graded again; a new answer in between waits for a mark of its own."""

    def graded_again(written: str) -> str:
        shutil.rmtree(here.submitted)
        hand_in(here, assignment(), [Pupil("ada", written=written)])
        if door == "grader":
            autograde(here, NAME, force=True)
        else:
            done = nbgrader_api(here).autograde(NAME, "ada", force=True)
            assert done["success"], done
        return page(here, "ada").text

    hand_in(here, assignment(), [Pupil("ada", written="It is w.")])
    graded_again("It is w.")
    with closing(open_gradebook(here)) as gradebook:
        gradebook.find_comment(WRITTEN, NAME, NAME, "ada").manual_comment = "Which w?"
        mark_by_hand(gradebook, "ada", 3.0)
    for _ in range(2):
        read = graded_again("It is w.")
        assert "3 of 5 points" in read and "Which w?" in read and "23 of 25 points" in read
    with closing(open_gradebook(here)) as gradebook:
        assert waiting(gradebook, "ada")[1]  # to nbgrader it does, whatever was answered
    assert "3 of 5 points" not in graded_again("It is the small w.")
    read = graded_again("It is w.")
    assert "3 of 5 points" in read and "Which w?" in read
