"""Of the attempts that earn the most, the one that explains the most counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from grader.comparison.causes import Cause
from grader.judge.right_runs import _read
from grader.judge.ways import Ways


@pytest.mark.parametrize("rounding", [0.0, 1e-15, -1e-15])
def test_points_that_differ_by_rounding_are_the_same(rounding: float) -> None:
    """Capped points are multiplied by a factor: 5.5 is not always the same number."""
    own = SimpleNamespace(points=5.5 + rounding, stand_ins=())
    stood_in = SimpleNamespace(points=5.5, stand_ins=("cell",))
    known = Cause("known", "it is told", "Look.")
    ways: Any = Ways.__new__(Ways)
    ways.session = mock.MagicMock()
    ways.exercise = SimpleNamespace(name="f", mistakes=(SimpleNamespace(id="known"),))
    ways._tried = lambda: [own, stood_in]
    ways._cause = lambda made, diagnosis: known if made is stood_in else None
    assert ways.best() == (stood_in, known)


def test_only_modules_that_are_read_stand_beside_the_reference() -> None:
    """What the function calls, and what that calls; a module of the lesson's own is left out."""
    basic = "def squash(x):\n    return x\n"
    above = "from basic import squash\n\ndef cell(x):\n    return squash(x)\n"
    other = "def plot(x):\n    return x\n"
    assert _read([basic, other, above], "def f(x):\n    return cell(x)\n") == [basic, above]
    assert _read([basic, other, above], "def f(x):\n    return x\n") == []
