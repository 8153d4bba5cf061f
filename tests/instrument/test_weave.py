"""What is rewritten computes the same, and tells what it computes."""

from __future__ import annotations

import ast
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.instrument.expressions import base_name
from grader.instrument.portable import portable_text
from grader.instrument.recorder import MOST_RECORDS, Full, Recorder
from grader.instrument.traced import traced
from grader.instrument.weave import LONGEST_SOURCE, NotWoven, woven

X = np.arange(6.0).reshape(2, 3) + 1
NAMES = {"np": np, "print": print}


def run(source: str, *arguments, name: str = "f"):
    """What a rewritten function gives, and its recorder."""
    made = woven(source, [name])
    recorder = Recorder(made.needed)
    call = traced(made.text, recorder, NAMES, (), {}, lambda space: space[name])
    return call(*arguments), recorder, made


STATEMENTS = [
    "y = x * 2",
    "y = -x + x @ x.T @ x",
    "y = x.copy(); y += 1; y[0] *= 2; y[:, 1:] -= x[:, 1:]",
    "y = sum(v for v in x)",
    "y = [v * t for t, v in enumerate(x)]",
    "y = {k: x[k] for k in range(2)}",
    "y, *z = x",
    "(y, z), w = (x, x), x.T",
    "d = {'a': x}; d['b'] = x + 1; y = d['b']",
    "y: np.ndarray = np.vstack([x, x])",
    "y = (z := x + 1) * z",
    "y = x if x.sum() > 0 else -x",
    "y = np.add(x, x, out=np.empty((2, 3)))",
    "y = 0\n    for t in range(3):\n        y = y + x[:, t]",
    "y = 0\n    while y < 3:\n        y += 1",
    "g = lambda v, by=2: v * by\n    y = g(x) + g(x, by=3)",
    "def g(v):\n        nonlocal_ = v.T\n        return nonlocal_.T\n    y = g(x)",
    "class A:\n        def __init__(self, v):\n            self.v = v\n            self.w = v.T\n"
    "        def __call__(self):\n            return self.v + self.w.T\n    y = A(x)()",
    "try:\n        y = x @ x\n    except ValueError:\n        y = x",
    "import functools\n    y = functools.reduce(np.add, [x, x])",
    "y = f'{x.sum():.1f} {x.shape}'",
    "y = x.sum(axis=0, keepdims=True) ** 2 // 3 % 2",
]


@pytest.mark.parametrize("body", STATEMENTS)
def test_the_same_is_computed(body: str) -> None:
    """Python's statements do what they did, whatever they are."""
    source = f"def f(x):\n    {body}\n    return y\n"
    plain: dict = dict(NAMES)
    exec(source, plain)
    told, _, _ = run(source, X.copy())
    assert told["error"] is None
    np.testing.assert_equal(told["returned"], plain["f"](X.copy()))


LEAVES = st.sampled_from(["x", "y", "x.T", "y.T", "2.0", "x[0]", "y[:, 1]", "np.tanh(x)"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "@", "/"]), inner),
        st.builds("(-{})".format, inner),
        st.builds("np.sum({}, axis=0)".format, inner),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS)
def test_expressions_give_the_same_or_raise_the_same(text: str) -> None:
    """Any expression gives the same value to the last bit, or raises the same type of error."""
    source = f"def f(x, y):\n    return {text}\n"
    plain: dict = dict(NAMES)
    exec(source, plain)
    with np.errstate(all="ignore"):
        try:
            expected, error = plain["f"](X, X + 1), None
        except Exception as raised:
            expected, error = None, type(raised).__name__
        told, recorder, made = run(source, X, X + 1)
    assert (told["error"] or (None,))[0] == error
    np.testing.assert_array_equal(told["returned"], expected)
    for number, record in enumerate(recorder.records):
        assert all(i < number for i in record.inputs)
        assert -1 <= record.place < len(made.places)


def test_an_exception_is_told_with_the_line_of_the_source() -> None:
    """Lines are those of the text that was rewritten, however long that becomes."""
    source = "def f(x):\n    a, b = x, x\n    a[0], b = 1, x\n\n    return a @ b\n"
    told, _, made = run(source, X.copy())
    kind, lines, _ = told["error"]
    assert kind == "ValueError" and made.lines[lines[-1]] == 5
    report = json.loads(told["report"])
    assert made.places[report["raised"]["place"]].text == "a @ b" and report["here"]


def test_a_name_without_a_value_is_told() -> None:
    """So that the line which bound another name in its place can be found."""
    source = "def f(x):\n    a_nxt = x + 1\n    return a_next\n"
    told, _, made = run(source, X)
    assert told["error"][0] == "NameError" and told["error"][2] == "a_next"
    assert made.uses.in_place_of("a_next", 3) == (2, "a_nxt")


def test_an_endless_loop_ends() -> None:
    """More than so many values are not recorded."""
    with pytest.raises(Full):
        run("def f(x):\n    while True:\n        x = x * 1.0001\n", X)
    assert MOST_RECORDS <= 3_000


@pytest.mark.parametrize("source", ["def f(:", "x = 1" + "0" * LONGEST_SOURCE, "(" * 300])
def test_what_cannot_be_rewritten_is_refused(source: str) -> None:
    """It does not parse, or is too long or too deep."""
    with pytest.raises(NotWoven):
        woven(source)


def test_only_what_a_function_leads_to_is_kept() -> None:
    """Its helpers and imports, not what a cell does beside them."""
    source = "import math\nprint('no')\ndef g(x):\n    return x\ndef h():\n    1 / 0\nh\n"
    made = woven(source + "def f(x):\n    return g(x)\n", ["f"])
    assert made.defines == {"f", "g"}
    assert "print" not in made.text and "import math" in made.text


@pytest.mark.parametrize(
    ("text", "name"),
    [("a", "a"), ("a[0][1:]", "a"), ("self.h", "self.h"), ("a.T", "a"), ("p['W'] @ a['b']", "")],
)
def test_the_name_that_a_part_is_taken_of(text: str, name: str) -> None:
    """A product of two parts is a part of neither."""
    assert base_name(text) == name


def test_the_portable_text_needs_nothing_but_numpy() -> None:
    """It runs where there is no grader, and gives the report as plain text."""
    made = woven("def f(x):\n    return x + 1\n", ["f"])
    text = portable_text(made, "f", (), {})
    imports = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert not {name for name in imports if name and name.startswith("grader")}
    scope: dict = {"np": np}
    exec(text, scope)
    student = type("Student", (), {"__names__": dict(NAMES)})()
    told = scope["portable"](student, X)
    np.testing.assert_array_equal(told["returned"], X + 1)
    assert json.loads(told["report"])["records"]
