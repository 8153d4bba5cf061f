"""The notebook's check says up to which line a function is right, in the equations' names."""

from __future__ import annotations

import linecache

import pytest

from tests.kit.course import right, selfcheck
from tests.kit.solution import NAMES, scope

NAME = "lstm_cell_backward"


def note(source: str, name: str = NAME) -> str:
    """What the check adds to a function of a notebook's cell."""
    place = f"<cell of {name}>"
    linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
    names = dict(scope())
    exec(compile(source, place, "exec"), names)
    module = selfcheck()
    return module.right_until(module.references()[name], names[name])


def test_the_last_line_that_is_right_and_what_is_missing() -> None:
    """In the order of the equations, with the student's own line."""
    source = right(NAME).replace("dzc = dc * it", "dzc = dc * ft")
    told = note(source)
    line = next(n for n, text in enumerate(source.splitlines(), 1) if "dzo =" in text)
    assert told.startswith(f"Right until here: line {line} makes dzo, equation (22): dzo = ")
    assert told.endswith("dzc, equation (23), is among nothing that your lines make.")


def test_what_is_on_the_way_within_a_line_is_not_made() -> None:
    """A right product that the same line goes on to spoil is none of its results."""
    told = note(right(NAME).replace("ot * (1 - ot)", "ot * (1 - ot) * 2"))
    assert "makes dc, equation (21)" in told
    assert told.endswith("dzo, equation (22), is among nothing that your lines make.")


def test_stacked_gates_are_known_by_their_parts() -> None:
    """One array for all four gates holds each of them."""
    source = """def lstm_cell_backward(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, p = cache
    t = np.tanh(c_next)
    dc = dc_next + da_next * ot * (1 - t**2)
    into = np.vstack([dc * c_prev, dc * cct, dc * it, da_next * t])
    slope = np.vstack([ft * (1 - ft), it * (1 - it), 1 - cct**2, ot * (1 - ot)])
    dz = into * slope
    return dz
"""
    told = note(source)
    assert "line 7 makes dzf, equation (25)" in told and "dconcat, equation (28)" in told


def test_an_exception_ends_what_is_looked_at() -> None:
    """What was made before counts."""
    assert "makes dc, equation (21)" in note(
        right(NAME).replace("dzo = da_next", "dzo = da_next @ da_next")
    )


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_said_of_what_is_right(name: str) -> None:
    """Every named value is made."""
    assert note(right(name), name) == ""


def test_what_has_no_source_is_left_alone() -> None:
    """A function of C, or one that was made of text."""
    module = selfcheck()
    names = dict(scope())
    exec("def f(*_):\n    return 1\n", names)
    assert module.right_until(module.references()[NAME], names["f"]) == ""
    assert module.right_until(module.references()[NAME], len) == ""


def test_a_note_stands_below_what_is_wrong() -> None:
    """Where the cause is not known for certain; a mistake that is known needs no more."""
    module = selfcheck()
    for old, new, expected in (
        ("dc * it *", "dc * ft *", True),
        ("dc_prev = dc * ft", "dc_prev = dc_next * ft", False),
    ):
        source = right(NAME).replace(old, new)
        place = f"<{new}>"
        linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
        names = dict(scope())
        exec(compile(source, place, "exec"), names)
        panel, _ = module.examine(module.references()[NAME], names[NAME])
        assert any("Right until here" in text for text in panel.notes) == expected
