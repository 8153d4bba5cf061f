"""Parse a cell of Python without running it: what it defines, and where its definitions end."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache

LONGEST_PARSED = 10_000  # characters: Python's parser takes minutes for a megabyte of some code
LINE_END = re.compile(r"\r\n?|\n")  # Python's own
MAGIC = re.compile(r"^([ \t]*)[!%].*$", re.M)


@lru_cache(maxsize=1024)
def defined_function(source: str) -> str | None:
    """Return the last top-level function in ``source``, or class where there is no function.

    None where there is neither, and where it does not parse.
    """
    tree = parsed(source)
    if not isinstance(tree, ast.Module):
        return None
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    names = names or [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    return names[-1] if names else None


def definitions_only(source: str) -> str:
    """Return ``source`` up to its last definition or import, without what only uses them.

    Empty when nothing follows that, and when it does not parse. Line numbers stay.
    """
    tree = parsed(source)
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    body = tree.body if isinstance(tree, ast.Module) else []
    last = max((at for at, node in enumerate(body) if isinstance(node, kinds)), default=None)
    if last is None or last == len(body) - 1:
        return ""
    return "\n".join(LINE_END.split(source)[: body[last].end_lineno])


def parsed(source: str) -> ast.Module | SyntaxError | None:
    """Parse a cell without running it; the error, or None, when it does not parse or is too long.

    Lines for the shell and magics stand for ``pass``, as in the sandbox, where they do nothing.
    """
    if len(source) > LONGEST_PARSED:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student's "\\d" is no news for the instructor
            return _without_magics(source)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        return None


def plain_code(source: str) -> str:
    """Return a cell's code with `pass` in the place of lines for the shell; empty if it is none.

    Line numbers stay.
    """
    if not isinstance(parsed(source), ast.Module):
        return ""
    try:
        ast.parse(source)
    except SyntaxError:
        return MAGIC.sub(r"\1pass", source)
    return source


def _without_magics(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        plain = MAGIC.sub(r"\1pass", source)
        if plain == source:
            raise
        return ast.parse(plain)
