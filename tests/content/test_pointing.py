"""No line is pointed at in right code, whatever its style, and rewriting changes no result."""

from __future__ import annotations

import pytest

from grader.verify.pointed_at import pointed_at
from tests.content.variants import all_variants
from tests.kit.course import assignment
from tests.kit.solution import NAMES


def pointed(name: str, source: str):
    """Where a right function would be pointed at, on any kind of case."""
    return pointed_at(assignment(), assignment().spec.exercise(name), source)


@pytest.mark.parametrize("name", NAMES)
def test_handwritten_styles_have_no_line(name: str) -> None:
    """138 of them, on every kind of case that an exercise draws."""
    found = [v for v in all_variants(name) if v.style.endswith(", as written")]
    assert [(v.style, at) for v in found if (at := pointed(name, v.source))] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_their_rewritings_have_no_line(name: str, capsys) -> None:
    """One in three of more than a thousand, and of each rewriting some."""
    found = list(all_variants(name))[::3]
    assert [(v.style, at) for v in found if (at := pointed(name, v.source))] == []
    capsys.readouterr()
