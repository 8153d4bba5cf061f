"""What the page asks its server for, and what the server makes of it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from grader.files.alone import alone, held_by
from grader.serving.guard import FORM_TOKEN, Guard
from grader.written.desk import Desk
from grader.written.formulas import Formulas
from grader.written.served import Marking
from grader.written.shown import ShownAnswers
from tests.kit.answers import ANSWERS, answered_course, formgrader_gives
from tests.kit.gradebook import NAME, WRITTEN
from tests.kit.page import HOSTILE
from tests.kit.served import Asker, served

GUARD = Guard()
HEADERS = {"Cookie": f"{GUARD.label}={GUARD.cookie}", FORM_TOKEN: GUARD.form}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A class of five, of whom one is hostile."""
    return Desk(answered_course(tmp_path / "course", {**ANSWERS, "eve": HOSTILE}), NAME)


@pytest.fixture
def page(desk: Desk) -> Iterator[Asker]:
    """The page, with the names."""
    yield from asked(desk)


def asked(desk: Desk, anonymous: bool = False) -> Iterator[Asker]:
    marking = Marking(ShownAnswers(desk, anonymous), GUARD, Formulas.installed())
    with served(marking.application()) as port:
        yield Asker(port, dict(HEADERS))
    marking.thread.shutdown()


def state(page: Asker) -> dict[str, dict[str, Any]]:
    """The marks by student."""
    told = page.ask("GET", f"/api/state?cell={WRITTEN}").data
    return {answer["student"]: answer for answer in told["answers"]}


def mark(page: Asker, *answers: dict[str, Any], **more: Any) -> Any:
    seen = {answer["key"]: answer["version"] for answer in answers}
    given = {"items": ["r1"], "adjust": 0, "comment": ""}
    return page.ask("POST", "/api/mark", {"cell": WRITTEN, "seen": seen, **given, **more})


def test_a_mark_is_saved_at_once_and_told(page: Asker, desk: Desk) -> None:
    """With its new version, on which the next one is made."""
    ada = state(page)["ada"]
    told = mark(page, ada, comment="Good.")
    assert told.status == 200
    [now] = told.data["answers"]
    assert (now["points"], now["items"], now["comment"]) == (2.0, ["r1"], "Good.")
    assert now["version"] != ada["version"] and now["state"] == "marked"
    assert state(page)["ada"] == now
    assert mark(page, now, items=["r1", "r2"]).data["answers"][0]["points"] == 5.0
    assert mark(page, state(page)["ada"], items=None).data["answers"][0]["state"] == "waiting"
    assert desk.given == 3


def test_who_comes_second_is_shown_the_other_mark(page: Asker, desk: Desk) -> None:
    """With 409, and may save on that one then."""
    before = state(page)["ada"]
    formgrader_gives(desk.course, "ada", 4.0, "Mine.")
    told = mark(page, before)
    assert told.status == 409
    [other] = told.data["answers"]
    assert (other["points"], other["comment"], other["items"]) == (4.0, "Mine.", None)
    assert mark(page, other).status == 200 and state(page)["ada"]["points"] == 2.0


