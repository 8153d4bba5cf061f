"""Describe an expression of a source: where it stands, what it does, what it reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")  # fields that hold statements
NAMELESS = ast.Constant | ast.expr_context | ast.operator  # nodes in which no name stands
PART = r"\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]"  # brackets, and brackets within
BASE = re.compile(rf"([A-Za-z_]\w*(?:\.(?!T\b)\w+)*)(?:{PART}|\.T)*")


def base_name(text: str) -> str:
    """Return the name that an expression takes a part of, or is; empty for any other."""
    found = BASE.fullmatch(text)
    return found[1] if found else ""


@dataclass(frozen=True)
class Expression:
    """A place: one expression of a source, what it does, and what its operands are called."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    op: str
    parts: tuple[str, ...]
    loop: int = 0  # the line of the loop around it; 0: none
    function: str = ""  # in which it stands
    names: frozenset[str] = frozenset()  # that it reads
    items: tuple[tuple[str | int, Expression], ...] = ()  # of a display, by key or place


def statements_in(tree: ast.AST) -> Iterator[ast.stmt]:
    """Yield all statements, in the order of the text."""
    for field_name, value in ast.iter_fields(tree):
        if isinstance(value, list) and field_name in BLOCKS:
            for node in value:
                if isinstance(node, ast.stmt):
                    yield node
                yield from statements_in(node)


def displayed(node: ast.AST) -> list[tuple[str | int, ast.expr]]:
    """Return the items of a display, or the keywords of a call of dict, by key or place."""
    if isinstance(node, ast.Tuple | ast.List) and not any(
        isinstance(item, ast.Starred) for item in node.elts
    ):
        return list(enumerate(node.elts))
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [(str(k.value), v) for k, v in pairs if isinstance(k, ast.Constant)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return [(keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg]
    return []
