"""The operators: which changes of a line each of them makes."""

import pytest

from grader.neighbourhood.mutants import mutants
from grader.neighbourhood.mutation_operators import OPERATORS

CHANGES = [
    ("y = a - b", "arithmetic", "y = b - a"),
    ("y = a @ b", "transpose", "y = a.T @ b"),
    ("y = a.T", "transpose", "y = a"),
    ("y = np.sum(a, axis=1, keepdims=True)", "keyword", "y = np.sum(a, axis=1)"),
    ("y = np.sum(a, axis=1)", "keyword", "y = np.sum(a, axis=1 - 1)"),
    ("y = a[:b]", "index", "y = a[b:]"),
    ("y = a[:, b]", "index", "y = a[:, b - 1]"),
    ("y = a[:, b]", "index", "y = a[b, :]"),
    ("y = a.copy()", "call", "y = a"),
    ("y = np.zeros_like(a)", "call", "y = a"),
    ("y = 1 - a", "constant", "y = 2 - a"),
    ("y = (a, b)", "order", "y = (b, a)"),
    ("y = f(a, b)", "order", "y = f(b, a)"),
    ("y = (a, b)", "shorter", "y = (a,)"),
    ("y = a * 2", "name", "y = b * 2"),
    ("y = a * b", "aliased", "y = np.multiply(a, b, out=a)"),
    ("y = a", "dropped", "pass"),
]
LOOP = "def g(n):\n    for t in range(n):\n        a(t)\n        b(t)\n"


@pytest.mark.parametrize(("line", "operator", "expected"), CHANGES)
def test_an_operator_makes_this_change(line, operator, expected):
    """The operator, applied to a line, gives (among others) the expected line."""
    source = f"def g(a, b):\n    {line}\n    return y\n"
    bodies = [m.source.splitlines()[1].strip() for m in mutants(source) if m.operator == operator]
    assert expected in bodies


def test_a_lookalike_takes_the_place_of_what_the_specification_names():
    """Which functions of a subject are taken for each other is not for the engine to know."""
    source, lookalikes = "def g(a):\n    return squash(a)\n", {"squash": ("clip", "np.sign")}
    changed = [m.source.splitlines()[1].strip() for m in mutants(source, lookalikes)]
    assert {"return clip(a)", "return np.sign(a)"} <= set(changed)
    assert not any("clip" in mutant.source for mutant in mutants(source))


def test_loops_are_cut_short_and_turned_round():
    """Of a loop: shorter ranges, the other direction, one turn only, its last line after it."""
    texts = [mutant.source for mutant in mutants(LOOP)]
    assert any("range(n - 1)" in text for text in texts)
    assert any("range(1, n)" in text for text in texts)
    assert any("range(n - 1, -1, -1)" in text for text in texts)
    assert any("break" in text for text in texts)
    assert any("else:\n        b(t)" in text for text in texts)


def test_every_operator_is_used():
    """No operator is dead: each has its line above, or changes the loop."""
    used = {operator for _, operator, _ in CHANGES} | {m.operator for m in mutants(LOOP)}
    assert used == set(OPERATORS)
