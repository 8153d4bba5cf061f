"""Marking written answers in a real browser: with keys alone, and nothing is lost."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.gradebook.hand_marks import HandMark
from grader.gradebook.opening import open_gradebook
from grader.written.desk import Desk
from tests.kit.answers import ANSWERS, answer, answered_course, formgrader_gives
from tests.kit.browser import (
    SECONDS,
    assert_accessible,
    browser,
    new_page,
    picture,
    require_browser,
)
from tests.kit.gradebook import NAME, WRITTEN

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]

ROOT = Path(__file__).resolve().parents[2]
FORMULAS = (
    r"$\frac{a}{b} < 1$ and $\undefined$ and $\href{javascript:alert(1)}{x}$ "
    r"$\style{position:fixed}{x}$ $\class{top}{x}$ $\def\a{\a\a}\a$ $\newcommand{\b}{\b\b}\b$ "
    r"$\unicode{x3c}script>alert(1)\unicode{x3c}/script>$ $\hspace{99999em}x$ $\mathbb{R}$ "
    r"$$\begin{aligned} a &= b \\ c &= d \end{aligned}$$ $\require{html}\cssId{status}{x}$ "
)
HOSTILE = (
    "<script>window.hit = 1</script> <img src=x onerror='window.hit = 2'> "
    "[a](javascript:window.hit=3) <svg onload='window.hit=4'> "
    "<meta http-equiv=refresh content='0;url=https://evil.example'> "
    "![pixel](https://evil.example/pixel.png) <iframe src='https://evil.example'></iframe> "
    "<style>body { display: none }</style> <form action='https://evil.example'><button>"
)


class Marked:
    """A `grader written` in a process of its own, which Ctrl-C ends, and its course."""

    def __init__(self, folder: Path, *more: str) -> None:
        texts = {**ANSWERS, "eve": HOSTILE, "fin": FORMULAS}
        self.course = answered_course(folder, texts)
        self.more = more
        self.start()

    def start(self) -> None:
        """Begin a sitting."""
        command = [sys.executable, "-m", "grader", "written", NAME, *self.more]
        self.process = subprocess.Popen(
            [*command, "--course", str(self.course.root)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        end = time.monotonic() + SECONDS
        while "Ctrl-C ends" not in self.said:
            assert self.process.poll() is None and time.monotonic() < end, self.said
            time.sleep(0.05)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    def end(self) -> str:
        """End it as Ctrl-C does; returns all that it said."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(SECONDS) == 0, self.said
        self._reader.join(SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.said

    @property
    def address(self) -> str:
        """The first address, with its token."""
        [found] = re.findall(r"http://127\.0\.0\.1:\d+/\?key=\S+", self.said)
        return str(found)

    def marks(self) -> dict[str, HandMark]:
        """What the gradebook holds."""
        return {mark.student: mark for mark in Desk(self.course, NAME).read(WRITTEN)[0]}

    def waits_for(self, student: str, points: float | None, comment: str | None = None) -> None:
        """Wait until the gradebook holds a mark."""
        end, found = time.monotonic() + SECONDS, None
        while time.monotonic() < end:
            found = self.marks()[student]
            if found.points == points and comment in (None, found.comment):
                return
            time.sleep(0.1)
        raise AssertionError(found)


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    """One browser for all tests."""
    with browser() as made:
        yield made


@pytest.fixture
def marked(tmp_path: Path) -> Iterator[Marked]:
    """A class of six to be marked."""
    require_browser()
    made = Marked(tmp_path / "course")
    yield made
    if made.process.poll() is None:
        made.end()


def opened(started: Browser, marked: Marked, **options: Any) -> tuple[Page, list[str]]:
    """The page, and all that it asked for elsewhere or complained of."""
    page, noted = new_page(started, **options), []
    host = marked.address.partition("/?")[0]
    own = (host, "data:")
    page.on("request", lambda asked: asked.url.startswith(own) or noted.append(asked.url))
    page.on("console", lambda said: noted.append(said.text))
    page.on("pageerror", lambda error: noted.append(str(error)))
    page.on("dialog", lambda dialog: noted.append(dialog.message))
    page.goto(marked.address)
    ready(page)
    return page, noted


def ready(page: Page) -> None:
    page.locator("#answers article .body > *").first.wait_for()


def shows(page: Page, place: str, *texts: str) -> None:
    from playwright.sync_api import expect

    for text in texts:
        expect(page.locator(place)).to_contain_text(text, timeout=SECONDS * 1000)


def test_a_class_is_marked_with_keys_alone(started: Browser, marked: Marked) -> None:
    """Two or three keys an answer; formgrader's points and comments are these."""
    page, noted = opened(started, marked)
    assert "key=" not in page.url
    shows(page, "#progress", "0 of 5 answers marked, 1 left empty")
    shows(page, "#answers h3", "ada")
    page.keyboard.press("g")  # bo wrote the same
    shows(page, "#group-words", "marked together with 1 equal answer")
    page.keyboard.press("1")
    marked.waits_for("ada", 2.0)
    marked.waits_for("bo", 2.0)
    page.keyboard.press("c")
    page.keyboard.type("Which weight?")
    page.keyboard.press("Control+Enter")
    marked.waits_for("bo", 2.0, "Which weight?")
    shows(page, "#answers h3", "cy")  # the next that waits
    page.keyboard.press("0")
    marked.waits_for("cy", 0.0)
    page.keyboard.press("1")
    page.keyboard.press("2")
    marked.waits_for("cy", 5.0)
    page.keyboard.press("u")
    marked.waits_for("cy", 2.0)
    page.keyboard.press("Enter")
    page.keyboard.press("p")
    page.keyboard.type("3.5")
    page.keyboard.press("Control+Enter")
    marked.waits_for("eve", 3.5)
    shows(page, "#answers h3", "fin")
    page.get_by_role("button", name="Which weight?").click()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    marked.waits_for("fin", 5.0, "Which weight?")
    shows(page, "#progress", "5 of 5 answers marked")
    shows(page, "#status", "saved")
    with closing(open_gradebook(marked.course)) as gradebook:
        grade = gradebook.find_grade(WRITTEN, NAME, NAME, "fin")
        assert (grade.score, grade.needs_manual_grade) == (5.0, False)
    assert noted == []
    said = marked.end()
    assert "9 marks given; 5 marked, 0 waiting, 1 left empty" in said.replace("10 marks", "9 marks")
    assert said.endswith(f"next: python -m grader feedback {NAME}\n")
    page.context.close()


def test_nothing_of_a_students_acts_or_loads(started: Browser, marked: Marked) -> None:
    """Markup is words, formulas are set or left as typed, and nobody else is asked for anything."""
    page, noted = opened(started, marked)
    for student in ("eve", "fin"):
        page.locator("#list button", has_text=student).click()
        shows(page, "#answers h3", student)
        ready(page)
    page.locator("#answers .formula.set math").first.wait_for()
    assert page.evaluate("window.hit") is None and page.locator("body").is_visible()
    made = page.locator("#answers article")
    allowed = """root => [...root.querySelectorAll("math, math *")].every(node =>
        [...node.attributes].every(({name, value}) => !/^(on|href|style$|id$|src)/.test(name)
            && !/99999|javascript/.test(value)) || node.localName === "mtd")"""
    assert made.evaluate(allowed)
    assert made.locator("math mfrac").count() == 1 and "ℝ" in made.inner_text()
    assert made.locator("math mtable").count() == 1
    for left in (r"\undefined", r"\def", r"\href", r"\style", r"\newcommand", r"\cssId"):
        assert left in made.inner_text()  # not known here, and shown so
    assert made.locator("script, img, iframe, svg, style, form, #status, a").count() == 0
    picture(page, "written-formulas")
    page.keyboard.press("l")  # all in a row: eve's among them
    shows(page, "#answers", "<script>window.hit = 1</script>")
    assert page.evaluate("window.hit") is None
    assert noted == []
    page.context.close()


def test_what_somebody_else_marked_is_seen_first(started: Browser, marked: Marked) -> None:
    """Then one chooses; meanwhile neither mark is lost."""
    page, _ = opened(started, marked)
    formgrader_gives(marked.course, "ada", 4.0, "Mine.")
    page.keyboard.press("1")
    shows(page, "#conflict", "There: 4 points; Mine.", "Here, not saved: 2 points")
    assert_accessible(page)
    picture(page, "written-conflict")
    assert marked.marks()["ada"].points == 4.0
    page.get_by_role("button", name="Leave theirs").click()
    shows(page, "#how", "Given elsewhere")
    assert page.input_value("#points") == "4" and page.input_value("#comment") == "Mine."
    formgrader_gives(marked.course, "ada", 3.0)
    page.keyboard.press("2")
    page.get_by_role("button", name="Save mine in its place").click()
    marked.waits_for("ada", 3.0, "Mine.")
    shows(page, "#status", "saved")
    assert marked.marks()["ada"].ticks
    page.context.close()


def test_of_equal_answers_none_that_was_marked_elsewhere_is_overwritten(
    started: Browser, marked: Marked
) -> None:
    """It keeps its mark, now and later, and the others go on together."""
    page, _ = opened(started, marked)
    page.keyboard.press("g")
    page.keyboard.press("1")
    marked.waits_for("bo", 2.0)
    shows(page, "#status", "saved")
    formgrader_gives(marked.course, "bo", 4.0, "Mine.")
    for key, points in (("2", 5.0), ("1", 3.0)):
        page.keyboard.press(key)
        marked.waits_for("ada", points)
        shows(page, "#status", "saved")
    assert (marked.marks()["bo"].points, marked.marks()["bo"].comment) == (4.0, "Mine.")
    page.context.close()


def test_of_many_answers_only_those_in_sight_are_fetched(started: Browser, marked: Marked) -> None:
    """The list has a row for each; all in a row are read as one comes to them."""
    answer(marked.course, {f"s{number:03d}": f"Answer {number}." for number in range(200)})
    page, _ = opened(started, marked)
    assert page.locator("#list li").count() == 206
    fetched: list[str] = []
    page.on("request", lambda asked: "api/answer" in asked.url and fetched.append(asked.url))
    page.keyboard.press("l")
    shows(page, "#answers", "Answer 0.")
    assert page.locator("#answers article").count() == 206 and len(fetched) < 60
    page.keyboard.press("/")
    page.keyboard.type("Answer 199")
    page.keyboard.press("Enter")
    shows(page, "#answers article.now", "Answer 199.")
    page.keyboard.press("f")
    marked.waits_for("s199", 5.0)
    assert len(fetched) < 120
    page.context.close()


def test_a_mark_outlives_its_server_and_the_page(started: Browser, marked: Marked) -> None:
    """What could not be saved is kept in the browser, and saved as soon as one can."""
    page, _ = opened(started, marked)
    file = marked.course.root / "gradebook.db"
    file.rename(file.with_suffix(".away"))
    page.keyboard.press("2")
    shows(page, "#status", "not saved, is tried again", "there is no gradebook")
    picture(page, "written-not-saved")
    file.with_suffix(".away").rename(file)
    shows(page, "#status", "saved")
    marked.waits_for("ada", 3.0)
    marked.end()
    page.keyboard.press("c")
    page.keyboard.type("Half a sentence")
    shows(page, "#status", "the server does not answer")
    again = page.context.new_page()
    page.close()
    marked.start()
    assert marked.marks()["ada"].comment == ""
    again.goto(marked.address)  # the same port in every sitting
    ready(again)
    marked.waits_for("ada", 3.0, "Half a sentence")
    again.locator("#list button", has_text="ada").click()
    assert again.input_value("#comment") == "Half a sentence"
    again.context.close()


def test_a_page_of_an_earlier_sitting_says_where_to_go(started: Browser, marked: Marked) -> None:
    """Its cookie is of no use any more; its mark is saved from the new address."""
    page, _ = opened(started, marked)
    marked.end()
    marked.start()
    page.keyboard.press("1")
    shows(page, "#status", "open the address that the terminal shows")
    page.goto(marked.address)
    ready(page)
    marked.waits_for("ada", 2.0)
    page.context.close()


def test_after_another_answer_the_mark_is_old(started: Browser, marked: Marked) -> None:
    """With the new text; it can be kept with one key."""
    page, _ = opened(started, marked)
    page.keyboard.press("1")
    marked.waits_for("ada", 2.0)
    answer(marked.course, {"ada": "Something else: $v$."})
    page.reload()
    ready(page)
    page.locator("#list button", has_text="ada").click()
    shows(page, "#answers", "Something else")
    shows(page, "#how", "This mark is on another answer")
    assert marked.marks()["ada"].state == "old"
    page.keyboard.press("y")
    shows(page, "#status", "saved")
    assert (marked.marks()["ada"].state, marked.marks()["ada"].points) == ("marked", 2.0)
    page.context.close()


def test_the_rubric_is_changed_while_marking(started: Browser, marked: Marked) -> None:
    """Who has the item gets its new points; a new one has the next key."""
    page, _ = opened(started, marked)
    page.keyboard.press("1")
    marked.waits_for("ada", 2.0)
    page.keyboard.press("r")
    assert_accessible(page)
    page.get_by_label("Points of the item").first.fill("1.5")
    page.get_by_role("button", name="Add an item").click()
    page.keyboard.type("gives an example")
    page.get_by_label("Points of the item").last.fill("0.5")
    page.get_by_role("button", name="Save the rubric").click()
    marked.waits_for("ada", 1.5)
    shows(page, "#status", "1 mark counted anew")
    page.keyboard.press("3")
    marked.waits_for("ada", 2.0)
    page.keyboard.press("u")
    page.keyboard.press("u")
    marked.waits_for("ada", 2.0)
    shows(page, "#items", "+2")
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(started: Browser, marked: Marked, scheme: str) -> None:
    """To axe, wide and narrow, one answer and all in a row; nothing is cut off at the side."""
    page, noted = opened(started, marked, color_scheme=scheme)
    for name in ("one", "row"):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 840})
            picture(page, f"written-{name}-{scheme}-{width}")
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("l")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    assert_accessible(page)
    page.keyboard.press("Escape")
    assert noted == []
    page.context.close()
