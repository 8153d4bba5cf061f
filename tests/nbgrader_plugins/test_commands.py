"""nbgrader's own commands on this kit's folders, from a fresh clone through the exchange."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli import main
from grader.course import Course
from grader.gradebook.config import nbgrader_api
from grader.simulate.pupils import Pupil
from tests.kit.toy import NAME, ROOT, SLOPE, assignment, new_course

FILES = {"leaky_utils.py", "selfcheck.py", "references.npz"}


@pytest.fixture
def clone(tmp_path: Path) -> Course:
    """A fresh clone: what git keeps, and no source folder."""
    made = new_course(tmp_path / "course")
    shutil.rmtree(made.source)
    return made


def nbgrader(where: Path, *arguments: str) -> tuple[int, str]:
    """Run a command of nbgrader's in a folder, with the kit that lies here."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=where,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    return done.returncode, done.stdout + done.stderr


def grader(here: Course, *arguments: str) -> None:
    """Run a verb of the kit's in this process."""
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--course", str(here.root)])
    assert ended.value.code in (0, None)


def test_formgraders_list_and_its_link(clone: Course) -> None:
    """Empty in a fresh clone, where nothing may be made by looking; then each assignment is there.

    The link by which formgrader opens an assignment leads to what students get, and the notebook.
    """
    api = nbgrader_api(clone)
    assert api.get_source_assignments() == set() and not clone.source.exists()
    grader(clone, "release", "--source-only")
    assert api.get_source_assignments() == {NAME, SLOPE}
    listed = api.get_assignment(NAME)
    assert listed["source_path"] == f"source/{NAME}"
    assert {path.name for path in (clone.root / listed["source_path"]).iterdir()} == {
        f"{NAME}.ipynb",
        *FILES,
    }


def test_what_is_left_as_it_is_is_said(clone: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """On the way to formgrader one assignment with edits, or not released, stops no other."""
    grader(clone, "release", "--source-only")
    copy = clone.source_notebook(NAME)
    book = json.loads(copy.read_text("utf-8"))
    book["cells"][1]["source"] = "Edited."
    copy.write_text(json.dumps(book), "utf-8")
    before = copy.read_bytes()
    (clone.source / SLOPE / "selfcheck.py").unlink()
    grader(clone, "release", "--source-only")
    assert copy.read_bytes() == before and (clone.source / SLOPE / "selfcheck.py").exists()
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{NAME}: left as it is, ") and "--adopt" in line


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_fresh_clone_through_nbgraders_commands(clone: Course, tmp_path: Path) -> None:
    """Generate, release, fetch, submit, collect, autograde: each by nbgrader's own command."""
    released = {path: path.read_bytes() for path in clone.assignments.rglob("*.*")}
    code, said = nbgrader(clone.root, "generate_assignment", NAME, "--force")
    assert code == 1 and "No notebooks were matched" in said
    assert {path: path.read_bytes() for path in clone.assignments.rglob("*.*")} == released

    grader(clone, "release", NAME)
    code, said = nbgrader(clone.root, "generate_assignment", NAME, "--force")
    assert code == 0, said
    others = [path for path in released if path.suffix != ".ipynb"]
    assert all(path.read_bytes() == released[path] for path in others)

    exchange, student = tmp_path / "exchange", tmp_path / "student"
    exchange.mkdir()
    exchange.chmod(0o777)
    student.mkdir()
    way = ("--course", "toys", f"--Exchange.root={exchange}")
    for where, verb in (
        (clone.root, "release_assignment"),
        (student, "fetch_assignment"),
        (student, "submit"),
        (clone.root, "collect"),
    ):
        if verb == "submit":
            assert {path.name for path in (student / NAME).iterdir()} == {f"{NAME}.ipynb", *FILES}
            book = json.loads((student / NAME / f"{NAME}.ipynb").read_text("utf-8"))
            text = Pupil("me").notebook(assignment(), book)
            (student / NAME / f"{NAME}.ipynb").write_bytes(text)
        code, said = nbgrader(where, verb, NAME, *way)
        assert code == 0, said

    shutil.rmtree(clone.source)  # as in a clone on another machine, where marks are made
    code, said = nbgrader(clone.root, "autograde", NAME)
    assert code == 0, said
    me = getpass.getuser()
    graded = clone.autograded / me / NAME
    assert {path.name for path in graded.iterdir()} >= FILES
    assert json.loads((graded / "verdict.json").read_text("utf-8"))["score"] == 20.0
    assert {path.name for path in (clone.source / NAME).iterdir()} == {f"{NAME}.ipynb", *FILES}
