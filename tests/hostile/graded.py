"""A class of hostile students and honest neighbours, graded for real, and what became of it."""

from __future__ import annotations

import atexit
import functools
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from grader.autograde import autograde as autograde_module
from grader.autograde import pool
from grader.autograde.autograde import Summary, autograde
from grader.autograde.judge_process import JudgeProcess
from grader.course import Course
from grader.gradebook.opening import open_gradebook
from grader.gradebook.source_folder import write_source
from grader.gradebook.write import register
from grader.sandbox import Limits, available_tiers
from grader.sandbox.inside.lockdown import kernel
from grader.simulate.copy_course import copy_of
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from grader.verdict import Verdict
from tests.hostile.pupils import EARNED, LOOT, NAME, ROOT, assignment, honest_score
from tests.hostile.watch import (
    PR_SET_CHILD_SUBREAPER,
    below,
    cpu_seconds,
    differences,
    fingerprints,
    left_running,
)

TYPING = ("NameError", "SyntaxError", "IndentationError", "UnboundLocalError")


@dataclass
class Graded:
    """A graded class and what its grading did to the machine."""

    course: Course
    tier: str
    summary: Summary
    verdicts: Mapping[str, Verdict]
    seconds: float
    cpu_seconds: float
    strays: Sequence[str]
    changed: Sequence[str]

    def book(self, student: str) -> dict[str, Any]:
        """The student's autograded notebook."""
        path = self.course.autograded / student / NAME / f"{NAME}.ipynb"
        book: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return book

    def shown(self, student: str) -> str:
        """All text in the outputs of the student's cells."""
        outputs = (out for cell in self.book(student)["cells"] for out in cell.get("outputs", ()))
        return "\n".join(_text(output) for output in outputs)

    def printed(self, student: str) -> str:
        """What the student's first own cell printed."""
        return "".join(_text(out) for out in self.book(student)["cells"][0].get("outputs", ()))

    def returned(self, student: str) -> str:
        """Everything that could ever reach the student: outputs and the verdict's messages."""
        return self.shown(student) + "\n" + self.verdicts[student].to_json()


@contextmanager
def counted() -> Iterator[list[int]]:
    """The ids of the children that judge, in the order in which they are started."""
    started: list[int] = []
    true = JudgeProcess._start

    def start(self: JudgeProcess, tier: str | None) -> None:
        true(self, tier)
        started.append(int(self.pid or 0))

    with mock.patch.object(JudgeProcess, "_start", start):
        yield started


