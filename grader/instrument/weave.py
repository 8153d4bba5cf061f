"""Rewrite a source so that every operation in it is a call of the recorder.

What the rewritten text computes is the same. A place is one expression of the source; its number
stands in the rewritten text, and the rest of it stays here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from grader.instrument.expressions import (
    NAMELESS,
    Expression,
    base_name,
    displayed,
    statements_in,
)
from grader.instrument.name_uses import NO_USES, NameUses, name_uses
from grader.instrument.recorder import RECORDER, SUBSCRIPT

LOAD = ast.Load()
NO_NAMES: frozenset[str] = frozenset()
NO_TEXT = ast.Constant("")  # the text of what has none
LONGEST_SOURCE = 20_000  # characters
# Calls that do what an operator does, or each other, by one name.
SAME = {
    "np.dot": "MatMult",
    "np.matmul": "MatMult",
    ".dot": "MatMult",
    "np.multiply": "Mult",
    "np.add": "Add",
    "np.subtract": "Sub",
    "np.divide": "Div",
    "np.negative": "USub",
    "np.power": "Pow",
    "np.transpose": ".T",
    ".transpose": ".T",
    ".sum": "np.sum",
    ".mean": "np.mean",
    "np.concatenate": "stack",
    "np.vstack": "stack",
    "np.hstack": "stack",
    "np.stack": "stack",
}
# Calls that look at where they are called.
LEFT_ALONE = {"super", "locals", "globals", "vars", "dir", "next", "iter", "exec", "eval"}


class NotWoven(ValueError):
    """A source that cannot be rewritten: it does not parse, or is too long or too deep."""


@dataclass(frozen=True)
class Woven:
    """A woven source: the text to run, its places, and where its statements stood."""

    text: str
    places: tuple[Expression, ...]
    statements: tuple[int, ...] = ()  # the lines of the source's statements
    uses: NameUses = NO_USES
    defines: frozenset[str] = frozenset()  # the functions and classes in the text

    @cached_property
    def lines(self) -> dict[int, int]:
        """Return for the lines of the text those of the source; only an error asks for them."""
        try:
            new = [statement.lineno for statement in statements_in(ast.parse(self.text))]
            return dict(zip(new, self.statements, strict=True))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return {}

    @property
    def needed(self) -> list[tuple[int, str, list[str]]]:
        """Return what the recorder needs to know of the places."""
        return [(p.line, p.op, list(map(base_name, p.parts))) for p in self.places]


def woven(source: str, names: Iterable[str] = ()) -> Woven:
    """Rewrite a source; with ``names`` only the functions and classes that these lead to.

    Raises NotWoven.
    """
    if len(source) > LONGEST_SOURCE:
        raise NotWoven("too long")
    try:
        tree = ast.parse(source)
        wanted = list(names)
        if wanted:
            tree.body = _led_to(tree, wanted)
        uses = name_uses(tree)
        weave = Weave()
        text = ast.unparse(weave.visit(tree))
        lines = tuple([statement.lineno for statement in statements_in(tree)])
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotWoven(str(error)) from None
    defines = frozenset(name for node in tree.body for name in _defines(node))
    return Woven(text, tuple(weave.places), lines, uses, defines)


def _led_to(tree: ast.Module, names: list[str]) -> list[ast.stmt]:
    """Return the definitions of names, and those of the names that these read, in their order."""
    defined: dict[str, ast.stmt] = {}
    for node in tree.body:
        for name in _defines(node):
            defined[name] = node
    kept: list[ast.stmt] = []
    while names:
        found = defined.get(names.pop())
        if found is not None and found not in kept:
            kept.append(found)
            names += [n.id for n in ast.walk(found) if isinstance(n, ast.Name)]
    imports = (ast.Import, ast.ImportFrom)
    return [node for node in tree.body if node in kept or isinstance(node, imports)]


def _defines(node: ast.stmt) -> list[str]:
    """Return the names that a statement gives to functions and classes."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda | ast.Name):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _as_read(target: ast.expr) -> ast.expr:
    """Return what reads what an assignment writes to."""
    if isinstance(target, ast.Name):
        return ast.Name(target.id, LOAD)
    return ast.parse(ast.unparse(target), mode="eval").body


