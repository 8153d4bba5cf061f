"""An author's page in a real browser: it follows a save without being asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drafting.test_watch import save, watching
from tests.kit.browser import browser, new_page, picture, require_browser
from tests.kit.toy import new_course

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_the_page_follows_a_save(tmp_path: Path) -> None:
    """What was changed appears; what cannot be tried stands above the page, and goes again."""
    require_browser()
    course = new_course(tmp_path / "course")
    with watching(course, "leak") as watch, browser() as started:
        page = new_page(started)
        page.route("**/*", lambda route: route.abort() if "127.0.0.1" not in route.request.url
                   else route.continue_())  # fmt: skip
        page.goto(watch.address)
        page.get_by_text("Two functions: one step").wait_for()
        assert page.get_by_text("raise NotImplementedError").count() == 2
        save(course, "Two functions: one step", "Two little functions: one step")
        page.get_by_text("Two little functions").wait_for()
        save(course, "h_next = squash(w * h", "h_next = squish(w * h")
        page.get_by_role("alert").wait_for()
        assert "lesson.py, line 33" in page.get_by_role("alert").inner_text()
        picture(page, "watch")
        save(course, "h_next = squish(w * h", "h_next = squash(w * h")
        page.get_by_role("alert").wait_for(state="detached")
        assert page.get_by_text("Two little functions").count() == 1
