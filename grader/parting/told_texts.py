"""Read the texts in which a run tells operands that are no arrays, and run none of them."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any


class ToldText:
    """An operand that is no array."""

    def __init__(self, text: str) -> None:
        self.text = text


def plain_operand(operand: Any) -> Any:
    """Return an operand as it was: an array, a number, or what else its text says."""
    return _literal(operand.text) if isinstance(operand, ToldText) else operand


@lru_cache(maxsize=1024)
def _literal(told: str) -> Any:
    """Return the number or the constant that a text says, or the text."""
    text = told
    for kind in ("np.int64(", "np.float64(", "np.intp("):
        text = text.removeprefix(kind).rstrip(")") if text.startswith(kind) else text
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return told


@lru_cache(maxsize=1024)
def index_of_text(text: str) -> Any:
    """Return the index that a text tells."""
    text = text.replace("np.int64(", "(")
    inside = text.strip()
    if ":" in inside:
        inside = inside.replace(":", "slice(None, None, None)")
    return _indexed(ast.parse(inside, mode="eval").body)


def _indexed(node: ast.expr) -> Any:
    if isinstance(node, ast.Tuple):
        return tuple(map(_indexed, node.elts))
    if isinstance(node, ast.List):
        return list(map(_indexed, node.elts))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "slice":
        return slice(*map(_indexed, node.args))
    if isinstance(node, ast.Name) and node.id == "Ellipsis":
        return Ellipsis
    return ast.literal_eval(node)


@lru_cache(maxsize=1024)
def parsed_text(text: str) -> ast.AST | None:
    """Return the expression or the statement that a text is, None where it is neither."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    node = body[0] if len(body) == 1 else None
    return node.value if isinstance(node, ast.Expr) else node
