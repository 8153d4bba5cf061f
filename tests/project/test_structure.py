"""The shape of the code, where the contracts of `make lint` do not reach."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import Course

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "grader"
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
ROOMS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
STANDARD = sys.stdlib_module_names
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 40
MEDIAN_OF_FUNCTIONS = 8


@functools.cache
def tree(module: str) -> ast.Module:
    """A module, parsed."""
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def imports(module: str) -> set[str]:
    """What a module imports by full name, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    return found


def test_what_students_get_needs_nothing_but_numpy() -> None:
    """What is copied into selfcheck.py imports the standard library, NumPy and its own parts."""
    from grader.release.selfcheck_file import PARTS

    own = {part.__name__ for part in PARTS}
    for module in own:
        for name in imports(module):
            if name.split(".")[0] == "grader":
                assert name in own, (module, name)
            else:
                assert name.split(".")[0] in {*STANDARD, "numpy", "IPython"}, (module, name)


def test_a_judge_process_starts_without_the_libraries_of_notebooks() -> None:
    """Each of a class's processes imports these anew: seconds that every run would wait for."""
    imported = "grader.autograde.judge_child, grader.autograde.judging, grader.authoring"
    code = f"import sys, {imported}; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heavy = {"nbformat", "jsonschema", "nbgrader", "IPython", "matplotlib", "distributed"}
    assert not heavy & {name.split(".")[0] for name in ran.stdout.split()}


def test_only_the_command_line_knows_the_command_line() -> None:
    """click stays in cli/: nothing else prints for it."""
    users = [m for m in FILES if any(name.split(".")[0] == "click" for name in imports(m))]
    assert users and all(module.startswith("grader.cli.") for module in users)


def test_pickle_is_nowhere() -> None:
    """Plain data only: no module imports pickle or what loads it."""
    for module in FILES:
        assert not imports(module) & {"pickle", "cloudpickle", "dill", "joblib", "shelve"}, module
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert ast.unparse(node.value) == "False", module


CONTENT = sorted((ROOT / "solutions").rglob("*.py"))
MODULES = [path for path in CONTENT if path.name != "lesson.py" and path.parent.name != "files"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_assignment_reaches_the_engine_by_one_door(path: Path) -> None:
    """Its modules import each other by a dot, Python's own library, NumPy and grader.authoring."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            allowed = name == "grader.authoring" or name.split(".")[0] in {*STANDARD, "numpy"}
            assert allowed, name


def test_the_engine_names_no_assignment() -> None:
    """No file of the package holds an assignment's name, a function's or a handed-out file's."""
    course = Course(ROOT)
    names = set(course.names())
    for name in course.names():
        spec = course.spec(name)
        names |= {*spec.files, *(exercise.name for exercise in spec.exercises)}
        names |= {file.removesuffix(".py") for file in spec.files}
        # What is taken for one another, but for what is NumPy's and everybody's.
        names |= {other for other in spec.lookalikes if "." not in other}
    assert len(names) > 10
    word = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b")
    for path in PACKAGE.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            assert not word.search(path.read_text(encoding="utf-8")), path


def functions() -> list[tuple[str, str, int]]:
    """Every function with the number of its lines, docstring and decorators left out."""
    found = []
    for module in FILES:
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                found.append((module, node.name, lines))
    return found


def test_functions_are_short() -> None:
    """No function is longer than a screen, and half of them are a few lines."""
    lengths = functions()
    assert [f for f in lengths if f[2] > MOST_LINES_OF_A_FUNCTION] == []
    middle = sorted(f[2] for f in lengths)[len(lengths) // 2]
    assert middle <= MEDIAN_OF_FUNCTIONS


def test_files_are_read_in_one_sitting() -> None:
    """No file is longer than about eight screens, and each begins with what it is for."""
    for module, path in FILES.items():
        assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES, module
        assert ast.get_docstring(tree(module)), f"{module} does not say what it is for"


def test_the_readme_maps_the_rooms() -> None:
    """Each folder's first sentence stands in the README's table, and no other folder does."""
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## The way through")[2]
    told = dict(re.findall(r"^\| `(\w+)/` \| (.*) \|$", table, re.M))
    docstrings = {room: ast.get_docstring(tree(f"grader.{room}")) or "" for room in ROOMS}
    assert told == {room: text.splitlines()[0] for room, text in docstrings.items()}


def test_tests_lie_where_their_rooms_lie() -> None:
    """A folder of tests is named after a room, or holds what no room can be asked about alone."""
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/__init__.py")}
    assert folders <= ROOMS | {"kit", "content", "project", "hostile", "fuzz"}


def public_names() -> dict[str, set[str]]:
    """Classes and functions that a module gives to others, each with the modules that do.

    But for the words in which authors describe: those are a language of their own.
    """
    found: dict[str, set[str]] = {}
    for module in FILES:
        if not module.startswith(("grader.cli", "grader.sandbox.inside", "grader.authoring")):
            for node in tree(module).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_":
                    found.setdefault(node.name, set()).add(module)
    return found


def test_a_public_name_stands_for_one_thing() -> None:
    """No class or function of one module is called like that of another."""
    assert {name: where for name, where in public_names().items() if len(where) > 1} == {}
