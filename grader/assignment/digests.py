"""Digest what marks depend on: a verdict is stale when one of these changes, and only then."""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

from grader.assignment.modules import Texts
from grader.assignment.source import LESSON, Source

# The rooms through which a submission goes until it has its marks.
JUDGING = ("assignment", "authoring", "comparison", "intake", "judge", "sandbox")
RUN = ("answer", "example")


def source_digest(source: Source, exercises: Texts) -> str:
    """Digest an assignment: the cells that run, checks with their points, files and exercises.

    What students read between the cells, the closing section, a model answer, and comments in the
    exercises' files are not in it.
    """
    cells = [
        (cell.id, cell.role, cell.points, cell.source if cell.role in RUN else "")
        for cell in source.cells
        if cell.role not in ("text", LESSON)
    ]
    code = [(name, _code(text)) for name, text in exercises]
    return _sha256((repr(cells).encode(), repr(source.files).encode(), repr(code).encode()))


@functools.cache
def judge_digest() -> str:
    """Digest the engine's own judging rooms, as they are installed here."""
    engine = Path(__file__).parents[1]
    files = sorted(path for room in JUDGING for path in (engine / room).rglob("*.py"))
    named = ((str(path.relative_to(engine)).encode(), path.read_bytes()) for path in files)
    return _sha256(part for pair in named for part in pair)


@functools.lru_cache(maxsize=64)
def _code(text: str) -> str:
    """Return a module without comments, layout and docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            node.body[: ast.get_docstring(node) is not None] = []
            node.body.append(ast.Pass())
    return ast.unparse(tree)


def _sha256(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:".encode() + part)
    return digest.hexdigest()
