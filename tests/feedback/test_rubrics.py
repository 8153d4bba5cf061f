"""The rubric of a written question on the page that a student gets back."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from grader.course import Course
from grader.feedback.feedback import feedback
from tests.kit.bonus import replace_in
from tests.kit.gradebook import NAME, new_course, publish, record, verdict
from tests.kit.page import HOSTILE, Page

RUBRIC = {"names the part that forgets": 3, HOSTILE: 1, "gives an example": 1}
LISTED = '<p class="soft">Marked by:</p>\n<ul>\n'


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A student whose written answer waits for its mark."""
    made = new_course(tmp_path / "course")
    record(made, {"ada": 2}, answered=True)
    publish(made, "ada", NAME, verdict("ada"), None)
    return made


def page(course: Course) -> str:
    """The text of the student's page, which is inert whatever a rubric says."""
    [path] = feedback(course, NAME).written
    text = path.read_text(encoding="utf-8")
    Page(text).assert_inert()
    Page(text).assert_accessible()
    return text


def test_the_page_lists_the_items_under_their_question(course: Course) -> None:
    """With their points, and nothing else of the page changes."""
    before = page(course)
    assert "Marked by" not in before
    exercises = course.folder(NAME) / "exercises.py"
    replace_in(exercises, "REMEMBER), ", f'REMEMBER), rubrics={{"leaky": {RUBRIC!r}}}, ')
    after = page(course)
    made = LISTED + "".join(
        f"<li>{html.escape(item).replace('&quot;', '&#34;').replace('&#x27;', '&#39;')} "
        f"({points} {'point' if points == 1 else 'points'})</li>\n"
        for item, points in RUBRIC.items()
    )
    assert after.count(made) == 1
    assert after.replace(made + "</ul>\n", "") == before
    _, _, question = after.partition('<h2 id="written">')
    assert question.index("not marked yet") < question.index("Marked by:")
