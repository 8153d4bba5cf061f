"""Mutation operators: what can be changed in one node of a function's syntax tree.

Each operator gets a node and what it may know of the function around it, and yields replacements.
They know Python and NumPy; what the subject takes for each other stands in the specification.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

COMMUTES = (ast.Add, ast.Mult)
OTHER_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
IN_PLACE: dict[type[ast.operator], str] = {ast.Add: "np.add", ast.Mult: "np.multiply"}
OTHER_FUNCTIONS = {
    "np.sum": ("np.mean", "np.max"),
    "np.zeros": ("np.ones",),
    "np.zeros_like": ("np.ones_like",),
    "np.concatenate": ("np.sum",),
}


@dataclass(frozen=True)
class Scope:
    """What an operator may know: names and strings of the function around a node, lookalikes."""

    names: tuple[str, ...]  # variables in the order in which they are bound
    strings: tuple[str, ...]
    lookalikes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # as in a ``Spec``

    def others(self, name: str, among: tuple[str, ...]) -> list[str]:
        """The neighbours of ``name`` on either side, cyclically, without itself."""
        place = among.index(name)
        near = (among[(place + 1) % len(among)], among[place - 1])
        return [other for other in dict.fromkeys(near) if other != name]


Operator = Callable[[Any, Scope], Iterator[ast.AST]]


def changed_copy(node: Any, **changes: Any) -> Any:
    """Return a copy of ``node`` with some fields changed."""
    new = copy.deepcopy(node)
    for name, value in changes.items():
        setattr(new, name, value)
    return new


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _without(items: list[Any], index: int) -> list[Any]:
    return items[:index] + items[index + 1 :]


def _swapped(items: list[Any], index: int) -> list[Any]:
    return [*items[:index], items[index + 1], items[index], *items[index + 2 :]]


def arithmetic(node: Any, _: Scope) -> Iterator[ast.AST]:
    """Take another operator, one operand alone, or exchange operands where that matters."""
    if isinstance(node, ast.AugAssign):
        yield changed_copy(node, op=ast.Sub())
        yield ast.Assign([changed_copy(node.target)], node.value)
    elif isinstance(node, ast.BinOp):
        for other in OTHER_OPERATORS.get(type(node.op), ()):
            yield changed_copy(node, op=other())
        yield node.left
        yield node.right
        if not isinstance(node.op, COMMUTES):
            yield changed_copy(node, left=node.right, right=node.left)


def transpose(node: Any, _: Scope) -> Iterator[ast.AST]:
    """Remove a transpose, or add one to a factor of a matrix product."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        for side in ("left", "right"):
            factor = ast.Attribute(getattr(node, side), "T", ast.Load())
            yield changed_copy(node, **{side: factor})


def keyword(node: Any, _: Scope) -> Iterator[ast.AST]:
    """Remove a keyword (axis, keepdims, dtype), or take another axis."""
    if isinstance(node, ast.Call):
        for index in range(len(node.keywords)):
            yield changed_copy(node, keywords=_without(node.keywords, index))
    if isinstance(node, ast.keyword) and node.arg == "axis":
        yield changed_copy(node, value=_expression(f"1 - ({ast.unparse(node.value)})"))


def constant(node: Any, scope: Scope) -> Iterator[ast.AST]:
    """Move a number by one, reverse a truth value, take another string of the same function."""
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)
    elif isinstance(node.value, str):
        for other in (*scope.others(node.value, scope.strings), node.value + "_"):
            yield ast.Constant(other)


