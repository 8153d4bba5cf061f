"""The marking itself put to the test: small changes of the solution must lose marks."""

import ast
import functools
import random

import numpy as np
import pytest

from grader.comparison.trees import deep_copy, leaves, same
from grader.exercises.rnn_step_by_step import SPEC
from grader.verify import in_process
from grader.verify.mutants import mutants
from grader.verify.mutation_operators import OPERATORS
from tests.kit.solution import NAMES, functions, posed, scope, source

SEED = 21
SAMPLE = 40  # mutants of each function that every test run marks; the slow test marks all


@functools.cache
def made(name):
    """The mutants of one function, by id."""
    found = list(mutants(source().function_source(name)))
    by_id = {mutant.id: mutant for mutant in found}
    assert len(by_id) == len(found)
    return by_id


def survivors(name, chosen):
    """The ids of mutants that lose no marks."""
    exercise, cases = SPEC.exercise(name), posed(name, SEED)
    return {
        mutant.id
        for mutant in chosen
        if not in_process.loses(exercise, in_process.define(mutant.source, name, scope()), cases)
    }


def test_there_are_at_least_400_mutants():
    """The operators find far more than 400 places to change in the eight functions."""
    counts = {name: len(made(name)) for name in NAMES}
    assert sum(counts.values()) >= 400
    assert min(counts.values()) >= 100


def test_every_operator_is_used():
    """No operator is dead: each changes some function of this assignment."""
    used = {mutant.operator for name in NAMES for mutant in made(name).values()}
    assert used == set(OPERATORS)


@pytest.mark.parametrize("name", NAMES)
def test_mutants_are_functions_and_all_different(name):
    """Each mutant parses, keeps the function's name, and no two have one source."""
    found = made(name).values()
    assert len({mutant.source for mutant in found}) == len(found)
    for mutant in found:
        [function] = ast.parse(mutant.source).body
        assert function.name == name


def test_ids_do_not_depend_on_comments_or_docstrings():
    """The list of equivalent mutants stays right when only words around the code change."""
    bare = "def f(a, b):\n    c = a + b\n    return c\n"
    worded = 'def f(a, b):\n    """Add."""\n    # why\n    c = a + b  # sum\n    return c\n'
    assert [mutant.id for mutant in mutants(bare)] == [mutant.id for mutant in mutants(worded)]


@pytest.mark.parametrize(
    ("line", "operator", "expected"),
    [
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
    ],
)
def test_an_operator_makes_this_change(line, operator, expected):
    """The operator, applied to a line, gives (among others) the expected line."""
    source = f"def g(a, b):\n    {line}\n    return y\n"
    bodies = [m.source.splitlines()[1].strip() for m in mutants(source) if m.operator == operator]
    assert expected in bodies


def test_loops_are_cut_short_and_turned_round():
    """Of a loop: shorter ranges, the other direction, one turn only, its last line after it."""
    source = "def g(n):\n    for t in range(n):\n        a(t)\n        b(t)\n"
    texts = [mutant.source for mutant in mutants(source)]
    assert any("range(n - 1)" in text for text in texts)
    assert any("range(1, n)" in text for text in texts)
    assert any("range(n - 1, -1, -1)" in text for text in texts)
    assert any("break" in text for text in texts)
    assert any("else:\n        b(t)" in text for text in texts)


def test_text_without_a_function_is_refused():
    """There is nothing to mutate where nothing is defined."""
    with pytest.raises(ValueError, match="no function"):
        next(mutants("x = 1\n"))


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_of_mutants_loses_marks(name):
    """Mutants taken at random lose marks unless they are listed as equivalent."""
    everything = list(made(name).values())
    chosen = random.Random(SEED).sample(everything, SAMPLE)
    assert survivors(name, chosen) <= set(SPEC.exercise(name).equivalent)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_loses_marks_or_is_equivalent(name):
    """The survivors among all mutants are exactly the listed ones."""
    assert survivors(name, made(name).values()) == set(SPEC.exercise(name).equivalent)


@pytest.mark.parametrize(
    ("name", "mutant"), [(e.name, id_) for e in SPEC.exercises for id_ in e.equivalent]
)
def test_an_equivalent_mutant_gives_the_solutions_results(name, mutant):
    """On float64 inputs the results are the solution's to the last bit, and no input changes."""
    function = in_process.define(made(name)[mutant].source, name, scope())
    assert SPEC.exercise(name).equivalent[mutant]
    for seed in (1, 2, 3):
        for case, expected in posed(name, seed):
            if case.name == "float32 inputs":
                continue
            arguments = deep_copy(case.arguments)
            with np.errstate(all="ignore"):
                got = function(*arguments)
            assert same(got, expected, 0.0), case.name
            assert same(arguments, case.arguments, 0.0), case.name
            for (_, one), (_, other) in zip(leaves(got), leaves(expected), strict=True):
                assert getattr(one, "dtype", None) == getattr(other, "dtype", None)
        assert not in_process.loses(SPEC.exercise(name), function, posed(name, seed))


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_itself_loses_nothing(name):
    """Full marks for the reference function: the marking has no false alarm at its root."""
    exercise = SPEC.exercise(name)
    assert in_process.points(exercise, functions()[name], posed(name, SEED)) == exercise.points


def test_a_function_that_writes_into_its_arguments_loses_that_check_alone():
    """Right values and changed arguments cost the one point for leaving arguments alone."""
    exercise = SPEC.exercise("rnn_cell_backward")

    def careless(da_next, cache):
        gradients = functions()["rnn_cell_backward"](da_next, cache)
        da_next *= 0
        return gradients

    assert set(in_process.failed_checks(exercise, careless, posed(exercise.name, SEED))) == {
        "inputs"
    }
    assert in_process.points(exercise, careless, posed(exercise.name, SEED)) == exercise.points - 1


def test_a_function_that_raises_fails_every_check():
    """An exception is the loss of all checks, not an error of the marking."""
    exercise = SPEC.exercise("rnn_forward")

    def broken(*arguments):
        raise RuntimeError

    failed = in_process.failed_checks(exercise, broken, posed(exercise.name, SEED))
    assert set(failed) == {check.name for check in exercise.checks}
    assert in_process.points(exercise, broken, posed(exercise.name, SEED)) == 0


def test_a_change_that_never_ends_loses_marks(monkeypatch):
    """A loop without an end is stopped, so that it neither passes nor fills the memory."""
    monkeypatch.setattr(in_process, "CALL_SECONDS", 0.1)
    name = NAMES[0]
    function = in_process.define(f"def {name}(*_):\n    while True:\n        pass", name, {})
    assert in_process.loses(SPEC.exercise(name), function, posed(name, 3)[:1])
