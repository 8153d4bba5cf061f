"""Read a source notebook: its cells by role, and the reference functions from its answers."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.assignment.importable import code_of, importable
from grader.errors import UsageError
from grader.files.atomic import read_text

if TYPE_CHECKING:
    from nbformat import NotebookNode

SOLUTION_MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")
LESSON = "lesson"  # the tag of cells that are not run when grading
CHECK_CELL = "check_"  # what the id of an exercise's check begins with
WRITTEN_CELL = "written_"  # and that of a question that is marked by hand


@dataclass(frozen=True)
class SourceCell:
    """One cell of the source notebook.

    ``role`` is ``answer`` (students write it), ``check`` (graded by tests), ``written`` (marked by
    hand), ``lesson`` (not run when grading), ``example`` (other code) or ``text``. ``line`` is that
    of its first line in the lesson's text, 0 where only the notebook was read.
    """

    id: str
    role: str
    source: str
    points: float = 0.0
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Source:
    """A source notebook, read once."""

    name: str
    cells: tuple[SourceCell, ...]
    files: tuple[tuple[str, bytes], ...]  # name and content of what the cells import and read

    def answer(self, function: str) -> SourceCell:
        """Return the cell where ``function`` is to be written; raises KeyError if there is none."""
        for cell in self.cells:
            if cell.role == "answer" and cell.id == function:
                return cell
        raise KeyError(function)

    def function_source(self, function: str) -> str:
        """Return the solution's source of ``function`` without the BEGIN/END SOLUTION lines."""
        lines = self.answer(function).source.splitlines()
        return "\n".join(line for line in lines if line.strip() not in SOLUTION_MARKERS) + "\n"

    def namespace(self) -> dict[str, Any]:
        """Run the set-up and answer cells and return what they define."""
        scope: dict[str, Any] = {"__name__": f"solution_of_{self.name}"}
        with importable(self.files):
            for cell in self.cells:
                if cell.role == "answer" or cell.id == "setup":
                    exec(code_of(self.name, cell.id, cell.source, cell.line), scope)
        return scope

    def functions(self, scope: Mapping[str, Any] | None = None) -> dict[str, Callable[..., Any]]:
        """Return the reference functions by name, from the cells or a ``scope`` made of them."""
        scope = self.namespace() if scope is None else scope
        return {cell.id: scope[cell.id] for cell in self.cells if cell.role == "answer"}


def read_source(path: Path, files: Sequence[tuple[str, bytes]]) -> Source:
    """Read the notebook at ``path``; ``files`` (name, content) are what its cells use.

    Raises UsageError when it is missing or unreadable.
    """
    book = read_notebook(path, "run `make release` to make it from its text")
    return source_of(book, path.stem, tuple(files))


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


def source_of(book: NotebookNode, name: str, files: tuple[tuple[str, bytes], ...]) -> Source:
    """Sort a source notebook's cells into roles."""
    cells = tuple(
        SourceCell(cell_id(cell), _role(cell), cell.source, cell_points(cell))
        for cell in book.cells
    )
    return Source(name, cells, files)


def cell_id(cell: Mapping[str, Any]) -> str:
    """Return a notebook cell's grade id, or its own id where it has none."""
    return str(cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") or cell.get("id", ""))


def check_cell(exercise: str) -> str:
    """Return the id of the cell that checks an exercise."""
    return CHECK_CELL + exercise


def is_check_cell(name: str) -> bool:
    """Tell whether a cell's id is that of a check."""
    return name.startswith(CHECK_CELL)


def cell_points(cell: NotebookNode) -> float:
    """Return what a notebook's cell is worth; 0 where nothing is said."""
    return float(cell.metadata.get("nbgrader", {}).get("points") or 0.0)


def _role(cell: NotebookNode) -> str:
    about, tags = cell.metadata.get("nbgrader", {}), cell.metadata.get("tags", [])
    return cell_role(about, cell.cell_type, tags)


def cell_role(about: Mapping[str, Any], cell_type: str, tags: Sequence[str]) -> str:
    """Tell a cell's role by nbgrader's metadata, its type and its tags."""
    if about.get("grade"):
        return "written" if about.get("solution") else "check"
    if cell_type != "code":
        return "text"
    if about.get("solution"):
        return "answer"
    return LESSON if LESSON in tags else "example"