def _text(output: Mapping[str, Any]) -> str:
    data = output.get("data", {})
    parts = [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", ())]
    return "\n".join([*parts, *(str(data[kind]) for kind in data)])


def need_tier(tier: str) -> None:
    """Skip, by name, what cannot be isolated here."""
    lacking = available_tiers()[tier]
    if lacking:
        pytest.skip(f"tier {tier} cannot be started here: {lacking}")


@functools.cache
def _template() -> tuple[tempfile.TemporaryDirectory[str], Course]:
    """A course whose assignment is in a real gradebook; made once, copied for every class."""
    folder = tempfile.TemporaryDirectory(prefix="hostile-")
    course = copy_of(Course.at(ROOT), Path(folder.name))
    write_source(course, NAME)
    register(course, NAME)
    course.secret()
    atexit.register(folder.cleanup)
    return folder, course


@contextmanager
def new_course() -> Iterator[Course]:
    """A course folder with home and temporary folder beside it, all gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as made:
        os.chmod(made, 0o711)  # as /tmp: jobs of other users pass through, and cannot look around
        world = Path(made)
        shutil.copytree(_template()[1].root, world / "course")
        for name in ("home", "tmp"):
            (world / name).mkdir()
        (world / "tmp").chmod(0o711)
        ssh = world / "home" / ".ssh" / "id_ed25519"
        ssh.parent.mkdir()
        ssh.write_text(f"{LOOT} the key of the instructor\n")
        other = world / "course" / "submitted" / "earlier" / "other" / "work.txt"
        other.parent.mkdir(parents=True)
        other.write_text(f"{LOOT} the work of another student\n")
        yield Course.at(world / "course")


def graded_class(
    course: Course, pupils: Sequence[Pupil], tier: str = "A", limits: Limits | None = None
) -> Graded:
    """Hand in and grade; ``limits`` take the place of the sandbox's usual ones."""
    need_tier(tier)
    hand_in(course, assignment(), list(pupils))
    return graded_again(course, tier, limits)


def graded_again(course: Course, tier: str = "A", limits: Limits | None = None) -> Graded:
    """Grade what lies in ``submitted/``, watching processes and files."""
    world = course.root.parent
    resource_tracker.ensure_running()  # Python's own, for the life of this process
    kernel.prctl(PR_SET_CHILD_SUBREAPER, 1)  # whatever loses its parent becomes a child of ours
    processes, files = set(below(os.getpid())), fingerprints(world)
    used, began = cpu_seconds(), time.monotonic()
    with _surroundings(world, tier, limits):
        summary = autograde(course, NAME)
    seconds = time.monotonic() - began
    strays = left_running(processes)
    kernel.prctl(PR_SET_CHILD_SUBREAPER, 0)
    return Graded(
        course,
        tier,
        summary,
        {str(verdict.student): verdict for verdict in summary.graded},
        seconds,
        cpu_seconds() - used,
        strays,
        differences(files, fingerprints(world)),
    )


@contextmanager
def _surroundings(world: Path, tier: str, limits: Limits | None) -> Iterator[None]:
    """A home, a temporary folder and an environment with something to steal, and a tier."""
    environment = {
        "HOME": str(world / "home"),
        "TMPDIR": str(world / "tmp"),
        "COURSE_TOKEN": f"{LOOT} a token in the environment",
    }
    start = functools.partial(executor, limits) if limits else pool.local_executor
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(tempfile, "tempdir", None),
        mock.patch.object(autograde_module, "choose_tier", lambda allow_unsafe, warming: tier),
        mock.patch.object(autograde_module, "local_executor", start),
    ):
        yield


def executor(limits: Limits, workers: int) -> Executor:
    """The judge processes of `grader.autograde.pool`, but with other limits."""
    return pool.LocalJudges(workers, limits)


def scores(course: Course) -> dict[str, float]:
    """Scores by tests as nbgrader's gradebook has them."""
    with closing(open_gradebook(course)) as gradebook:
        submissions = gradebook.assignment_submissions(NAME)
        return {
            entry.student_id: sum(
                grade.auto_score or 0.0 for book in entry.notebooks for grade in book.grades
            )
            for entry in submissions
        }


def assert_harmless(graded: Graded, longest: float) -> None:
    """The run ended on time, left nothing running or written, and the honest have their marks."""
    assert not graded.summary.faults, graded.summary.faults
    assert not graded.strays, graded.strays
    assert not graded.changed, graded.changed
    assert graded.seconds < longest, graded.seconds
    honest = [name for name in graded.verdicts if name.startswith("honest-")]
    assert len(honest) > 1
    for name in honest:
        assert graded.verdicts[name].score == honest_score(name), graded.verdicts[name]
    assert_gradebook(graded)


def assert_gradebook(graded: Graded) -> None:
    """The gradebook holds each student of the class, with the verdict's score, and nobody else."""
    expected = {name: pytest.approx(v.score) for name, v in graded.verdicts.items()}
    assert scores(graded.course) == expected
    for folder in graded.course.autograded.iterdir():
        assert folder.name in graded.verdicts, folder
        files = {path.name for path in (folder / NAME).iterdir()}
        assert files <= {f"{NAME}.ipynb", "verdict.json", "timestamp.txt"}, (folder, files)


def assert_earned_nothing(graded: Graded, attack: str) -> None:
    """Who solved nothing has nothing, who solved something has no more, and nobody has any loot."""
    empty, solved = f"{attack}-empty", f"{attack}-solved"
    assert graded.verdicts[empty].score == 0.0, graded.verdicts[empty]
    assert graded.verdicts[solved].score <= EARNED
    for student in (empty, solved):
        assert LOOT not in graded.returned(student), graded.printed(student)


def assert_ran(graded: Graded, student: str) -> None:
    """The attack is no empty threat: it was run to its end, or met a refusal."""
    met = re.search(r"attack (ran|met (\w+))|this cell (ended|broke)", graded.printed(student))
    assert met is not None, graded.printed(student)
    assert met[2] not in TYPING, graded.printed(student)
