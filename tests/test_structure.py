"""The shape of the code: which way its arrows point, and how much stands in one place."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "grader"
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 40
MEDIAN_OF_FUNCTIONS = 8


@functools.cache
def tree(module: str) -> ast.Module:
    """A module, parsed."""
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def statements(node: ast.AST, types: bool) -> Iterator[ast.AST]:
    """Every statement; with ``types`` those as well that only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if not types and isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from statements(child, types)


@functools.cache
def imports(module: str, types: bool = False) -> frozenset[str]:
    """What a module imports, by full name; for the package's own, modules and not their names."""
    package = module if FILES[module].name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in statements(tree(module), types):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1])
            source = ".".join(filter(None, (base if node.level else "", node.module or "")))
            found |= {
                name if (name := f"{source}.{alias.name}") in FILES else source
                for alias in node.names
            }
    return frozenset(found)


def reaches(module: str) -> set[str]:
    """The package's own modules that importing this one brings in, however indirectly."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        for name in imports(waiting.pop()):
            if name in FILES and name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


INSIDE = [module for module in FILES if module.startswith("grader.sandbox.inside")]


@pytest.mark.parametrize("module", INSIDE)
def test_what_runs_beside_student_code_imports_nothing_of_the_kit(module: str) -> None:
    """Nothing under sandbox/inside imports grader, but for its own neighbours."""
    own = {name for name in imports(module) if name.split(".")[0] == "grader"}
    assert own <= set(INSIDE)
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom):
            assert node.level < 2, ast.unparse(node)


@pytest.mark.parametrize("module", ["grader.feedback", "grader.report", "grader.studentpage"])
def test_pages_know_no_references_and_no_cases(module: str) -> None:
    """What is written for students is made from verdicts alone."""
    if module not in FILES:
        pytest.skip(f"there is no {module}")
    known = imports(module)
    for never in ("grader.references", "grader.exercises", "grader.judge", "grader.attempt"):
        assert not any(name == never or name.startswith(never + ".") for name in known), never


@pytest.mark.parametrize("module", ["grader.judge", "grader.attempt", "grader.diagnose"])
def test_the_judge_knows_no_files_and_no_gradebook(module: str) -> None:
    """Cells go in, a verdict comes out: no path, no course, no database, not even indirectly."""
    for never in ("pathlib", "os", "shutil", "tempfile", "sqlalchemy", "nbgrader"):
        assert never not in {name.split(".")[0] for name in imports(module)}
    known = reaches(module)
    for never in ("autograde", "gradebook", "course", "release", "feedback", "notebook", "cli"):
        assert f"grader.{never}" not in known, never


def test_the_comparison_needs_nothing_but_numpy() -> None:
    """What is copied into selfcheck.py imports the standard library, NumPy and its own parts."""
    from grader.release import PARTS

    own = {part.__name__ for part in PARTS}
    for module in own:
        for name in imports(module):
            if name.split(".")[0] == "grader":
                assert name in own, (module, name)
            else:
                assert name.split(".")[0] in {*STANDARD, "numpy", "IPython"}, (module, name)


STANDARD = set(__import__("sys").stdlib_module_names)


def test_no_module_imports_itself_in_a_circle() -> None:
    """Arrows point one way, those that wait inside a function and those for types as well."""
    graph = {module: {n for n in imports(module, True) if n in FILES} for module in FILES}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path, module))
        if module not in done:
            for name in graph[module] - {module}:
                visit(name, (*path, module))
            done.add(module)

    for module in FILES:
        visit(module, ())


def test_a_judge_process_starts_without_the_libraries_of_notebooks() -> None:
    """Each of a class's processes imports these anew: seconds that every run would wait for."""
    code = "import sys, grader.pool; print(*{name.split('.')[0] for name in sys.modules})"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"nbformat", "jsonschema", "nbgrader", "IPython", "matplotlib", "distributed"} & set(
        ran.stdout.split()
    )


def test_only_the_command_line_knows_the_command_line() -> None:
    """click stays in cli.py; nothing else prints for it or imports it."""
    users = [m for m in FILES if any(name.split(".")[0] == "click" for name in imports(m))]
    assert users == ["grader.cli"]
    importers = [m for m in FILES if "grader.cli" in imports(m)]
    assert importers == ["grader.__main__"]


def test_pickle_is_nowhere() -> None:
    """Plain data only: no module imports pickle or what loads it."""
    for module in FILES:
        assert not imports(module) & {"pickle", "cloudpickle", "dill", "joblib", "shelve"}, module
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert ast.unparse(node.value) == "False", module


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


@pytest.mark.parametrize("module", FILES)
def test_a_file_is_read_in_one_sitting(module: str) -> None:
    """No file is longer than about eight screens, and each begins with what it is for."""
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    assert ast.get_docstring(tree(module)), f"{module} does not say what it is for"