def test_a_gradebook_that_cannot_be_used_is_said(
    page: Asker, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 503, which the page tries again; as soon as it is there the mark is saved."""
    ada, file = state(page)["ada"], desk.course.root / "gradebook.db"
    import sqlalchemy

    real = sqlalchemy.create_engine
    monkeypatch.setattr(  # SQLite waits five seconds for a lock
        "nbgrader.api.create_engine",
        lambda url, **more: real(url, connect_args={"timeout": 0.1}, **more),
    )
    mark(page, state(page)["bo"])
    with closing(sqlite3.connect(file)) as other:
        other.execute("begin immediate")
        told = mark(page, ada)
        assert told.status == 503 and "locked" in told.data["error"]
    file.rename(file.with_suffix(".away"))
    assert "there is no gradebook" in mark(page, ada).data["error"]
    file.with_suffix(".away").rename(file)
    assert mark(page, ada).status == 200


def test_who_grades_meanwhile_is_said(page: Asker, desk: Desk) -> None:
    """And marks are saved all the same."""
    path = f"/api/state?cell={WRITTEN}"
    assert page.ask("GET", path).data["grading"] == "" and held_by(desk.course.lock) == ""
    with alone(desk.course.lock, "grading leaky"):
        assert "is grading leaky since" in page.ask("GET", path).data["grading"]
        assert mark(page, state(page)["ada"]).status == 200
    assert page.ask("GET", path).data["grading"] == ""


def test_a_rubric_is_changed_and_undone(page: Asker) -> None:
    """Both tell the marks that they counted anew; one that changed since is not overwritten."""
    mark(page, state(page)["ada"])
    items = [{"id": "r1", "text": "names it", "points": 1}]
    change = {"cell": WRITTEN, "number": 0, "items": items, "phrases": ["Well put."]}
    told = page.ask("POST", "/api/rubric", change)
    assert told.status == 200 and told.data["answers"][0]["points"] == 1.0
    assert told.data["rubric"]["phrases"] == ["Well put."] and told.data["rubric"]["number"] == 1
    assert page.ask("POST", "/api/rubric", change).status == 409
    told = page.ask("POST", "/api/undo", {})
    assert told.data["answers"][0]["points"] == 2.0
    assert [item["points"] for item in told.data["rubric"]["items"]] == [2, 3]
    assert len(page.ask("GET", f"/api/state?cell={WRITTEN}").data["rubric"]["items"]) == 2
    assert page.ask("POST", "/api/undo", {}).data["answers"][0]["points"] is None
    assert page.ask("POST", "/api/undo", {}).data["nothing"]


def about(page: Asker) -> str:
    """What the page is told of itself, as it stands in an attribute."""
    return page.ask("GET", "/").text.partition('name="about" content="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("mark", "no json"), ("mark", []), ("mark", {}), ("mark", {"seen": {}}),
        ("mark", {"cell": WRITTEN, "items": 3, "adjust": 0, "comment": "", "seen": {"a": "b"}}),
        ("mark", {"cell": WRITTEN, "items": [], "adjust": "x", "comment": "", "seen": {"a": ""}}),
        ("mark", "[" * 100_000), ("rubric", {}), ("rubric", {"items": 3}),
    ],
)  # fmt: skip
def test_what_is_no_mark_is_refused(page: Asker, path: str, data: object) -> None:
    """With 400, in words; nothing is repeated of it."""
    told = page.ask("POST", f"/api/{path}", data)
    assert told.status == 400 and told.text.startswith("No ")


def test_what_is_not_there_cannot_be_marked(page: Asker) -> None:
    """No question, no key and no item but those that there are; nor a number that is none."""
    ada = state(page)["ada"]
    nobody = {"key": "0" * 24, "version": "x"}
    for told in (
        mark(page, ada, cell="check_leak"),
        mark(page, nobody),
        mark(page, ada, items=["r7"]),
        page.ask("POST", "/api/mark", re.sub(r"\b0,", "NaN,", json.dumps(
            {"cell": WRITTEN, "adjust": 0, "items": [], "comment": "", "seen": {ada["key"]: ""}}
        ))),
    ):  # fmt: skip
        assert told.status == 422 and told.data["error"]  # to try again is of no use
    assert state(page)["ada"] == ada


def test_files_are_the_pages_own(page: Asker) -> None:
    """No path leads out of their folder."""
    for name in ("main.js", "style.css", "marking.css"):
        assert page.ask("GET", f"/files/{name}").status == 200
    for name in ("index.html", "none.js", "..%2fserved.py", "..", "%2e%2e/desk.py", "../desk.py"):
        assert page.ask("GET", f"/files/{name}").status in (403, 404)
    assert page.ask("GET", "/formulas/0.js").status == 200
    assert page.ask("GET", "/formulas/99.js").status == 404


def test_nothing_is_told_to_who_was_not_let_in(page: Asker) -> None:
    """No page, no file, no answer; the first address alone opens it, and is left at once."""
    stranger = Asker(page.port)
    for path in ("/", "/files/main.js", "/api/questions", f"/api/state?cell={WRITTEN}"):
        assert stranger.ask("GET", path).status == 403
    first = stranger.ask("GET", f"/?key={GUARD.token}")
    assert (first.status, first.headers["Location"]) == (302, "./")
    assert GUARD.token not in page.ask("GET", "/").text


def test_a_hostile_answer_reaches_the_page_as_words(page: Asker) -> None:
    """In the list as text, in full as what was rebuilt."""
    eve = state(page)["eve"]
    full = page.ask("GET", f"/api/answer?cell={WRITTEN}&key={eve['key']}").data
    assert "<script" not in full["html"] and "&lt;script&gt;" in full["html"]
    assert full["typed"].startswith("</script>")
    assert (
        "<"
        not in page.ask("GET", "/").text.partition('name="about" content="')[2].partition('"')[0]
    )


def test_without_names_none_leaves_the_server(desk: Desk) -> None:
    """Not in any answer of it, and not by the order."""
    for page in asked(desk, anonymous=True):
        told = page.ask("GET", f"/api/state?cell={WRITTEN}")
        labels = [answer["label"] for answer in told.data["answers"]]
        assert labels == sorted(labels) and len({*labels}) == 5
        everything = told.text + page.ask("GET", "/").text
        first = told.data["answers"][0]
        everything += mark(page, first).text
        everything += page.ask("GET", f"/api/answer?cell={WRITTEN}&key={first['key']}").text
        for student in (*ANSWERS, "eve"):
            assert not re.search(rf"\b{student}\b", everything)
        assert json.loads(unescape(about(page)))["anonymous"] is True


def test_mathjax_lies_in_the_jupyterlab_that_is_installed() -> None:
    """A few files of it hold what the page asks for by name."""
    files = Formulas.installed().files
    assert 0 < len(files) < 15
    text = "".join(path.read_text("utf-8") for path in files)
    asked_for = (Path(__file__).parents[2] / "grader/written/page/formulas.js").read_text("utf-8")
    names = re.findall(r'named\("(\w+)"\)', asked_for)
    for name in (*names, "TeX", "HTMLHandler", "mathjax"):
        assert f".{name}=void 0" in text, name
