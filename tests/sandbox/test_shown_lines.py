"""Tracebacks that look at no more than they show read as IPython's own do."""

from __future__ import annotations

import contextlib
import itertools
import linecache
import sys
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from IPython.core import ultratb

from grader.sandbox.inside.shown_lines import only_shown_lines

BEFORE = '''
import contextlib
x = 1
def deco(f):
    return f
@contextlib.contextmanager
def context():
    yield 1
def fails(*a):
    """Fail."""
    b = 1

    c = 2
    raise ValueError(*a)
def again(n):
    if n == 0:
        raise ValueError(n)
    return again(n - 1)
class C:
    v = 1
    def m(self):
        return self.v / 0
'''
STATEMENTS = (
    "x = 1",
    "y = [1,\n    2,\n    x]",
    "# a remark",
    "",
    "\n",
    "while True:\n    break",
    "if x:\n    z = 1\n\n    # inside\n    w = f'{x:>5} {z!r}'\nelse:\n    w = 2",
    "C().m()",
    "@deco\ndef g(a,\n      b=2):\n    '''Doc.\n\n    More.\n    '''\n    c = a\n\n\n    fails(c)",
    "g(1)",
    "with context() as q:\n    fails(q)",
    "[1 / k for k in (1, 0)]",
    "{}['missing']",
    "try:\n    1 / 0\nexcept ValueError:\n    s = 1\nfinally:\n    t = 2",
    "x: undefined = 1",
    "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e",
    "(lambda v: v / 0)(\n    1)",
    "fails(\n    x,\n    1)",
    "x = 1; y = 1 / 0; z = 3",
    "def h(): return 1 / 0\nh()",
    "f'''{x}\n{1 / 0}\n'''",
    "print(f'a {x}'\n  f'b {1 / 0}')",
    "match x:\n    case 1:\n        u = 1 / 0\n    case _:\n        u = 2",
    "again(5)",
    "again(40)",
    "many = (1 +\n  2 +\n  3 +\n  4 +\n  5 +\n  6 +\n  7 +\n  fails(8) +\n  9)",
    "@undefined\ndef p(): pass",
    "@deco\n@fails\nclass D:\n    pass",
    "class E(fails()):\n    v = 1",
    "def q(a=1 / 0):\n    pass",
    "d = {k: 1 / v for k, v in {1: 1,\n  2: 0}.items()}",
    "exec('1 / 0')",
    "sorted([3, 2], key=lambda v: v /\n       0)",
    "import json\njson.loads('{')",
    "if x: 1 / 0",
    "for i in range(2):\n    if i:\n        for j in (1, 2):\n            fails(\n             j)",
    "if x:\n    pass;\n    1 / 0 ;",
    "class F:\n    def m(self):\n        def n():\n            fails()\n        n()\nF().m()",
    "raise ExceptionGroup('many', [ValueError(1), KeyError(2)])",
)
NUMBERS = itertools.count()
FORMATTER: Any = vars(ultratb)["AutoFormattedTB"]("Context", theme_name="nocolor", tb_offset=1)


def shown(source: str, name: str, within: Any) -> list[str]:
    """Run a source and return the traceback that IPython makes of what it raises."""
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    try:
        exec(compile(source, name, "exec"), {"__name__": "a_cell"})
    except Exception:
        with within:
            lines: list[str] = FORMATTER.structured_traceback(*sys.exc_info())
        return lines
    return []


@settings(deadline=None, max_examples=60)
@example(["x = 1; y = 1 / 0; z = 3"])  # of several statements in a line, which one is it?
@example(["def h(): return 1 / 0\nh()"])
@example(["(lambda v: v / 0)(\n    1)"])
@example(["many = (1 +\n  2 +\n  3 +\n  4 +\n  5 +\n  6 +\n  7 +\n  fails(8) +\n  9)"])
@example(["@undefined\ndef p(): pass"])
@example(["def r():\n    return (lambda v: v / 0)(1)\nr()"])
@example(["def s():\n    fails(1,\n          2 / 0)\ns()"])
@example(["def t():\n    1 / 0 \\\n    ;\nt()"])
@given(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=5))
def test_a_traceback_reads_as_ipythons_own(statements: list[str]) -> None:
    """Lines, gaps, arrows and names are the same, whatever fails and wherever."""
    source, number = "\n".join([BEFORE, *statements, ""]), next(NUMBERS)
    for name in (f"<ipython-input-{number}-0123456789ab>", f"<text-{number}>"):
        with_less = shown(source, name, only_shown_lines())
        assert with_less == shown(source, name, contextlib.nullcontext())


def test_a_deep_expression_is_no_hindrance() -> None:
    """What is looked at is not nested as deep as a source may be."""
    source = "x = 0\ny = " + " + ".join(["x"] * 900) + "\n1 / x\n"
    (*_, last) = shown(source, "<deep>", only_shown_lines())
    assert "ZeroDivisionError" in last
