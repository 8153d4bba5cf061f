"""Go on behind an import of what is not installed here, with placeholders for what it binds.

Only after a ModuleNotFoundError has left a cell, and never in ``sys.modules``: code that tries an
import and has something else at hand goes its own way.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

MOST_LEFT_OUT = 20  # statements of a cell
ASKED = ("__version__", "__file__", "__path__")  # of a module, by a student
Place = tuple[int, int]  # a line, from 1 on, and a column of it
TOP = (0, 0)
DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
LISTS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
OF_THEIR_OWN = (*DEFINES, ast.Lambda, *LISTS)  # what is named within is not the notebook's


class Absent:
    """A placeholder for a module, or a part of one; it fails by the module's name when used."""

    def __init__(self, module: str) -> None:
        self.__module = module

    def __repr__(self) -> str:
        return f"<{self.__module} is not installed here>"

    def __getattr__(self, name: str) -> Any:
        # Whoever shows or copies it asks for names with a line in front first.
        if name.startswith("_") and name not in ASKED:
            raise AttributeError(name)
        self.__fail()

    def __fail(self, *_: object, **__: object) -> NoReturn:
        raise ModuleNotFoundError(f"No module named {self.__module!r}", name=self.__module)

    __call__ = __getitem__ = __setitem__ = __contains__ = __len__ = __iter__ = __next__ = __fail
    __enter__ = __exit__ = __bool__ = __int__ = __float__ = __index__ = __neg__ = __abs__ = __fail
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = __fail
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __fail
    __pow__ = __rpow__ = __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __fail
    __lt__ = __le__ = __gt__ = __ge__ = __fail
    __mro_entries__ = __instancecheck__ = __subclasscheck__ = __fail  # as a base, as a type


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
    if annotations := _annotations_at(ended, place):
        told = lines[ended.lineno - 1].strip()
        return Rest(_without(source, annotations), f"the annotations of {told}", {})
    kept = _other_imports(ended, module, place)
    line, column = _end(ended)
    # Columns count bytes.
    beside = lines[line - 1].encode()[column:].decode().lstrip().removeprefix(";").lstrip()
    first = "; ".join(filter(None, (kept, beside)))
    behind = "\n".join([*[""] * (line - 1), first, *lines[line:]])
    left_out = " ".join((ast.get_source_segment(source, ended) or "").split("\n")[0].split())
    names = {name: Absent(module) for name in _bound(ended, place)}
    if kept:
        found = set(_bound(ast.parse(kept), TOP))
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


def _annotations_at(statement: ast.stmt, place: Place) -> list[ast.expr]:
    """Return the annotations of a definition or a variable if the place is in one of them."""
    found: list[ast.expr | None] = []
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        listed = (node for node in ast.walk(statement.args) if isinstance(node, ast.arg))
        found = [statement.returns, *(node.annotation for node in listed)]
    elif isinstance(statement, ast.AnnAssign):
        found = [statement.annotation]
    these = [each for each in found if each is not None]
    within = any((e.lineno, e.col_offset) <= place < _end(e) for e in these)
    return these if within else []


def _without(source: str, expressions: list[ast.expr]) -> str:
    """Write None where the expressions are; lines stay."""
    lines = [line.encode() for line in source.split("\n")]
    for each in sorted(expressions, key=lambda e: (e.lineno, e.col_offset), reverse=True):
        line, column = _end(each)
        rest = lines[line - 1][column:]
        nothing = b"(None" + b"\n" * (line - each.lineno) + b")"
        made = lines[each.lineno - 1][: each.col_offset] + nothing + rest
        lines[each.lineno - 1 : line] = made.split(b"\n")
    return b"\n".join(lines).decode()


def _other_imports(statement: ast.stmt, module: str, place: Place) -> str:
    """Return the imports of other modules in the statement that imports an absent one."""
    lacking, others = False, list[ast.stmt]()
    for node in _run_from(statement, place):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == module:
            lacking = True
        elif isinstance(node, ast.ImportFrom):
            others.append(node)
        elif isinstance(node, ast.Import):
            found = [alias for alias in node.names if alias.name.partition(".")[0] != module]
            lacking = lacking or len(found) < len(node.names)
            others += [ast.Import(found)] if found else []
    return "; ".join(map(ast.unparse, others)) if lacking else ""


def _bound(statement: ast.AST, place: Place) -> Iterator[str]:
    """Yield the names that a statement would have bound in the notebook from a place on."""
    for node in _run_from(statement, place):
        if isinstance(node, DEFINES):
            yield node.name
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        if isinstance(node, ast.alias) and node.name != "*":
            yield (node.asname or node.name).partition(".")[0]


def _run_from(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """Yield what is run in the notebook's own names, but for what a block has done before."""
    if isinstance(node, ast.stmt) and _end(node) <= place:
        return
    yield node
    if not isinstance(node, OF_THEIR_OWN):
        for child in ast.iter_child_nodes(node):
            yield from _run_from(child, place)
