"""A class from submissions to the gradebook: nothing lost, nothing twice, nobody held up."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.utils import determine_grade
from traitlets.config import Config

from grader.assignment.assignment import Packed
from grader.autograde import autograde as room
from grader.autograde import graded_notebook, inbox, isolation, judging, pool
from grader.autograde.autograde import Summary, autograde
from grader.autograde.inbox import handed_in
from grader.autograde.judge_process import ProcessDied, Task
from grader.cli import main
from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.opening import open_gradebook
from grader.gradebook.write import register
from grader.judge.judgement import Judgement
from grader.nbgrader_plugins.autograde_step import configure
from grader.sandbox import SAFE
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from grader.verdict import ExerciseResult, Verdict
from tests.kit.here import Here, InPlace
from tests.kit.sandbox import strongest
from tests.kit.toy import (
    NAME,
    ROOT,
    WRITTEN,
    assignment,
    new_course,
    released,
    right,
    same_marks,
    taken,
)

pytestmark = pytest.mark.sandbox
PUPILS = [
    Pupil("ada", written="Because of the forget gate."),
    Pupil("blank", solved=()),
    Pupil("cut", damage=lambda book: json.dumps(book).encode()[:3000]),
    Pupil("dmitri", mistakes={"remember": "memory-not-carried"}),
]
HERE = {pupil.name: pupil for pupil in PUPILS}
OTHER_STYLE = '''\
def leak(inputs, memory, p):
    """The same in another style: one sum, other names."""
    z = np.add(np.multiply(p["u"], inputs), np.multiply(p["w"], memory)) + p["b"]
    after = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    print("one step")
    return after, (after, memory, inputs, p)'''
ENDLESS = """\
def remember(x, h0, parameters):
    caches, t = [], 0
    while t < x.shape[2]:
        h_next, cache = leak(x[:, :, t], h0, parameters)
        caches.append(cache)
    return h_next, (caches, x)"""
UNCLOSED = """\
def remember(x, h0, parameters):
    h = np.zeros((x.shape[0], x.shape[1])
    return h"""


def without_metadata(book: Any) -> Any:
    """What an editor leaves that drops cell ids and metadata."""
    cells = [
        {key: value for key, value in cell.items() if key != "id"} | {"metadata": {}}
        for cell in book["cells"]
    ]
    return {**book, "cells": cells, "nbformat_minor": 4}


VARIED = [
    *PUPILS,
    Pupil("half", solved=("leak",), written="It forgets less."),
    Pupil("nosquash", mistakes={"leak": "no-squash"}),
    Pupil("nobias", mistakes={"leak": "no-bias"}, written="Because of the bias."),
    Pupil("two", mistakes={"leak": "old-memory-in-cache", "remember": "caches-empty"}),
    Pupil("style", own={"leak": OTHER_STYLE}),
    Pupil("endless", own={"remember": ENDLESS}),
    Pupil("unclosed", own={"remember": UNCLOSED}),
    Pupil("bare", written="A bare answer.", damage=without_metadata),
]


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course without submissions, its assignment in the gradebook; copied by each test."""
    made = new_course(tmp_path_factory.mktemp("bare") / "course")
    register(made, NAME)
    return made.root


@pytest.fixture
def here(bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course of one's own, judged in this process."""
    shutil.copytree(bare, tmp_path / "course")
    warm = strongest()
    monkeypatch.setattr(room, "local_executor", lambda workers: Here())
    monkeypatch.setattr(pool, "_judge_process", lambda: InPlace(warm))
    monkeypatch.setattr(room, "choose_tier", lambda allow_unsafe, warming: warm.tier)
    return Course.at(tmp_path / "course")


def grade(here: Course, *pupils: Pupil, **options: Any) -> Summary:
    """Hand in and grade."""
    hand_in(here, assignment(), list(pupils))
    return autograde(here, NAME, **options)


def verdict_of(here: Course, student: str) -> Verdict:
    """The published verdict."""
    path = here.autograded / student / NAME / "verdict.json"
    return Verdict.from_json(path.read_text(encoding="utf-8"))


def scores(here: Course) -> dict[str, dict[str, float | None]]:
    """What the gradebook has: student, check cell, automatic score."""
    with closing(open_gradebook(here)) as gradebook:
        return {
            s.student.id: {g.name: g.auto_score for n in s.notebooks for g in n.grades}
            for s in gradebook.assignment_submissions(NAME)
        }


def agree(here: Course) -> None:
    """Gradebook and verdicts say the same of the same students."""
    found = scores(here)
    published = {p.parent.parent.name for p in here.autograded.glob(f"*/{NAME}/verdict.json")}
    assert set(found) == published
    for student, marks in found.items():
        told = verdict_of(here, student)
        assert sum(v or 0.0 for k, v in marks.items() if k != WRITTEN) == pytest.approx(told.score)
        for exercise in told.exercises:
            assert marks[f"check_{exercise.name}"] == exercise.points


def notebook_of(here: Course, student: str) -> Any:
    """The autograded notebook."""
    return nbformat.read(here.autograded / student / NAME / f"{NAME}.ipynb", as_version=4)


def test_a_class_is_graded_into_the_gradebook(here: Course) -> None:
    """Scores equal the verdicts; an unreadable one is zero and stops nobody; a second run keeps."""
    said: list[tuple[int, int]] = []
    summary = grade(here, *PUPILS, progress=lambda done, of: said.append((done, of)))
    assert {v.student: v.score for v in summary.graded} == {
        "ada": 20.0, "blank": 0.0, "cut": 0.0, "dmitri": 10.0,
    }  # fmt: skip
    agree(here)
    assert said == [(n, 4) for n in (1, 2, 3, 4)]
    cut = verdict_of(here, "cut")
    assert cut.outcome == "unreadable" and "it ends too early" in cut.message
    assert scores(here)["ada"][WRITTEN] is None and scores(here)["blank"][WRITTEN] == 0.0
    assert not (here.autograded / "cut" / NAME / f"{NAME}.ipynb").exists()
    before = {p: p.read_bytes() for p in here.autograded.rglob("*") if p.is_file()}
    again = autograde(here, NAME)
    assert (again.kept, again.number, again.graded) == (4, 0, [])
    assert {p: p.read_bytes() for p in here.autograded.rglob("*") if p.is_file()} == before


def test_a_run_with_nothing_new_starts_no_sandbox(
    here: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That would take longer than all the rest; the first that needs one starts it."""
    assert grade(here, PUPILS[0]).tier == strongest().tier
    ready: list[bool] = []

    class Noted(room.Judges):
        def __init__(self, *args: Any, ready: bool = False) -> None:
            noted.append(ready)
            super().__init__(*args, ready=ready)

    noted = ready
    monkeypatch.setattr(room, "Judges", Noted)
    with monkeypatch.context() as patch:
        patch.setattr(room, "choose_tier", lambda *_: pytest.fail("no sandbox is needed"))
        again = autograde(here, NAME)
    assert (again.kept, again.number, again.tier, noted) == (1, 0, "", [False])
    late = grade(here, replace(PUPILS[0], name="late"))
    assert (late.kept, late.number, late.tier, noted) == (1, 1, strongest().tier, [False, True])


def test_a_file_that_was_seen_is_not_taken_apart_again(
    here: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its digest says that it is the same work; saved again it is another file, and the same work.

    Without what is kept, or with a damaged one, everything is as it was and takes longer.
    """
    grade(here, PUPILS[0])
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "parse_notebook", lambda data: pytest.fail("taken apart again"))
        assert autograde(here, NAME).kept == 1
    before = here.kept(NAME, "inbox").read_bytes()
    grade(here, replace(PUPILS[0], name="late"), only="late")
    assert here.kept(NAME, "inbox").read_bytes() == before  # one student's run forgets nobody
    shutil.rmtree(here.submitted / "late")
    path = here.submitted / PUPILS[0].name / NAME / f"{NAME}.ipynb"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=3))
    assert autograde(here, NAME).kept == 1
    here.kept(NAME, "inbox").write_bytes(b"damaged")
    assert autograde(here, NAME).kept == 1
    shutil.rmtree(here.root / ".kept")
    assert autograde(here, NAME).kept == 1
    book = path.read_text().replace("def leak(", "def leak( ", 1)
    path.write_text(book)
    assert autograde(here, NAME).number == 1


