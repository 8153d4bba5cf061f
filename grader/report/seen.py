"""Say what was seen in a piece of code, and where."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

Place = tuple[int, int]  # a cell's number and a line in it, counted from 1


@dataclass(frozen=True)
class Seen:
    """A thing that was seen, in words that follow a student's name, and the lines that show it."""

    what: str
    places: tuple[Place, ...]

    @classmethod
    def of(cls, what: str, places: Iterable[Sequence[int]]) -> Seen:
        """Return a thing seen, from JSON data."""
        return cls(what, tuple((cell, line) for cell, line in places))


def listed(words: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def last_name(called: ast.expr) -> str:
    """Return the last word of what is called, ``append`` of ``tape.append``; may be empty."""
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


@lru_cache(maxsize=512)  # the signs that are looked for go over the same functions
def parts(node: ast.AST) -> tuple[ast.AST, ...]:
    """Return a piece of code and all of its parts."""
    return tuple(ast.walk(node))


def words_in(node: ast.AST) -> set[str]:
    """Return all names in a piece of code."""
    return {part.id for part in parts(node) if isinstance(part, ast.Name)}


def local_functions(node: ast.AST) -> dict[str, ast.AST]:
    """Return the functions that are defined inside of ``node``, by the names that they get."""
    found: dict[str, ast.AST] = {}
    for inner in parts(node):
        if isinstance(inner, ast.FunctionDef) and inner is not node:
            found[inner.name] = inner
        elif isinstance(inner, ast.Assign) and isinstance(inner.value, ast.Lambda):
            found |= {t.id: inner.value for t in inner.targets if isinstance(t, ast.Name)}
    return found
