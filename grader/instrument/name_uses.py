"""Know where the functions of a source bind their names and read them, from the text alone."""

from __future__ import annotations

import ast
import difflib
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from grader.instrument.expressions import BLOCKS, NAMELESS

LIKE = 0.6  # how like two names are, at least, where one was written for the other


@dataclass(frozen=True)
class Use:
    """A use of a name in a function, in the order in which it happens."""

    name: str
    line: int
    function: str
    binds: bool


@dataclass(frozen=True)
class NameUses:
    """The names that a source's functions bind and read, and where each function ends."""

    uses: tuple[Use, ...]
    ends: dict[str, int]
    loops: dict[tuple[str, int], str] = field(default_factory=dict)
    starts: frozenset[int] = frozenset()  # the lines of the functions' heads
    ranges: tuple[tuple[str, int], ...] = ()  # loops over range(name): the name, the line
    exits: dict[str, int] = field(default_factory=dict)  # of a function: its first way out

    def loop_over(self, name: str, line: int) -> str | None:
        """Return what a loop's name goes through, None where the line is no loop over it.

        That is a name, or empty where it is put together in the loop's own line.
        """
        return self.loops.get((name, line))

    def made_at(self, name: str) -> int:
        """Return the line that bound a name last, 0 for an argument and where none did."""
        lines = [u.line for u in self.uses if u.name == name and u.binds]
        return lines[-1] if lines and lines[-1] not in self.starts else 0

    def picks(self, text: str, line: int) -> bool:
        """Tell whether an expression picks a part by a loop's own number, as it is."""
        number = next((name for name, at in self.loops if at == line), "")
        tree = _parsed(text)
        if tree is None or not number:
            return False
        reckoned = any(
            isinstance(node, ast.BinOp)
            and any(isinstance(n, ast.Name) and n.id == number for n in ast.walk(node))
            for node in ast.walk(tree)
        )
        parts = [node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
        names = {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}
        return number in names and not reckoned

    def read_before(self, name: str, line: int) -> bool:
        """Tell whether a name is read in a line or above it."""
        return any(u.name == name and not u.binds and u.line <= line for u in self.uses)

    def is_argument(self, name: str, function: str) -> bool:
        """Tell whether a name is an argument of a function."""
        return any(
            (u.name, u.function) == (name, function) and u.binds and u.line in self.starts
            for u in self.uses
        )

    def bound_again(self, name: str, line: int, loop: int, function: str) -> bool:
        """Tell whether a line binds a name anew in a loop, or in a function called again."""
        if loop:
            return line >= loop
        return any(
            (u.name, u.line, u.function) == (name, line, function) and u.binds for u in self.uses
        )

    def reads_loop(self, text: str, line: int) -> bool:
        """Tell whether an expression reads a name of the loop that begins in a line."""
        words = set(re.findall(r"[A-Za-z_]\w*", text))
        return any(at == line and name in words for name, at in self.loops)

    def read(self, name: str, line: int) -> int:
        """Return how often a name that a line binds is read in its function."""
        function = next((u.function for u in self.uses if (u.name, u.line) == (name, line)), "")
        return sum(u.name == name and u.function == function and not u.binds for u in self.uses)

    def bound_from(self, name: str, line: int) -> bool:
        """Tell whether a name is bound in a line or one below it."""
        return any(u.name == name and u.binds and u.line >= line for u in self.uses)

    def in_place_of(self, name: str, line: int) -> tuple[int, str]:
        """Return the line, and the name, that was bound where ``name`` was meant; 0 without one.

        ``line`` is that in which the name had no value.
        """
        function = next((u.function for u in self.uses if (u.name, u.line) == (name, line)), "")
        uses = [u for u in self.uses if u.function == function]
        if any(u.name == name and u.binds for u in uses):
            return 0, ""
        read = {u.name for u in uses if not u.binds}
        unread = [u for u in uses if u.binds and u.name not in read]
        # What was bound first is lost, so that was meant for the other name.
        twice = [
            first
            for i, u in enumerate(uses)
            if u.binds and (first := _bound_just_before(uses, i)) is not None
        ]
        like = [u for u in unread if _ratio(u.name, name) >= LIKE]
        again = [u for i, u in enumerate(uses) if u.binds and _bound_before(uses, i)]
        # Where a line unpacks several, one that nothing reads is no mistake.
        bound = [u.line for u in uses if u.binds]
        alone = [[u for u in of if bound.count(u.line) == 1] for of in (twice, unread, again)]
        doubled = [
            u for u in uses if u.binds and bound.count(u.line) > len(_names_at(uses, u.line))
        ]
        for found in (like, doubled, *alone):
            before = [u for u in found if u.line <= line] or found
            if before:
                return before[-1].line, before[-1].name
        return 0, ""


@lru_cache(maxsize=1024)
def _parsed(text: str) -> ast.Expression | None:
    try:
        return ast.parse(text, mode="eval")
    except SyntaxError:
        return None


NO_USES = NameUses((), {})


def name_uses(tree: ast.AST) -> NameUses:
    """Read the uses of names from a source's tree."""
    uses: list[Use] = []
    ends: dict[str, int] = {}
    loops: dict[tuple[str, int], str] = {}
    starts: set[int] = set()
    nodes = list(_level_by_level(tree))
    for node in nodes:
        if isinstance(node, ast.For):
            loops |= {(name, node.lineno): through for name, through in _goes_through(node)}
        if isinstance(node, ast.FunctionDef):
            ends[node.name] = node.body[-1].lineno
            starts.add(node.lineno)
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            uses += (Use(a.arg, node.lineno, node.name, True) for a in arguments)
            uses += (Use(a.arg, node.lineno, node.name, False) for a in arguments)
            uses += (
                Use(name.id, name.lineno, node.name, isinstance(name.ctx, ast.Store))
                for name in _names_in_order(node.body)
            )
    ranges = [
        (found, node.lineno)
        for node in nodes
        if isinstance(node, ast.For) and (found := _range_of(node.iter))
    ]
    exits = {
        function.name: node.lineno
        for function in nodes
        if isinstance(function, ast.FunctionDef)
        for node in reversed(function.body)
        if isinstance(node, ast.If) and any(isinstance(n, ast.Return) for n in ast.walk(node))
    }
    return NameUses(tuple(uses), ends, loops, frozenset(starts), tuple(ranges), exits)


def _level_by_level(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements as `ast.walk` does, without the expressions in them."""
    left = deque([tree])
    while left:
        node = left.popleft()
        yield node
        for name in node._fields:
            if name in BLOCKS:
                left.extend(getattr(node, name))


def _range_of(node: ast.expr) -> str:
    """Return the name in ``range(name)``, reversed or not; empty for anything else."""
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "reversed" and node.args:
        node = node.args[0]
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "range" and len(node.args) == 1:
        return node.args[0].id if isinstance(node.args[0], ast.Name) else ""
    return ""


def _goes_through(node: ast.For) -> Iterator[tuple[str, str]]:
    """Yield each of a loop's names with the name of what it goes through, where that is one."""
    targets, through = [node.target], [node.iter]
    if isinstance(node.iter, ast.Call) and isinstance(node.iter.func, ast.Name):
        if node.iter.func.id == "zip" and isinstance(node.target, ast.Tuple):
            if len(node.target.elts) == len(node.iter.args):
                targets, through = node.target.elts, node.iter.args
        elif node.iter.func.id == "enumerate" and isinstance(node.target, ast.Tuple):
            targets, through = node.target.elts[1:], node.iter.args[:1]
    for target, source in zip(targets, through, strict=False):
        names = {n.id for n in ast.walk(source) if isinstance(n, ast.Name)}
        plain = isinstance(source, ast.Name | ast.Subscript) and len(names) == 1
        for name in ast.walk(target):
            if isinstance(name, ast.Name):
                yield name.id, min(names) if plain else ""


COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def _names_in_order(
    nodes: Iterable[ast.AST], inner: frozenset[str] = frozenset()
) -> Iterator[ast.Name]:
    """Yield the names in the order in which they are used; those of comprehensions are their own.

    ``inner`` are the names of the comprehension around.
    """
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Name):
            if node.id not in inner:
                yield node
            continue
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            dotted = ast.Name(f"{node.value.id}.{node.attr}", node.ctx)
            yield ast.copy_location(dotted, node)
        own = inner
        if isinstance(node, COMPREHENSIONS):
            targets = (n for g in node.generators for n in ast.walk(g.target))
            own = inner | {n.id for n in targets if isinstance(n, ast.Name)}
        children = [n for n in ast.iter_child_nodes(node) if not isinstance(n, NAMELESS)]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.For):  # what is assigned comes first
            first = node.iter if isinstance(node, ast.For) else node.value
            children = [first, *(child for child in children if child is not first)]
        yield from _names_in_order(children, own)


def _bound_before(uses: list[Use], i: int) -> bool:
    return any(u.name == uses[i].name and u.binds for u in uses[:i])


def _bound_just_before(uses: list[Use], i: int) -> Use | None:
    """Return what bound a name that is bound once more and was not read in between."""
    before = [u for u in uses[:i] if u.name == uses[i].name]
    return before[-1] if before and before[-1].binds else None


def _names_at(uses: list[Use], line: int) -> set[str]:
    return {u.name for u in uses if u.binds and u.line == line}


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()
