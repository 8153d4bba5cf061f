"""Release an assignment: from its lesson to the folder that students get.

text → source notebook → references → nbgrader's blanking in a course of its own → checked and
judged → renamed into place. Nothing of the live course is touched before everything has succeeded.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.assignment.assignment import Assignment
from grader.assignment.cell_headers import expand, shorten
from grader.assignment.derived import edited, same_cells, text_changed
from grader.assignment.lesson_text import placed
from grader.assignment.source import Source, read_notebook, source_of
from grader.assignment.spec import REFERENCES, SELFCHECK, Spec
from grader.course import Course
from grader.errors import UsageError
from grader.files.atomic import write_beside
from grader.gradebook.config import nbgrader_api
from grader.gradebook.source_folder import ADOPT, write_source
from grader.release.agreement import check_stubs
from grader.release.draft import points_of, read_draft
from grader.release.faults import refuse_faults
from grader.release.judged import refuse_unfair_marks
from grader.release.kept_back import refuse_solutions
from grader.release.percent_text import to_notebook, to_text
from grader.release.references import build_references, file_bytes, from_bytes
from grader.release.selfcheck_file import selfcheck_text


@dataclass(frozen=True)
class Released:
    """A result of a release: the files' names, and which of them are not as they were before."""

    folder: Path
    files: tuple[str, ...]
    changed: tuple[str, ...]
    points: float  # by tests, which the judge has given the solution, and the blank none of


def release(course: Course, name: str, adopt: bool = False) -> Released:
    """Make ``assignments/<name>/`` and the notebook with the solutions from the lesson.

    With ``adopt`` edits made in a notebook are first written back to the lesson. Raises UsageError
    when the lesson does not make a notebook, when a notebook holds edits that the lesson lacks, and
    when a released file would hold solution text, and unless the judge gives the solution all
    points and the blank none; it says at which line of the lesson or of the exercises.
    """
    _take_edits(course, name, points_of(course.spec(name)), adopt)
    draft = read_draft(course, name)
    spec, handed_out = draft.assignment.spec, draft.assignment.source.files
    refuse_faults(course, draft)
    book = to_notebook(
        draft.long, name, course.figures(name), handed_out, draft.text, draft.drivers
    )
    source = placed(source_of(book, name, handed_out), draft.long)
    files = student_files(course, spec, source)
    # In the course itself, so that the finished folder can be renamed into place.
    with tempfile.TemporaryDirectory(prefix="release-", dir=course.root) as folder:
        released = blank(Path(folder), name, book, files)
        check_stubs(spec, source, released)
        refuse_solutions(
            draft.assignment.source,
            {path.name: path.read_bytes() for path in released.iterdir()},
            spec.exercises,
        )
        refuse_unfair_marks(Assignment(spec, source, draft.assignment.exercises), released)
        return _install(course, name, book, released, spec.points)


def _take_edits(course: Course, name: str, points: Mapping[str, float], adopt: bool) -> None:
    """Stop on a notebook edited by hand, or write its edits back to the lesson.

    There are two: the assignment's own, and its copy in nbgrader's source folder, which formgrader
    opens.
    """
    lesson, remedy = course.lesson(name), "delete it: it is made anew"
    both = (course.solution_notebook(name), course.source_notebook(name))
    found = {path: read_notebook(path, remedy) for path in both if path.exists()}
    held = {path: book for path, book in found.items() if edited(book)}
    if not held:
        return
    path, book = next(iter(held.items()))
    if not all(same_cells(book, other) for other in held.values()):
        raise UsageError(
            f"{' and '.join(map(str, held))} were both edited: delete the one whose edits you drop"
        )
    if not adopt:
        raise UsageError(f"{path} was edited by hand, and {lesson.name} lacks the edits: {ADOPT}")
    before = lesson.read_text(encoding="utf-8") if lesson.exists() else ""
    if before and text_changed(book, before):
        raise UsageError(
            f"{lesson} and {path.name} were both edited since the last release: delete the "
            "notebook to drop its edits, or undo the lesson's (git) and adopt the notebook's first"
        )
    made = to_text(book, course.figures(name))
    # Headers stay as short or as long as their author writes them.
    long = before and expand(before, points) == before
    write_beside(lesson, (made if long else shorten(made, points)).encode())


def student_files(course: Course, spec: Spec, source: Source) -> dict[str, bytes]:
    """Return the files beside the notebook: those of ``files=``, the check and its references."""
    committed = course.assignments / spec.name / REFERENCES
    before = committed.read_bytes() if committed.exists() else None
    arrays = build_references(spec, source, before=from_bytes(before) if before else None)
    files = {name: stamp(data, name, course.place(spec, name)) for name, data in source.files}
    files[SELFCHECK] = selfcheck_text().encode()
    files[REFERENCES] = file_bytes(arrays, before)
    return files


def stamp(data: bytes, name: str, place: str) -> bytes:
    """Say in a copied module's first line what it is derived from; data stay as they are."""
    if not name.endswith(".py"):
        return data
    return f"# derived from {place} by `make release`; edit that file\n".encode() + data


def blank(folder: Path, name: str, book: NotebookNode, files: Mapping[str, bytes]) -> Path:
    """Let nbgrader blank the notebook in a course of its own; return the released folder."""
    course = Course(folder)
    source = course.source / name
    source.mkdir(parents=True)
    nbformat.write(book, source / f"{name}.ipynb")
    for file, data in files.items():
        (source / file).write_bytes(data)
    outcome = nbgrader_api(course).generate_assignment(name)
    if not outcome["success"]:
        log = str(outcome.get("log") or "").splitlines()
        why = next((line for line in log if line.startswith("[ERROR]")), "no reason")
        why = why.removeprefix("[ERROR]").strip()
        raise UsageError(f"nbgrader could not release {name} ({why}): mend its lesson.py")
    return course.assignments / name


def _install(
    course: Course, name: str, book: NotebookNode, released: Path, points: float
) -> Released:
    """Rename the released folder into place; write the notebook, and nbgrader's source folder."""
    target = course.assignments / name
    # Files alone: whoever tried the notebook in place has left compiled code there.
    found = target.iterdir() if target.is_dir() else ()
    before = {path.name: path.read_bytes() for path in found if path.is_file()}
    after = {path.name: path.read_bytes() for path in released.iterdir()}
    text = nbformat.writes(book)
    write_beside(course.solution_notebook(name), (text + "\n").encode())
    if before != after:
        target.parent.mkdir(exist_ok=True)
        # Renamed aside, and back when that fails: a live course never loses a file.
        old = released.with_name(f"{name}.before")
        if target.exists():
            target.rename(old)
        try:
            released.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    write_source(course, name, over_edits=True)
    changed = sorted(file for file in {*before, *after} if before.get(file) != after.get(file))
    return Released(target, tuple(sorted(after)), tuple(changed), points)
