"""When work was handed in, and until when it might be: read alike by every grading, or said."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from grader.cli import main
from grader.course import Course
from grader.gradebook.config import nbgrader_api
from grader.gradebook.opening import open_gradebook
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.kit.gradebook import NAME
from tests.kit.toy import assignment

pytestmark = pytest.mark.sandbox
DUE = datetime(2025, 4, 1, 12, 0)
HANDED_IN = DUE + timedelta(days=4)  # the policy takes a fifth
STAMP = f"{HANDED_IN} UTC"
STAMPS = {
    "plain": STAMP.encode(),
    "bom": STAMP.encode("utf-8-sig") + b"\r\n",
    "utf16": STAMP.encode("utf-16"),
}
ODD = {"twice": b"03/04/2026", "soon": b"soon"}
POLICY = '\nc.AssignLatePenalties.plugin_class = "grader.late.TenPercentADay"\n'
Read = dict[str, tuple[datetime | None, float]]


@pytest.fixture
def late(here: Course) -> Course:
    """A course with a due date and a policy; three handed in late, each by another program."""
    with (here.root / "nbgrader_config.py").open("a") as file:
        file.write(POLICY)
    move(here, DUE)
    lay(here, STAMPS)
    return here


def move(course: Course, due: datetime) -> None:
    """Set the due date as formgrader does."""
    with closing(open_gradebook(course)) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=due)


def stamp(course: Course, student: str) -> Path:
    return course.submitted / student / NAME / "timestamp.txt"


def lay(course: Course, stamps: dict[str, bytes]) -> None:
    """Hand in right work, at these times."""
    hand_in(course, assignment(), [Pupil(student) for student in stamps])
    for student, data in stamps.items():
        stamp(course, student).write_bytes(data)


def grade(course: Course, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """Run ``grader autograde`` as a user does; its exit code and what it says."""
    with pytest.raises(SystemExit) as ended:
        main(["autograde", NAME, "--course", str(course.root), *options])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out + said.err


def read(course: Course) -> Read:
    """What the gradebook has: time and penalty by student."""
    with closing(open_gradebook(course)) as gradebook:
        return {
            each.student_id: (each.timestamp, round(each.late_submission_penalty or 0.0, 6))
            for each in gradebook.assignment_submissions(NAME)
        }


def test_every_program_s_time_counts(late: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """With a byte order mark or in UTF-16 the penalty is what it is without."""
    code, said = grade(late, capsys)
    assert code == 0 and "3 graded" in said and "time" not in said
    assert read(late) == dict.fromkeys(STAMPS, (HANDED_IN, 4.0))


@pytest.mark.slow
def test_nbgrader_reads_every_time_alike(late: Course) -> None:
    """Its own command has the same times and penalties, and refuses what cannot be told."""
    for student in STAMPS:
        done = nbgrader_api(late).autograde(NAME, student)
        assert done["success"], done
    assert read(late) == dict.fromkeys(STAMPS, (HANDED_IN, 4.0))
    for student, data in ODD.items():
        stamp(late, "plain").write_bytes(data)
        done = nbgrader_api(late).autograde(NAME, "plain")
        assert not done["success"] and f"plain/{NAME}/timestamp.txt: " in done["log"], student
        assert "write " in done["log"]
    stamp(late, "plain").write_bytes(STAMPS["utf16"])
    assert nbgrader_api(late).autograde(NAME, "plain")["success"]


def test_a_time_that_cannot_be_told_is_said_each_time(
    late: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file and the remedy; the work is graded, and a mended time counts at the next run."""
    for student, data in ODD.items():
        stamp(late, "plain").write_bytes(data)
        for how_many in ("1 graded", "nothing new"):
            code, said = grade(late, capsys, "--student", "plain")
            assert code == 1 and how_many in said, student
            assert f"graded without a time: submitted/plain/{NAME}/timestamp.txt: " in said
            assert "write " in said
        assert read(late)["plain"] == (None, 0.0)
    stamp(late, "plain").write_bytes(STAMPS["plain"])
    assert grade(late, capsys, "--student", "plain")[0] == 0
    assert read(late)["plain"] == (HANDED_IN, 4.0)


def test_a_due_date_that_moves_counts_at_the_next_run(
    late: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    """No submission is judged again, and what changed is said once."""
    assert "penalty" not in grade(late, capsys)[1]
    move(late, DUE + timedelta(days=1))
    code, said = grade(late, capsys)
    assert code == 0 and "nothing new, 3 unchanged" in said
    assert said.count("late penalty changed") == 3
    assert "late penalty changed: bom: 4 points off before, 2 now" in said
    assert {penalty for _, penalty in read(late).values()} == {2.0}
    assert "penalty" not in grade(late, capsys)[1]


def test_an_extension_counts_at_the_next_run_and_a_misspelt_one_is_named(
    late: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a row that fits, the penalty changes; one that fits nobody changes nothing in silence."""
    grade(late, capsys)
    rows = [f"plian,{NAME},2025-04-30T23:59+02:00", f"bom,{NAME},2025-04-30T23:59+02:00"]
    (late.root / "extensions.csv").write_text("\n".join(["student,assignment,until", *rows]))
    code, said = grade(late, capsys, "--student", "bom")
    assert code == 0 and "late penalty changed: bom: 4 points off before, 0 now" in said
    assert "fits nobody: extensions.csv, line 2: no student plian" in said
    assert "is it plain?" in said and "line 3" not in said
    assert {who: penalty for who, (_, penalty) in read(late).items()} == {
        "plain": 4.0,
        "bom": 0.0,
        "utf16": 4.0,
    }
