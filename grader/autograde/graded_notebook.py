"""Make the autograded notebook: a student's cells, what they printed, and the judge's outputs.

Rendered by formgrader with the instructor's rights, so nothing active of the student's survives:
outputs are text and rebuilt PNG, as the pictures of an answer are, and HTML in the student's
markdown is escaped.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.source import LESSON, cell_id, check_cell
from grader.html.pictures import with_pictures
from grader.intake.submission import PlannedCell, Submission
from grader.sandbox import CellResult
from grader.verdict import ExerciseResult, Verdict

TAG = re.compile(r"<(?=[A-Za-z/!?])")
# A link or an image, or the definition of one, that does not lead to the web or within the page.
LINK = re.compile(r"\](?=\((?!https?://|mailto:|#)|:(?!\s*https?://))", re.IGNORECASE)
IMAGE = re.compile(r"!(?=\[)")
HEADING_MARK = re.compile(r"(?<!&)#{1,6}[ \t]*|^[ \t>]*(?=(?:=+|-+)[ \t]*$)", re.MULTILINE)
MOST_MARKDOWN = 19_000  # characters of one cell: nbconvert takes minutes for more of some text
NOTHING = "\u200b"  # a space of no width: what it parts is no longer taken for markup
LOCKED = ("example", "check", LESSON)
Cell = dict[str, Any]


@cache
def _released(text: str) -> dict[str, Any]:
    book: dict[str, Any] = json.loads(text)
    return book


@cache
def released_cells(text: str) -> dict[str, Cell]:
    """Return the released notebook's cells by grade id or cell id, from its JSON text."""
    cells: dict[str, Cell] = {}
    for cell in _released(text)["cells"]:
        cells[cell_id(cell)] = cell
    return cells


def graded_notebook(
    released: str,
    submission: Submission,
    verdict: Verdict,
    outputs: Mapping[str, CellResult],
) -> str:
    """Return the notebook's JSON text; ``released`` is that of the released notebook."""
    known = released_cells(released)
    results = {check_cell(exercise.name): exercise for exercise in verdict.exercises}
    cells: list[Cell] = []
    used: set[str] = set()
    for planned in submission.cells:
        original = known.get(planned.id, {})
        name = planned.id if planned.id not in used else f"own-{len(cells)}"
        used.add(name)
        cells.append(_cell(planned, original, name, results.get(planned.id), outputs))
    book = {**_released(released), "cells": cells, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book) + "\n"  # with an indent it would take ten times as long


def _cell(
    planned: PlannedCell,
    original: Cell,
    name: str,
    result: ExerciseResult | None,
    outputs: Mapping[str, CellResult],
) -> Cell:
    kind = original.get("cell_type") or ("markdown" if planned.role == "text" else "code")
    stub = "".join(original.get("source", ""))
    source = planned.source or (stub if planned.role == "written" else "")
    if planned.role in LOCKED and original:
        source = stub  # the source's own text could hold a hidden test
    if kind == "markdown" and source != stub:
        source = escape_markup(source)
    cell: Cell = {"cell_type": kind, "id": name, "metadata": original.get("metadata", {})}
    cell["source"] = source
    if planned.pictures and kind == "markdown":
        return with_pictures(cell, planned.pictures)
    if kind == "code":
        ran = outputs.get(planned.id)
        cell["execution_count"] = ran.execution_count if ran else None
        cell["outputs"] = check_outputs(result) if result else list(ran.outputs) if ran else []
    return cell


def escape_markup(markdown: str) -> str:
    """Take out what could act when the instructor opens it; the text still reads the same.

    HTML; links that run script; images, which are links instead: one that is not there stops
    nbconvert, one that is elsewhere is fetched in the instructor's name, cookies and all (those of
    an answer in words were taken out before, and are shown rebuilt); and
    headings whose ids would be those of formgrader's own fields for marks and comments.
    """
    if len(markdown) > MOST_MARKDOWN:
        markdown = (
            markdown[:MOST_MARKDOWN] + "\n\n(cut here: the rest is in the submitted notebook)"
        )
    plain = HEADING_MARK.sub(lambda found: found[0] + NOTHING, TAG.sub("&lt;", markdown))
    return LINK.sub("]" + NOTHING, IMAGE.sub("!" + NOTHING, plain))


def check_outputs(result: ExerciseResult) -> list[Cell]:
    """Return a check cell's outputs: the points as a number, then the error if there is one."""
    points: Cell = {
        "output_type": "execute_result",
        "execution_count": None,
        "metadata": {},
        # Of a bonus nbgrader takes no more than the cell's 0 points: they are its extra credit.
        "data": {"text/plain": repr(0.0 if result.bonus else float(result.points))},
    }
    if result.outcome == "passed":
        return [points]
    text = result.message or result.outcome
    error = {
        "output_type": "error",
        "ename": result.outcome,
        "evalue": text.splitlines()[0],
        "traceback": text.splitlines(),
    }
    # nbgrader goes by the first that it meets: a number is partial credit, an error is no credit.
    return [points, error]


def answers(assignment: Assignment, submission: Submission | None, released: str) -> dict[str, str]:
    """Return for each cell that is marked by hand a digest of the answer; empty where it is none.

    The same answer has the same digest, its pictures included.
    """
    stubs = released_cells(released)
    planned = {cell.id: cell for cell in submission.cells} if submission else {}
    found = {}
    for cell in assignment.source.cells:
        if cell.role == "written":
            mine = planned.get(cell.id)
            text = mine.source.strip() if mine else ""
            stub = "".join(stubs.get(cell.id, {}).get("source", "")).strip()
            said = repr((text, mine.pictures if mine else ()))
            digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
            found[cell.id] = "" if text in ("", stub) else digest
    return found
