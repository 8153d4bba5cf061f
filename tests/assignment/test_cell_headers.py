"""Short headers of cells: what they stand for, and that nothing is lost on the way back."""

from __future__ import annotations

from typing import Any

import jupytext
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment.cell_headers import expand, shorten
from grader.errors import UsageError

POINTS = {"f": 5.0, "g": 2.5}
TEXT = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A lesson

# %% locked setup
import numpy as np

# %% answer
def f(x):
    return x

# %% example
print(f(1))

# %% check
check("f", f)

# %% example more
print(f(2))

# %% answer
def helper(x):
    return x
def g(x):
    return x

# %% check
check("g", g)

# %% lesson
g(3)

# %% lesson plot
1

# %% written words 4
# *Write here.*

# %%
own = 1
"""


def cells(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The type and the metadata of every cell that jupytext reads from ``text``."""
    book = jupytext.reads(text, fmt="py:percent")
    return [
        (
            cell.cell_type,
            {key: cell.metadata[key] for key in ("nbgrader", "tags") if key in cell.metadata},
        )
        for cell in book.cells
    ]


def about(name: str, **more: object) -> dict[str, Any]:
    """nbgrader's metadata of a locked cell, with what is otherwise in ``more``."""
    usual = {"grade": False, "locked": True, "schema_version": 3, "solution": False, "task": False}
    return {"nbgrader": {**usual, "grade_id": name, **more}}


def test_each_header_stands_for_nbgraders_metadata() -> None:
    """Ids come from the function above, points from the exercise, and a lesson has its tag."""
    solution = {"locked": False, "solution": True}
    assert cells(expand(TEXT, POINTS)) == [
        ("markdown", {}),
        ("code", about("setup")),
        ("code", about("f", **solution)),
        ("code", about("example_f")),
        ("code", about("check_f", grade=True, points=5)),
        ("code", about("example_more")),
        ("code", about("g", **solution)),
        ("code", about("check_g", grade=True, points=2.5)),
        ("code", {**about("lesson_g"), "tags": ["lesson"]}),
        ("code", {**about("lesson_plot"), "tags": ["lesson"]}),
        ("markdown", about("written_words", grade=True, points=4, **solution)),
        ("code", {}),
    ]


def test_the_long_form_stays_valid() -> None:
    """A text with long headers is left as it is, and means what its short form means."""
    long = expand(TEXT, POINTS)
    assert expand(long, POINTS) == long
    assert shorten(long, POINTS) == TEXT == shorten(TEXT, POINTS)


def test_the_check_of_a_bonus_is_graded_with_0_points() -> None:
    """nbgrader has it as a graded cell that counts in no maximum; it is shortened again."""
    points = POINTS | {"g": 0.0}
    long = expand(TEXT, points)
    assert ("code", about("check_g", grade=True, points=0)) in cells(long)
    assert shorten(long, points) == TEXT
    assert '# %% check\ncheck("g", g)' not in shorten(long, POINTS)  # it says other points
    assert expand(shorten(long, POINTS), POINTS) == long


def test_a_header_that_says_more_keeps_its_long_form() -> None:
    """Other points than the exercise's, another id, a tag: the short form would lose it."""
    long = expand(TEXT, POINTS)
    for old, new in (
        ('"points": 5,', '"points": 6,'),
        ('"check_f"', '"check_of_f"'),
        ('"setup", "locked": true', '"setup", "locked": false'),
        ('"example_f", "locked": true, "schema_version": 3', '"example_f", "schema_version": 3'),
        ('tags=["lesson"]', 'tags=["lesson", "plot"]'),
    ):
        assert old in long
        other = long.replace(old, new, 1)
        assert expand(shorten(other, POINTS), POINTS) == other
        assert shorten(other, POINTS).count("nbgrader=") == 1


@pytest.mark.parametrize(
    ("word", "points"), [("4", 4), ("05", 5), ("5.", 5), ("2.5", 2.5), ("1234567", 1234567)]
)
def test_points_are_any_number(word: str, points: float) -> None:
    """Written by people; nbgrader's metadata have it whole where it is whole."""
    [(_, found)] = cells(expand(f"# %% written words {word}\n# Why?\n", {}))
    assert found["nbgrader"]["points"] == points
    exact = 1234567.125
    long = expand("# %% answer\ndef f(): 1\n\n# %% check\n1\n", {"f": exact})
    assert cells(long)[1][1]["nbgrader"]["points"] == exact


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# %% locked\n", "has 0 words after 'locked'"),
        ("# %% written words\n", "has 1 words after 'written'"),
        *(
            (f"# %% written words {points}\n", f"has '{points}' for points: give a number")
            for points in ("five", "true", "nan", "inf", "0", "-3", "1.5.")
        ),
        (
            "# %% answer\ndef f(x:\n    return x\n",
            "no Python ('(' was never closed): mend ",
        ),
        ("# %% answer\n" + "x = 1\n" * 2000, "too long or too deep to be parsed"),
        ("# %% answer f\ndef f(): pass\n", "has 1 words after 'answer'"),
        ("# %% answer\nx = 1\n", "'# %% answer' belongs to no function"),
        ("# %% check\nx = 1\n", "'# %% check' belongs to no function: define one above it"),
        ("# %% example\nx = 1\n", "define one above it, or give the cell a name"),
        ("# %% lesson\nx = 1\n", "define one above it, or give the cell a name"),
        ("# %% answer\ndef h(): pass\n# %% check\n1\n", "the check of h has no exercise"),
    ],
)
def test_a_header_that_cannot_be_meant_is_one_line(text: str, said: str) -> None:
    """Missing words, an answer without a function, a check without an exercise."""
    with pytest.raises(UsageError) as refused:
        expand(text, POINTS)
    assert said in str(refused.value)


@given(
    st.lists(
        st.sampled_from(
            ["# %%", "# %% [markdown]", "# %% a title", "# %% answers", "# %% example more"]
        ).flatmap(
            lambda header: st.text("ab #%\n", max_size=12).map(lambda body: f"{header}\n{body}")
        )
    )
)
def test_what_is_no_header_is_left_alone(parts: list[str]) -> None:
    """Whatever stands in a text: the way back gives the same cells."""
    text = "\n".join(parts) + "\n"
    long = expand(text, POINTS)
    assert expand(shorten(long, POINTS), POINTS) == long