def test_a_large_class_is_not_held_in_memory(here: Course) -> None:
    """The command line wants the number alone: a verdict takes 25 kB of memory."""
    summary = grade(here, HERE["ada"], HERE["cut"], keep=False)
    assert (summary.number, summary.graded) == (2, [])
    agree(here)


def test_the_autograded_notebook_is_nbgraders(here: Course) -> None:
    """Valid; number then error in check cells, as nbgrader reads them; outputs kept; no script."""
    own = right("leak") + "\nprint('my own <b>print</b>')"
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    pupil = Pupil(
        "eve",
        own={"leak": own},
        mistakes={"remember": "caches-empty"},
        written=evil,
    )
    grade(here, pupil)
    book, told = notebook_of(here, "eve"), verdict_of(here, "eve")
    nbformat.validate(book)
    by_id = {cell.id: cell for cell in book.cells}
    for exercise in told.exercises:
        cell = by_id[f"check_{exercise.name}"]
        kinds = [output.output_type for output in cell.outputs]
        assert kinds == ["execute_result"] + ["error"] * (exercise.outcome != "passed")
        assert determine_grade(cell) == (exercise.points, exercise.max_points)
    assert "my own" in json.dumps(by_id["leak"].outputs)
    assert "<script>" not in by_id[WRITTEN].source and "<img" not in by_id[WRITTEN].source
    assert by_id["leak"].metadata.nbgrader.grade_id == "leak"


