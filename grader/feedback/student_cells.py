"""Show a student's own cells for reading: code line by line, printed text, plots as PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.assignment.source import cell_id, is_check_cell
from grader.html.pictures import PNG_BASE64
from grader.plain_text import plain

MOST_PRINTED = 20_000  # characters of printed text that are shown for a cell
MOST_CODE = 100_000  # characters of code that are shown for a cell
MOST_IMAGES = 4_000_000  # characters of images, in base64, on one page
CUT_HERE = "\n[… the rest is not shown here]"


@dataclass(frozen=True)
class Shown:
    """A shown cell: code (empty for one of the assignment's own), what it printed and drew."""

    id: str
    own: bool
    code: tuple[str, ...] = ()
    text: str = ""
    images: tuple[str, ...] = ()


def shown_cells(
    cells: Sequence[Mapping[str, Any]], exercises: Sequence[str], locked: Mapping[str, str]
) -> dict[str, list[Shown]]:
    """Sort an autograded notebook's code cells by the exercise that they follow ("" before any).

    ``locked`` are the released cells by id; of these only outputs are shown. Check cells and cells
    with nothing to show are left out.
    """
    found: dict[str, list[Shown]] = {name: [] for name in ("", *exercises)}
    current, left = "", MOST_IMAGES
    for cell in cells:
        name = cell_id(cell)
        if cell.get("cell_type") != "code" or is_check_cell(name):
            continue
        current = name if name in found else current
        item = _shown(cell, name, name in exercises or name not in locked, left)
        left -= sum(map(len, item.images))
        if item.text or item.images or any(line.strip() for line in item.code):
            found[current].append(item)
    return found


def _shown(cell: Mapping[str, Any], name: str, own: bool, left: int) -> Shown:
    texts: list[str] = []
    images: list[str] = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        image = "".join(data.get("image/png", "")).replace("\n", "")
        if image and PNG_BASE64.fullmatch(image) and len(image) <= left:
            left -= len(image)
            images.append(f"data:image/png;base64,{image}")
        elif image:
            texts.append("[a plot that is too large to be shown here]\n")
        else:
            texts.append(_text(output))
    code = tuple(plain(_cut(_joined(cell.get("source")), MOST_CODE)).splitlines()) if own else ()
    return Shown(name, own, code, plain(_cut("".join(texts), MOST_PRINTED)).rstrip(), tuple(images))


def _text(output: Mapping[str, Any]) -> str:
    """Return what an output says in plain text; an error is its last lines, which name it."""
    if output.get("output_type") == "stream":
        return _joined(output.get("text"))
    if output.get("output_type") == "error":
        return f"{output.get('ename', '')}: {output.get('evalue', '')}\n"
    return _joined(output.get("data", {}).get("text/plain")) + "\n"


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, str | list) else ""


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + CUT_HERE
