"""The pages that students and instructors get, as Chromium shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.autograde.autograde import autograde
from grader.feedback.feedback import feedback
from grader.report.course_report import course_report
from grader.report.report import report
from grader.simulate.copy_course import copy_of
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.content.differentiating import answers
from tests.kit.browser import (
    PICTURES,
    assert_accessible,
    browser,
    new_page,
    picture,
    require_browser,
)
from tests.kit.course import NAME, assignment, course, right

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]

OWN = right("rnn_forward") + '\nprint("<script>alert(1)</script>")'
PUPILS = [
    Pupil("ada", written="The cell state is carried on by a sum."),
    Pupil("alma", written="The cell state is carried on by a sum."),
    Pupil("blank", solved=()),
    Pupil("elif", mistakes={"lstm_backward": "drops-recurrent-terms"}, own={"rnn_forward": OWN}),
    Pupil("omar", damage=lambda book: b"{"),
    Pupil("tess", solved=(), own=answers("operators")),
]
SCHEMES = ["light", "dark"]
CUT_OFF = """[...document.querySelectorAll(".glance")].map(table => table.parentElement)
    .filter(around => around.scrollWidth > around.clientWidth).map(around => around.innerText)"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of feedback for each student, and the class report, by name."""
    require_browser()
    trial = copy_of(course(), tmp_path_factory.mktemp("course"))
    hand_in(trial, assignment(), PUPILS)
    autograde(trial, NAME, allow_unsafe=True)
    feedback(trial, NAME)
    folder = trial.feedback
    made = {path.parent.parent.name: path for path in folder.glob(f"*/{NAME}/{NAME}.html")}
    made["report"] = report(trial, NAME).page
    made["course"] = course_report(trial)[0]
    return made


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    """One browser for all tests."""
    with browser() as made:
        yield made


