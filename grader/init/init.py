"""``grader init``: write a course into an empty folder, from the texts in ``templates/``."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

import jinja2

from grader import __version__
from grader.assignment.modules import EXERCISES
from grader.course import LESSON, Course
from grader.errors import UsageError
from grader.files.atomic import write_all
from grader.files.names import names_in
from grader.gradebook.config import CONFIG_FILE
from grader.plain_text import one_line, some

EXAMPLE = "fading_average"
# Where each text goes, by its template.
PLACES = {
    "README.md.j2": "README.md",
    "Makefile.j2": "Makefile",
    "nbgrader_config.py.j2": CONFIG_FILE,
    "requirements.txt.j2": "requirements.txt",
    "gitignore.j2": ".gitignore",
    "course.yml.j2": ".github/workflows/course.yml",
    "lesson.py.j2": f"solutions/{EXAMPLE}/{LESSON}",
    "exercises.py.j2": f"solutions/{EXAMPLE}/{EXERCISES}.py",
}
LONGEST = 100  # characters of a title or a name


@dataclass(frozen=True)
class About:
    """What is said of a course: its title and who teaches it; empty where nothing is."""

    title: str = ""
    instructor: str = ""

    def __post_init__(self) -> None:
        """Raise UsageError for what does not fit into a line."""
        for what, text in (("title", self.title), ("instructor", self.instructor)):
            if text != one_line(text, LONGEST):
                raise UsageError(
                    f"--{what} {one_line(text, LONGEST)!r} is no line of at most {LONGEST} "
                    "characters: shorten it"
                )


def init_course(folder: Path, about: About) -> tuple[Course, list[Path]]:
    """Write a course into ``folder``, which is made where there is none.

    Returns: the course, and the files that were written, in order of their names. Raises UsageError
    where the folder is a file or holds anything, which it names; nothing is written then.
    """
    root = folder.resolve()
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file: name a folder that is empty, or none yet")
    lying = names_in(root)
    if lying:
        raise UsageError(
            f"{root} is not empty, it holds {one_line(some(lying))}: name another folder"
        )
    texts = {
        "title": about.title or _titled(root.name),
        "instructor": about.instructor,
        "name": EXAMPLE,
        "version": __version__,
        "course_id": repr(_course_id(root.name)),
        "contact": json.dumps(about.instructor) if about.instructor else "",
    }
    made = {root / place: _templates().get_template(name) for name, place in PLACES.items()}
    write_all([(path, template.render(texts).encode()) for path, template in made.items()])
    return Course.at(root), sorted(made)


def _titled(name: str) -> str:
    """Make a title of a folder's name."""
    words = one_line(re.sub(r"[-_\s]+", " ", name), LONGEST).strip()
    return words[:1].upper() + words[1:] or "A course"


def _course_id(name: str) -> str:
    """Make a name for nbgrader's exchange and its table of courses: letters, digits, _ and -."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-") or "course"


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        autoescape=False,  # Markdown, Python and a Makefile, for the instructor alone
    )
