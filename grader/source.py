"""Read a source notebook: its cells by role, and the reference functions from its answers."""

from __future__ import annotations

import ast
import hashlib
import re
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import UsageError
from grader.files import read_text

if TYPE_CHECKING:
    from nbformat import NotebookNode

MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")
LESSON = "lesson"
LONGEST = 10_000  # characters: Python's parser takes minutes for a megabyte of some code
LINE_END = re.compile(r"\r\n?|\n")  # Python's own
MAGIC = re.compile(r"^([ \t]*)[!%].*$", re.M)


@dataclass(frozen=True)
class SourceCell:
    """One cell of the source notebook.

    ``role`` is ``answer`` (students write it), ``check`` (graded by tests), ``written`` (marked by
    hand), ``lesson`` (not run when grading), ``example`` (other code) or ``text``.
    """

    id: str
    role: str
    source: str
    points: float = 0.0

    @property
    def function(self) -> str | None:
        """Name of the function that the cell defines last at its top level, if any."""
        return defined_function(self.source)


@lru_cache(maxsize=1024)
def defined_function(source: str) -> str | None:
    """Return the last top-level function name in ``source``, None if it has none or won't parse."""
    tree = parsed(source)
    if not isinstance(tree, ast.Module):
        return None
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return names[-1] if names else None


def definitions(source: str) -> str:
    """Return ``source`` up to its last definition or import, without what only uses them.

    Empty when nothing follows that, and when it does not parse. Line numbers stay.
    """
    tree = parsed(source)
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    body = tree.body if isinstance(tree, ast.Module) else []
    last = max((at for at, node in enumerate(body) if isinstance(node, kinds)), default=None)
    if last is None or last == len(body) - 1:
        return ""
    return "\n".join(LINE_END.split(source)[: body[last].end_lineno])


def parsed(source: str) -> ast.Module | SyntaxError | None:
    """Parse a cell without running it; the error, or None, when it does not parse or is too long.

    Lines for the shell and magics stand for ``pass``, as in the sandbox, where they do nothing.
    """
    if len(source) > LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student's "\\d" is no news for the instructor
            return _without_magics(source)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        return None


def _without_magics(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        plain = MAGIC.sub(r"\1pass", source)
        if plain == source:
            raise
        return ast.parse(plain)


@dataclass(frozen=True)
class Source:
    """A source notebook, read once; ``sha256`` changes whenever a cell does."""

    name: str
    cells: tuple[SourceCell, ...]
    modules: tuple[tuple[str, str], ...]  # file name and text of what the cells import
    sha256: str

    def answer(self, function: str) -> SourceCell:
        """The cell in which ``function`` is to be written; raises KeyError if there is none."""
        for cell in self.cells:
            if cell.role == "answer" and cell.id == function:
                return cell
        raise KeyError(function)

    def function_source(self, function: str) -> str:
        """The solution's source of ``function`` without the BEGIN/END SOLUTION lines."""
        lines = self.answer(function).source.splitlines()
        return "\n".join(line for line in lines if line.strip() not in MARKS) + "\n"

    def namespace(self) -> dict[str, Any]:
        """Run the set-up and answer cells and return what they define."""
        scope: dict[str, Any] = {"__name__": f"solution_of_{self.name}"}
        with importable(self.modules):
            for cell in self.cells:
                if cell.role == "answer" or cell.id == "setup":
                    exec(compile(cell.source, f"<{cell.id}>", "exec"), scope)
        return scope

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The reference functions by name, from the solution's own cells."""
        scope = self.namespace()
        return {cell.id: scope[cell.id] for cell in self.cells if cell.role == "answer"}


def read_source(path: Path, modules: Sequence[tuple[str, str]]) -> Source:
    """Read the source notebook at ``path``; ``modules`` (name, text) are what its cells import.

    Raises UsageError when it is missing or unreadable.
    """
    book = read_notebook(path, "run `make release` to make it from its text")
    return source_of(book, path.stem, tuple(modules))


def read_notebook(path: Path, remedy: str) -> NotebookNode:
    """Return a notebook of the course's own; raises UsageError with the ``remedy``."""
    import nbformat  # takes seconds where all of jsonschema is installed; judges never need it

    text = read_text(path, remedy)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of ids that an editor left out
            book: NotebookNode = nbformat.reads(text, as_version=4)
    except Exception as error:
        why = str(error).partition("\n")[0][:120]
        raise UsageError(f"{path} is not a notebook ({why}): {remedy}") from None
    return book


def source_of(book: NotebookNode, name: str, modules: tuple[tuple[str, str], ...]) -> Source:
    """Sort a source notebook's cells into roles."""
    cells = tuple(
        SourceCell(_id(cell), _role(cell), cell.source, _points(cell)) for cell in book.cells
    )
    digest = hashlib.sha256(repr((cells, modules)).encode()).hexdigest()
    return Source(name, cells, modules, digest)


def _id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", ""))


def _points(cell: NotebookNode) -> float:
    return float(cell.metadata.get("nbgrader", {}).get("points") or 0.0)


def _role(cell: NotebookNode) -> str:
    about = cell.metadata.get("nbgrader", {})
    if about.get("grade"):
        return "written" if about.get("solution") else "check"
    if cell.cell_type != "code":
        return "text"
    if about.get("solution"):
        return "answer"
    return LESSON if LESSON in cell.metadata.get("tags", []) else "example"


@contextmanager
def importable(modules: Sequence[tuple[str, str]]) -> Iterator[None]:
    """Make ``modules`` (file name, text) and an inert ``selfcheck`` importable for a while."""
    inert = types.ModuleType("selfcheck")
    for name in ("check", "summary"):
        setattr(inert, name, lambda *_: None)
    made = {"selfcheck": inert}
    for file, text in modules:
        if file == "selfcheck.py":
            continue
        module = types.ModuleType(file.removesuffix(".py"))
        exec(compile(text, file, "exec"), module.__dict__)
        made[module.__name__] = module
    before = {name: sys.modules.get(name) for name in made}
    sys.modules.update(made)
    try:
        yield
    finally:
        for name, module_ in before.items():
            if module_ is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module_