def opened(started: Browser, path: Path, **options: str) -> tuple[Page, list[str]]:
    """The page in a tab of its own, and what it asked for or complained about."""
    page, noted = new_page(started, **options), []
    page.on("request", lambda asked: noted.append(asked.url))
    page.on("console", lambda said: noted.append(said.text))
    page.on("pageerror", lambda error: noted.append(str(error)))
    page.on("dialog", lambda dialog: noted.append(dialog.message))
    page.goto(path.as_uri())
    return page, noted


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["elif", "blank", "omar", "report", "course"])
def test_a_page_is_accessible_and_quiet(
    started: Browser, pages: dict[str, Path], name: str, scheme: str
) -> None:
    """No serious finding of axe, no request, no error, nothing cut off at the side when narrow."""
    page, noted = opened(started, pages[name], color_scheme=scheme)
    picture(page, f"{name}-{scheme}", full_page=True)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert_accessible(page)
    own = (pages[name].as_uri(), "data:image/")
    assert [entry for entry in noted if not entry.startswith(own)] == []
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    page.set_viewport_size({"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = false)")
    picture(page, f"{name}-{scheme}-narrow", full_page=True)
    assert page.evaluate(CUT_OFF) == []
    page.context.close()


def test_the_report_is_legible_on_a_telephone(started: Browser, pages: dict[str, Path]) -> None:
    """Explanations keep whole words in a line, and pictures their size: both scroll sideways."""
    page, _ = opened(started, pages["report"])
    page.set_viewport_size({"width": 360, "height": 640})
    picture(page, "report-telephone", full_page=True)
    assert page.locator("td.told").first.bounding_box()["width"] >= 14 * 16  # type: ignore[index]
    widths = page.evaluate("[...document.querySelectorAll('figure img')].map(i => i.clientWidth)")
    scores, *others = widths
    assert scores <= 360 and len(others) == 2 and min(others) >= 600
    page.context.close()


def test_a_link_to_a_pair_shows_both_answers(started: Browser, pages: dict[str, Path]) -> None:
    """Following it opens what is folded; the two answers stand side by side."""
    page, _ = opened(started, pages["report"])
    sides = page.locator("#pair-1 .sides").first.locator("pre")
    assert not sides.first.is_visible()
    page.locator("a[href='#pair-1']").click()
    sides.first.wait_for(state="visible")
    one, two = (side.bounding_box() for side in sides.all())
    assert one and two and one["y"] == two["y"] and one["x"] + one["width"] <= two["x"]
    page.context.close()


def test_a_link_to_what_was_seen_shows_it(started: Browser, pages: dict[str, Path]) -> None:
    """Wide and narrow, following it opens the code, with the lines marked that show it."""
    page, _ = opened(started, pages["report"])
    for width in (1100, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = false)")
        page.evaluate("location.hash = ''")
        page.locator("a[href='#look-1']").first.click()
        marked = page.locator("#look-1 .same")
        marked.first.wait_for(state="visible")
        assert marked.first.inner_text().strip() == "class Var:"
        picture(page, f"report-look-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_a_page_works_with_the_keyboard(started: Browser, pages: dict[str, Path]) -> None:
    """The first key press offers to skip to the exercises; what is folded opens with Enter."""
    page, _ = opened(started, pages["elif"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "exercises"
    folded = page.locator("details").first
    assert folded.get_attribute("open") is None
    for _ in range(50):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    assert folded.get_attribute("open") == ""
    page.context.close()


@pytest.mark.parametrize("name", ["report", "course"])
def test_students_can_be_sorted_and_found_without_a_mouse(
    started: Browser, pages: dict[str, Path], name: str
) -> None:
    """By any column, up and down; a screen reader hears which. Nothing is asked of a network."""
    page, noted = opened(started, pages[name])
    points = page.locator("table.sortable thead button").nth(1)

    def shown() -> list[float]:
        cells = page.locator("table.sortable tbody tr:visible td.num")
        return [float(cell.get_attribute("data-key") or 0) for cell in cells.all()]

    before = shown()
    points.focus()
    page.keyboard.press("Enter")
    head = page.locator("table.sortable thead th").nth(1)
    assert head.get_attribute("aria-sort") == "ascending"
    assert shown() == sorted(before) != sorted(before, reverse=True)
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert shown() == sorted(before, reverse=True)
    assert_accessible(page)
    page.keyboard.press("Shift+Tab")
    page.get_by_label("Find a student").fill("AL")
    assert (
        len(shown()) == 1
        and page.locator("table.sortable tbody tr:visible th").first.inner_text() == "alma"
    )
    picture(page, f"{name}-sorted")
    assert [entry for entry in noted if not entry.startswith(("file:", "data:"))] == []
    page.context.close()


def test_a_link_to_what_passes_unfolds_it(started: Browser, pages: dict[str, Path]) -> None:
    """From the table at the top; wrong ones stand open."""
    page, _ = opened(started, pages["elif"])
    passed = page.locator("details.passed").first
    assert passed.get_attribute("open") is None
    passed.locator("summary").first.click()
    assert passed.locator("p").first.is_visible()
    wrong = page.locator("article.card h3").first
    assert wrong.is_visible() and wrong.get_attribute("id") == "lstm_backward"
    page.context.close()


def test_a_page_is_legible_in_print(started: Browser, pages: dict[str, Path]) -> None:
    """Even from a dark screen, print is dark on white."""
    page, _ = opened(started, pages["elif"], color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    bright = [sum(map(int, c.split("(")[1].rstrip(")").split(",")[:3])) for c in colours]
    assert bright[0] < 150 and (bright[1] > 700 or colours[1] == "rgba(0, 0, 0, 0)")
    picture(page, "elif-print", full_page=True)
    made = page.pdf(path=PICTURES / "elif.pdf", format="A4", prefer_css_page_size=True)
    assert 2 <= len(re.findall(rb"/Type /Page\b", made)) <= 3  # nothing is unfolded, no gaps
    page.context.close()
