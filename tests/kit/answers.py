"""A class that answered the toy's written question, in a real gradebook and real folders.

Nothing is run: verdicts and notebooks are written as autograding would.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from grader.autograde.graded_notebook import escape_markup
from grader.course import Course
from grader.gradebook.opening import open_gradebook
from grader.gradebook.write import GradebookWriter
from tests.kit.bonus import replace_in
from tests.kit.gradebook import NAME, WRITTEN, mark_by_hand, new_course, publish, verdict
from tests.kit.toy import released

RUBRIC = {"names the weight": 2, "says what it does": 3}
ANSWERS = {
    "ada": "The weight $w$ forgets.",
    "bo": "the  weight $w$ forgets.",
    "cy": "No idea",
    "di": "",
}


def answered_course(folder: Path, answers: Mapping[str, str] = ANSWERS) -> Course:
    """A course whose question has a rubric, and in which these answers wait for marks."""
    course = new_course(folder)
    exercises = course.folder(NAME) / "exercises.py"
    replace_in(exercises, "REMEMBER), ", f'REMEMBER), rubrics={{"leaky": {RUBRIC!r}}}, ')
    answer(course, answers)
    return course


def answer(course: Course, answers: Mapping[str, str]) -> None:
    """Hand in and grade, once or again."""
    with GradebookWriter(course, NAME) as writer:
        for student, text in answers.items():
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            writer.save(student, verdict(student), {WRITTEN: digest if text else ""})
        writer.commit()
    for student, text in answers.items():
        publish(course, student, NAME, verdict(student), notebook(text))


def notebook(text: str) -> str:
    """The autograded notebook that holds an answer; without one it is as it was handed out."""
    book = released()
    for cell in book["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("grade_id") == WRITTEN and text:
            cell["source"] = escape_markup(text)
    return json.dumps(book)


def formgrader_gives(
    course: Course, student: str, points: float, comment: str | None = None
) -> None:
    """Mark as formgrader does: first the points, then the comment."""
    with closing(open_gradebook(course)) as gradebook:
        mark_by_hand(gradebook, student, points)
    if comment is not None:
        formgrader_writes(course, student, comment)


def formgrader_writes(course: Course, student: str, comment: str) -> None:
    """Comment as formgrader does, which leaves the points as they are."""
    with closing(open_gradebook(course)) as gradebook:
        gradebook.find_comment(WRITTEN, NAME, NAME, student).manual_comment = comment
        gradebook.db.commit()
