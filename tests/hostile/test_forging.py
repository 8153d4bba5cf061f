"""Forging marks: patched libraries, lying objects, printed verdicts. Nothing of it earns a mark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.simulate.pupils import Pupil
from tests.hostile.forgeries import ATTACKS, LIES, LYING
from tests.hostile.graded import (
    Graded,
    assert_earned_nothing,
    assert_harmless,
    assert_ran,
    graded_class,
    new_course,
)
from tests.hostile.pupils import TRIED, attackers, neighbours, returning, with_cell

pytestmark = pytest.mark.sandbox

NOT_MUTE = tuple(name for name in ATTACKS if name not in ("builtins", "numpy-asarray"))


@pytest.fixture(scope="module")
def graded() -> Iterator[Graded]:
    """All forgers and their neighbours in one class."""
    liars = [
        Pupil(f"{name}-lies", solved=(), own=returning(value), damage=with_cell(LIES))
        for name, value in LYING.items()
    ]
    with new_course() as course:
        yield graded_class(course, [*attackers(ATTACKS), *liars, *neighbours(6)])


def test_forgers_harm_nobody(graded: Graded) -> None:
    """Neighbours keep their marks, nothing is left running or written, the run ends on time."""
    assert_harmless(graded, longest=300)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_forger_earns_nothing(graded: Graded, attack: str) -> None:
    """Patching, printing and forging earn no mark to who solved nothing."""
    assert_earned_nothing(graded, attack)


@pytest.mark.parametrize("attack", NOT_MUTE)
def test_the_forgery_was_tried(graded: Graded, attack: str) -> None:
    """Every attack ran, or was refused; none failed for a slip in its own text."""
    assert_ran(graded, f"{attack}-solved")


@pytest.mark.parametrize("lie", LYING)
def test_lying_objects_earn_nothing(graded: Graded, lie: str) -> None:
    """What compares equal to everything is refused or seen as what it is; no fault of the kit."""
    verdict = graded.verdicts[f"{lie}-lies"]
    assert verdict.score == 0.0
    outcomes = {exercise.name: exercise.outcome for exercise in verdict.exercises}
    assert [outcomes[name] for name in TRIED] == ["failed"] * len(TRIED)
