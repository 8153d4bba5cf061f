"""What the notebook's example calls is what the student's check asks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grader.assignment.example_calls import NAME, visible_cases
from grader.assignment.source import Source
from grader.comparison.trees import same
from grader.errors import UsageError
from tests.kit.toy import NAME as LEAKY
from tests.kit.toy import SLOPE, assignment


def edited(name: str, cell: str, *edits: tuple[str, str]) -> Source:
    """A toy's source with one of its cells edited; each edit fits once."""
    source = assignment(name).source
    cells = []
    for each in source.cells:
        text = each.source
        for old, new in edits if each.id == cell else ():
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        cells.append(replace(each, source=text))
    return replace(source, cells=tuple(cells))


def test_the_visible_case_is_the_examples_call() -> None:
    """Arguments come from the cell, sizes of letters from the shapes of what is returned."""
    case = assignment(LEAKY).visible("remember")
    rng = np.random.default_rng(2)
    parameters = {name: rng.standard_normal((2, 1)) for name in ("w", "u", "b")}
    x, h0 = rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 3))
    assert case.name == NAME and same(case.arguments, (x, h0, parameters), 0.0)
    assert case.dims == {"n": 2, "m": 3, "T": 4} and case.forward is None


def test_a_cache_is_known_by_the_call_that_made_it() -> None:
    """A backward case knows its forward call, for gradients need one to differentiate."""
    slope = assignment(SLOPE)
    case = slope.visible("climb_backward")
    assert case.forward is not None
    assert (case.forward.function, case.forward.pick, case.forward.into) == ("climb", 1, 1)
    made = slope.functions["climb"](*case.forward.arguments)[1]
    assert same(made, case.arguments[1], 0.0)


def test_arguments_are_as_they_were_before_the_call() -> None:
    """A solution that writes into them changes no visible case."""
    source = edited(LEAKY, "leak", ("h_next = squash(", "x *= 2\n    h_next = squash("))
    cases = visible_cases(assignment(LEAKY).spec, source)
    assert same(cases["leak"].arguments, assignment(LEAKY).visible("leak").arguments, 0.0)


def test_only_the_examples_own_call_counts() -> None:
    """Of several the first, and none that a function makes itself."""
    more = ("print(h[1][2])", "print(remember(np.ones((2, 1, 1)), np.ones((2, 1)), parameters))")
    cases = visible_cases(assignment(LEAKY).spec, edited(LEAKY, "example_remember", more))
    assert cases["remember"].dims == {"n": 2, "m": 3, "T": 4}
    assert cases["leak"].dims == {"n": 2, "m": 3}


def test_the_global_generator_stays_where_it_was() -> None:
    """Examples may seed it, as those on the web do; whoever draws next does not notice."""
    seeds = ("rng = np.random.default_rng(1)", "np.random.seed(1)\nrng = np.random.default_rng(1)")
    np.random.seed(5)
    expected = np.random.RandomState(5).random()
    visible_cases(assignment(LEAKY).spec, edited(LEAKY, "example_leak", seeds))
    assert np.random.random() == expected


@pytest.mark.parametrize(
    ("cell", "edit", "said"),
    [
        ("example_leak", ("leak(", "(lambda *_: (np.ones(1), 0))("), "leak does not call it"),
        ("example_leak", ("parameters)", "parameters=parameters)"), "give them in order"),
        ("example_leak", ("rng = ", "1 / 0\nrng = "), "cell 'example_leak' of the solution fails"),
    ],
)
def test_an_example_that_shows_nothing_is_one_line(
    cell: str, edit: tuple[str, str], said: str
) -> None:
    """No call, named arguments, an error: each is told with the cell or the function."""
    with pytest.raises(UsageError, match=said):
        visible_cases(assignment(LEAKY).spec, edited(LEAKY, cell, edit))


def test_an_exercise_without_an_example_is_one_line() -> None:
    """The remedy is the header of the cell that is missing."""
    source = assignment(LEAKY).source
    cells = tuple(cell for cell in source.cells if cell.id != "example_remember")
    with pytest.raises(UsageError, match="remember has no example: add a cell headed '# %% exam"):
        visible_cases(assignment(LEAKY).spec, replace(source, cells=cells))
