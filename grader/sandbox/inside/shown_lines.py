"""Find which lines a traceback shows, and look at no more of a cell's tree than that takes.

IPython asks `executing` for the expression that failed, of which it shows nothing, and for that
`executing` takes apart all of a source and all of its bytecode: most of what a traceback costs.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
from collections.abc import Iterator
from types import CodeType, FrameType, TracebackType
from typing import Any

# What IPython makes its tracebacks with; it comes with IPython.
core: Any = importlib.import_module("stack_data.core")
executing: Any = importlib.import_module("executing.executing")
WHOLE: Any = core.Source


class ShownLines(WHOLE):  # type: ignore[misc]
    """A source of which only the statements are looked at, and of those what covers a line."""

    def __init__(self, filename: str, lines: tuple[str, ...]) -> None:
        self.filename = filename
        self.text = "".join(lines)
        self.lines = [line.rstrip("\r\n") for line in lines]
        self._asttokens = self._asttext = None
        self.tree: Any = None
        with contextlib.suppress(SyntaxError, ValueError):
            self.tree = ast.parse(self.text, filename=filename)

    @classmethod
    def executing(cls, frame_or_tb: FrameType | TracebackType) -> Any:
        """Find the statement of a frame; where there are several in its line, as `executing` does.

        To find the expression only tells which of several it is.
        """
        frame, lineno = core.frame_and_lineno(frame_or_tb)
        source: Any = cls.for_frame(frame)
        statements = source.statements_at(lineno) if source.tree else None
        if statements is not None and len(statements) > 1:
            return WHOLE.executing(frame_or_tb)
        return executing.Executing(frame, source, None, statements, None)

    def statements_at(self, lineno: int) -> set[Any]:
        """Return the statements a part of which covers a line; they know what they stand in."""
        found = set()
        pending: list[tuple[ast.AST, Any]] = [(self.tree, self.tree)]  # and what it is a part of
        while pending:
            node, holder = pending.pop()
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.stmt):
                    child.parent = holder  # type: ignore[attr-defined]
                    if _first_line(child) <= lineno <= (child.end_lineno or 0):
                        pending.append((child, child))
                        if child.lineno == lineno:
                            found.add(child)
                else:
                    pending.append((child, holder))
                    if lineno in executing.node_linenos(child):
                        found.add(holder)
        return found

    def line_range(self, node: ast.AST) -> tuple[int, int]:
        """Return a node's first line and the one behind its last."""
        if isinstance(node, ast.Module):
            return 1, self.text.count("\n") + 2
        # Statements end where the last one in them does, but for semicolons behind that.
        if isinstance(node, (ast.stmt, ast.ExceptHandler)) and ";" not in self.text:
            return _first_line(node), (node.end_lineno or 0) + 1
        lines: tuple[int, int] = super().line_range(node)
        return lines

    def code_qualname(self, code: CodeType) -> str:
        """Return the qualified name of a function whose code this is."""
        if code.co_name == "<module>":
            return code.co_name
        visitor = executing.QualnameVisitor() if code.co_name == "<lambda>" else _StatementNames()
        visitor.visit(self.tree or ast.Module([], []))
        name: str = visitor.qualnames.get((code.co_name, code.co_firstlineno), code.co_name)
        return name


class _StatementNames(executing.QualnameVisitor):  # type: ignore[misc]
    def visit(self, node: ast.AST) -> None:
        """Pass by expressions: there are but lambdas in them."""
        if not isinstance(node, ast.expr):
            super().visit(node)


def _first_line(node: Any) -> int:
    decorators = getattr(node, "decorator_list", None)
    line: int = (decorators[0] if decorators else node).lineno
    return line


@contextlib.contextmanager
def only_shown_lines() -> Iterator[None]:
    """Have tracebacks that are made within look at no more than they show."""
    core.Source = ShownLines
    try:
        yield
    finally:
        core.Source = WHOLE
