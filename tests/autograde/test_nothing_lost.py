"""Killed, on a full disk, on an old gradebook: nothing that was handed in or marked is lost."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from grader.course import Course
from grader.gradebook.opening import open_gradebook
from grader.gradebook.read import others_marks, read_marks
from grader.records import read_records
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from grader.verdict import Verdict
from tests.kit.gradebook import NAME, WRITTEN, mark_by_hand, new_course
from tests.kit.toy import ROOT, assignment, same_marks

pytestmark = [pytest.mark.sandbox, pytest.mark.slow, pytest.mark.timeout(900)]
KILLS, MOST_TRIES, STUDENTS = 20, 60, 12
MARKED = "s00"  # by hand, between two runs


def command(course: Path) -> list[str]:
    """Grading the class, as a user types it."""
    words = ["autograde", NAME, "--course", str(course), "--workers", "2"]
    return [sys.executable, "-m", "grader", *words]


def finish(course: Path) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        command(course), cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


def pupils() -> list[Pupil]:
    """A class with right, half and wrong work and a notebook that cannot be read."""
    kinds = (
        Pupil("", written="It forgets."),
        Pupil("", solved=("leak",)),
        Pupil("", mistakes={"remember": "memory-not-carried"}),
        Pupil("", damage=lambda book: b"{"),
    )
    made = []
    for number in range(STUDENTS):
        kind = kinds[number % len(kinds)]
        made.append(
            Pupil(f"s{number:02}", kind.solved, kind.mistakes, written=kind.written,
                  damage=kind.damage)
        )  # fmt: skip
    return made


def assert_whole(course: Course, expected: Mapping[str, Verdict]) -> None:
    """Verdicts, marks and notebooks are those of a run that nothing has disturbed."""
    found = read_records(course, NAME)
    assert found.verdicts.keys() == expected.keys() and not found.unusable
    for student, verdict in found.verdicts.items():
        assert same_marks(verdict, expected[student]), student
    marks = read_marks(course, NAME)
    assert others_marks(course, NAME, marks, found.verdicts) == ([], "")
    assert marks.keys() == expected.keys()
    left = [path for path in course.autograded.rglob(".*") if path.is_file()]
    assert not left, left


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The class, graded in one go."""
    course = new_course(tmp_path_factory.mktemp("whole") / "course")
    course.secret()
    hand_in(course, assignment(), pupils())
    done = finish(course.root)
    assert done.returncode == 0, done.stderr
    return course


def ungraded(undisturbed: Course, folder: Path) -> Course:
    """The same class, with the same secret and so the same hidden inputs, not graded yet."""
    made = new_course(folder)
    shutil.copytree(undisturbed.submitted, made.submitted)
    shutil.copy(undisturbed.root / ".course_secret", made.root)
    return made


def test_killed_at_any_moment_nothing_is_lost(undisturbed: Course, tmp_path: Path) -> None:
    """Twenty times, and old gradebooks are put back in between; the last run does what is left."""
    course = ungraded(undisturbed, tmp_path / "course")
    rng = random.Random(20)
    copies = [(course.root / "gradebook.db").read_bytes()]
    began = time.monotonic()
    assert finish(course.root).returncode == 0
    longest, kill = time.monotonic() - began, 0  # a run on this machine, as busy as it is
    for _ in range(MOST_TRIES):
        with subprocess.Popen(
            [*command(course.root), "--force"], cwd=ROOT, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        ) as process:  # fmt: skip
            # Not while it starts: a run that has touched nothing yet has nothing to lose.
            until = time.monotonic() + rng.uniform(0.3, 0.9) * longest
            while process.poll() is None and time.monotonic() < until:
                time.sleep(0.01)
            kill += process.poll() is None  # at work: one that had ended is no kill
            process.send_signal(signal.SIGKILL)
            _, said = process.communicate(timeout=60)
        assert "Traceback" not in said, said
        if kill == KILLS:
            break
        if kill % 5 == 4:
            journal = course.root / "gradebook.db-journal"
            if not journal.exists():
                copies.append((course.root / "gradebook.db").read_bytes())
            journal.unlink(missing_ok=True)
            (course.root / "gradebook.db").write_bytes(rng.choice(copies))
        if kill % 3 == 2:  # grade some of it again
            victim = rng.choice(sorted(course.autograded.glob("*/*")) or [course.autograded])
            shutil.rmtree(victim, ignore_errors=True)
    assert kill == KILLS
    done = finish(course.root)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert_whole(course, read_records(undisturbed, NAME).verdicts)


def test_a_mark_by_hand_outlives_being_killed(undisturbed: Course, tmp_path: Path) -> None:
    """What an instructor has given stands after the class was graded anew and cut off."""
    course = Course.at(shutil.copytree(undisturbed.root, tmp_path / "course"))
    with closing(open_gradebook(course)) as gradebook:
        mark_by_hand(gradebook, MARKED, 4.0)
        gradebook.db.commit()
    with subprocess.Popen(
        [*command(course.root), "--force"], cwd=ROOT, stderr=subprocess.DEVNULL
    ) as process:
        time.sleep(2.5)
        process.kill()
    assert finish(course.root).returncode == 0
    expected = read_records(undisturbed, NAME).verdicts
    assert_whole(course, expected)
    marks = read_marks(course, NAME)
    assert marks[MARKED].cells[WRITTEN].manual == 4.0


ON_A_SMALL_DISK = """
import os, subprocess, sys
from pathlib import Path
from tests.autograde.test_nothing_lost import finish
disk = Path(sys.argv[1])
def free():
    about = os.statvfs(disk)
    return about.f_bavail * about.f_frsize
ballast, refused = disk / "ballast", 0
for left in (0, 20_000, 60_000, 120_000, 200_000, 300_000, 500_000):
    with ballast.open("wb") as file:
        file.write(bytes(max(free() - left, 0)))
    done = finish(disk / "course")
    ballast.unlink()
    if done.returncode:
        refused += 1
        assert done.returncode == 2, (left, done.stderr)
        assert done.stderr.startswith("grader: ") and done.stderr.count("\\n") == 1, done.stderr
        assert str(disk) in done.stderr and "make space" in done.stderr, done.stderr
assert refused >= 2, refused
done = finish(disk / "course")
assert done.returncode == 0, done.stderr
"""


def test_a_full_disk_is_one_line_and_loses_nothing(undisturbed: Course, tmp_path: Path) -> None:
    """Wherever the space ends, the line names the path and the remedy; with space all is done."""
    disk = tmp_path / "small"
    disk.mkdir()
    made = ungraded(undisturbed, tmp_path / "course")
    kept = tmp_path / "kept"
    script = (
        "mount -t tmpfs -o size=8m none {0} && cp -a {1} {0}/course && "
        "{2} -c '{3}' {0} && cp -a {0}/course {4}"
    )
    line = script.format(disk, made.root, sys.executable, ON_A_SMALL_DISK, kept)
    probe = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if subprocess.run([*probe, f"mount -t tmpfs none {disk}"], check=False).returncode:
        pytest.skip("this machine lets nobody mount a small file system")
    done = subprocess.run(
        [*probe, line], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert_whole(Course.at(kept), read_records(undisturbed, NAME).verdicts)
