"""Turn the assignment's text into a notebook, and an edited notebook back into text.

One way by default: ``solutions/<a>/lesson.py`` (jupytext percent format) becomes
``solutions/<a>/<a>.ipynb`` with cell ids, figures inlined and the examples' output filled in. Each
of the three can be undone, which is what ``release --adopt`` does.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from grader.assignment.derived import mark_derived
from grader.assignment.example_calls import EXAMPLE_CELL
from grader.assignment.importable import importable, run_cell
from grader.assignment.lesson_text import lesson_cells
from grader.assignment.places import in_lesson
from grader.assignment.source import LESSON
from grader.comparison.drivers import driven
from grader.errors import UsageError

BANNER = (
    "<!-- derived from solutions/{}/lesson.py by `make release`; edit that file, not this one -->\n"
)
STAMPED = re.compile(r"\A<!-- derived from solutions/.* -->\n?")
FIGURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(figures/(?P<file>[\w.-]+\.svg)\)")
INLINED = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<uri>data:image/svg\+xml;base64,[A-Za-z0-9+/=]+)\)")
EXPECTED = re.compile(r"^<!-- expected: (?P<cell>\w+) -->$", re.M)
FILLED = re.compile(r"^(?P<mark><!-- expected: \w+ -->)\n```text\n.*?\n```$", re.M | re.S)
MAY_RAISE = "raises-exception"
FOLDED = {"source_hidden": True}
NO_DRIVERS: Mapping[str, str] = MappingProxyType({})
HEADING = re.compile(r"^#+ +(?P<words>.+)$", re.M)


def to_notebook(
    text: str,
    name: str,
    figures: Path,
    files: tuple[tuple[str, bytes], ...],
    written: str = "",
    drivers: Mapping[str, str] = NO_DRIVERS,
) -> NotebookNode:
    """Return the source notebook that ``text`` (percent format) describes.

    ``written`` is the text as its author wrote it, where that has short headers; ``drivers`` are
    those of the exercises that have one.

    Raises UsageError when the text is not percent format, a cell's header cannot be read, a figure
    is missing or an example fails.
    """
    try:
        book: NotebookNode = jupytext.reads(text, fmt="py:percent")
    except Exception as error:  # its header is YAML, its cells' metadata are JSON
        why = str(error).partition("\n")[0][:120]
        raise UsageError(
            f"solutions/{name}/lesson.py cannot be read ({why}): mend its header"
        ) from None
    lines = _lines(text, book)
    for cell, line in zip(book.cells, lines, strict=True):
        wrong = cell.metadata.get("incorrectly_encoded_metadata")
        if wrong:  # jupytext goes on without it, and a cell would lose its points or its lock
            place = in_lesson(name, line)
            raise UsageError(f"{place}: a cell header that is no JSON: {wrong[:120]}")
    if not any(cell.cell_type == "code" for cell in book.cells):
        raise UsageError(
            f"solutions/{name}/lesson.py has no code cells: is it jupytext's percent format?"
        )
    _name_cells(book, name, lines)
    outputs = example_outputs(book, name, lines, files, drivers)
    for cell, line in zip(book.cells, lines, strict=True):
        if cell.cell_type == "markdown":
            cell.source = _filled_in(cell.source, name, line, figures, outputs)
    if book.cells[0].cell_type != "markdown":
        book.cells.insert(0, nbformat.v4.new_markdown_cell(id="derived"))
    book.cells[0].source = BANNER.format(name) + book.cells[0].source
    for cell in book.cells:
        _set_for_running(cell)
    book.metadata = NotebookNode(
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={"name": "python"},
    )
    book.nbformat, book.nbformat_minor = 4, 5
    mark_derived(book, written or text)
    return book


def _lines(text: str, book: NotebookNode) -> list[int]:
    """Return the line at which each cell's header stands; 0s where cells begin in another way."""
    lines = [cell.line for cell in lesson_cells(text)]
    return lines if len(lines) == len(book.cells) else [0] * len(book.cells)


def _filled_in(source: str, name: str, line: int, figures: Path, outputs: Mapping[str, str]) -> str:
    """Return a text cell with its figures and with what examples print."""

    def place(found: re.Match[str]) -> str:
        above = found.string.count("\n", 0, found.start())
        return in_lesson(name, line + 1 + above if line else 0)

    with_figures = FIGURE.sub(lambda found: _inline(found, figures, place(found)), source)
    return EXPECTED.sub(lambda found: _fill(found, outputs, place(found)), with_figures)


