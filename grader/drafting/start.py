"""``grader new``: lay out an assignment that releases as it is, and add exercises to one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.assignment.lesson_text import MARKER, LessonCell, lesson_cells
from grader.assignment.modules import EXERCISES
from grader.course import Course
from grader.drafting.scaffold import exercise_texts, first_texts
from grader.drafting.signature import Signature, read_signature
from grader.errors import UsageError
from grader.files.atomic import read_text, write_beside

NAME = re.compile(r"[a-z][a-z0-9_]*")
TAG = re.compile(r"\\tag\{")
NEEDED = ("array", "edit")  # of grader.authoring, in what is written here
DOOR = "grader.authoring"
LONGEST_LINE = 100


@dataclass(frozen=True)
class Written:
    """What was written: each file, and whether it is new."""

    files: tuple[tuple[Path, bool], ...]


def new_assignment(course: Course, name: str) -> Written:
    """Write a new assignment with an example of an exercise.

    Raises UsageError for a name that cannot be one, and where there is something of that name.
    """
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name an assignment: small letters, digits and _")
    folder = course.folder(name)
    if folder.exists():
        raise UsageError(
            f'{folder} is there already: add an exercise with --exercise "f(x) -> y", or choose '
            "another name"
        )
    lesson, exercises = first_texts(name)
    folder.mkdir(parents=True)
    paths = course.lesson(name), folder / f"{EXERCISES}.py"
    for path, text in zip(paths, (lesson, exercises), strict=True):
        write_beside(path, text.encode())
    return Written(tuple((path, True) for path in paths))


def new_exercise(course: Course, name: str, signature: str) -> Written:
    """Add an exercise behind those that an assignment has: its cells, and its description.

    Raises UsageError where there is none, for what is no signature, for an exercise that there is,
    and where the exercises are described in a way that nothing can be added to.
    """
    if not course.folder(name).is_dir():
        raise UsageError(f"there is no {name} yet: `grader new {name}` lays it out")
    wanted = read_signature(signature)
    known = [exercise.name for exercise in course.spec(name).exercises]
    if wanted.name in known:
        raise UsageError(f"{name} has an exercise {wanted.name!r} already: {', '.join(known)}")
    lesson = course.lesson(name)
    text = read_text(lesson, "write the assignment's text there")
    at = _behind_the_exercises(text)
    cells, description = exercise_texts(wanted, len(known) + 1, len(TAG.findall(text[:at])) + 1)
    changed = _described(course.folder(name), wanted, description)
    write_beside(lesson, (text[:at] + cells + "\n" + text[at:]).encode())
    written = [(lesson, False)]
    for path, content in changed:
        written.append((path, not path.exists()))
        write_beside(path, content.encode())
    return Written(tuple(written))


def _behind_the_exercises(text: str) -> int:
    """Return where the next exercise begins: behind the last check and what is said about it."""
    starts = [found.start() for found in MARKER.finditer(text)] + [len(text)]
    cells = list(lesson_cells(text))
    last = max((at for at, cell in enumerate(cells) if _is_check(cell)), default=len(cells) - 1)
    behind = last + 1
    while behind < len(cells) and _goes_on(cells[behind]):
        behind += 1
    return starts[behind]


def _is_check(cell: LessonCell) -> bool:
    return cell.header.strip() == "check" or '"grade_id": "check_' in cell.header


def _goes_on(cell: LessonCell) -> bool:
    """Tell whether a cell belongs to the exercise above: it is text that begins nothing new."""
    begins = re.search(r"^# #{1,2} ", cell.body, re.M)
    return cell.markdown and "nbgrader" not in cell.header and not begins


def _described(folder: Path, wanted: Signature, description: str) -> Iterable[tuple[Path, str]]:
    """Return the files of exercises that change, or are new, with what they then hold."""
    one, several = folder / f"{EXERCISES}.py", folder / EXERCISES
    if one.exists():
        text = read_text(one, "write it anew")
        if "A" not in _assigned(text):
            raise UsageError(
                f"{one} makes no A of grader.authoring.Assignment: add the exercise there by hand"
            )
        return [(one, _importing(text, NEEDED).rstrip("\n") + "\n" + description)]
    package = several / "__init__.py"
    text = read_text(package, "write it anew")
    modules = sorted(several.glob("*.py"))
    homes = [path.stem for path in modules if "A" in _assigned(path.read_text("utf-8"))]
    listed = _listing(text, wanted.name)
    if not homes or listed is None:
        raise UsageError(
            f"{package} imports no exercises with `from . import ...`, or there is no A of "
            "grader.authoring.Assignment: add the exercise there by hand"
        )
    home = "." if homes[0] == "__init__" else f".{homes[0]}"
    head = f'"""Cases, points and known mistakes of ``{wanted.name}``."""\n\n'
    head += f"from {DOOR} import {', '.join(NEEDED)}\n\nfrom {home} import A\n"
    return [(several / f"{wanted.name}.py", head + description), (package, listed)]


def _assigned(text: str) -> set[str]:
    """Return the names that a module assigns."""
    names = set()
    for node in ast.parse(text).body:
        for target in node.targets if isinstance(node, ast.Assign) else ():
            names |= {each.id for each in ast.walk(target) if isinstance(each, ast.Name)}
    return names


def _importing(text: str, names: tuple[str, ...]) -> str:
    """Return a module's text that also imports some names of the authors' door."""
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.module == DOOR and not node.level:
            plain = [each.name for each in node.names if each.asname is None]
            renamed = [f"{e.name} as {e.asname}" for e in node.names if e.asname is not None]
            every = sorted({*plain, *names}, key=lambda n: (not n[0].isupper(), n)) + renamed
            line = f"from {DOOR} import {', '.join(every)}"
            if len(line) > LONGEST_LINE:
                line = f"from {DOOR} import (\n    " + ",\n    ".join(every) + ",\n)"
            lines[node.lineno - 1 : node.end_lineno] = [line]
            return "\n".join(lines) + "\n"
    return text


def _listing(text: str, name: str) -> str | None:
    """Return a package's text that also imports the module ``name``; None where it imports none."""
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.module is None and node.level == 1:
            last = (node.end_lineno or node.lineno) - 1
            if lines[last].strip() == ")":
                lines.insert(last, f"    {name},")
            else:
                lines[last] += f", {name}"
            return "\n".join(lines) + "\n"
    return None
