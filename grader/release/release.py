"""Release an assignment: from its lesson to the folder that students get.

text → source notebook → references → nbgrader's blanking in a course of its own → checked →
renamed into place. Nothing of the live course is touched before everything has succeeded.
"""

from __future__ import annotations

import json
import math
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.assignment.calling import completed, driver_of
from grader.assignment.derived import edited, same_cells, text_changed
from grader.assignment.example_calls import EXAMPLE_CELL
from grader.assignment.python_cells import defined_function
from grader.assignment.source import WRITTEN_CELL, Source, check_cell, read_notebook, source_of
from grader.assignment.spec import REFERENCES, SELFCHECK, Spec
from grader.comparison.stub import STUB
from grader.course import Course
from grader.errors import UsageError
from grader.files.atomic import read_text, write_beside
from grader.gradebook.config import nbgrader_api
from grader.gradebook.source_folder import ADOPT, write_source
from grader.release.cell_headers import expand, shorten
from grader.release.percent_text import to_notebook, to_text
from grader.release.references import build_references, from_bytes, keep_committed, to_bytes
from grader.release.selfcheck_file import selfcheck_text


@dataclass(frozen=True)
class Released:
    """A result of a release: the files' names, and which of them are not as they were before."""

    folder: Path
    files: tuple[str, ...]
    changed: tuple[str, ...]


def release(course: Course, name: str, adopt: bool = False) -> Released:
    """Make ``assignments/<name>/`` and the notebook with the solutions from the lesson.

    With ``adopt`` edits made in a notebook are first written back to the lesson. Raises UsageError
    when the lesson does not make a notebook, when a notebook holds edits that the lesson lacks, and
    when a released file would hold solution text.
    """
    spec = course.spec(name)
    points = {exercise.name: exercise.counted for exercise in spec.exercises}
    _take_edits(course, name, points, adopt)
    handed_out = course.files(spec)
    text = read_text(course.lesson(name), "write the assignment's text there")
    for exercise in spec.exercises:
        if exercise.sealed and f"<!-- expected: {EXAMPLE_CELL}{exercise.name} -->" in text:
            raise UsageError(
                f"the answer to {exercise.name} would be shown below its example: take the line "
                f"'<!-- expected: {EXAMPLE_CELL}{exercise.name} -->' away"
            )
    texts = {e.name: driver_of(e) for e in spec.exercises if e.drive is not None}
    book = to_notebook(expand(text, points), name, course.figures(name), handed_out, text, texts)
    source = source_of(book, name, handed_out)
    check_agreement(spec, source)
    spec = completed(spec, source)
    files = student_files(course, spec, source)
    # In the course itself, so that the finished folder can be renamed into place.
    with tempfile.TemporaryDirectory(prefix="release-", dir=course.root) as folder:
        released = blank(Path(folder), name, book, files)
        check_stubs(spec, released)
        refuse_solutions(source, {path.name: path.read_bytes() for path in released.iterdir()})
        return _install(course, name, book, released)


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


def check_agreement(spec: Spec, source: Source) -> None:
    """Raise UsageError unless the specification and the notebook agree.

    They must agree in exercises, solution marks, checks and points, those of rubrics included.
    """
    answers = [cell.id for cell in source.cells if cell.role == "answer"]
    wanted = [exercise.name for exercise in spec.exercises]
    if answers != wanted:
        raise UsageError(f"the notebook's answer cells are {answers}, the exercises {wanted}")
    for cell in source.cells:
        # Without its BEGIN mark a cell would be released as a bare raise, without its `def` line.
        if cell.role == "answer" and not re.fullmatch("(BE)+", _marks(cell.source)):
            raise UsageError(
                f"cell {cell.id} has no pair of marks '### BEGIN SOLUTION' and '### END SOLUTION', "
                "or one mark without the other: put them around the solution's lines"
            )
    checks = {cell.id: cell.points for cell in source.cells if cell.role == "check"}
    for exercise in spec.exercises:
        points = checks.get(check_cell(exercise.name))
        if points != exercise.counted:
            worth = "a bonus has 0 there" if exercise.bonus else f"its checks {exercise.points:g}"
            raise UsageError(f"cell {check_cell(exercise.name)} says {points} points, {worth}")
    _refuse_other_rubrics(spec, source)


