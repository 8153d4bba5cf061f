"""Compile cells of plain Python in one piece, and the kit's own once for all forks.

To take a cell to pieces as IPython does, statement by statement, takes longer than most cells run.
"""

from __future__ import annotations

import ast
import contextlib
import re
import warnings
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any, NamedTuple

from IPython.core.compilerop import CachingCompiler

NAMELESS = "<cell>"
DEFINES = re.compile(r"def (\w+)\(")
MOST_OWN = 1000  # cells that a worker keeps compiled


class Own(NamedTuple):
    """One of the kit's own cells: its statements, and its pieces, compiled under no name."""

    tree: ast.Module
    pieces: list[CodeType]


class PlainCells(CachingCompiler):
    """A compiler that knows which of the cells it is given are plain Python."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.own: dict[str, Own] = {}  # by a cell's text
        self.usual_flags = self.flags
        self.parsed: tuple[str, ast.Module] | None = None  # the cell that is run next

    def keep(self, sources: Iterable[str]) -> None:
        """Compile the kit's own cells, those that are plain Python and warn of nothing."""
        for source in sources:
            cell = ended(source)
            if len(self.own) < MOST_OWN and may_be_plain(source) and self.parse_plain(cell):
                tree = self.ast_parse(cell)
                assert isinstance(tree, ast.Module)
                pieces = self.in_one_piece(tree.body, NAMELESS)
                if pieces is not None and self.flags == self.usual_flags:
                    self.own[cell] = Own(tree, pieces)
                self.flags = self.usual_flags

    def parse_plain(self, cell: str) -> bool:
        """Parse a cell that may be plain Python, for `ast_parse` to find; say whether it is."""
        self.parsed = None
        if cell in self.own:
            self.parsed = cell, self.own[cell].tree
            return True
        try:
            with warnings_kept() as said:
                tree: Any = super().ast_parse(cell)
        except Exception:
            return False
        if not said:  # else it is parsed again, and warns where the student sees it
            self.parsed = cell, tree
        return True

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> ast.AST:
        """Parse a cell, unless that has been done: once is enough."""
        parsed, self.parsed = self.parsed, None
        if parsed is not None and parsed[0] == source and symbol == "exec":
            return parsed[1]
        tree: ast.AST = super().ast_parse(source, filename, symbol)
        return tree

    def pieces(self, cell: str, name: str) -> list[CodeType] | None:
        """Return a plain cell's code by its ``name``.

        None where it has to run by statements, or to be parsed where what it warns of is shown.
        """
        own, flags = self.own.get(cell), self.flags
        # What a `from __future__` of the student's has changed holds for the cells behind it.
        if own is not None and flags == self.usual_flags:
            return [named(piece, name) for piece in own.pieces]
        self.parse_plain(cell)
        parsed, self.parsed = self.parsed, None
        if parsed is None:
            return None
        pieces = self.in_one_piece(parsed[1].body, name)
        if pieces is None:
            self.flags = flags
        return pieces

    def function(self, cell: str, name: str) -> CodeType | None:
        """Compile a cell that ends in a function, as most answers do, without a tree in between.

        None where it does not, is not plain or warns; there is a value to show in no other case.
        """
        line = _last_line_at_the_margin(cell)
        if line is None or cell in self.own:
            return None
        flags = self.flags
        try:
            with warnings_kept() as said:
                code: CodeType = self(cell, name, "exec")
        except Exception:
            return None
        # A line in the middle of a text looks alike, but then no code begins in it.
        defined = [c for c in code.co_consts if isinstance(c, CodeType)]
        if not said and any((c.co_firstlineno, c.co_name) == line for c in defined):
            return code
        self.flags = flags
        return None

    def in_one_piece(self, nodes: list[ast.stmt], name: str) -> list[CodeType] | None:
        """Compile a cell's statements as one, and a last expression, whose value is shown, apart.

        None where that fails or warns: statement by statement, those before it run, and show it
        where it stands. A module imported for later versions' rules has to come first in one piece
        only.
        """
        shown = nodes[-1:] if nodes and isinstance(nodes[-1], ast.Expr) else []
        first = nodes[: len(nodes) - len(shown)]
        trees: list[tuple[Any, str]]  # typeshed knows of texts only
        try:
            with warnings_kept() as said:
                trees = [(ast.Module(first, []), "exec")] if first else []
                trees += [(ast.Interactive(list(shown)), "single")] if shown else []
                pieces = [self(tree, name, mode) for tree, mode in trees]
        except Exception:
            return None
        return None if said else pieces


def ended(cell: str) -> str:
    """Return a cell's text with its last line ended."""
    return cell if cell.endswith("\n") else cell + "\n"


def _last_line_at_the_margin(cell: str) -> tuple[int, str] | None:
    """Return number and name where the last statement seems to define a function."""
    lines = cell.splitlines()
    for number in range(len(lines), 0, -1):
        line = lines[number - 1]
        if line and not line[0].isspace() and line[0] != "#":
            found = DEFINES.match(line)
            return (number, found[1]) if found else None
    return None


def may_be_plain(cell: str) -> bool:
    """Tell whether a cell holds nothing that is Python and yet something else to IPython."""
    if cell[:1].isspace() or cell.startswith("In [") or "\n" not in cell.strip() or "\r" in cell:
        return False
    # Two that parse, and are more than Python takes here, and one that IPython's history looks for.
    return not any(word in cell for word in ("await", "async", "run_line_magic"))


def named(code: CodeType, name: str) -> CodeType:
    """Return code, and the code in it, as compiled under a name."""
    inner = tuple(named(c, name) if isinstance(c, CodeType) else c for c in code.co_consts)
    return code.replace(co_filename=name, co_consts=inner)


@contextlib.contextmanager
def warnings_kept() -> Iterator[list[Any]]:
    """Keep the warnings that would be shown.

    The filters stay untouched: to change them forgets which warnings were shown before.
    """
    said: list[Any] = []
    shown, warnings.showwarning = warnings.showwarning, lambda *told, **_: said.append(told)
    try:
        yield said
    finally:
        warnings.showwarning = shown
