"""Syntax that a newer Python reads and this one does not is known as that, and nothing else is."""

from __future__ import annotations

import sys

import pytest

from grader.assignment.newer_python import newer_python

NEWER = {
    "a quote of its own in a field": ('x = f"{d["a"]} and {d["b"]:>{n["w"]}}"\n', (3, 12)),
    "a backslash in a field": ("x = f'{sep.join(a)} {'\\n'.join(b)}'\n", (3, 12)),
    "two texts on a line": ('x = f"{d["a"]}" + "b" + f"{d["c"]}"\n', (3, 12)),
    "a type": ("type Pair[T] = tuple[T, T]\n", (3, 12)),
    "a generic function": ("def f[T: int](x: T) -> T:\n    return x\n", (3, 12)),
    "a generic class": ("class A[T]:\n    pass\n", (3, 12)),
    "two exceptions": ("try:\n    f()\nexcept KeyError, ValueError:\n    pass\n", (3, 14)),
    "a template": ('x = t"{a} and {d["b"]}"\n', (3, 14)),
}
WRONG = (
    "h = (1\nreturn h\n",
    "def f():\nreturn 1\n",
    'print "x"\n',
    'x = f"{d["a"]\n',
    "type X\n",
    "def f[T(x):\n    return x\n",
    "except KeyError, ValueError:\n    pass\n",
    "I could not do this one.\n",
)


@pytest.mark.parametrize("case", NEWER)
def test_newer_syntax_is_known(case: str) -> None:
    """The first Python that reads it is said, where that is a newer one."""
    source, version = NEWER[case]
    expected = version if sys.version_info[:2] < version else None
    assert newer_python("a = 1\n" + source) == expected


@pytest.mark.parametrize("source", WRONG)
def test_what_no_python_reads_is_wrong(source: str) -> None:
    """A mistake is not excused by a Python to come."""
    assert newer_python(source) is None


@pytest.mark.parametrize("case", NEWER)
def test_newer_syntax_does_not_hide_a_mistake(case: str) -> None:
    """Where something else does not parse, the cell is wrong in every Python."""
    assert newer_python(NEWER[case][0] + "h = (1\n") is None
