"""Keep nbgrader's source folder, ``source/<assignment>/``, a copy of what a course has elsewhere.

nbgrader gives every file of that folder to students, and takes what grading needs from there. So it
holds the notebook and what students get, and nothing else. It is derived and not kept by git;
whoever edits its notebook, in formgrader, has the edits taken over by ``release --adopt``.
"""

from __future__ import annotations

from pathlib import Path

from grader.assignment.derived import edited, refuse_other_points, same_cells, text_changed
from grader.assignment.source import read_notebook
from grader.assignment.spec import MADE_FILES
from grader.course import Course
from grader.errors import UsageError
from grader.files.atomic import read_text, write_beside

RELEASE = "run `make release`"
ADOPT = "run `make release ARGS=--adopt` to take the edits over, or delete it to drop them"


def source_files(course: Course, name: str) -> dict[str, bytes]:
    """Read what the folder is to hold; raises UsageError where something was not released yet."""
    released = course.assignments / name
    beside = (released / file for file in (*course.spec(name).files, *MADE_FILES))
    paths = (course.solution_notebook(name), *beside)
    for path in paths:
        if not path.is_file():
            raise UsageError(f"{path} is missing: {RELEASE}")
    return {path.name: path.read_bytes() for path in paths}


def write_source(course: Course, name: str, over_edits: bool = False) -> None:
    """Write what differs in the folder; edits of its notebook are lost only ``over_edits``.

    Raises UsageError where there are edits to keep, and where something was not released yet.
    """
    folder = course.source / name
    for file, data in source_files(course, name).items():
        path = folder / file
        if path.is_file() and path.read_bytes() == data:
            continue
        if path == course.source_notebook(name) and path.exists() and not over_edits:
            if _holds_edits(course, name):
                raise UsageError(f"{path} was edited by hand: {ADOPT}")
            if _is_current(course, name):
                continue  # opened and saved: it may still be open
        write_beside(path, data)


def source_problem(course: Course, name: str) -> str:
    """Say what keeps nbgrader from releasing the folder as it is; empty where nothing does."""
    try:
        files = source_files(course, name)
        return _not_released(course, name) or _unlike(course, name, files)
    except UsageError as error:
        return str(error)


def _not_released(course: Course, name: str) -> str:
    """Say what changed in the assignment since its notebook was made."""
    notebook, lesson = course.solution_notebook(name), course.lesson(name)
    book = read_notebook(notebook, RELEASE)
    if edited(book):
        return f"{notebook} was edited by hand: {ADOPT}"
    if lesson.exists() and text_changed(book, read_text(lesson, RELEASE)):
        return f"{lesson} was edited since the last release: {RELEASE}"
    spec = course.spec(name)
    refuse_other_points(spec, book)
    for file, data in course.files(spec):
        # Modules have a line above them that says what they are derived from.
        if not (course.assignments / name / file).read_bytes().endswith(data):
            return f"{file} was edited since the last release: {RELEASE}"
    return ""


def _unlike(course: Course, name: str, files: dict[str, bytes]) -> str:
    """Say in what the folder differs from what it is to hold."""
    folder, notebook = course.source / name, course.source_notebook(name)
    if not folder.is_dir():
        return f"{folder} is missing: {RELEASE}"
    lacking = sorted(file for file in files if not (folder / file).is_file())
    if lacking:
        return f"{folder} lacks {', '.join(lacking)}: {RELEASE}"
    if _holds_edits(course, name):
        return f"{notebook} was edited by hand: {ADOPT}"
    stale = sorted(
        file
        for file, data in files.items()
        if (folder / file).read_bytes() != data
        and not (file == notebook.name and _is_current(course, name))
    )
    if stale:
        return f"{folder} is older than the last release ({', '.join(stale)}): {RELEASE}"
    more = sorted(
        path.name for path in folder.iterdir() if _counts(path) and path.name not in files
    )
    if more:
        return (
            f"{folder / more[0]} would go to students: put it into {course.folder(name)}/files and "
            "name it in files= of the exercises, or take it away"
        )
    return ""


def _counts(path: Path) -> bool:
    """Tell whether nbgrader would give a file or folder to students."""
    return not path.name.startswith(".") and path.name != "__pycache__"


def _is_current(course: Course, name: str) -> bool:
    """Tell whether the folder's notebook has the cells of the assignment's."""
    paths = course.source_notebook(name), course.solution_notebook(name)
    one, other = (read_notebook(path, f"delete it and {RELEASE}") for path in paths)
    return same_cells(one, other)


def _holds_edits(course: Course, name: str) -> bool:
    """Tell whether the folder's notebook holds edits that the assignment's lacks."""
    book = read_notebook(course.source_notebook(name), f"delete it and {RELEASE}")
    return edited(book) and not _is_current(course, name)
