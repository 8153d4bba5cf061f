"""The faulty line of a wrong function is pointed at, whatever its style; none of a right one."""

from __future__ import annotations

from collections import Counter

import pytest

from grader.autograde.inbox import open_bytes
from grader.autograde.judge_process import Task
from grader.autograde.pool import judge_all
from grader.judge.judge import Judgement
from grader.simulate.pupils import Pupil
from grader.verify.pointed_at import pointed_at
from tests.kit.course import assignment, packed, released
from tests.parting.cases import Wrong, read


def found_in(case: Wrong):
    """Where the values part in a case, without its catalogue."""
    exercise = assignment().spec.exercise(case.exercise)
    return pointed_at(assignment(), exercise, case.source)


def share_of(folder: str) -> float:
    """How many of a folder's cases are pointed at in exactly a line that is marked."""
    cases = list(read(folder))
    hits = [found is not None and found.line in case.lines for case, found in found_all(cases)]
    return sum(hits) / len(cases)


def found_all(cases: list[Wrong]):
    """Each case with where it parts."""
    return [(case, found_in(case)) for case in cases]


def test_there_are_enough_of_them() -> None:
    """At least eighty that nobody tuned to, in every exercise, some with two mistakes."""
    cases = list(read("wrong"))
    assert len(cases) >= 80
    assert min(Counter(case.exercise for case in cases).values()) >= 10
    assert sum(case.mistakes == 2 for case in cases) >= 20
    assert all(case.lines for case in cases)


def test_the_line_of_a_mistake_that_nobody_tuned_to_is_pointed_at() -> None:
    """Of those that measure, more than four in five: exactly a line that a reader marked."""
    assert share_of("wrong") > 0.8


def test_the_line_of_a_mistake_that_was_seen_is_pointed_at() -> None:
    """Of those that the rules were made with, more than nine in ten."""
    assert share_of("seen") > 0.9


def test_no_line_of_a_right_function_is_pointed_at() -> None:
    """The same functions without their mistakes have no line to look at."""
    assert [case for case, found in found_all(list(read("right"))) if found is not None] == []


@pytest.mark.slow
def test_most_are_named_or_pointed_at_by_the_judge() -> None:
    """With the catalogue, in the sandbox: three in four are named, and few are misled."""
    cases = list(read("wrong"))
    tasks = []
    for number, case in enumerate(cases):
        pupil = Pupil(f"s{number}", own={case.exercise: case.source})
        book = pupil.notebook(assignment(), released())
        seeds = {exercise.name: number for exercise in assignment().spec.exercises}
        tasks.append(Task(pupil.name, open_bytes(assignment(), book), seeds))
    told: Counter[str] = Counter()
    by_student = {f"s{number}": case for number, case in enumerate(cases)}
    for task, judged in judge_all(packed(), tasks, 2):
        case = by_student[str(task.student)]
        assert isinstance(judged, Judgement) and not judged.verdict.mended
        result = next(e for e in judged.verdict.exercises if e.name == case.exercise)
        hit = result.where is not None and result.where.line in case.lines
        told["named"] += result.cause is not None or (hit and result.where.kind != "value")
        told["named or the line"] += result.mistake is not None or hit
        told["misled"] += result.where is not None and not hit and result.cause is None
        told["nothing"] += result.where is None and result.cause is None
    assert told["named"] >= 0.75 * len(cases)
    assert told["named or the line"] >= 0.85 * len(cases)
    assert told["misled"] <= 0.1 * len(cases)
    assert told["nothing"] <= 0.02 * len(cases)
