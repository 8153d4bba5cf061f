"""Copy a course for a trial, with a gradebook of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader.course import Course
from grader.gradebook.config import CONFIG_FILE, load_config


def copy_of(course: Course, folder: Path) -> Course:
    """Copy what grading needs of a course into ``folder``."""
    for part in (course.solutions, course.assignments):
        if part.is_dir():  # nothing is released yet in a new course
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(part, folder / part.name, ignore=ignore, dirs_exist_ok=True)
    for name in {m for a in course.names() for m in course.spec(a).files} | {CONFIG_FILE}:
        if (course.root / name).exists():
            shutil.copy(course.root / name, folder / name)
    made = Course.at(folder)
    _own_gradebook(made)
    return made


def _own_gradebook(course: Course) -> None:
    """Let a copy keep its marks to itself, where the course's file says where its own are."""
    own = f"sqlite:///{course.root / 'gradebook.db'}"
    if load_config(course).CourseDirectory.db_url != own:
        with (course.root / CONFIG_FILE).open("a", encoding="utf-8") as file:
            file.write("\n# A copy of the course, with a gradebook of its own.\n")
            file.write(f"c.CourseDirectory.db_url = {own!r}\n")
