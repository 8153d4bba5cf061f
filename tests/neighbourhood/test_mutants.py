"""The small changes of a function: many, all different, each with an id that stays."""

import ast
import functools

import pytest

from grader.neighbourhood.mutants import mutants
from grader.neighbourhood.mutation_operators import OPERATORS
from tests.kit.toy import OF, right


@functools.cache
def made(name):
    """The mutants of one of the toys' functions, by id."""
    found = list(mutants(right(name)))
    by_id = {mutant.id: mutant for mutant in found}
    assert len(by_id) == len(found)
    return by_id


def test_there_are_many_mutants_of_a_small_function():
    """The operators find dozens of places to change in three or eight lines."""
    counts = {name: len(made(name)) for name in OF}
    assert sum(counts.values()) >= 300
    assert min(counts.values()) >= 40


def test_the_toys_are_changed_by_every_operator_that_fits():
    """All but that of matrix products, which they do not have."""
    used = {mutant.operator for name in OF for mutant in made(name).values()}
    assert used == set(OPERATORS) - {"transpose"}


@pytest.mark.parametrize("name", OF)
def test_mutants_are_functions_and_all_different(name):
    """Each mutant parses, keeps the function's name, and no two have one source."""
    found = made(name).values()
    assert len({mutant.source for mutant in found}) == len(found)
    for mutant in found:
        [function] = ast.parse(mutant.source).body
        assert function.name == name


@pytest.mark.parametrize("name", OF)
def test_no_mutant_is_the_function_itself(name):
    """What is proposed and changes no code is left out."""
    [function] = ast.parse(right(name)).body
    function.body = function.body[1:]  # its docstring
    assert ast.unparse(function) not in {m.source.rstrip() for m in made(name).values()}


def test_ids_do_not_depend_on_comments_or_docstrings():
    """The list of equivalent mutants stays right when only words around the code change."""
    bare = "def f(a, b):\n    c = a + b\n    return c\n"
    worded = 'def f(a, b):\n    """Add."""\n    # why\n    c = a + b  # sum\n    return c\n'
    assert [mutant.id for mutant in mutants(bare)] == [mutant.id for mutant in mutants(worded)]


def test_an_id_says_what_was_changed():
    """The operator and the changed statement; of several alike, which one."""
    assert "call: h = np.ones_like(x)" in made("remember")
    assert "arithmetic: h_next = squash(w * h - u * x + b)" in made("leak")
    ids = [mutant.id for mutant in mutants("def f(a):\n    b = a\n    b = a\n    return b\n")]
    assert {"dropped: b = a", "dropped: b = a #2"} <= set(ids)


def test_text_without_a_function_is_refused():
    """There is nothing to mutate where nothing is defined."""
    with pytest.raises(ValueError, match="no function"):
        next(mutants("x = 1\n"))
