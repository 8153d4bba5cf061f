"""The assignment that docs/authoring.md ends with: one exercise of each kind, as on the page."""

from __future__ import annotations

import functools
import re
import shutil
import tempfile
from pathlib import Path

from grader.assignment.assignment import Assignment, Packed
from grader.course import Course
from grader.release.release import release

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "authoring.md"
NAME = "kinds"
WORDS = "sun moon star sea tree stone\n"


def blocks() -> list[str]:
    """The blocks of the page's last part, in order."""
    part = PAGE.read_text(encoding="utf-8").partition("## Kinds of exercises")[2]
    return re.findall(r"^```python\n(.*?)^```$", part, re.M | re.S)


def write(root: Path) -> Course:
    """Lay the assignment into a course: cells into its lesson, the rest into its exercises."""
    folder = root / "solutions" / NAME
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "words.txt").write_text(WORDS)
    cells = [block for block in blocks() if block.startswith("# %%")]
    rest = [block for block in blocks() if not block.startswith("# %%")]
    (folder / "lesson.py").write_text("# %% [markdown]\n# # Kinds\n\n" + "\n".join(cells))
    (folder / "exercises.py").write_text("\n\n".join(rest))
    return Course.at(root)


@functools.cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="kinds-")


@functools.cache
def course() -> Course:
    """The course, released; to be looked at only."""
    made = write(Path(_kept().name) / "course")
    release(made, NAME)
    return made


def new_course(folder: Path) -> Course:
    """A copy of the course, to be worked in."""
    compiled = shutil.ignore_patterns("__pycache__")
    return Course.at(shutil.copytree(course().root, folder, ignore=compiled))


@functools.cache
def packed() -> Packed:
    """The assignment as it travels."""
    return course().packed(NAME)


def assignment() -> Assignment:
    """The assignment as the judge needs it."""
    return packed().load()
