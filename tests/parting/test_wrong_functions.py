"""The faulty line of a wrong function is pointed at, whatever its style; none of a right one."""

from __future__ import annotations

from collections import Counter

import pytest

from grader.assignment.assignment import Packed
from grader.autograde.inbox import open_bytes
from grader.autograde.judge_process import Task
from grader.autograde.pool import judge_all
from grader.judge.judgement import Judgement
from grader.neighbourhood.keeping import with_tables
from grader.simulate.pupils import Pupil
from grader.verify import in_process
from grader.verify.held import SEED
from grader.verify.pointed_at import pointed_at
from tests.kit.course import assignment, packed, released
from tests.parting.cases import Wrong, read

MEASURED = ("wrong", "measured")


def found_in(case: Wrong):
    """Where the values part in a case, without its catalogue."""
    exercise = assignment().spec.exercise(case.exercise)
    return pointed_at(assignment(), exercise, case.source)


def shares_of(folder: str) -> tuple[float, float]:
    """How many of a folder's cases are pointed at: in a line that is marked, or in one of two."""
    cases = list(read(folder))
    found = found_all(cases)
    first = sum(f is not None and f.line in case.lines for case, f in found)
    either = sum(f is not None and bool({f.line, f.also} & case.lines) for case, f in found)
    return first / len(cases), either / len(cases)


def found_all(cases: list[Wrong]):
    """Each case with where it parts."""
    return [(case, found_in(case)) for case in cases]


def is_right(case: Wrong) -> bool:
    """Whether a case earns all marks."""
    exercise = assignment().spec.exercise(case.exercise)
    posed = in_process.pose(exercise, assignment().functions, SEED)
    function = in_process.define(case.source, exercise.name, assignment().names)
    return not in_process.loses(exercise, function, posed)


@pytest.mark.parametrize("folder", MEASURED)
def test_there_are_enough_of_them(folder: str) -> None:
    """At least eighty that nobody tuned to, in every exercise, some with two mistakes."""
    cases = list(read(folder))
    assert len(cases) >= 80
    assert min(Counter(case.exercise for case in cases).values()) >= 10
    assert sum(case.mistakes == 2 for case in cases) >= 20
    assert all(case.lines for case in cases)


@pytest.mark.parametrize("folder", MEASURED)
def test_the_line_of_a_mistake_that_nobody_tuned_to_is_pointed_at(folder: str) -> None:
    """Of those that measure, more than four in five exactly, and 88 % in one of two lines."""
    first, either = shares_of(folder)
    assert first > 0.82
    assert either >= 0.88


def test_the_line_of_a_mistake_that_was_seen_is_pointed_at() -> None:
    """Of those that the rules were made with, more than nine in ten."""
    first, either = shares_of("seen")
    assert first > 0.9
    assert either > 0.94


@pytest.mark.parametrize("folder", ["right", "measured_right", "seen_right"])
def test_no_line_of_a_right_function_is_pointed_at(folder: str) -> None:
    """The same functions without their mistakes have no line to look at."""
    pointed = [case for case, found in found_all(list(read(folder))) if found is not None]
    assert [case for case in pointed if is_right(case)] == []
    assert len(pointed) <= 1  # one was meant to be right and is not


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    """The assignment with the tables of its wrong versions, as a class is judged."""
    return with_tables(packed(), tmp_path_factory.mktemp("kept") / "tables")


@pytest.mark.slow
@pytest.mark.parametrize("folder", MEASURED)
def test_most_are_named_or_pointed_at_by_the_judge(folder: str, whole: Packed) -> None:
    """With all that is known, in the sandbox: three in four are named, and few are misled."""
    cases = list(read(folder))
    tasks = []
    for number, case in enumerate(cases):
        pupil = Pupil(f"s{number}", own={case.exercise: case.source})
        book = pupil.notebook(assignment(), released())
        seeds = {exercise.name: number for exercise in assignment().spec.exercises}
        tasks.append(Task(pupil.name, open_bytes(assignment(), book), seeds))
    told: Counter[str] = Counter()
    by_student = {f"s{number}": case for number, case in enumerate(cases)}
    for task, judged in judge_all(whole, tasks, 2):
        case = by_student[str(task.student)]
        assert isinstance(judged, Judgement) and not judged.verdict.mended
        result = next(e for e in judged.verdict.exercises if e.name == case.exercise)
        where = result.where
        lines = {where.line} if where is not None else set()
        lines |= {where.also.line} if where is not None and where.also is not None else set()
        hit = bool(lines & case.lines)
        told["named"] += result.cause is not None or (hit and where.kind != "value")
        told["named or the line"] += result.mistake is not None or hit
        told["misled"] += where is not None and not hit and result.cause is None
        told["nothing"] += where is None and result.cause is None
    assert told["named"] >= 0.75 * len(cases)
    assert told["named or the line"] >= 0.92 * len(cases)
    assert told["misled"] <= 0.04 * len(cases)
    assert told["nothing"] <= 0.02 * len(cases)
