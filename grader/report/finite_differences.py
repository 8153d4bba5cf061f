"""Find finite differences in code: a function's values at two places, taken apart and divided.

Source: Press et al., Numerical Recipes, 3rd edition (2007), section 5.7.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from grader.report.reach import FUNCTIONS, HANDED_OUT, Definitions, used
from grader.report.seen import Place, Seen, listed, local_functions, parts, words_in

Values = Mapping[str, list[ast.expr]]  # what variables are set to


def finite_differences(name: str, reached: Definitions, passes: Collection[str]) -> list[Seen]:
    """Return where the code that ``name`` leads to takes differences, if it does.

    They are of functions of the notebook, the forward ``passes`` among them, or of one handed over.
    """
    functions = set(passes)
    for word, definition in reached.items():
        if isinstance(definition.node, FUNCTIONS) and definition.cell != HANDED_OUT:
            functions.add(word)
    places: list[Place] = []
    ways: list[str] = []
    for way, definition in reached.items():
        lines = list(_lines(definition.node, functions))
        if not lines:
            continue
        ways += [way] if way != name else []
        if definition.cell == HANDED_OUT:  # shown where it is called, in the student's own code
            places += _uses(way, reached)
        else:
            places += [(definition.cell, line) for line in lines]
    words = "takes finite differences" + (f" (by way of {listed(ways)})" if ways else "")
    return [Seen(words, tuple(places))] if places or ways else []


def _uses(name: str, reached: Definitions) -> Iterator[Place]:
    for definition in reached.values():
        for word, node in used(definition.node):
            if word == name and definition.cell != HANDED_OUT:
                yield definition.cell, node.lineno


def _lines(node: ast.AST, functions: Collection[str]) -> Iterator[int]:
    given = {part.arg for part in parts(node) if isinstance(part, ast.arg)}
    callable_here = {*functions, *given, *local_functions(node)}
    values = _values(node)
    for part in (each for each in parts(node) if isinstance(each, ast.BinOp)):
        if isinstance(part.op, ast.Div) and _is_difference(part.left, values, callable_here):
            yield part.lineno


def _values(node: ast.AST) -> Values:
    found: dict[str, list[ast.expr]] = {}
    for part in parts(node):
        if not isinstance(part, ast.Assign):
            continue
        for target in part.targets:
            pairs = [(target, part.value)]
            if isinstance(target, ast.Tuple) and isinstance(part.value, ast.Tuple):
                pairs = list(zip(target.elts, part.value.elts, strict=False))
            for name, value in pairs:
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append(value)
    return found


def _is_difference(node: ast.expr, values: Values, functions: Collection[str]) -> bool:
    """Tell whether an expression is f(…) - f(…), or the imaginary part of f(…)."""
    for part in parts(node):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub):
            sides = [_called(side, values, functions) for side in (part.left, part.right)]
            if sides[0] & sides[1]:
                return True
        imaginary = isinstance(part, ast.Attribute) and part.attr == "imag"
        if imaginary and _called(node, values, functions):
            return True
    return False


def _called(node: ast.expr, values: Values, functions: Collection[str]) -> set[str]:
    """Return which of the functions an expression calls, also by way of one variable."""
    behind = [value for word in words_in(node) for value in values.get(word, [])]
    calls = [c for each in (node, *behind) for c in parts(each) if isinstance(c, ast.Call)]
    return {c.func.id for c in calls if isinstance(c.func, ast.Name)} & set(functions)
