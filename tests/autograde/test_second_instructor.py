"""Two instructors of one Unix group on one course, as docs/instructors.md sets it up."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from grader.course import Course
from grader.gradebook.opening import open_gradebook
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.kit.other_user import GROUP, as_user, why_not
from tests.kit.sandbox import strongest
from tests.kit.toy import NAME, assignment, new_course

pytestmark = pytest.mark.slow

FIRST, SECOND = 50001, 50002  # numbers that no machine gives to anybody


@pytest.fixture
def here() -> Iterator[Course]:
    """The first instructor's course, with all that the group needs; in reach of other users."""
    strongest()
    if reason := why_not(SECOND):
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="two-", dir="/tmp") as name:
        made = new_course(Path(name) / "course")
        hand_in(made, assignment(), [Pupil("ada")])
        for path in (Path(name), *Path(name).rglob("*")):
            os.chown(path, FIRST, GROUP)
            path.chmod(0o2775 if path.is_dir() else 0o664)
        yield made


def grader(course: Course, number: int, *arguments: str) -> tuple[int, str]:
    return as_user(number, course.root, sys.executable, "-m", "grader", *arguments)


def late_work(course: Course, student: str) -> None:
    """Another submission, collected by the first instructor."""
    hand_in(course, assignment(), [Pupil(student)])
    for path in (course.submitted / student, *(course.submitted / student).rglob("*")):
        os.chown(path, FIRST, GROUP)
        path.chmod(0o2775 if path.is_dir() else 0o664)


def test_a_second_instructor_grades_what_the_first_graded(here: Course) -> None:
    """After the two commands that the messages name; then the first goes on in turn."""
    assert grader(here, FIRST, "autograde", NAME)[0] == 0
    late_work(here, "bo")
    secret = here.root / ".course_secret"
    code, said = grader(here, SECOND, "autograde", NAME)
    assert code == 2 and f"chgrp {GROUP} {secret} && chmod 640 {secret}" in said, said
    assert as_user(FIRST, here.root, "chgrp", str(GROUP), secret)[0] == 0
    assert as_user(FIRST, here.root, "chmod", "640", secret)[0] == 0
    code, said = grader(here, SECOND, "autograde", NAME)
    assert code == 2 and "`chmod g+w` both" in said, said
    assert len(said.splitlines()) == 1 and not (here.autograded / "bo" / NAME).exists()
    assert as_user(FIRST, here.root, "chmod", "g+w", "gradebook.db")[0] == 0
    for verb in ("autograde", "feedback", "report", "export", "release"):
        for number in (SECOND, FIRST):
            if verb == "autograde":
                late_work(here, f"s{number}")
            provisional = ["--provisional"] if verb == "export" else []
            code, said = grader(here, number, verb, NAME, *provisional)
            assert code == 0, (verb, number, said)
    with closing(open_gradebook(here)) as gradebook:
        assert len(gradebook.assignment_submissions(NAME)) == 4
    assert secret.stat().st_uid == FIRST and secret.stat().st_mode & 0o777 == 0o640
