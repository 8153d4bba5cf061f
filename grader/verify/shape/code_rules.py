"""Hold a lesson's code to being short, to running everywhere, and to saying what is wanted."""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator
from itertools import pairwise

from grader.assignment.python_cells import parsed
from grader.assignment.source import LESSON
from grader.comparison.layout import INPUTS
from grader.verify.shape.lesson import LessonText, blanked, solution_of

MOST_LINES, MEDIAN_LINES = 30, 12  # of code cells
MOST_STUB_LINES = 25
MOST_CODE = 2.0  # code cells for each text cell
PROMISED = re.compile(r"about (?P<lines>\d+) lines?\b")
NEAR = 2  # lines between what is promised and what the solution takes
ONE_FRONT_END = re.compile(r"^\s*[%!]|get_ipython|ipywidgets|\bIPython\b|\binput\(", re.M)
ONE_MACHINE = re.compile(r"file://|/home/|/content/|[A-Z]:\\\\")
GLOBAL_RANDOM = re.compile(r"np\.random\.(?!default_rng|Generator)\w+")
IMPORTED = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.M)
ANYWHERE = {"numpy", "matplotlib", "selfcheck"}


def short_cells(lesson: LessonText) -> Iterator[str]:
    """A code cell fits a screen, and most are much shorter."""
    lengths = {cell: len(blanked(cell.source).splitlines()) for cell in lesson.codes}
    for cell, lines in lengths.items():
        if lines > MOST_LINES:
            yield f"{lesson.at(cell)}: {lines} lines, of {MOST_LINES}"
    if lengths and statistics.median(lengths.values()) > MEDIAN_LINES:
        yield f"half of the code cells have more than {MEDIAN_LINES} lines"


def text_beside_code(lesson: LessonText) -> Iterator[str]:
    """Somebody says in words what is done: a text cell for every two of code, or more."""
    if len(lesson.codes) > MOST_CODE * len(lesson.texts):
        yield f"{len(lesson.texts)} cells of text stand beside {len(lesson.codes)} of code"


def any_front_end(lesson: LessonText) -> Iterator[str]:
    """Jupyter, VS Code, Colab, a browser: no widget, magic, shell line or path of one machine."""
    for cell in (*lesson.codes, *lesson.texts):
        found = ONE_MACHINE.search(cell.source)
        if found is None and cell in lesson.codes:
            found = ONE_FRONT_END.search(cell.source)
        if found:
            yield f"{lesson.at(cell, found.start())}: {found[0].strip()!r} is not there everywhere"


def imports_handed_out(lesson: LessonText) -> Iterator[str]:
    """What is imported is Python's own, NumPy's, or lies beside the notebook."""
    own = {name.removesuffix(".py") for name, _ in lesson.source.files}
    known = ANYWHERE | own | set(sys.stdlib_module_names)
    for cell in lesson.codes:
        for found in IMPORTED.finditer(cell.source):
            if found[1] not in known:
                yield f"{lesson.at(cell, found.start())}: {found[1]} is not installed everywhere"


def own_generator(lesson: LessonText) -> Iterator[str]:
    """Only examples and the set-up may draw from NumPy's global generator."""
    for cell in lesson.codes:
        found = GLOBAL_RANDOM.search(cell.source)
        if found and (cell.role == LESSON or cell.role in ("answer", "check")):
            yield f"{lesson.at(cell, found.start())}: {found[0]} draws from everybody's generator"


def one_function_an_answer(lesson: LessonText) -> Iterator[str]:
    """An answer's cell holds one function or class, and nothing else."""
    for exercise, cell in lesson.answers:
        tree = parsed(cell.source)
        body = tree.body if isinstance(tree, ast.Module) else []
        if [getattr(node, "name", "") for node in body] != [exercise.name]:
            yield f"{lesson.at(cell)}: more than {exercise.name} stands there"


def stub_says(lesson: LessonText) -> Iterator[str]:
    """What students get names every argument and result, and the shapes that are checked."""
    for exercise, cell in lesson.answers:
        stub = blanked(cell.source)
        if len(stub.splitlines()) > MOST_STUB_LINES:
            yield f"{lesson.at(cell)}: a stub of more than {MOST_STUB_LINES} lines"
        text = _docstring(stub)
        if not text:
            yield f"{lesson.at(cell)}: {exercise.name} has no docstring"
        if exercise.drive is not None or exercise.sealed:
            continue
        names = dict.fromkeys([*exercise.arguments, *exercise.returns])
        shapes = (c.shape for c in exercise.checks if c.shape and c.name != INPUTS)
        for wanted in (*names, *dict.fromkeys(shapes)):
            if not re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text):
                yield f"{lesson.at(cell)}: the docstring does not say {wanted}"


def _docstring(source: str) -> str:
    tree = parsed(source)
    for node in tree.body if isinstance(tree, ast.Module) else []:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            return ast.get_docstring(node) or ""
    return ""


def promised_length(lesson: LessonText) -> Iterator[str]:
    """What is promised, "about 3 lines", is near what the solution takes."""
    for _, cell in lesson.answers:
        found = PROMISED.search(cell.source)
        lines = len([line for line in solution_of(cell.source) if line.strip()])
        if found and abs(int(found["lines"]) - lines) > NEAR:
            yield f"{lesson.at(cell)}: {found[0]} are promised, and the solution has {lines}"


def words_above_answers(lesson: LessonText) -> Iterator[str]:
    """Text stands above every answer: what the function is for."""
    cells = lesson.source.cells
    for before, cell in pairwise(cells):
        if cell.role == "answer" and before.role != "text":
            yield f"{lesson.at(cell)}: no text stands above {cell.id}"
