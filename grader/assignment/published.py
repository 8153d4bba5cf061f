"""Know which names an exercise's published text has: those that a message may say."""

from __future__ import annotations

import ast
import re

from grader.assignment.source import Source, check_cell

WORD = re.compile(r"[A-Za-z_]\w*")
CODE = re.compile(r"`([^`]+)`")


def published_names(source: Source, exercise: str) -> frozenset[str]:
    """Return the words that stand as code in an exercise's own section, and in its docstring."""
    words: set[str] = set(WORD.findall(_head(source.function_source(exercise))))
    for text in _section(source, exercise):
        for code in CODE.findall(text):
            words.update(WORD.findall(code))
    return frozenset(words)


def _section(source: Source, exercise: str) -> list[str]:
    """Return the texts between the check before an exercise and its own."""
    found: list[str] = []
    for cell in source.cells:
        if cell.role == "check":
            if cell.id == check_cell(exercise):
                return found
            found = []
        elif cell.role == "text":
            found.append(cell.source)
    return found


def _head(text: str) -> str:
    """Return a definition's docstring and the names of its arguments."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            arguments = " ".join(a.arg for a in ast.walk(node) if isinstance(a, ast.arg))
            return f"{arguments} {ast.get_docstring(node) or ''}"
    return ""
