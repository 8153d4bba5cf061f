"""Follow the names that a function of a notebook uses, by its text alone: nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.assignment.python_cells import parsed

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
HANDED_OUT = -1  # the cell of what a module beside the notebook defines


@dataclass(frozen=True)
class Definition:
    """A definition at the top level: its code, and the number of the cell that it stands in."""

    node: ast.AST
    cell: int


Definitions = Mapping[str, Definition]


def definitions_in(
    cells: Sequence[str], modules: Mapping[str, str], exercises: frozenset[str]
) -> dict[str, Definition]:
    """Return what a notebook's ``cells``, and the ``modules`` beside it, define: by name.

    The last definition of a name counts. Those of a module stand there as ``name`` and as
    ``module.name``. Numbers and arrays are left out, also those that an exercise's function gave.
    """
    found: dict[str, Definition] = {}
    for module, text in modules.items():
        for name, node in _bound(_statements(text), exercises):
            if node is not None:
                found[name] = found[f"{module}.{name}"] = Definition(node, HANDED_OUT)
    for number, text in enumerate(cells):
        for name, node in _bound(_statements(text), exercises):
            found.pop(name, None)
            if node is not None:
                found[name] = Definition(node, number)
    return found


def reach(name: str, found: Definitions, apart: frozenset[str]) -> dict[str, Definition]:
    """Return the definitions that ``name`` leads to, its own first; not by way of ``apart``."""
    reached: dict[str, Definition] = {}
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if (
            current in found
            and current not in reached
            and (current == name or current not in apart)
        ):
            reached[current] = found[current]
            waiting += [word for word, _ in used(found[current].node)]
    return reached


@lru_cache(maxsize=256)  # asked for by each exercise that leads there
def used(node: ast.AST) -> tuple[tuple[str, ast.expr], ...]:
    """Return the names, and names of a name (``a.b``), that code reads and does not bind itself."""
    return tuple(_used(node, frozenset()))


def _used(node: ast.AST, own: frozenset[str]) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, FUNCTIONS):
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        inside = own | _bound_inside(node)
        for child in ast.iter_child_nodes(node):
            yield from _used(child, inside if child in body else own)
        return
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        if node.value.id not in own:
            yield f"{node.value.id}.{node.attr}", node
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in own:
        yield node.id, node
    for child in ast.iter_child_nodes(node):
        yield from _used(child, own)


def _bound_inside(function: Function) -> frozenset[str]:
    """Return the arguments and variables of a function; what it imports is nobody's variable."""
    names = {arg.arg for arg in ast.walk(function.args) if isinstance(arg, ast.arg)}
    shared: set[str] = set()
    waiting: list[ast.AST] = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, NAMED):
            names.add(node.name)
        if isinstance(node, ast.Global):
            shared.update(node.names)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)
    return frozenset(names - shared)


@lru_cache(maxsize=256)  # most cells of a class are the same for all
def _statements(text: str) -> Sequence[ast.stmt]:
    tree = parsed(text)
    return tree.body if isinstance(tree, ast.Module) else ()


def _bound(
    statements: Iterable[ast.stmt], exercises: frozenset[str]
) -> Iterator[tuple[str, ast.AST | None]]:
    """Yield the names that statements bind at the top level; None for what holds only data."""
    for node in statements:
        if isinstance(node, NAMED):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                whole = isinstance(target, ast.Name) and node.value is not None
                held = _code(node.value, exercises) if whole and node.value is not None else None
                for word in ast.walk(target):
                    if isinstance(word, ast.Name) and isinstance(word.ctx, ast.Store):
                        yield word.id, held
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.asname:
                    yield alias.asname, ast.copy_location(ast.Name(alias.name, ast.Load()), alias)
        else:  # what lies in an `if`, a loop, `with` or `try`
            inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
            yield from _bound(inner, exercises)


def _code(value: ast.expr, exercises: frozenset[str]) -> ast.expr | None:
    """Return the part of a value that is code: a function, or what a call was handed.

    What an exercise's function returned is data, however it came about.
    """
    if isinstance(value, ast.Name | ast.Attribute | ast.Lambda):
        return value
    if not isinstance(value, ast.Call):
        return None
    parts = [value.func, *value.args, *(word.value for word in value.keywords)]
    if isinstance(value.func, ast.Name) and value.func.id in exercises:
        del parts[0]
    held = [part for part in (_code(part, exercises) for part in parts) if part is not None]
    return ast.copy_location(ast.Tuple(held, ast.Load()), value)
