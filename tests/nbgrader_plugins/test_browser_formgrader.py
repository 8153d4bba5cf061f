"""nbgrader's formgrader on a class that this kit grades, in a real browser."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from grader.course import Course
from grader.simulate.copy_course import copy_of
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.kit.browser import SECONDS, browser, jupyter, make, new_page, picture, require_browser
from tests.kit.course import NAME, WRITTEN, assignment, course

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.sandbox, pytest.mark.timeout(1200)]

FILES = ("rnn_utils.py", "selfcheck.py", "references.npz")
COMMENT = "Right. Name the equation, too: it is (9) & not <10>."
# Formgrader has fetched grades and comments; before that it saves nothing that is typed.
LOADED = "() => window.formgrader?.grades?.loaded && window.formgrader.comments?.loaded"
PUPILS = [
    Pupil("ada", written="The cell state is carried on by a sum."),
    Pupil("blank", solved=()),
    Pupil("elif", mistakes={"lstm_backward": "drops-recurrent-terms"}, written="It adds."),
]


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course folder in which three students handed in."""
    folder = tmp_path_factory.mktemp("course")
    made = copy_of(course(), folder)
    hand_in(made, assignment(), PUPILS)
    return made


@pytest.fixture(scope="module")
def formgrader(trial: Course, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address at which `make formgrader` serves the course."""
    require_browser()
    home = tmp_path_factory.mktemp("home")
    with jupyter(home, make("formgrader", COURSE=trial.root)) as url:
        yield url


@pytest.fixture(scope="module")
def page(formgrader: str) -> Iterator[Page]:
    """A tab of the browser."""
    with browser() as started:
        yield new_page(started)


def grader(trial: Course, *arguments: str) -> str:
    """Run a verb on the course; returns what it prints."""
    command = [sys.executable, "-m", "grader", *arguments, "--course", str(trial.root)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=2 * SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_button_grades_with_this_judge(page: Page, formgrader: str, trial: Course) -> None:
    """Formgrader opens at the course; its Autograde button makes what `grader autograde` makes."""
    page.goto(formgrader)
    listed = page.get_by_role("link", name=NAME).first
    listed.wait_for()
    assert page.url == f"{formgrader}formgrader/manage_assignments"
    assert (listed.get_attribute("href") or "").endswith(f"/source/{NAME}")
    assert {path.name for path in (trial.source / NAME).iterdir()} == {f"{NAME}.ipynb", *FILES}
    page.goto(f"{formgrader}formgrader/manage_submissions/{NAME}")
    row = page.locator("#main-table tr").filter(has_text="elif")
    row.locator(".autograde a").click()
    dialog = page.locator(".modal-dialog")
    assert "Successfully autograded" in dialog.inner_text()
    picture(page, "formgrader-autograde")
    dialog.get_by_role("button").last.click()
    row.get_by_text("85 / 100").wait_for()
    assert verdict(trial)["score"] == 85
    assert "2 graded, 1 unchanged" in grader(trial, "autograde", NAME)


def test_points_and_a_comment_by_hand_stay(page: Page, formgrader: str, trial: Course) -> None:
    """They change the total, stand on the page of feedback, and are kept by a regrade."""
    if not (trial.root / "gradebook.db").exists():
        grader(trial, "autograde", NAME)
    before = verdict(trial)
    listed = f"{formgrader}formgrader/gradebook/{NAME}/{NAME}"
    page.goto(listed)
    elif_ = page.locator("#main-table tr").filter(has_text="85 / 95")
    elif_.wait_for()
    assert page.locator("#main-table tr").count() == len(PUPILS)
    elif_.get_by_role("link").first.click()
    page.wait_for_function(LOADED)
    assert "It adds." in page.inner_text("body")
    enter(page, WRITTEN, "grade", "4")
    enter(page, f"{WRITTEN}-comment", "comment", COMMENT)
    picture(page, "formgrader-submission")
    for again in (False, True):
        if again:
            grader(trial, "autograde", NAME, "--force", "--student", "elif")
        assert verdict(trial) == before
        page.goto(listed)
        row = page.locator("#main-table tr").filter(has_text="85 / 95")
        assert re.search(r"89 / 100\s+85 / 95\s+4 / 5", row.inner_text())
        grader(trial, "feedback", NAME, "--student", "elif")
        page.goto((trial.feedback / "elif" / NAME / f"{NAME}.html").as_uri())
        assert COMMENT in page.locator("main").inner_text()
        assert page.locator(".total").inner_text().startswith("89 of 100 points")


def verdict(trial: Course) -> dict[str, Any]:
    """What was found in elif's submission, but for the time it took."""
    found: dict[str, Any] = json.loads(
        (trial.autograded / "elif" / NAME / "verdict.json").read_text(encoding="utf-8")
    )
    return found | {"seconds": 0}


def enter(page: Page, field: str, kind: str, text: str) -> None:
    """Type into one of formgrader's fields and leave it, which saves it."""
    with page.expect_response(
        lambda answer: f"/api/{kind}/" in answer.url and answer.request.method == "PUT"
    ) as saved:
        page.locator(f"#{field}").fill(text)
        page.keyboard.press("Tab")
    assert saved.value.ok
