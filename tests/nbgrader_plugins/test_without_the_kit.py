"""nbgrader in an environment without the kit, as on a hub where nobody installed it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import Course
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.kit.toy import NAME, assignment, new_course

# The kit cannot be imported in this process, nor can any module of it.
WITHOUT = """
import sys
class Nowhere:
    def find_spec(self, name, *_):
        if name.partition(".")[0] == "grader":
            raise ModuleNotFoundError("No module named 'grader'")
sys.meta_path.insert(0, Nowhere())
from nbgrader.apps.nbgraderapp import main
main()
"""


def nbgrader(where: Course, *arguments: str) -> tuple[int, str]:
    """Run a command of nbgrader's without the kit; returns its exit code and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments],
        cwd=where.root,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("verb", ["autograde", "generate_assignment"])
def test_what_needs_the_kit_says_in_a_line_that_it_is_missing(tmp_path: Path, verb: str) -> None:
    """Nothing is graded by nbgrader's own means, and what was released stays as it is."""
    here = new_course(tmp_path / "course")
    hand_in(here, assignment(), [Pupil("ada")])
    before = {path: path.read_bytes() for path in here.assignments.rglob("*.*")}
    code, said = nbgrader(here, verb, NAME, "--force")
    [line] = said.splitlines()
    assert code == 1 and f"install the course kit's wheel in {sys.prefix}" in line, said
    assert "No module named 'grader'" in line
    assert not here.autograded.exists()
    assert {path: path.read_bytes() for path in here.assignments.rglob("*.*")} == before


def test_handing_out_needs_no_kit(tmp_path: Path) -> None:
    """Not "Assignment not found": the folders of the course are known all the same."""
    here = new_course(tmp_path / "course")
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    way = ("--course", "toys", f"--Exchange.root={exchange}")
    code, said = nbgrader(here, "release_assignment", NAME, *way)
    assert code == 0, said
    assert (exchange / "toys" / "outbound" / NAME / f"{NAME}.ipynb").exists()
