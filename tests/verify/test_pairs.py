"""A wrong function and a wrong one that calls it: both are told, and what is not is found."""

from __future__ import annotations

import copy
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from grader.verify.by_judge import both_named
from grader.verify.pairs import both_named_in_the_notebook, sampled
from tests.kit import course, toy

LEAK, REMEMBER = toy.exercise("leak"), toy.exercise("remember")


def held_with(check: Any) -> Any:
    """What is found of the toy's two functions with this check."""
    return both_named_in_the_notebook(toy.assignment(), REMEMBER, LEAK, check)


def test_every_pair_of_the_toy_is_told_both() -> None:
    """Nine pairs of a wrong step and a wrong sequence."""
    found = held_with(toy.selfcheck())
    assert found.holds and found.text == "9 of 9 pairs"


def test_the_courses_pairs_are_told_both() -> None:
    """Two hundred by a fixed seed; those that begin with the same wrong call are told together."""
    spec, pairs, among = course.assignment().spec, 0, 0
    for exercise in spec.exercises:
        for name in exercise.calls:
            found = both_named_in_the_notebook(
                course.assignment(), exercise, spec.exercise(name), course.selfcheck()
            )
            assert found.holds, found
            pairs += int(found.text.split()[0])
            among += int((found.text.partition(", ")[2] or "0").split()[0])
    assert pairs == 200 and among <= 20


def test_a_sample_is_the_same_each_time_and_another_for_others() -> None:
    """A fixed seed and the two names; no pair twice, all of them where there are few."""
    mistakes = course.assignment().spec.exercise("rnn_forward").mistakes
    one = sampled(REMEMBER, LEAK, mistakes, mistakes, 30)
    assert one == sampled(REMEMBER, LEAK, mistakes, mistakes, 30) and len(set(one)) == 30
    assert one != sampled(LEAK, REMEMBER, mistakes, mistakes, 30)
    everything = sampled(REMEMBER, LEAK, REMEMBER.mistakes, LEAK.mistakes)
    assert len(everything) == len(REMEMBER.mistakes) * len(LEAK.mistakes)


def _without_paths(check: ModuleType) -> SimpleNamespace:
    """The check as it was released before: it knows of no path that a mistake leaves."""

    def examine(reference: Any, function: Any) -> Any:
        known = copy.copy(reference.mistakes)
        told = known.by_sums
        known.by_sums = lambda kind, sums: [] if kind.startswith("off ") else told(kind, sums)
        return check.examine(replace(reference, mistakes=known), function)

    return SimpleNamespace(references=check.references, examine=examine)


@pytest.mark.parametrize("broken", ["no paths", "the wrong step kept"])
def test_a_mistake_that_is_hidden_by_another_is_found(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both halves are needed: what leaves the recorded path, and the right step's answers."""
    check: Any = toy.selfcheck()
    if broken == "no paths":
        check = _without_paths(check)
    else:
        monkeypatch.setattr(check, "_more_telling", lambda _, alone, *others: alone)
    found = held_with(check)
    assert not found.holds and "memory-not-carried with " in found.text


def test_a_folder_of_another_release_is_found() -> None:
    """Where an exercise is not known there is nothing to hold."""
    found = held_with(SimpleNamespace(references=dict))
    assert not found.holds and found.text.endswith("run `make release`")


def test_a_pair_that_the_judge_does_not_tell_both_is_found() -> None:
    """A name that is not the mistake's, on either side; right together is the helper's to tell."""
    pair = (REMEMBER.mistakes[0], LEAK.mistakes[0])
    cases = [f"remember/{a.id} + leak/{b.id}" for a in REMEMBER.mistakes for b in LEAK.mistakes]
    named = dict(zip(("remember", "leak"), (mistake.id for mistake in pair), strict=True))

    def verdicts(**told: str | None) -> dict[str, Any]:
        """What the judge says, of every pair what it says of the first."""
        results = [
            SimpleNamespace(name=name, points=0.0 if mistake else 1.0, stand_ins=())
            for name, mistake in told.items()
        ]
        for result, mistake in zip(results, told.values(), strict=True):
            result.mistake = mistake
        alone = [SimpleNamespace(name=name, points=0.0) for name in told]
        ones = [f"{e.name}/{m.id}" for e in (REMEMBER, LEAK) for m in e.mistakes]
        return {
            **dict.fromkeys(ones, SimpleNamespace(exercises=alone)),
            **dict.fromkeys(cases, SimpleNamespace(exercises=results)),
        }

    first = cases[0]
    found = both_named(REMEMBER, LEAK, verdicts(**named))
    assert first not in found.text and not found.holds  # the other eight have other names
    found = both_named(REMEMBER, LEAK, verdicts(**{**named, "remember": "else"}))
    assert f"{first}: remember is told else" in found.text
    found = both_named(REMEMBER, LEAK, verdicts(**{**named, "leak": None}))
    assert f"{first}: leak is told None" in found.text
    found = both_named(REMEMBER, LEAK, verdicts(**{**named, "remember": None}))
    assert "remember is told" not in found.text
