"""Change a function's source in small systematic ways, to test whether the marking notices.

Each operator looks at one node of the syntax tree and proposes replacements. A mutant's id is made
of the operator and the changed statement, so it does not move when a docstring above it changes.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from grader.neighbourhood.changes import kind_of_change
from grader.neighbourhood.flow import bindings
from grader.neighbourhood.mutation_operators import OPERATORS, Scope, changed_copy

Defined = ast.FunctionDef | ast.ClassDef
Lookalikes = Mapping[str, tuple[str, ...]]
NONE: Lookalikes = MappingProxyType({})


@dataclass(frozen=True)
class Mutant:
    """One changed function: its source, and the operator and line that it was changed by.

    ``kind`` is what was done, a key of the words on changes; ``binds`` are the names that the
    changed part of its statement binds.
    """

    id: str
    operator: str
    line: int
    source: str
    kind: str = ""
    binds: tuple[str, ...] = ()


def mutants(source: str, lookalikes: Lookalikes = NONE) -> Iterator[Mutant]:
    """Yield every mutant of the one function in ``source``, none twice; docstrings are left out.

    ``lookalikes`` are the subject's functions that are easily taken for each other. Raises
    SyntaxError when ``source`` does not parse and ValueError when it holds no function.
    """
    function = _function(source)
    scope, statements = _scope(function, lookalikes), _statements(function)
    head = ast.unparse(changed_copy(function, body=[ast.Pass()])).rpartition("\n")[0]
    parts = [ast.unparse(statement) for statement in function.body]
    seen, ids = {_text(head, parts)}, dict[str, int]()
    for place, top in enumerate(function.body):
        for node in ast.walk(top):
            for operator, new in _proposals(node, scope):
                changed = ast.unparse(ast.fix_missing_locations(_replaced(top, node, new)))
                text = _text(head, [*parts[:place], changed, *parts[place + 1 :]])
                if text in seen:
                    continue
                seen.add(text)
                name = f"{operator}: {_shown(statements[node], node, new)}"
                ids[name] = ids.get(name, 0) + 1
                name += f" #{ids[name]}" if ids[name] > 1 else ""
                kind, around = kind_of_change(operator, node, new), statements[node]
                yield Mutant(name, operator, around.lineno, text, kind, _bound(around, node))


def as_mutated(source: str) -> str:
    """Return the one function in ``source`` as its mutants are written, but unchanged."""
    function = _function(source)
    head = ast.unparse(changed_copy(function, body=[ast.Pass()])).rpartition("\n")[0]
    return _text(head, [ast.unparse(statement) for statement in function.body])


def _proposals(node: ast.AST, scope: Scope) -> Iterator[tuple[str, ast.AST]]:
    for operator, propose in OPERATORS.items():
        for new in propose(node, scope):
            yield operator, new


def _text(head: str, parts: list[str]) -> str:
    return "\n".join([head, *(textwrap.indent(part, "    ") for part in parts)]) + "\n"


def _function(source: str) -> Defined:
    """The function, or class, without docstrings."""
    found = [node for node in ast.parse(source).body if isinstance(node, Defined)]
    if not found:
        raise ValueError("there is no function to mutate")
    for node in ast.walk(found[0]):
        if isinstance(node, Defined) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return found[0]


def _inner(function: Defined) -> Iterator[ast.AST]:
    """Every node of the body, outer before inner."""
    for statement in function.body:
        yield from ast.walk(statement)


def _scope(function: Defined, lookalikes: Lookalikes) -> Scope:
    functions = [node for node in ast.walk(function) if isinstance(node, ast.FunctionDef)]
    names = [argument.arg for each in functions for argument in each.args.args]
    strings = []
    for node in _inner(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            strings.append(node.value)
    return Scope(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(strings)), lookalikes)


def _statements(function: Defined) -> dict[ast.AST, ast.stmt]:
    """The innermost statement around each node."""
    around: dict[ast.AST, ast.stmt] = {}
    for node in _inner(function):
        if isinstance(node, ast.stmt):
            around.update(dict.fromkeys(ast.walk(node), node))
    return around


def _bound(statement: ast.stmt, node: ast.AST) -> tuple[str, ...]:
    """Return the names that a statement binds to what a node of it belongs to."""
    if isinstance(statement, ast.Assign):
        found = [pair for target in statement.targets for pair in bindings(target, statement.value)]
        within = [name for name, made in found if node in ast.walk(made)]
        return tuple(dict.fromkeys(within or [name for name, _ in found]))
    if isinstance(statement, ast.AugAssign | ast.For):
        made = statement.iter if isinstance(statement, ast.For) else statement.value
        return tuple(dict.fromkeys(name for name, _ in bindings(statement.target, made)))
    return ()


def _replaced(tree: Any, target: ast.AST, new: ast.AST) -> Any:
    """A copy of ``tree`` in which ``new`` stands where ``target`` stood."""
    if tree is target:
        return new
    if isinstance(tree, list):
        return [_replaced(item, target, new) for item in tree]
    if not isinstance(tree, ast.AST):
        return tree
    fields = {name: _replaced(value, target, new) for name, value in ast.iter_fields(tree)}
    return ast.copy_location(type(tree)(**fields), tree)


def _shown(statement: ast.stmt, node: ast.AST, new: ast.AST) -> str:
    """The changed statement in one line; of a loop, its head alone unless its body changed."""
    before = ast.unparse(statement)
    if isinstance(new, ast.Pass):
        return before.splitlines()[0]
    after = ast.unparse(ast.fix_missing_locations(_replaced(statement, node, new)))
    heads = [text.splitlines()[0] for text in (before, after)]
    return heads[1] if heads[0] != heads[1] else " ".join(after.split())