def _refuse_other_rubrics(spec: Spec, source: Source) -> None:
    worth = {
        cell.id.removeprefix(WRITTEN_CELL): cell.points
        for cell in source.cells
        if cell.role == "written" and cell.id.startswith(WRITTEN_CELL)
    }
    for name, items in spec.rubrics.items():
        if name not in worth:
            known = ", ".join(worth) or "none"
            raise UsageError(
                f"there is a rubric for {name!r}, and no written question of that name: name one "
                f"of the notebook's ({known}), or take the rubric out"
            )
        total = float(sum(items.values()))
        if not math.isclose(total, worth[name]):
            raise UsageError(
                f"the rubric of {name!r} adds up to {total:g} points and its question has "
                f"{worth[name]:g}: change an item, or the points in the question's header"
            )


def _marks(source: str) -> str:
    """Return the solution marks of a cell in their order: B where one begins, E where it ends."""
    return "".join(found[0] for found in re.findall(r"(BEGIN|END) SOLUTION", source))


def student_files(course: Course, spec: Spec, source: Source) -> dict[str, bytes]:
    """Return the files beside the notebook: those of ``files=``, the check and its references."""
    arrays = build_references(spec, source)
    committed = course.assignments / spec.name / REFERENCES
    old = from_bytes(committed.read_bytes()) if committed.exists() else None
    files = {name: stamp(data, name, course.place(spec, name)) for name, data in source.files}
    files[SELFCHECK] = selfcheck_text().encode()
    files[REFERENCES] = to_bytes(keep_committed(arrays, old))
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


def check_stubs(spec: Spec, released: Path) -> None:
    """Raise UsageError unless students get every function's `def` line and a stub at its end."""
    book = json.loads((released / f"{spec.name}.ipynb").read_text(encoding="utf-8"))
    texts = {cell["id"]: "".join(cell["source"]) for cell in book["cells"]}
    for exercise in spec.exercises:
        text = texts[exercise.name]
        if defined_function(text) != exercise.name or not text.rstrip().endswith(STUB):
            raise UsageError(
                f"cell {exercise.name} would be released without its `def` line, or with lines "
                "below the stub: the solution marks go around all that students write"
            )


def refuse_solutions(source: Source, released: Mapping[str, bytes]) -> None:
    """Raise UsageError if a released file holds a line of a solution, or a hidden test."""
    secret = solution_lines(source)
    for name, data in released.items():
        text = data.decode("utf-8", errors="replace")
        if name.endswith((".ipynb", ".json")):
            # JSON escapes quotes, and a line that holds one would not be found in it.
            text = "\n".join([text, *strings(json.loads(text))])
        for line in secret:
            if line in text:
                raise UsageError(f"{name} would be released with solution text: {line!r}")
        if "HIDDEN TESTS" in text or "SOLUTION" in text:
            raise UsageError(f"{name} would be released with a solution or hidden-test mark")


def strings(tree: Any) -> Iterator[str]:
    """Yield every text in JSON data, keys included."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from strings(value)
    elif isinstance(tree, list):
        for item in tree:
            yield from strings(item)
    elif isinstance(tree, str):
        yield tree


def solution_lines(source: Source) -> list[str]:
    """Return the lines of solutions and model answers that say something.

    Those have 20 characters or more.
    """
    lines: list[str] = []
    for cell in source.cells:
        inside = cell.role == "written"
        for line in cell.source.splitlines():
            if "BEGIN SOLUTION" in line or "END SOLUTION" in line:
                inside = "BEGIN" in line
            elif inside and len(line.strip()) >= 20:
                lines.append(line.strip())
    return lines


def _install(course: Course, name: str, book: NotebookNode, released: Path) -> Released:
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
    return Released(target, tuple(sorted(after)), tuple(changed))
