"""Copy a course for a trial, with a gradebook of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader.course import Course
from grader.gradebook.config import CONFIG_FILE, gradebook_url


def copy_of(course: Course, folder: Path) -> Course:
    """Copy what grading needs of a course into ``folder``.

    What stock nbgrader takes from beside the source notebook is put there as well: a new clone
    has it only in the students' folder.
    """
    for part in (course.solutions, course.assignments):
        shutil.copytree(part, folder / part.name, dirs_exist_ok=True)
    for released in course.assignments.glob("*/*"):
        beside = folder / course.solutions.name / released.parent.name / released.name
        if released.is_file() and beside.parent.is_dir() and not beside.exists():
            shutil.copy(released, beside)
    for name in {m for a in course.names() for m in course.spec(a).modules} | {CONFIG_FILE}:
        if (course.root / name).exists():
            shutil.copy(course.root / name, folder / name)
    made = Course.at(folder)
    _own_gradebook(made)
    return made


def _own_gradebook(course: Course) -> None:
    """Let a copy keep its marks to itself, where the course's file says where its own are."""
    own = f"sqlite:///{course.root / 'gradebook.db'}"
    if gradebook_url(course) != own:
        with (course.root / CONFIG_FILE).open("a", encoding="utf-8") as file:
            file.write("\n# A copy of the course, with a gradebook of its own.\n")
            file.write(f"c.CourseDirectory.db_url = {own!r}\n")
