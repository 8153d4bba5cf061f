"""Follow a function's values through its names: what is made from what, down to each output.

Read from the text, line by line: a name stands for all that is ever bound to it.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

MOST_TOGETHER = 2  # names of one road
OUTPUT = "returned "  # stands before the name of what is returned


class Flow:
    """The flow of values in the one function of a ``source`` that ``returns`` these outputs."""

    def __init__(self, source: str, returns: Sequence[str]) -> None:
        self.returns = tuple(returns)
        self.made_from: dict[str, set[str]] = {}  # in the order in which names are bound
        self.given: set[str] = set()  # arguments and what is taken out of them, as it came
        self._dictionaries: dict[str, ast.Dict] = {}
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef):
                self.given.update(each.arg for each in node.args.args)
                self._body(node.body)

    def _body(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            match statement:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        self._bind(target, value)
                case ast.AugAssign(target=target, value=value):
                    self._bind(target, value)
                    self.given.discard(_base(target))
                case ast.For(target=target, iter=values):
                    self._bind(target, values)
                case ast.Return(value=ast.expr() as value):
                    self._returned(value)
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name))) as call):
                    self._add(name, _names(call))
            for inner in ("body", "orelse"):
                self._body(getattr(statement, inner, ()))

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        for name, made in bindings(target, value):
            as_it_came = isinstance(target, ast.Name | ast.Tuple) and _base(made) in self.given
            if as_it_came and name not in self.made_from:
                self.given.add(name)
            elif not as_it_came:
                self.given.discard(name)
            self._add(name, _names(made))
            if isinstance(made, ast.Dict) and isinstance(target, ast.Name):
                self._dictionaries[name] = made

    def _add(self, name: str, names: Iterable[str]) -> None:
        self.made_from.setdefault(name, set()).update(names)

    def _returned(self, value: ast.expr) -> None:
        if isinstance(value, ast.Name):
            value = self._dictionaries.get(value.id, value)
        if isinstance(value, ast.Dict):
            parts = dict(_entries(value))
            others = {n for k, v in zip(value.keys, value.values, strict=True) if k is None
                      for n in _names(v)}  # fmt: skip
            for name in self.returns:
                self._add(OUTPUT + name, _names(parts[name]) if name in parts else others)
        elif isinstance(value, ast.Tuple) and len(value.elts) == len(self.returns):
            for name, part in zip(self.returns, value.elts, strict=True):
                self._add(OUTPUT + name, _names(part))
        else:
            for name in self.returns:
                self._add(OUTPUT + name, _names(value))

    @cached_property
    def reaches(self) -> dict[str, frozenset[str]]:
        """Return the outputs that are made from each name, at whatever remove."""
        found: dict[str, set[str]] = {name: set() for name in self.made_from}
        for output in self.returns:
            left, seen = [OUTPUT + output], set[str]()
            while left:
                name = left.pop()
                if name not in seen:
                    seen.add(name)
                    left += self.made_from.get(name, ())
            for name in seen & found.keys():
                found[name].add(output)
        return {name: frozenset(outputs) for name, outputs in found.items()}

    def after(self, name: str, among: Collection[str]) -> list[str]:
        """Return the nearest names ``among`` some that are made from a name; in their order."""
        seen, level = {name}, {name}
        while level:
            level = {n for n, made in self.made_from.items() if made & level} - seen
            found = [n for n in self.made_from if n in level and n.removeprefix(OUTPUT) in among]
            if found:
                return list(dict.fromkeys(n.removeprefix(OUTPUT) for n in found))
            seen |= level
        return []

    def road(
        self, wrong: Collection[str], right: Collection[str], among: Collection[str]
    ) -> list[str]:
        """Return the fewest names ``among`` some through which all wrong outputs pass, none right.

        Of several the last ones that are bound; none where there is no such road, or where the
        wrong outputs themselves are all that there is to name. What was given is not made.
        """
        names = self._only_towards(wrong, right, among)
        return self._fewest([n for n in names if n not in self.given], wrong, MOST_TOGETHER)

    def given_to(
        self, wrong: Collection[str], right: Collection[str], among: Collection[str]
    ) -> str:
        """Return what was given, and is used for all wrong outputs and no right one; or nothing."""
        names = [n for n in self._only_towards(wrong, right, among) if n in self.given]
        return "".join(self._fewest(names, wrong, 1))

    def _only_towards(
        self, wrong: Collection[str], right: Collection[str], among: Collection[str]
    ) -> list[str]:
        good, bad = frozenset(right), frozenset(wrong)
        names = [n for n in self.reaches if n in among and n not in self.returns]
        return [n for n in names if self.reaches[n] & bad and not self.reaches[n] & good]

    def _fewest(self, names: Sequence[str], wrong: Collection[str], most: int) -> list[str]:
        for number in range(1, most + 1):
            for chosen in itertools.combinations(reversed(names), number):
                if {*wrong} <= frozenset[str]().union(*(self.reaches[n] for n in chosen)):
                    return list(reversed(chosen))
        return []


def bindings(target: ast.expr, value: ast.expr) -> Iterable[tuple[str, ast.expr]]:
    """Yield each name that an assignment binds, or writes into, with what it is made of."""
    if isinstance(target, ast.Tuple | ast.List):
        parts = value.elts if isinstance(value, ast.Tuple | ast.List) else ()
        paired = len(parts) == len(target.elts)
        for place, each in enumerate(target.elts):
            yield from bindings(each, parts[place] if paired else value)
        return
    if name := _base(target):
        yield name, value


def _base(value: ast.expr) -> str:
    """Return the name that an expression is, or takes a part of; empty for any other."""
    while isinstance(value, ast.Subscript | ast.Attribute | ast.Starred):
        value = value.value
    return value.id if isinstance(value, ast.Name) else ""


def _names(tree: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _entries(tree: ast.Dict) -> Iterable[tuple[str, ast.expr]]:
    for key, value in zip(tree.keys, tree.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, value