def index(node: Any, _: Scope) -> Iterator[ast.AST]:
    """Move an index by one, to zero or to another axis; shift a slice or turn it round."""
    if isinstance(node, ast.Slice):
        yield changed_copy(node, lower=node.upper, upper=node.lower)
        for side in ("lower", "upper"):
            bound = getattr(node, side)
            for step in ("+ 1", "- 1") if bound is not None else ():
                yield changed_copy(node, **{side: _expression(f"{ast.unparse(bound)} {step}")})
    if not isinstance(node, ast.Subscript):
        return
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for place, part in enumerate(parts):
        if not isinstance(part, ast.Name):
            continue
        for new in (f"{part.id} - 1", f"{part.id} + 1", "0"):
            changed = [*parts[:place], _expression(new), *parts[place + 1 :]]
            yield changed_copy(node, slice=ast.Tuple(changed) if len(parts) > 1 else changed[0])
    for place in range(len(parts) - 1):
        yield changed_copy(node, slice=ast.Tuple(_swapped(parts, place)))


def loop(node: Any, _: Scope) -> Iterator[ast.AST]:
    """Shorten a range at one end, or run a loop the other way."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "range":
        end = ast.unparse(node.args[-1])
        for text in (f"range({end} - 1)", f"range(1, {end})", f"range({end} - 1, -1, -1)"):
            yield _expression(text)


def call(node: Any, scope: Scope) -> Iterator[ast.AST]:
    """Replace a call by its argument or its object (.copy()), or by a related function's."""
    if not isinstance(node, ast.Call):
        return
    if node.args:
        yield node.args[0]
    elif isinstance(node.func, ast.Attribute):
        yield node.func.value
    related = {**OTHER_FUNCTIONS, **scope.lookalikes}
    for other in related.get(ast.unparse(node.func), ()):
        yield changed_copy(node, func=_expression(other))


def order(node: Any, _: Scope) -> Iterator[ast.AST]:
    """Exchange neighbours: arguments, entries of a tuple or list, values of a dictionary."""
    for name, kinds in (("args", ast.Call), ("elts", ast.Tuple | ast.List), ("values", ast.Dict)):
        if isinstance(node, kinds):
            items = getattr(node, name)
            for place in range(len(items) - 1):
                yield changed_copy(node, **{name: _swapped(items, place)})


def shorter(node: Any, _: Scope) -> Iterator[ast.AST]:
    """Leave out an entry of a tuple, list or dictionary."""
    if isinstance(node, ast.Tuple | ast.List) and len(node.elts) > 1:
        for place in range(len(node.elts)):
            yield changed_copy(node, elts=_without(node.elts, place))
    if isinstance(node, ast.Dict):
        for place in range(len(node.keys)):
            keys, values = (_without(items, place) for items in (node.keys, node.values))
            yield changed_copy(node, keys=keys, values=values)


def name(node: Any, scope: Scope) -> Iterator[ast.AST]:
    """Take another variable of the same function, read or written."""
    if isinstance(node, ast.Name) and node.id in scope.names:
        for other in scope.others(node.id, scope.names):
            yield changed_copy(node, id=other)


def dropped(node: Any, _: Scope) -> Iterator[ast.AST]:
    """Leave out a statement."""
    if isinstance(node, ast.stmt) and not isinstance(node, ast.Pass):
        yield ast.Pass()


def moved(node: Any, _: Scope) -> Iterator[ast.AST]:
    """Leave a loop after its first turn, or run its last statement once, after it."""
    if isinstance(node, ast.For):
        yield changed_copy(node, body=[*node.body, ast.Break()])
        if len(node.body) > 1:
            yield changed_copy(node, body=node.body[:-1], orelse=[node.body[-1]])


def aliased(node: Any, _: Scope) -> Iterator[ast.AST]:
    """Write a sum or product into the memory of one of its operands."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.BinOp):
        return
    function = IN_PLACE.get(type(node.value.op))
    left, right = ast.unparse(node.value.left), ast.unparse(node.value.right)
    for side in (node.value.left, node.value.right) if function else ():
        if isinstance(side, ast.Name):
            yield changed_copy(
                node, value=_expression(f"{function}({left}, {right}, out={side.id})")
            )


OPERATORS: dict[str, Operator] = {
    operator.__name__: operator
    for operator in (
        arithmetic, transpose, keyword, constant, index, loop, call, order, shorter, name, dropped,
        moved, aliased,
    )
}  # fmt: skip
