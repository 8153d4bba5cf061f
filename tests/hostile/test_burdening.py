"""Making the judge work: what costs a student four lines costs his neighbours nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

import pytest

from grader.judge.work import TOO_MUCH
from grader.sandbox import MOST_IDLE
from grader.verdict import ExerciseResult
from tests.hostile.burdens import ALSO_SOLVED, ASKED, KINDS, RETURNED, SHOWN, WAITED, burdening
from tests.hostile.graded import Graded, assert_harmless, counted, graded_class, new_course
from tests.hostile.pupils import neighbours
from tests.kit.solution import SPEC

pytestmark = [pytest.mark.sandbox, pytest.mark.slow, pytest.mark.timeout(1800)]
HONEST = 15
ALSO_EARNED = sum(SPEC.exercise(name).points for name in ALSO_SOLVED)


@pytest.fixture(scope="module", params=["A", "B"])
def burdened(request: pytest.FixtureRequest) -> Iterator[tuple[Graded, list[int]]]:
    """Each kind of student who burdens the judge, three of them twice, and fifteen who do not."""
    pupils = [burdening(kind) for kind in KINDS]
    pupils += [
        type(pupil)(f"{pupil.name}-2", pupil.solved, own=pupil.own, damage=pupil.damage)
        for pupil in pupils[:3]
    ]
    with new_course() as course, counted() as started:
        everybody = [*pupils, *neighbours(HONEST)]
        yield graded_class(course, everybody, request.param), started


def results(graded: Graded, kind: str) -> Mapping[str, ExerciseResult]:
    """What became of a student's exercises."""
    return {e.name: e for e in graded.verdicts[f"burden-{kind}"].exercises}


def test_neighbours_and_the_judges_are_unharmed(burdened: tuple[Graded, list[int]]) -> None:
    """Everybody is graded, the honest as always; no judge had to be stopped, and none died."""
    graded, started = burdened
    assert len(graded.verdicts) == len(KINDS) + 3 + HONEST
    assert_harmless(graded, longest=900)
    # At tier B those that got ready at tier A are replaced.
    most = len(os.sched_getaffinity(0)) * (1 if graded.tier == "A" else 2)
    assert len(started) == len(set(started)) <= most


@pytest.mark.parametrize("kind", RETURNED)
def test_a_reply_that_is_too_much_fails_its_exercise(
    burdened: tuple[Graded, list[int]], kind: str
) -> None:
    """It earns nothing, the exercises beside it earn what they are worth."""
    found = results(burdened[0], kind)
    assert found["rnn_cell_forward"].outcome == "failed" and not found["rnn_cell_forward"].points
    assert all(found[name].outcome == "passed" for name in ALSO_SOLVED)
    if kind.startswith(("one-array", "as-many")):
        assert TOO_MUCH in found["rnn_cell_forward"].message


@pytest.mark.parametrize("kind", ASKED)
def test_questions_are_answered_within_what_the_case_holds(
    burdened: tuple[Graded, list[int]], kind: str
) -> None:
    """A stand-in refuses what no right function asks, and ends what does not stop asking."""
    found = results(burdened[0], kind)
    assert found["rnn_forward"].points == 0.0
    assert found["rnn_forward"].outcome in ("raised", "crashed", "timed_out")
    assert all(found[name].outcome == "passed" for name in ALSO_SOLVED)


@pytest.mark.parametrize("kind", WAITED)
def test_who_waits_for_nothing_is_waited_for_a_few_times(
    burdened: tuple[Graded, list[int]], kind: str
) -> None:
    """After some idling the rest is not called: the judgement is certain, and made once."""
    verdict = burdened[0].verdicts[f"burden-{kind}"]
    assert verdict.score == 0.0
    waits = [e for e in verdict.exercises if "within the time limit" in e.message]
    rest = [e for e in verdict.exercises if e.message.startswith("No time is left")]
    assert 1 <= len(waits) <= MOST_IDLE and len(waits) + len(rest) == len(verdict.exercises)


@pytest.mark.parametrize("kind", SHOWN)
def test_what_is_shown_costs_no_exercise(burdened: tuple[Graded, list[int]], kind: str) -> None:
    """Images beyond the allowance are left out; who lies about outputs loses his own process."""
    graded = burdened[0]
    found = results(graded, kind)
    if kind == "large-images":
        assert all(found[name].outcome == "passed" for name in ALSO_SOLVED)
        assert "image not shown" in graded.printed(f"burden-{kind}")
    assert len(str(graded.book(f"burden-{kind}"))) < 8 << 20
