"""Read the signature of a function that is to become an exercise: ``step(x, h) -> h_next``."""

from __future__ import annotations

import ast
import keyword
from dataclasses import dataclass

from grader.errors import UsageError

DICTIONARIES = ("parameters", "params", "weights", "gradients")
SHOWN = 'write it like "step_forward(x, h0, parameters) -> h, caches"'


@dataclass(frozen=True)
class Signature:
    """A signature: the function's name, its arguments and what it returns, all by name."""

    name: str
    arguments: tuple[str, ...]
    returns: tuple[str, ...]

    @property
    def dictionaries(self) -> tuple[str, ...]:
        """Return the arguments that are called as dictionaries of arrays are."""
        found = tuple(name for name in self.arguments if name in DICTIONARIES)
        return found if len(found) < len(self.arguments) else ()

    @property
    def arrays(self) -> tuple[str, ...]:
        """Return the other arguments."""
        return tuple(name for name in self.arguments if name not in self.dictionaries)


def read_signature(text: str) -> Signature:
    """Read a signature; raises UsageError for what is none."""
    call, arrow, results = text.partition("->")
    returns = tuple(name.strip() for name in results.split(","))
    try:
        function, *more = ast.parse(f"def {call.strip()}: pass").body
    except SyntaxError as error:
        raise UsageError(f"{text!r} is no signature ({error.msg}): {SHOWN}") from None
    if not isinstance(function, ast.FunctionDef) or more or len(function.body) != 1:
        raise UsageError(f"{text!r} is no signature: {SHOWN}")
    if not arrow:
        raise UsageError(f"{text!r} does not say what is returned: {SHOWN}")
    given = function.args
    arguments = tuple(argument.arg for argument in (*given.posonlyargs, *given.args))
    if given.vararg or given.kwarg or given.kwonlyargs or given.defaults:
        raise UsageError(f"{text!r}: arguments are given in order, without defaults: {SHOWN}")
    odd = [name for name in returns if not name.isidentifier() or keyword.iskeyword(name)]
    names = (function.name, *arguments, *returns)
    if odd or not arguments or len({*names}) < len(names):
        why = f"{text!r}: every argument and every result needs a name of its own"
        raise UsageError(f"{why}: {SHOWN}")
    return Signature(function.name, arguments, returns)
