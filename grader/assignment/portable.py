"""Take the source of a small function so that it can be run elsewhere, with NumPy and nothing else.

Drivers run beside student code, drivers and predicates in the student's own notebook. What such a
function needs of its surroundings would be missing there, or would carry something along that is
not meant to be seen: free names are refused.
"""

from __future__ import annotations

import ast
import builtins
import dis
import inspect
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from grader.comparison.drivers import PORTABLE
from grader.errors import UsageError

ALLOWED = frozenset({"np", *dir(builtins)})


def portable(function: Callable[..., Any], what: str) -> str:
    """Return the source of a function, written so that it defines ``portable``.

    ``what`` names it in messages. Raises UsageError when its source cannot be told from another's,
    and when it reads a name that is neither its own, nor Python's, nor ``np``.
    """
    code = getattr(function, "__code__", None)
    if not isinstance(code, types.CodeType):
        raise UsageError(f"{what} is no plain function: write it with def or lambda")
    text = _definition(function, code, what)
    free = sorted({*_globals(compile(text, what, "exec"))} - ALLOWED - {PORTABLE})
    if free or code.co_freevars:
        lacking = ", ".join([*free, *code.co_freevars])
        raise UsageError(f"{what} reads {lacking}: it gets its arguments and np, and nothing else")
    return text


def _definition(function: Callable[..., Any], code: types.CodeType, what: str) -> str:
    """Find the definition in its module's text, and give it the one name."""
    found = []
    for node in ast.walk(ast.parse(_text(function))):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(line.lineno for line in node.decorator_list)])
            if first == code.co_firstlineno and node.name == code.co_name:
                node.decorator_list, node.name = [], PORTABLE
                found.append(ast.unparse(node))
        elif isinstance(node, ast.Lambda) and code.co_name == "<lambda>":
            names = tuple(argument.arg for argument in node.args.args)
            if node.lineno == code.co_firstlineno and names == code.co_varnames[: len(names)]:
                found.append(f"{PORTABLE} = {ast.unparse(node)}")
    if len(found) != 1:
        raise UsageError(f"{what}: its text cannot be found, write it with def, in a file")
    return found[0]


def _text(function: Callable[..., Any]) -> str:
    module = sys.modules.get(function.__module__)
    loader = getattr(module, "__loader__", None)
    source = getattr(loader, "get_source", None)
    text = source(function.__module__) if source is not None else None
    return text or inspect.getsource(sys.modules[function.__module__])


def _globals(code: types.CodeType) -> Iterator[str]:
    """Yield the names that code reads from its surroundings, functions within it included."""
    stored = {i.argval for i in dis.get_instructions(code) if i.opname == "STORE_NAME"}
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME") and instruction.argval not in stored:
            yield str(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _globals(constant)