def test_what_students_write_into_the_text_can_be_read_by_who_marks(here: Course) -> None:
    """An answer under the question itself is in the autograded notebook, without its markup."""

    def note(book: Any) -> Any:
        for cell in book["cells"]:
            if cell["id"] == "in-words-0":
                cell["source"] += "\n\nMy answer: the forget gate. <script>alert(1)</script>"
        return book

    grade(here, Pupil("eve", solved=(), damage=note))
    sources = [cell.source for cell in notebook_of(here, "eve").cells]
    assert any("My answer: the forget gate." in source for source in sources)
    assert not any("<script>" in source for source in sources)


def test_a_changed_submission_is_graded_again(here: Course) -> None:
    """What was handed in anew gets a new verdict; the others are kept; --force grades all."""
    grade(here, HERE["ada"], HERE["blank"])
    summary = grade(here, Pupil("blank", solved=("leak",)))
    assert [v.student for v in summary.graded] == ["blank"] and summary.kept == 1
    assert scores(here)["blank"]["check_leak"] == 10.0
    agree(here)
    assert len(autograde(here, NAME, force=True).graded) == 2
    assert autograde(here, NAME, only="ada", force=True).graded[0].student == "ada"


def test_another_source_or_kit_grades_again(here: Course) -> None:
    """A verdict of another source notebook or another version of the kit does not count."""
    grade(here, HERE["blank"])
    path = here.autograded / "blank" / NAME / "verdict.json"
    told = json.loads(path.read_text())
    for key in ("source", "kit"):
        path.write_text(json.dumps(told | {"inputs": told["inputs"] | {key: "other"}}))
        assert len(autograde(here, NAME).graded) == 1
    path.write_text("{")
    assert len(autograde(here, NAME).graded) == 1


def test_what_was_graded_without_isolation_is_graded_again(here: Course) -> None:
    """The report says to do so: then the next run must not take those verdicts for current."""
    grade(here, HERE["ada"], HERE["blank"])
    path = here.autograded / "ada" / NAME / "verdict.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**told, "sandbox": {**told["sandbox"], "tier": "C"}}))
    again = autograde(here, NAME)
    assert [v.student for v in again.graded] == ["ada"] and again.kept == 1
    assert verdict_of(here, "ada").sandbox["tier"] in SAFE


def test_a_lost_notebook_is_written_again(here: Course) -> None:
    """Formgrader and feedback need it: a verdict alone is not all that grading makes."""
    grade(here, HERE["ada"], HERE["cut"])
    (here.autograded / "ada" / NAME / f"{NAME}.ipynb").unlink()
    assert [v.student for v in autograde(here, NAME).graded] == ["ada"]
    assert notebook_of(here, "ada").cells


def test_a_new_gradebook_is_filled_from_the_submissions(here: Course) -> None:
    """Verdicts without a record in the gradebook are not enough: the work is graded again."""
    grade(here, HERE["blank"])
    (here.root / "gradebook.db").unlink()
    summary = autograde(here, NAME)
    assert (len(summary.graded), summary.kept) == (1, 0)
    agree(here)


def test_marks_by_hand_survive_and_are_flagged(here: Course) -> None:
    """A manual score and a comment stay on a regrade, and the cell asks for another look."""
    grade(here, HERE["ada"], HERE["dmitri"])
    with closing(open_gradebook(here)) as gradebook:
        for student, cell, score in (("ada", WRITTEN, 4.0), ("dmitri", "check_remember", 5.0)):
            graded = gradebook.find_grade(cell, NAME, NAME, student)
            graded.manual_score, graded.needs_manual_grade = score, False
        comment = gradebook.find_comment(WRITTEN, NAME, NAME, "ada")
        comment.manual_comment = "Well said."
        gradebook.db.commit()
    autograde(here, NAME, force=True)
    with closing(open_gradebook(here)) as gradebook:
        for student, cell, score in (("ada", WRITTEN, 4.0), ("dmitri", "check_remember", 5.0)):
            graded = gradebook.find_grade(cell, NAME, NAME, student)
            assert (graded.manual_score, graded.needs_manual_grade) == (score, True)
        assert gradebook.find_comment(WRITTEN, NAME, NAME, "ada").manual_comment == "Well said."
        assert gradebook.find_submission(NAME, "ada").score == 24.0
        assert gradebook.find_submission(NAME, "dmitri").score == 15.0


