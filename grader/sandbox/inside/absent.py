"""Go on behind an import of what is not installed here, with placeholders for what it binds.

Only after a ModuleNotFoundError has left a cell, and never in ``sys.modules``: code that tries an
import and has something else at hand goes its own way.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

MOST_LEFT_OUT = 20  # statements of a cell
Place = tuple[int, int]  # a line, from 1 on, and a column of it
DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Absent:
    """A placeholder for a module, or a part of one; it fails by the module's name when used."""

    def __init__(self, module: str) -> None:
        self.__module = module

    def __repr__(self) -> str:
        return f"<{self.__module} is not installed here>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # whoever shows or copies it asks for these first
            raise AttributeError(name)
        self.__fail()

    def __fail(self, *_: object, **__: object) -> NoReturn:
        raise ModuleNotFoundError(f"No module named {self.__module!r}", name=self.__module)

    __call__ = __getitem__ = __iter__ = __enter__ = __bool__ = __fail
    __add__ = __radd__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = __fail


class Rest(NamedTuple):
    """The rest of a cell: what to run still, what was left out, the names that stand for it."""

    source: str
    left_out: str
    names: dict[str, Absent]


def rest_of(source: str, error: BaseException | None, place: Place | None) -> Rest | None:
    """Return what is to be run behind the statement that an absent module has ended.

    ``source`` is plain Python, ``place`` that in it which the error came from. None where it was
    another error, and where there is no such statement. Line numbers stay.
    """
    if not isinstance(error, ModuleNotFoundError) or place is None:
        return None
    ended = next((s for s in ast.parse(source).body if _begin(s) <= place < _end(s)), None)
    if ended is None:
        return None
    module = str(error.name or "").partition(".")[0]
    lines = source.split("\n")
    if decorator := _decorator_at(ended, place):  # without it the definition may go on
        top, bottom = decorator.lineno - 1, decorator.end_lineno or decorator.lineno
        above = [*[""] * (_begin(ended)[0] - 1), *lines[_begin(ended)[0] - 1 : top]]
        behind = "\n".join([*above, *[""] * (bottom - top), *lines[bottom:]])
        return Rest(behind, lines[top].strip(), {})
    kept = _other_imports(ended, module)
    line, column = _end(ended)
    # Columns count bytes.
    beside = lines[line - 1].encode()[column:].decode().lstrip().removeprefix(";").lstrip()
    first = "; ".join(filter(None, (kept, beside)))
    behind = "\n".join([*[""] * (line - 1), first, *lines[line:]])
    left_out = " ".join((ast.get_source_segment(source, ended) or "").split("\n")[0].split())
    names = {name: Absent(module) for name in _bound(ended)}
    if kept:
        found = set(_bound(ast.parse(kept)))
        names = {name: absent for name, absent in names.items() if name not in found}
    return Rest(behind, left_out, names)


def _decorator_at(statement: ast.stmt, place: Place) -> ast.expr | None:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    here = (d for d in decorators if (d.lineno, 0) <= place <= _end(d))
    return next(here, None)


def _begin(statement: ast.stmt) -> Place:
    decorators = getattr(statement, "decorator_list", [])
    return min([(statement.lineno, statement.col_offset), *((d.lineno, 0) for d in decorators)])


def _end(statement: ast.stmt | ast.expr) -> Place:
    return statement.end_lineno or statement.lineno, statement.end_col_offset or 0


def _other_imports(statement: ast.stmt, module: str) -> str:
    """Return the imports of other modules on the line that imports an absent one."""
    if not isinstance(statement, ast.Import):
        return ""
    others = [alias for alias in statement.names if alias.name.partition(".")[0] != module]
    lacking = len(others) < len(statement.names)
    return ast.unparse(ast.Import(others)) if others and lacking else ""


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement would have bound in the notebook."""
    if isinstance(node, DEFINES):
        yield node.name
        return
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if isinstance(node, ast.alias) and node.name != "*":
        yield (node.asname or node.name).partition(".")[0]
    for child in ast.iter_child_nodes(node):
        yield from _bound(child)
