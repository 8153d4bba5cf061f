"""Read whatever a student could hand in, to the notebook that is graded in its place."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import nbformat

from grader.assignment.python_cells import LINE_END, definitions_only
from grader.autograde.graded_notebook import (
    IMAGE,
    LINK,
    MOST_MARKDOWN,
    TAG,
    escape_markup,
    graded_notebook,
)
from grader.intake.match import plan
from grader.intake.read import RawCell, UnreadableSubmission, parse_notebook
from grader.intake.submission import Submission
from grader.verdict import ExerciseResult, Verdict
from tests.fuzz.target import Change
from tests.kit.toy import NAME, WRITTEN, assignment, released_text

MODULES = (
    "grader.assignment.python_cells",
    "grader.autograde.graded_notebook",
    "grader.html.pictures",
    "grader.intake.match",
    "grader.intake.pictures",
    "grader.intake.read",
    "grader.intake.written",
)
LONGEST = 1 << 15
NAMES = ("leak", "remember")
LONGEST_REASON = 250
MOST_REPEATED = 1000  # times that a text is put after itself
GROWS = 5  # "<" becomes "&lt;", and one sign may get a space of no width besides
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**400, "", "é", "\ud800", "\r", "\0", [], {}, [""]),
    *("code", "markdown", "raw", "heading", "leak", "remember", "setup", "check_leak", WRITTEN),
    *("def leak(x):\n    pass", "class leak:", "!ls", "<script>", "![a](b)", "# a\n===", "own-1"),
    *("![a](attachment:a)", {"a": {"image/png": "QQ=="}}, "YOUR ANSWER HERE", "## In words"),
)
KEYS = ("cells", "cell_type", "source", "metadata", "nbgrader", "grade_id", "id", "outputs")
KEYS += ("attachments", "image/png", "a")


@functools.cache
def _locked() -> dict[str, str]:
    """The code that is not the students', by its cell's id."""
    roles = ("example", "check", "lesson")
    return {c.id: c.source for c in assignment().source.cells if c.role in roles}


@functools.cache
def _verdict() -> Verdict:
    done = tuple(
        ExerciseResult(exercise.name, "missing", 0.0, exercise.points, note="x")
        for exercise in assignment().spec.exercises
    )
    most = sum(exercise.max_points for exercise in done)
    return Verdict(None, NAME, NAME, "graded", 0.0, most, done)


def run(data: bytes) -> None:
    """A notebook is unreadable, and a line says why, or all that is graded is there once."""
    try:
        raw = parse_notebook(data)
        found = plan(raw, assignment().source)
    except UnreadableSubmission as error:
        assert len(str(error)) <= LONGEST_REASON and str(error).isprintable(), str(error)
        return
    _whole(found, raw)
    book = json.loads(graded_notebook(released_text(), found, _verdict(), {}))
    nbformat.validate(book)
    for cell in raw:
        _escaped(cell.source)
        definitions = definitions_only(cell.source)
        begin = "\n".join(LINE_END.split(cell.source))
        assert begin.startswith(definitions), "not the beginning of what was handed in"


def _whole(found: Submission, raw: list[RawCell]) -> None:
    """Each graded cell stands there once, with the text that it should have."""
    ids = [cell.id for cell in found.cells]
    assert len(set(ids)) == len(ids), "two cells with one id"
    assert {*_locked(), WRITTEN} <= set(ids), "a graded cell is gone"
    texts = {cell.source for cell in raw}
    for cell in found.cells:
        if cell.id in _locked():
            assert cell.source == _locked()[cell.id], "a locked cell is not the source's"
        elif cell.role in ("answer", "extra"):
            assert cell.source in texts, "code that nobody handed in"
    runs = "\n".join(cell.source for cell in found.cells if cell.role in ("answer", "extra"))
    for name in {cell.function for cell in raw if cell.kind == "code"} & set(NAMES):
        assert re.search(rf"^(def|class)\s+{name}\b", runs, re.MULTILINE), f"{name} is lost"
    taken = any("a new cell" in line for line in found.mended)  # and joined in the answer's cell
    assert taken or len(found.cells) >= len(raw)
    found.sha256.encode()
    "".join(found.mended).encode()


def _escaped(text: str) -> None:
    """What is shown of a text does nothing, and is not much longer."""
    shown = escape_markup(text)
    assert len(shown) <= GROWS * min(len(text), MOST_MARKDOWN) + 100
    assert not TAG.search(shown) and not IMAGE.search(shown) and not LINK.search(shown), shown


def mutate(data: bytes, rng: Random, change: Change) -> bytes:
    """Change bytes, or a value of the notebook, or the text of one of its cells."""
    if rng.randrange(8) == 0:
        return change(data)
    try:
        book = json.loads(data)
    except (ValueError, RecursionError):
        return change(data)
    made = _changed(book, rng, [*_values(book)], change)
    return json.dumps(made, ensure_ascii=bool(rng.randrange(2))).encode("utf-8", "surrogatepass")


def _values(tree: Any) -> Iterator[Any]:
    yield tree
    if isinstance(tree, dict | list):
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from _values(value)


def _changed(tree: Any, rng: Random, others: list[Any], change: Change) -> Any:
    """Go down to one value by chance, and change it, or put another one there."""
    what = rng.randrange(8)
    if isinstance(tree, str) and what == 3:
        return (tree * (1 + rng.randrange(MOST_REPEATED)))[:LONGEST]
    if isinstance(tree, str) and what > 3:
        return change(tree.encode("utf-8", "replace")).decode("utf-8", "replace")
    if what == 0 or not isinstance(tree, dict | list):
        pool = (ODD, others)[rng.randrange(2)]
        return pool[rng.randrange(len(pool))]
    if isinstance(tree, dict):
        keys = [*tree, KEYS[rng.randrange(len(KEYS))]]
        key = keys[rng.randrange(len(keys))]
        if what == 1:
            return {name: value for name, value in tree.items() if name != key}
        return {**tree, key: _changed(tree.get(key), rng, others, change)}
    place = rng.randrange(len(tree) + 1)
    items = [*tree]
    if what == 1:
        del items[place : place + 1]
    elif what == 2 and items:
        items.insert(place, items[rng.randrange(len(items))])
    else:
        old = tree[place] if place < len(tree) else None
        items[place : place + 1] = [_changed(old, rng, others, change)]
    return items