class Weave(ast.NodeTransformer):
    """Turn every operation of a source into a call of the recorder."""

    def __init__(self) -> None:
        self.places: list[Expression] = []
        self.loop = 0
        self.function = ""
        self.spare = 0  # names that hold a value until it is stored
        # What is known of nodes as they were; the nodes are held, so that no other has their ids.
        self._texts: dict[int, tuple[ast.AST, str]] = {}
        self._names: dict[int, tuple[ast.AST, frozenset[str]]] = {}

    def _text(self, node: ast.AST) -> str:
        """Return the text of a node as it was before anything in it was rewritten."""
        if isinstance(node, ast.Name):
            return node.id
        if id(node) not in self._texts:
            self._texts[id(node)] = node, ast.unparse(node)
        return self._texts[id(node)][1]

    def _names_in(self, node: ast.AST) -> frozenset[str]:
        """Return the names in a node as it was before anything in it was rewritten."""
        if isinstance(node, ast.Name):
            return frozenset((node.id,))
        if isinstance(node, NAMELESS):
            return NO_NAMES
        if id(node) not in self._names:
            found = NO_NAMES.union(*map(self._names_in, ast.iter_child_nodes(node)))
            self._names[id(node)] = node, found
        return self._names[id(node)][1]

    def _to(
        self, method: str, *arguments: ast.expr, keywords: Iterable[ast.keyword] = ()
    ) -> ast.Call:
        recorder = ast.Attribute(ast.Name(RECORDER, LOAD), method, LOAD)
        return ast.Call(recorder, list(arguments), list(keywords))

    def _place(
        self, node: ast.expr | ast.stmt, op: str, parts: Iterable[ast.expr] = ()
    ) -> ast.Constant:
        parts = list(parts)
        self.places.append(self._expression(node, op, parts))
        return ast.Constant(len(self.places) - 1)

    def _expression(
        self, node: ast.expr | ast.stmt, op: str = "", parts: Iterable[ast.expr] = ()
    ) -> Expression:
        return Expression(
            node.lineno,
            node.col_offset,
            node.end_lineno or node.lineno,
            node.end_col_offset or 0,
            self._text(node),
            op,
            tuple(map(self._text, parts)),
            self.loop,
            self.function,
            self._names_in(node),
            tuple((key, self._expression(item)) for key, item in displayed(node)),
        )

    def visit(self, node: ast.AST) -> Any:
        """Rewrite a node; in most of them there is nothing to rewrite."""
        if isinstance(node, ast.Name | ast.Constant | ast.expr_context):
            return node
        return super().visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Record an operator between two operands."""
        k = self._place(node, type(node.op).__name__, [node.left, node.right])
        return self._to("operate", k, self.visit(node.left), self.visit(node.right))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """Record a sign."""
        if isinstance(node.op, ast.Not) or isinstance(node.operand, ast.Constant):
            return self.generic_visit(node)
        k = self._place(node, type(node.op).__name__, [node.operand])
        return self._to("operate", k, self.visit(node.operand))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Record a transpose."""
        if node.attr != "T" or not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        return self._to("turn", self._place(node, ".T", [node.value]), self.visit(node.value))

    def _index(self, node: ast.Subscript) -> ast.Subscript:
        inner = node.slice
        if isinstance(inner, ast.Tuple):
            index: ast.expr = ast.Tuple([self.visit(each) for each in inner.elts], LOAD)
        else:
            index = self.visit(inner)
        return ast.Subscript(ast.Name(SUBSCRIPT, LOAD), index, LOAD)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Record a part."""
        if not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        k = self._place(node, "part", [node.value, node.slice])
        return self._to("get", k, self.visit(node.value), self._index(node))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Record a call."""
        name = self._text(node.func)
        if name in LEFT_ALONE:
            return self.generic_visit(node)
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        module = name.split(".")[0]
        of_array = receiver is not None and module not in ("np", "numpy")
        if of_array and isinstance(node.func, ast.Attribute):
            name = "." + node.func.attr
        name = name.replace("numpy.", "np.")
        parts = [receiver] if of_array and receiver is not None else []
        named = [keyword.value for keyword in node.keywords if keyword.arg != "out"]
        parts += [*node.args, *named]
        k = self._place(node, SAME.get(name, name), parts)
        # A generator hands its values on unseen: a list does the same, and can be looked at.
        arguments = [
            ast.copy_location(ast.ListComp(a.elt, a.generators), a)
            if isinstance(a, ast.GeneratorExp)
            else a
            for a in node.args
        ]
        function: ast.expr
        if receiver is not None and isinstance(node.func, ast.Attribute):
            function = ast.Attribute(self.visit(receiver), node.func.attr, LOAD)
        else:
            function = self.visit(node.func)
        keywords = [self.visit(keyword) for keyword in node.keywords]
        return self._to("call", k, function, *map(self.visit, arguments), keywords=keywords)

    def _made(self, node: ast.expr) -> ast.AST:
        if not isinstance(getattr(node, "ctx", LOAD), ast.Load):
            return node
        k = self._place(node, "display")
        inner = self.generic_visit(node)
        assert isinstance(inner, ast.expr)
        return self._to("made", k, inner)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        """Record where a tuple was made."""
        return self._made(node)

    def visit_List(self, node: ast.List) -> ast.AST:
        """Record where a list was made."""
        return self._made(node)

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """Record where a dictionary was made."""
        return self._made(node)

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        """Record where a list was made."""
        return self._made(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        """Record where a dictionary was made."""
        return self._made(node)

    def _target(
        self, target: ast.expr, after: list[ast.stmt], value: ast.expr | None = None
    ) -> ast.expr:
        """Return what to assign a value to; what is to be done after that goes into ``after``."""
        if isinstance(target, ast.Name | ast.Attribute):
            line, name = ast.Constant(target.lineno), ast.Constant(ast.unparse(target))
            bind = self._to("bind", line, name, _as_read(target))
            after.append(ast.copy_location(ast.Expr(bind), target))
        elif isinstance(target, ast.Starred):
            target.value = self._target(target.value, after)
        elif isinstance(target, ast.Tuple | ast.List):
            several = isinstance(value, ast.Tuple | ast.List) and value.elts
            values = several if several and len(several) == len(target.elts) else None
            target.elts = [
                self._target(each, after, values[i] if values else None)
                for i, each in enumerate(target.elts)
            ]
        elif isinstance(target, ast.Subscript):
            self.spare += 1
            spare = f"__spare{self.spare}__"
            k = self._place(target, "put", [target.value, value or NO_TEXT, target.slice])
            put = self._to(
                "put", k, self.visit(target.value), self._index(target), ast.Name(spare, LOAD)
            )
            after.append(ast.copy_location(ast.Expr(put), target))
            return ast.copy_location(ast.Name(spare, ast.Store()), target)
        return target

    def _plain(self, value: ast.expr) -> ast.expr:
        """Return what stands for a value, with its text and its items, after it is rewritten."""
        self._text(value)
        if not isinstance(value, ast.Tuple | ast.List):
            return value
        made = type(value)([self._plain(item) for item in value.elts], LOAD)
        self._texts[id(made)] = made, self._text(value)
        return made

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        """Record what names are bound to, and what is stored."""
        after: list[ast.stmt] = []
        plain = self._plain(node.value)
        node.value = self.visit(node.value)
        node.targets = [self._target(target, after, plain) for target in node.targets]
        return [node, *after]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | list[ast.stmt]:
        """Record what a name is bound to; an annotation is left out."""
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        plain = ast.Assign([node.target], node.value)
        return self.visit_Assign(ast.copy_location(plain, node))

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.stmt]:
        """Record a change in place."""
        target = node.target
        if isinstance(target, ast.Attribute):
            return self.generic_visit(node)
        reads = ast.copy_location(_as_read(target), target)
        k = self._place(node, type(node.op).__name__, [reads, node.value])
        value = self.visit(node.value)
        if isinstance(target, ast.Name):
            after: list[ast.stmt] = []
            changed = self._to("change", k, ast.Name(target.id, LOAD), value)
            to = self._target(target, after)
            return [ast.copy_location(ast.Assign([to], changed), node), *after]
        part = self._to("change_part", k, self.visit(target.value), self._index(target), value)
        return ast.copy_location(ast.Expr(part), node)

    def _loop(self, node: ast.For | ast.While) -> ast.AST:
        outer, self.loop = self.loop, node.lineno
        bound: list[ast.stmt] = []
        if isinstance(node, ast.For):
            node.target = self._target(node.target, bound)
        made = self.generic_visit(node)
        assert isinstance(made, ast.For | ast.While)
        made.body = [*bound, *made.body]
        self.loop = outer
        return made

    def visit_For(self, node: ast.For) -> ast.AST:
        """Know the loop around a place."""
        return self._loop(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        """Know the loop around a place."""
        return self._loop(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Leave an annotation out: what it names may not be there."""
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Know the function around a place."""
        outer, self.function = self.function, node.name
        outer_loop, self.loop = self.loop, 0
        node.returns = None
        made = self.generic_visit(node)
        self.function, self.loop = outer, outer_loop
        return made