def to_text(book: NotebookNode, figures: Path) -> str:
    """Return ``book`` as percent text: banner, inlined figures and filled-in outputs undone."""
    masters = {_uri(path.read_bytes()): path.name for path in sorted(figures.glob("*.svg"))}
    plain = nbformat.from_dict(json.loads(json.dumps(book)))
    plain.cells[0].source = STAMPED.sub("", plain.cells[0].source)
    if not plain.cells[0].source:
        del plain.cells[0]
    for cell in plain.cells:
        cell.source = FILLED.sub(lambda found: found["mark"], cell.source)
        cell.source = INLINED.sub(lambda found: _outline(found, masters), cell.source)
        cell.pop("id", None)
        _unset_for_running(cell)
    plain.metadata = NotebookNode(
        kernelspec=book.metadata["kernelspec"],
        jupytext={"text_representation": {"extension": ".py", "format_name": "percent"}},
    )
    return without_version(jupytext.writes(plain, fmt="py:percent"))


def without_version(text: str) -> str:
    """Drop the lines in which jupytext notes its own version."""
    drop = re.compile(r"^#\s+(jupytext_version|format_version): .*\n", re.M)
    return drop.sub("", text)


def example_outputs(
    book: NotebookNode,
    name: str,
    lines: Sequence[int],
    files: tuple[tuple[str, bytes], ...],
    drivers: Mapping[str, str],
) -> Mapping[str, str]:
    """Run the code cells up to each named example and return what each one prints, by cell id."""
    scope: dict[str, Any] = {"__name__": "__main__"}
    outputs = {}

    def drive(exercise: str, *arguments: Any) -> Any:
        return driven(drivers[exercise], scope)(*arguments)

    with importable(files, drive):
        for cell, line in zip(book.cells, lines, strict=True):
            if cell.cell_type != "code" or LESSON in cell.metadata.get("tags", []):
                continue
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                run_cell(name, cell.id, cell.source, line and line + 1, scope)
            outputs[cell.id] = printed.getvalue().rstrip()
    return outputs


def _name_cells(book: NotebookNode, lesson: str, lines: Sequence[int]) -> None:
    """Give every cell an id: its grade id, or the heading it stands under and its position.

    Raises UsageError when two cells have the same grade id.
    """
    heading, place, used = "start", 0, set[str]()
    for cell, line in zip(book.cells, lines, strict=True):
        found = HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            words = re.sub(r"[^a-z0-9]+", "-", found["words"].lower()).strip("-")
            heading, place = words[:40], 0
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in used:
            why = f"two cells have the grade id {name!r}: give one of them another"
            raise UsageError(f"{in_lesson(lesson, line)}: {why}")
        if not name:
            name = f"{heading}-{place}"
            while name in used:
                place += 1
                name = f"{heading}-{place}"
            place += 1
        used.add(name)
        cell["id"] = name[:64]  # the most that nbformat allows


def _set_for_running(cell: NotebookNode) -> None:
    """Let Run All go on behind an example of an empty function, and fold given code that closes.

    The tag is Jupyter's own for cells that may raise; what is folded opens by a click.
    """
    if LESSON in cell.metadata.get("tags", []):
        cell.metadata["jupyter"] = dict(FOLDED)
    elif cell.cell_type == "code" and cell.id.startswith(EXAMPLE_CELL):
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), MAY_RAISE]


def _unset_for_running(cell: NotebookNode) -> None:
    if cell.metadata.get("jupyter") == FOLDED:
        del cell.metadata["jupyter"]
    tags = [tag for tag in cell.metadata.pop("tags", []) if tag != MAY_RAISE]
    if tags:
        cell.metadata["tags"] = tags


def _uri(svg: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


def _inline(found: re.Match[str], figures: Path, place: str) -> str:
    path = figures / found["file"]
    if not path.exists():
        raise UsageError(f"{place}: the text shows {found['file']}, but {path} is missing")
    return f"![{found['alt']}]({_uri(path.read_bytes())})"


def _outline(found: re.Match[str], masters: Mapping[str, str]) -> str:
    name = masters.get(found["uri"])
    if name is None:
        raise UsageError(
            "the notebook holds a figure that has no master: "
            f"save it in the assignment's figures/ first ({found['alt'][:60]!r})"
        )
    return f"![{found['alt']}](figures/{name})"


def _fill(found: re.Match[str], outputs: Mapping[str, str], place: str) -> str:
    if found["cell"] not in outputs:
        why = f"the text expects the output of {found['cell']!r}: no such code cell"
        raise UsageError(f"{place}: {why}")
    return f"{found[0]}\n```text\n{outputs[found['cell']]}\n```"
