"""Right solutions in many styles: none of them may lose a point.

Each module holds handwritten versions of one exercise. ``all_variants`` combines them with
rewritings that change the style and nothing else.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Variant:
    """One right solution: ``source`` defines ``exercise``, with its helper functions above it."""

    exercise: str
    style: str
    source: str


def all_variants(exercise: str) -> Iterator[Variant]:
    """Yield every handwritten version of ``exercise`` in every rewriting, no source twice."""
    seen = set()
    for style, tree in handwritten(exercise):
        for name, rewrite in REWRITINGS.items():
            source = ast.unparse(ast.fix_missing_locations(rewrite(copy.deepcopy(tree)))) + "\n"
            if source not in seen:
                seen.add(source)
                yield Variant(exercise, f"{style}, {name}", source)


def handwritten(exercise: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield each function of the exercise's module under the exercise's name, with its helpers."""
    module = ast.parse((FOLDER / f"{exercise}.py").read_text(encoding="utf-8"))
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    for style, function in functions.items():
        if style.startswith("_"):
            continue
        used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        helpers = [functions[name] for name in functions if name.startswith("_") and name in used]
        own = copy.deepcopy(function)
        own.name = exercise
        yield style, ast.Module([*copy.deepcopy(helpers), own], [])


class _Products(ast.NodeTransformer):
    """Write every matrix product of two matrices in another way."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.MatMult):
            return node
        text = self.pattern.format(ast.unparse(node.left), ast.unparse(node.right))
        return ast.parse(text, mode="eval").body


class _Squares(ast.NodeTransformer):
    """Write squares as np.square."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow) and ast.unparse(node.right) == "2":
            return ast.parse(f"np.square({ast.unparse(node.left)})", mode="eval").body
        return node


class _Names(ast.NodeTransformer):
    """Give every argument and variable another name."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = f"my_{node.arg}"
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if node.name in self.names:
            node.name = f"my_{node.name}"
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        node.names = [f"my_{name}" for name in node.names]
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.names:
            node.id = f"my_{node.id}"
        return node


def _renamed(tree: ast.Module) -> ast.Module:
    names = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        if isinstance(node, ast.FunctionDef) and node not in tree.body:
            names.add(node.name)
    renamed: ast.Module = _Names(names).visit(tree)
    return renamed


def _starting_with(*lines: str) -> Callable[[ast.Module], ast.Module]:
    """Put lines at the start of the exercise's function; ``{0}`` is its first argument."""

    def rewrite(tree: ast.Module) -> ast.Module:
        function = tree.body[-1]
        assert isinstance(function, ast.FunctionDef)
        first = function.args.args[0].arg
        function.body[:0] = ast.parse("\n".join(lines).format(first)).body
        return tree

    return rewrite


def _products(pattern: str) -> Callable[[ast.Module], ast.Module]:
    return lambda tree: _Products(pattern).visit(tree)


REWRITINGS: dict[str, Callable[[ast.Module], ast.Module]] = {
    "as written": lambda tree: tree,
    "np.dot": _products("np.dot({}, {})"),
    ".dot": _products("({}).dot({})"),
    "np.matmul": _products("np.matmul({}, {})"),
    "np.einsum": _products("np.einsum('ij,jk->ik', {}, {})"),
    "np.tensordot": _products("np.tensordot({}, {}, 1)"),
    "np.square": lambda tree: _Squares().visit(tree),
    "renamed": _renamed,
    "chatty": _starting_with("print('called with', {0}.shape)", "print('x' * 200)"),
    "own copy": _starting_with("{0} = {0}.copy()"),
    "float64": _starting_with("{0} = np.asarray({0}, dtype=float)"),
    "documented": _starting_with("'''What it does.'''"),
}