def test_the_notebook_alone_grades_like_the_whole_folder(here: Course) -> None:
    """Files beside the notebook are not needed, and none of them is used."""
    grade(here, HERE["dmitri"])
    alone = verdict_of(here, "dmitri")
    folder = here.submitted / "dmitri" / NAME
    shutil.copytree(here.assignments / NAME, folder, dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("*.ipynb"))  # fmt: skip
    beside = ("numpy.py", "sitecustomize.py", "usercustomize.py", "selfcheck.py", "leaky_utils.py",
              "conftest.py", "json.py", "verdict.json", "__init__.py")  # fmt: skip
    for name in beside:
        (folder / name).write_text("raise SystemExit('executed')\n")
    (folder / "pipe").symlink_to("/dev/zero")
    os.mkfifo(folder / "fifo")
    autograde(here, NAME, force=True)
    assert same_marks(verdict_of(here, "dmitri"), alone)


DAMAGED: dict[str, Any] = {
    "a pipe": os.mkfifo,
    "a link": lambda path: path.symlink_to("/etc/passwd"),
    "format 3": lambda path: path.write_text('{"worksheets": [], "nbformat": 3}'),
    "another notebook": lambda path: path.write_text('{"cells": []}'),
}


def test_unreadable_submissions_hold_nobody_up(here: Course) -> None:
    """Each is zero with its reason; the rest of the class is graded; mended work counts."""
    for number, make in enumerate(DAMAGED.values()):
        folder = here.submitted / f"d{number}" / NAME
        folder.mkdir(parents=True)
        make(folder / f"{NAME}.ipynb")
    summary = grade(here, HERE["blank"])
    assert len(summary.graded) == 1 + len(DAMAGED) and not summary.faults
    assert {v.outcome for v in summary.graded if v.student != "blank"} == {"unreadable"}
    agree(here)
    assert autograde(here, NAME).kept == 1 + len(DAMAGED)
    (here.submitted / "d3" / NAME / f"{NAME}.ipynb").unlink()
    assert grade(here, Pupil("d3")).graded[0].score == 20.0
    agree(here)


def test_who_handed_in_what_cannot_be_read_is_named(here: Course) -> None:
    """By the run that gives no points for it, and by doctor: with what is wrong and what to do."""
    hand_in(here, assignment(), [HERE["cut"], HERE["blank"]])
    words = ["--course", str(here.root)]
    done = CliRunner().invoke(main, ["autograde", NAME, *words])
    says = "it ends too early, as after a broken upload: it is to be handed in again"
    assert done.exit_code == 0 and says in done.stderr
    assert done.stderr.startswith("unreadable, graded with no points: cut: ")
    assert says not in CliRunner().invoke(main, ["autograde", NAME, *words]).stderr
    told = CliRunner().invoke(main, ["doctor", *words]).stdout
    assert f"cut ({NAME}): " in told and says in told


def test_what_is_no_submission_is_named(here: Course) -> None:
    """Files and links to folders are no submissions: nothing of them is graded."""
    hand_in(here, assignment(), [HERE["blank"]])
    (here.submitted / "notes.txt").write_text("x")
    (here.submitted / "link").symlink_to(here.submitted / "blank")
    (here.submitted / "other" / "another").mkdir(parents=True)
    (here.submitted / "linked").mkdir()
    (here.submitted / "linked" / NAME).symlink_to(here.submitted / "blank" / NAME)
    found = handed_in(here, NAME, None)
    assert found.students == ("blank",)
    assert [stray.where for stray in found.strays] == ["link", f"linked/{NAME}", "notes.txt"]
    for who in (None, "nobody", "../submitted/blank"):
        with pytest.raises(UsageError, match="nothing to grade: put submissions into"):
            handed_in(Course(here.root / "solutions") if who is None else here, NAME, who)


def test_a_name_that_is_no_text_is_refused_before_anything_is_graded(here: Course) -> None:
    """The gradebook could not hold it: it is said before the class is graded."""
    folder = os.fsencode(here.submitted) + b"/\xff/" + NAME.encode()
    os.makedirs(folder)
    Path(os.fsdecode(folder), f"{NAME}.ipynb").write_text("{}")
    with pytest.raises(UsageError, match="its name is not UTF-8, rename it"):
        grade(here, HERE["blank"])


def faulty(*_: Any, **__: Any) -> Judgement:
    """A judge that fails: the verdict is the kit's own fault."""
    names = [(e.name, e.points) for e in assignment().spec.exercises]
    results = tuple(ExerciseResult(n, "grader_error", 0.0, p, note="odd") for n, p in names)
    told = Verdict("ada", NAME, NAME, "grader_error", 0.0, 20.0, results)
    return Judgement(told, {})


