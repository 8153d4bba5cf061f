"""Find a tape in code: operators that record, or what was recorded and is gone back over.

Source: Griewank and Walther, Evaluating Derivatives, 2nd edition (2008), chapters 4 and 6.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

import numpy as np

from grader.report.reach import FUNCTIONS, Definitions, used
from grader.report.seen import Place, Seen, last_name, listed, local_functions, parts, words_in

# Only a product asks for the derivative of a product; a class of sums may just add up gradients.
PRODUCTS = {
    *("__mul__", "__rmul__", "__matmul__", "__rmatmul__", "__truediv__", "__pow__"),
    *("__array_ufunc__", "__array_function__"),
}
BACK = ("backward", "backprop")  # in the name of a method
FEWEST_CLASSES = 3  # with such a method: one for a step and one for a sequence are no operations
FEWEST_OPERATIONS = 2
PUTS_AWAY = ("append", "appendleft", "insert", "extend")
LOOPS = (ast.For, ast.While)


def tapes(reached: Definitions, backward: Collection[str]) -> list[Seen]:
    """Return what looks like a tape in ``reached`` code.

    Functions that call one in ``backward``, which students write by hand, are no record.
    """
    return [*_classes(reached), *_functions(reached, backward), *_operations(reached)]


def _classes(reached: Definitions) -> Iterator[Seen]:
    """Yield classes that calculate and record, and classes of operations that go back."""
    back: dict[str, Place] = {}
    for definition in reached.values():
        for node in parts(definition.node):
            if not isinstance(node, ast.ClassDef):
                continue
            methods = _methods(node)
            returns = [name for name in methods if any(word in name for word in BACK)]
            products = [name for name in methods if name in PRODUCTS]
            if products:
                words = listed([*products[:2], *returns[:1]])
                places = [(definition.cell, methods[name]) for name in (*products, *returns)]
                at = (definition.cell, node.lineno)
                yield Seen(f"has a class with {words} ({node.name})", (at, *places))
            elif returns:
                back[node.name] = (definition.cell, node.lineno)
    if len(back) >= FEWEST_CLASSES:
        words = f"has {len(back)} classes that each go back ({listed(sorted(back))})"
        yield Seen(words, tuple(back.values()))


def _methods(node: ast.ClassDef) -> dict[str, int]:
    """Return a class's methods and their lines; ``__rmul__ = __mul__`` makes one, too."""
    names: dict[str, int] = {}
    for item in node.body:
        if isinstance(item, ast.FunctionDef):
            names[item.name] = item.lineno
        elif isinstance(item, ast.Assign):
            names |= {t.id: item.lineno for t in item.targets if isinstance(t, ast.Name)}
    return names


def _functions(reached: Definitions, backward: Collection[str]) -> Iterator[Seen]:
    """Yield functions that are put away, if something goes back and calls what it meets."""
    makers = _makers(reached)
    kept: dict[Place, bool] = {}  # whether it was only returned
    runs: set[Place] = set()
    for definition in reached.values():
        local = local_functions(definition.node)
        for node in parts(definition.node):
            for each in _kept(node, makers):
                if _is_function(each, local, backward):
                    kept[definition.cell, each.lineno] = isinstance(node, ast.Return)
        for loop in _ways_back(definition.node):
            if _calls_what_it_meets(loop):
                runs.add((definition.cell, loop.lineno))
    if kept and runs:
        stored = [place for place, returned in kept.items() if not returned]
        places = tuple(sorted({*(stored or kept), *runs}))
        yield Seen("records functions and runs them backwards", places)


def _operations(reached: Definitions) -> Iterator[Seen]:
    """Yield names of operations that are put away, if something goes back and asks for them."""
    makers = _makers(reached)
    kept: dict[str, Place] = {}
    asked: set[str] = set()
    for definition in reached.values():
        for node in parts(definition.node):
            for each in _kept(node, makers):
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    kept[each.value] = (definition.cell, each.lineno)
        for loop in _ways_back(definition.node):
            asked |= _asked(loop)
    both = sorted(asked & set(kept))
    if len(both) >= FEWEST_OPERATIONS:
        places = tuple(sorted({kept[name] for name in both}))
        yield Seen("records operations and goes back over them", places)


