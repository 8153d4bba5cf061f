"""Hostile work handed in at the other doors: formgrader's button, and the workers of a cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from grader.autograde.autograde import autograde
from grader.course import Course
from grader.gradebook.config import nbgrader_api
from grader.nbgrader_plugins import autograde_step
from grader.plain_text import TURNING
from grader.records import read_records
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from grader.verdict import Verdict
from tests.hostile.burdens import burdening
from tests.hostile.escapes import ATTACKS, CALL
from tests.hostile.graded import counted, new_course, scores
from tests.hostile.pupils import NAME, Places, assignment, attackers, honest_score, neighbours
from tests.hostile.test_telling import OBEYED, tellers, texts
from tests.kit.cluster import dask_cluster
from tests.kit.toy import same_marks

pytestmark = [pytest.mark.sandbox, pytest.mark.slow, pytest.mark.timeout(900)]
BURDENS = ("one-array-a-hundred-thousand-times", "half-precision", "stopped", "large-images")
TELLERS = ("keys-in-a-cache", "stand-in", "refused-dtype", "raw-below-zero")
HONEST = 6


def everybody(course: Course) -> list[Pupil]:
    """A few of each kind: they burden the judge, tell, try calls; and honest ones among them."""
    telling = [pupil for pupil in tellers() if pupil.name in TELLERS]
    code = Places(course).fill(CALL + ATTACKS["other-calls"])
    trying = attackers({"other-calls": code})
    return [*map(burdening, BURDENS), *telling, *trying, *neighbours(HONEST)]


@pytest.fixture(scope="module")
def usual() -> Iterator[tuple[Course, Mapping[str, Verdict]]]:
    """The class graded as usual, for both doors: all courses here have one secret."""
    with new_course() as course:
        hand_in(course, assignment(), everybody(course))
        yield course, {str(v.student): v for v in autograde(course, NAME).graded}


def assert_told_nothing(verdict: Verdict) -> None:
    """No word that was to be told, no digits of a hidden input, nothing that is obeyed."""
    said = "\n".join(texts(verdict.to_data()))
    told = " ".join(result.message for result in verdict.exercises)
    assert "teller" not in said and not re.search(r"\d{5,}", told), verdict.student
    assert not OBEYED.search(said) and not TURNING.search(said), verdict.student


@pytest.mark.filterwarnings("ignore:Cell is missing an id")  # nbformat, of the student's cell
def test_formgraders_server_goes_on(usual: tuple[Course, Mapping[str, Verdict]]) -> None:
    """nbgrader's own way, within one long-lived process: its judge is the same child all along."""
    pupils = everybody(usual[0])  # the same to the last letter, or they would get other inputs
    with new_course() as course, counted() as started:
        hand_in(course, assignment(), pupils)
        api = nbgrader_api(course)
        for student in sorted(pupil.name for pupil in pupils):
            assert api.autograde(NAME, student)["success"], student
        assert len(started) == 1
        autograde_step._judge_process().close()
        autograde_step._judge_process.cache_clear()
        entered, verdicts = scores(course), read_records(course, NAME).verdicts
        for verdict in verdicts.values():
            assert_told_nothing(verdict)
        for pupil in neighbours(HONEST):
            assert entered[pupil.name] == honest_score(pupil.name)
        assert verdicts.keys() == usual[1].keys()
        for verdict in usual[1].values():
            assert same_marks(verdict, verdicts[verdict.student]), verdict.student
            assert entered[verdict.student] == pytest.approx(verdict.score)


def test_a_clusters_workers_go_on(
    tmp_path: Path, usual: tuple[Course, Mapping[str, Verdict]]
) -> None:
    """On a cluster: the workers live, and every verdict is what it is without one."""
    course, here = usual
    with dask_cluster(tmp_path) as (address, workers):
        summary = autograde(course, NAME, cluster=address, force=True)
        assert [worker.poll() for worker in workers] == [None, None]
    assert not summary.faults and len(summary.graded) == len(here) == len(everybody(course))
    for verdict in summary.graded:
        assert same_marks(verdict, here[verdict.student]), verdict.student
        assert_told_nothing(verdict)