def test_a_fault_of_the_kit_is_not_published(here: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was known before stays, in the folder and in the gradebook; the fault is listed."""
    grade(here, HERE["ada"])
    before = {p: p.read_bytes() for p in here.autograded.rglob("*") if p.is_file()}
    monkeypatch.setattr(judging, "judge", faulty)
    summary = grade(here, HERE["ada"], HERE["dmitri"], force=True)
    assert summary.graded == [] and sorted(line[:3] for line in summary.faults) == ["ada", "dmi"]
    assert {p: p.read_bytes() for p in here.autograded.rglob("*") if p.is_file()} == before
    assert set(scores(here)) == {"ada"}
    agree(here)


def test_an_exception_of_the_judge_is_a_fault_and_stops_nobody(
    here: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One submission on which the judge itself fails; the other one is graded."""
    true = judging.judge

    def fails(assigned: Any, submission: Any, *rest: Any) -> Judgement:
        if rest[-1] == "ada":
            raise RuntimeError("odd")
        return true(assigned, submission, *rest)

    monkeypatch.setattr(judging, "judge", fails)
    summary = grade(here, HERE["ada"], HERE["blank"])
    assert [v.student for v in summary.graded] == ["blank"]
    assert summary.faults == ["ada: The grader failed here: RuntimeError: odd"]
    agree(here)
    monkeypatch.setattr(judging, "judge", true)
    assert [v.student for v in autograde(here, NAME).graded] == ["ada"]


@pytest.mark.parametrize(
    ("where", "step"),
    [
        *((inbox, step) for step in ("read_file", "plan")),
        *((graded_notebook, step) for step in ("graded_notebook", "answers")),
    ],
)
def test_a_step_that_fails_on_one_submission_stops_nobody(
    here: Course, where: ModuleType, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this machine or this kit cannot do for one is its fault, not an unreadable notebook."""
    true, calls = getattr(where, step), []

    def fails(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 1:
            raise PermissionError(13, "Permission denied", "x.ipynb")
        return true(*given)

    monkeypatch.setattr(where, step, fails)
    summary = grade(here, HERE["ada"], HERE["blank"])
    assert [v.student for v in summary.graded] == ["blank"]
    [told] = summary.faults
    assert told.startswith("ada: The grader failed here: PermissionError") and "denied" in told
    agree(here)


def impatient(here: Course) -> None:
    """Let the course's own file say that a lock is waited for briefly: it is held all the while."""
    with (here.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        url = f"sqlite:///{here.root / 'gradebook.db'}?timeout=0.1"
        file.write(f"c.CourseDirectory.db_url = {url!r}\n")


@pytest.mark.parametrize("mode", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_locked_gradebook_is_one_line_and_loses_nothing(
    here: Course, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is published that the gradebook did not take; the next run grades it."""
    impatient(here)
    monkeypatch.setattr(room, "BATCH", 2)
    hand_in(here, assignment(), [Pupil(f"b{n}", solved=()) for n in range(3)])
    with closing(sqlite3.connect(here.root / "gradebook.db")) as other:
        other.execute(f"BEGIN {mode}")
        with pytest.raises(UsageError, match=r"locked.*: close what has it open") as caught:
            autograde(here, NAME)
        assert len(str(caught.value).splitlines()) == 1
        other.rollback()
    assert not list(here.autograded.glob("*/*/verdict.json")) and scores(here) == {}
    assert len(autograde(here, NAME).graded) == 3
    agree(here)


def test_a_gradebook_locked_half_way_keeps_what_was_committed(
    here: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first batch stays, the second is neither in the gradebook nor published."""
    impatient(here)
    monkeypatch.setattr(room, "BATCH", 2)
    hand_in(here, assignment(), [Pupil(f"b{n}", solved=()) for n in range(4)])
    other, write_all = sqlite3.connect(here.root / "gradebook.db"), room.write_all

    def lock(files: Any) -> None:
        write_all(files)
        if not other.in_transaction:  # the first batch
            other.execute("BEGIN IMMEDIATE")

    monkeypatch.setattr(room, "write_all", lock)
    with closing(other):
        with pytest.raises(UsageError, match="locked"):
            autograde(here, NAME)
        other.rollback()
    monkeypatch.setattr(room, "write_all", write_all)
    agree(here)
    assert len(scores(here)) == 2
    assert (summary := autograde(here, NAME)).kept == 2 and len(summary.graded) == 2
    agree(here)


class Waiting(Executor):
    """A pool in which one student's judgement is there once another's is published."""

    def __init__(self, slow: str, published: Path) -> None:
        self.slow, self.published = slow, published

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def answer() -> None:
            until = time.monotonic() + 60
            while not self.published.exists() and time.monotonic() < until:
                time.sleep(0.01)
            future.set_result(made if self.published.exists() else RuntimeError("not published"))

        made = fn(*args, **kwargs)
        if len(args) > 1 and args[1].student == self.slow:
            threading.Thread(target=answer).start()
        else:
            future.set_result(made)
        return future


def test_marks_are_published_while_one_submission_takes_long(
    here: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a full batch: what is judged is there within seconds."""
    monkeypatch.setattr(room, "BATCH_SECONDS", 0.1)
    monkeypatch.setattr(pool, "WAIT_SECONDS", 0.1)
    published = here.autograded / "ada" / NAME / "verdict.json"
    monkeypatch.setattr(room, "local_executor", lambda workers: Waiting("zoe", published))
    summary = grade(here, HERE["ada"], Pupil("zoe", solved=()))
    assert not summary.faults and len(summary.graded) == 2
    agree(here)


class Stop(BaseException):
    """Ctrl-C, in the words of these tests."""


def test_an_interruption_keeps_what_was_graded(here: Course) -> None:
    """What was judged before Ctrl-C is committed and published; the next run does the rest."""

    def stop(done: int, of: int) -> None:
        if done == 2:
            raise Stop

    hand_in(here, assignment(), [Pupil(f"b{n}", solved=()) for n in range(4)])
    with pytest.raises(Stop):
        autograde(here, NAME, progress=stop)
    agree(here)
    assert len(scores(here)) == 2
    assert (summary := autograde(here, NAME)).kept == 2 and len(summary.graded) == 2
    agree(here)


class Dying(InPlace):
    """A judge process that one student's submission ends."""

    def __init__(self, victim: str, times: int) -> None:
        super().__init__(strongest())
        self.victim, self.times = victim, times
        self.judged: list[str] = []

    def judge(self, packed: Packed, task: Task, tier: str | None = None) -> Judgement:
        self.judged.append(str(task.student))
        if task.student == self.victim and self.judged.count(self.victim) <= self.times:
            raise ProcessDied("its judge process died")
        return super().judge(packed, task, tier)


@pytest.mark.parametrize("times", [1, 99])
def test_a_judge_process_that_dies_is_replaced(
    here: Course, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its submission is tried again alone; if it kills them all it is a fault, and only its own."""
    dying = Dying("b1", times)
    monkeypatch.setattr(pool, "_judge_process", lambda: dying)
    summary = grade(here, *(Pupil(f"b{n}", solved=()) for n in range(4)))
    done = {v.student for v in summary.graded}
    assert done == {"b0", "b1", "b2", "b3"} - ({"b1"} if times == 99 else set())
    assert len(summary.faults) == (times == 99)
    assert dying.judged.count("b1") == (2 if times == 1 else 1 + pool.TRIES)
    assert sorted(set(dying.judged) - {"b1"}) == sorted(s for s in dying.judged if s != "b1")
    agree(here)


def test_what_the_clock_on_the_wall_stopped_is_tried_again_alone(
    here: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy machine costs nobody marks: the second judgement counts."""
    true, calls = judging.judge, []

    def busy(*given: Any) -> Judgement:
        calls.append(given[-1])
        made = true(*given)
        if calls.count("blank") == 1 and given[-1] == "blank":
            return Judgement(made.verdict, made.outputs, inconclusive=True)
        return made

    monkeypatch.setattr(judging, "judge", busy)
    summary = grade(here, HERE["blank"], HERE["dmitri"])
    assert calls == ["blank", "dmitri", "blank"] and len(summary.graded) == 2


def test_weak_isolation_stops_the_run(here: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below tier B nothing is graded unless that is accepted in so many words."""
    monkeypatch.undo()

    class Weak:
        tier = "C"

        def __enter__(self) -> Weak:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(isolation, "Sandbox", Weak)
    with pytest.raises(UsageError, match="accept that with --allow-unsafe"):
        isolation.choose_tier(allow_unsafe=False)
    assert isolation.choose_tier(allow_unsafe=True) == "C"
    told: Future[str] = Future()
    told.set_result("C")
    with pytest.raises(UsageError, match="accept that with --allow-unsafe"):
        isolation.choose_tier(allow_unsafe=False, warming=[told])
    broken: Future[str] = Future()
    broken.set_exception(ProcessDied("gone"))
    assert isolation.choose_tier(allow_unsafe=True, warming=[broken]) == "C"


@pytest.mark.slow
def test_judges_get_ready_before_there_is_a_task(here: Course, monkeypatch: Any) -> None:
    """Each process tells its tier, judges with that sandbox, and is gone afterwards."""
    monkeypatch.undo()
    with pool.Judges(here.packed(NAME), 2, ready=True) as judges:
        tiers = {future.result() for future in judges.warming}
        assert tiers == {strongest().tier}
        assert isinstance(judges._executor, pool.LocalJudges)
        processes = [held.pid for held in judges._executor.held]
        submission = taken(released())
        tasks = [Task(f"s{n}", submission, {}) for n in range(3)]
        found = [
            task.student
            for task, _ in judges.judge(((t, t) for t in tasks), lambda: strongest().tier)
        ]
    assert sorted(found) == ["s0", "s1", "s2"]
    assert len(processes) == 2 and all(processes)
    for pid in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid or 0), 0)


def test_what_is_missing_in_the_course_is_said(here: Course) -> None:
    """No release, a broken release, changed points: one line each, nothing graded."""
    hand_in(here, assignment(), [HERE["blank"]])
    path = here.assignments / NAME / f"{NAME}.ipynb"
    text = path.read_text()
    path.write_text("{")
    with pytest.raises(UsageError, match="is not a notebook"):
        autograde(here, NAME)
    path.unlink()
    with pytest.raises(UsageError, match="run `make release`"):
        autograde(here, NAME)
    path.write_text(text)
    autograde(here, NAME)
    assert '"points": 5' in text  # of the answer that is marked by hand
    path.write_text(text.replace('"points": 5', '"points": 6'))
    with pytest.raises(UsageError, match="changed after submissions were graded"):
        autograde(here, NAME, force=True)


def command(here: Course, *arguments: str, wait: bool = True) -> Any:
    """Run the command line in a process of its own."""
    line = [sys.executable, "-m", "grader", *arguments, "--course", str(here.root)]
    started = subprocess.Popen(
        line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if not wait:
        return started
    out, err = started.communicate(timeout=500)
    return started.returncode, out, err


@pytest.fixture
def outside(bare: Path, tmp_path: Path) -> Iterator[Course]:
    """A course that is graded by the real command."""
    shutil.copytree(bare, tmp_path / "course")
    yield Course.at(tmp_path / "course")


def test_what_a_killed_run_left_beside_a_kept_verdict_is_swept(here: Course) -> None:
    """Nothing is written there by the next run, and yet nothing half-written stays."""
    grade(here, Pupil("ada"))
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    folder = here.autograded / "ada" / NAME
    living = folder / f".{NAME}.ipynb.{os.getpid()}-abcdefgh"
    for path in (living, folder / f".{NAME}.ipynb.{ended.pid}-abcdefgh"):
        path.touch()
    assert autograde(here, NAME).kept == 1
    assert [path for path in folder.iterdir() if path.name.startswith(".")] == [living]


@pytest.mark.slow
def test_a_killed_run_is_finished_by_the_next(outside: Course) -> None:
    """SIGKILL half-way: the gradebook is whole, and a second run grades the rest, once each."""
    names, first = [f"b{n:03}" for n in range(2 * room.BATCH + 10)], room.BATCH
    pupils = [Pupil(name, solved=()) for name in names]
    hand_in(outside, assignment(), pupils)
    # Some that wait, behind the first batch: however busy the machine is, the kill is half-way.
    held = {"leak": "import time\ntime.sleep(3600)"}
    hand_in(
        outside, assignment(), [Pupil(name, own=held) for name in names[first + 5 : first + 10]]
    )
    started = command(outside, "autograde", NAME, "--workers", "1", wait=False)
    try:
        until = time.monotonic() + 300
        while not list(outside.autograded.glob("*/*/verdict.json")):
            assert time.monotonic() < until and started.poll() is None
            time.sleep(0.05)
    finally:
        started.send_signal(signal.SIGKILL)
        started.communicate(timeout=240)  # ends when no process is left that holds its output
    assert started.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(outside.root / "gradebook.db")) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    known = set(scores(outside))
    published = {p.parent.parent.name for p in outside.autograded.glob("*/*/verdict.json")}
    # A slow machine commits a batch for its age before it is full.
    assert published <= known <= set(names[:first]) and published
    hand_in(outside, assignment(), pupils)  # nobody waits any more; the others are as they were
    code, out, err = command(outside, "autograde", NAME)
    assert code == 0, err
    slow = f"grading {NAME}: [0-9]+ of {len(names)}"
    assert all(re.fullmatch(slow, line) for line in err.splitlines()), err
    assert f"{len(names) - len(published)} graded, {len(published)} unchanged" in out
    agree(outside)
    assert len(scores(outside)) == len(names)


@pytest.mark.slow
def test_marks_do_not_depend_on_the_number_of_workers(outside: Course, tmp_path: Path) -> None:
    """One process or two, and in any order: the same verdicts, bit for bit."""
    hand_in(outside, assignment(), PUPILS)
    outside.secret()
    shutil.copytree(outside.root, tmp_path / "twin")
    twin = Course.at(tmp_path / "twin")
    assert command(outside, "autograde", NAME, "--workers", "1")[0] == 0
    assert command(twin, "autograde", NAME, "--workers", "2")[0] == 0
    for pupil in PUPILS:
        assert same_marks(verdict_of(outside, pupil.name), verdict_of(twin, pupil.name))


def nbgrader(here: Course, *arguments: str) -> str:
    """Run nbgrader's own command in the course folder, with the kit that lies here."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=here.root, env=env, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.slow
def test_nbgraders_own_autograde_gives_the_same_scores(outside: Course, tmp_path: Path) -> None:
    """With this course's configuration stock `nbgrader autograde` agrees on every score.

    What nbgrader cannot even open it leaves out; that submission is unreadable here.
    """
    hand_in(outside, assignment(), VARIED)
    outside.secret()
    shutil.copytree(outside.root, tmp_path / "twin")
    twin = Course.at(tmp_path / "twin")
    assert command(outside, "autograde", NAME)[0] == 0
    log = nbgrader(twin, "autograde", NAME)
    ours, theirs = scores(outside), scores(twin)
    lost = {s for s in ours if verdict_of(outside, s).outcome == "unreadable"}
    assert lost == {"cut"}
    assert {s: ours[s] for s in ours if s not in lost} == {
        s: theirs[s] for s in theirs if s not in lost
    }, log
    assert set(ours) == {pupil.name for pupil in VARIED}
    for student in set(ours) - lost:
        assert same_marks(verdict_of(outside, student), verdict_of(twin, student))
    agree_on_penalties = autograde_again(twin)
    assert agree_on_penalties.kept == len(ours) - len(lost)


def autograde_again(twin: Course) -> Any:
    """Grade with this kit what nbgrader graded: everything is current."""
    code, out, _ = command(twin, "autograde", NAME)
    assert code == 0
    kept = int(out.split(" graded, ")[1].split()[0])
    return Summary(NAME, "", kept=kept)


def test_nbgrader_registers_in_the_course_that_its_configuration_names(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Formgrader's server runs where it likes: the gradebook is the course's, not a new one."""
    course_root = shutil.copytree(bare, tmp_path / "course")
    (course_root / "gradebook.db").unlink()
    monkeypatch.chdir(tmp_path)
    config = Config()
    configure(config)
    config.CourseDirectory.root = str(course_root)  # as the course's own file adds it below
    config.Autograde.pre_convert_hook(assignment=NAME, student="*", notebooks=[])
    assert (course_root / "gradebook.db").exists() and not (tmp_path / "gradebook.db").exists()
    with closing(open_gradebook(Course.at(course_root))) as gradebook:
        assert gradebook.find_assignment(NAME)


@pytest.mark.slow
def test_stock_nbgrader_without_the_configuration_grades_too(outside: Course) -> None:
    """The test cells are ordinary nbgrader tests: full for the solution, zero for the blank."""
    hand_in(outside, assignment(), [Pupil("ada"), Pupil("blank", solved=()), PUPILS[3]])
    (outside.root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.release_directory = 'assignments'\n"
        # its own bounds are seconds, which a busy machine exceeds
        "c.Execute.timeout = c.Execute.iopub_timeout = c.Execute.startup_timeout = 300\n"
    )
    log = nbgrader(outside, "autograde", NAME)
    totals = {s: sum(v or 0 for v in marks.values()) for s, marks in scores(outside).items()}
    assert totals["ada"] == 20.0 and totals["blank"] == 0.0, log
    assert scores(outside)["dmitri"]["check_remember"] < 10.0
    assert scores(outside)["dmitri"]["check_leak"] == 10.0


@pytest.mark.slow
def test_nbgraders_tools_work_on_the_result(outside: Course) -> None:
    """`nbgrader export` lists the class, `nbgrader generate_feedback` makes a page each."""
    hand_in(outside, assignment(), PUPILS)
    assert command(outside, "autograde", NAME)[0] == 0
    log = nbgrader(outside, "export")
    table = (outside.root / "grades.csv").read_text()
    assert all(pupil.name in table for pupil in PUPILS), log
    log = nbgrader(outside, "generate_feedback", NAME)
    pages = {p.parent.parent.name for p in outside.feedback.glob(f"*/{NAME}/*.html")}
    assert {"ada", "blank", "dmitri"} <= pages, log