def _makers(reached: Definitions) -> set[str]:
    """Return the names that make an object: of classes, and of what is like a class."""
    return {name for name, of in reached.items() if not isinstance(of.node, FUNCTIONS)}


def _kept(node: ast.AST, makers: Collection[str]) -> Iterator[ast.expr]:
    """Yield what is put away for later: in a list, an attribute or an object, or returned."""
    given: list[ast.expr] = []
    match node:
        case ast.Call(func, args, keywords):
            makes = isinstance(func, ast.Name) and func.id in makers
            stores = isinstance(func, ast.Attribute) and func.attr in PUTS_AWAY
            given = [*args, *(word.value for word in keywords)] if makes or stores else []
        case ast.Assign(targets, value) if any(isinstance(t, ast.Attribute) for t in targets):
            given = [value]
        case ast.AugAssign(value=value) | ast.Return(value=ast.expr() as value):
            given = [value]
    while given:
        each = given.pop()
        yield each
        if isinstance(each, ast.Tuple | ast.List):
            given += each.elts


def _is_function(kept: ast.expr, local: dict[str, ast.AST], backward: Collection[str]) -> bool:
    made: ast.AST | None = None
    if isinstance(kept, ast.Lambda):
        made = kept
    elif isinstance(kept, ast.Name):
        made = local.get(kept.id)
    elif isinstance(kept, ast.Call) and last_name(kept.func) == "partial":
        made = kept
    return made is not None and not any(name in backward for name, _ in used(made))


def _ways_back(node: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    """Yield loops that go backwards, and those in a function which calls itself."""
    for inner in parts(node):
        match inner:
            case ast.For(iter=order) if _is_backwards(order):
                yield inner
            case ast.While() if any(_is_pop(part) for part in parts(inner)):
                yield inner
            case ast.Call(func, args) if last_name(func) == "reduce":
                if any(_is_backwards(each) for each in args):
                    yield inner
            case ast.FunctionDef(name) if _calls(inner, name):
                yield from (part for part in parts(inner) if isinstance(part, LOOPS))


def _calls(node: ast.AST, name: str) -> bool:
    calls = (part.func for part in parts(node) if isinstance(part, ast.Call))
    return any(last_name(called) == name for called in calls)


def _is_backwards(order: ast.expr) -> bool:
    """Tell whether an expression turns round: ``reversed``, ``[::-1]``, ``range(n, -1, -1)``."""
    for node in parts(order):
        match node:
            case ast.Call(func) if last_name(func) == "reversed":
                return True
            case ast.Call(func, [_, _, ast.UnaryOp()]) if last_name(func) == "range":
                return True
            case ast.Slice(step=ast.UnaryOp()):
                return True
    return False


def _is_pop(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == "pop" and not node.args


def _calls_what_it_meets(loop: ast.stmt | ast.expr) -> bool:
    """Tell whether a loop calls what it goes over, or something that it takes out of that."""
    if isinstance(loop, ast.Call):  # of reduce
        return True
    met = words_in(loop.target) if isinstance(loop, ast.For) else set()
    for node in parts(loop):
        if isinstance(node, ast.Assign) and _comes_from(node.value, met):
            met |= {word for target in node.targets for word in words_in(target)}
    calls = [node.func for node in parts(loop) if isinstance(node, ast.Call)]
    return any(_comes_from(called, met) for called in calls if not _is_of_data(called))


def _comes_from(value: ast.expr, met: set[str]) -> bool:
    return bool(words_in(value) & met) or any(_is_pop(part) for part in parts(value))


def _is_of_data(called: ast.expr) -> bool:
    """Tell whether what is called may be a method of an array, a list or a dictionary."""
    name = called.attr if isinstance(called, ast.Attribute) else ""
    return any(hasattr(kind, name) for kind in (np.ndarray, list, dict))


def _asked(loop: ast.stmt | ast.expr) -> set[str]:
    """Return the texts with which a loop compares something."""
    sides: list[ast.expr] = []
    for node in parts(loop):
        if isinstance(node, ast.Compare):
            sides += node.comparators
        elif isinstance(node, ast.MatchValue):
            sides.append(node.value)
    return {s.value for s in sides if isinstance(s, ast.Constant) and isinstance(s.value, str)}
