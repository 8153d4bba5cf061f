"""Find in the text which of the names that an exercise reads a later cell binds again.

All cells run before functions are called. A helper of one name for two exercises, or an experiment
in the last cell, would then make a function wrong that was right where it stood.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from grader.assignment.python_cells import parsed
from grader.assignment.source import check_cell
from grader.comparison.random_names import RANDOM
from grader.intake.submission import PlannedCell

OWN = ("answer", "extra")  # roles of the cells that hold a student's code
CODE_CELLS = (*OWN, "example")
BUILT_IN = frozenset(dir(builtins))
CODE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)  # statements that run when called
# What only shows when it runs.
UNREADABLE = re.compile(
    r"eval|exec|compile|__import__|import(?:lib|_module)|getattr|globals|vars|locals|__dict__"
    r"|__globals__|__code__|_getframe|get_ipython|time(?:_ns)?|perf_counter|monotonic|now"
)


def stood_until(cells: Sequence[PlannedCell], name: str) -> int:
    """Return how many cells stand up to an exercise's own check, or up to it if that is above."""
    own = (check_cell(name), name)
    return max((at for at, cell in enumerate(cells, 1) if cell.id in own), default=len(cells))


def bound_again(cells: Sequence[PlannedCell], name: str) -> str:
    """Return a name that the function reads and that is bound or deleted after its own check.

    Empty where there is none, and where the function draws random numbers or does what only shows
    when it runs: that gets no second try.
    """
    end = stood_until(cells, name)
    again, there = _names(cells[end:], OWN), _names(cells[:end])
    if "*" not in there:  # else anything may have been there
        again &= there | BUILT_IN
    if not again:  # as in most notebooks: what is bound later was not there before
        return ""
    read, words = reached(cells[:end], name)
    if words & RANDOM or _only_shows_when_it_runs(words):
        return ""
    return min(read & again, default="", key=lambda found: (found != name, found))


def needs_none_of(cells: Sequence[PlannedCell], name: str, others: Sequence[PlannedCell]) -> bool:
    """Tell whether the function reads no name that the ``others`` bind, however indirectly.

    Not where it does what only shows when it runs.
    """
    read, words = reached(cells, name)
    bound = _names(others)
    return not (read & bound or "*" in bound or _only_shows_when_it_runs(words))


def _only_shows_when_it_runs(words: Iterable[str]) -> bool:
    return any(map(UNREADABLE.fullmatch, words))


def _names(cells: Sequence[PlannedCell], roles: Sequence[str] = CODE_CELLS) -> set[str]:
    """Return the names that cells bind; a star stands for all that a module has."""
    return {bound for cell in cells if cell.role in roles for bound, _ in _bound_in(cell.source)}


def draws_random(cells: Sequence[PlannedCell], name: str) -> bool:
    """Tell whether the function, or what it calls, names a generator of random numbers."""
    return bool(reached(cells, name, called=True)[1] & RANDOM)


def bound_by(cells: Sequence[PlannedCell], name: str, kind: type[ast.stmt]) -> bool:
    """Tell whether such a statement in a cell of the student's binds or deletes a name."""
    bindings = (each for cell in cells for each in _bindings(cell))
    return any(bound == name and isinstance(statement, kind) for bound, statement in bindings)


def reached(
    cells: Sequence[PlannedCell], name: str, called: bool = False
) -> tuple[set[str], set[str]]:
    """Return the names that a function reads, however indirectly, and all words of that code.

    With ``called`` words of what runs when it is called: what a cell has computed once does not.
    """
    bindings: dict[str, list[ast.AST]] = {}
    for cell in cells:
        for bound, node in _bindings(cell):
            bindings.setdefault(bound, []).append(node)
    read, words, waiting = {name}, set[str](), [name]
    while waiting:
        for statement in bindings.get(waiting.pop(), ()):
            names = _globals_of(statement)
            waiting += names - read
            read |= names
            if not called or isinstance(statement, CODE):
                words |= _words_of(statement)
    return read, words | (read - bindings.keys())


def _globals_of(statement: ast.AST) -> set[str]:
    """Return the names that a statement of a cell looks up among the notebook's, now or later."""
    try:
        whole = symtable.symtable(ast.unparse(statement), "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return set()
    return set(_referenced(whole))


def _referenced(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _referenced(child)


def _words_of(statement: ast.AST) -> set[str]:
    """Return the attributes and the modules that a statement names."""
    words: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute):
            words.add(node.attr)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            of = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
            paths = (of, *(alias.name for alias in node.names))
            words.update(part for path in paths for part in path.split("."))
    return words


def _bindings(cell: PlannedCell) -> tuple[tuple[str, ast.AST], ...]:
    """Return the names that a cell of the student's binds or deletes, each with its statement."""
    return _bound_in(cell.source) if cell.role in OWN else ()


@lru_cache(maxsize=512)  # the cells of a submission, for each of its exercises that failed
def _bound_in(source: str) -> tuple[tuple[str, ast.AST], ...]:
    tree = parsed(source)
    body = tree.body if isinstance(tree, ast.Module) else []
    return tuple((bound, statement) for statement in body for bound in _bound_by(statement))


def _bound_by(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement binds or deletes where it stands, not within functions."""
    if isinstance(node, CODE):
        yield node.name
        return
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    if isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    for child in ast.iter_child_nodes(node):
        yield from _bound_by(child)
