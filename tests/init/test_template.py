"""The README's two ways to a course: assignments taken along, and a clone that goes on merging."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import Course
from grader.doctor import findings
from grader.init.init import EXAMPLE, About, init_course
from grader.release.references import file_bytes, from_bytes
from tests.kit import course as kits

ROOT = Path(__file__).resolve().parents[2]
SECTION = (ROOT / "README.md").read_text("utf-8").partition("## Your own course")[2]
SECTION = SECTION.partition("\n## ")[0]
SHARED = "rnn_utils.py"


def blocks(kind: str) -> list[list[str]]:
    """The section's blocks of commands in one language, each as lines."""
    found = re.findall(rf"^```{kind}\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
    return [body.splitlines() for body in found]


def typed(lines: list[str], folder: Path) -> str:
    """Type commands in a folder, with this kit's `grader`; `make` says what it was asked for."""
    program = folder.parent / "bin"
    program.mkdir(exist_ok=True)
    (program / "grader").write_text(f'#!/bin/sh\nexec {sys.executable} -m grader "$@"\n')
    (program / "make").write_text('#!/bin/sh\necho "make $@"\n')
    for each in program.iterdir():
        each.chmod(0o755)
    roles = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
    who = {f"GIT_{role}": "somebody" for role in roles}
    path = f"{program}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = os.environ | who | {"PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-ec", "\n".join(lines)], cwd=folder, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_clone_has_a_home_of_its_own_and_goes_on_merging(tmp_path: Path) -> None:
    """The README's commands, with two repositories here: own work stays, the kit's comes."""
    begin, later = blocks("bash")
    kit, home, here = (tmp_path / name for name in ("kit", "home.git", "my-course"))
    (kit / "solutions").mkdir(parents=True)
    (kit / "solutions" / "lesson.py").write_text("one\ntwo\nthree\nfour\n")
    (kit / "engine.py").write_text("old\n")
    save = ["git add -A", "git commit -qm work"]
    typed(["git init -q --initial-branch=trunk", *save], kit)
    typed([f"git init -q --bare {home}"], tmp_path)
    places = {"KIT": str(kit), "HOME_OF_IT": str(home)}
    begin = [re.sub(r"\b(HOME_OF_IT|KIT)\b", lambda m: places[m[0]], line) for line in begin]
    typed(begin, tmp_path)
    (here / "solutions" / "lesson.py").write_text("mine\ntwo\nthree\nfour\n")
    typed(save, here)
    (kit / "engine.py").write_text("new\n")
    (kit / "solutions" / "lesson.py").write_text("one\ntwo\nthree\nbetter\n")
    typed(save, kit)
    said = typed([line.replace("merge ", "merge --no-edit ") for line in later], here)
    assert "make setup release verify" in said
    assert (here / "engine.py").read_text() == "new\n"
    assert (here / "solutions" / "lesson.py").read_text() == "mine\ntwo\nthree\nbetter\n"
    assert typed(["git status --short --branch"], here).startswith("## trunk...origin/trunk\n")
    pushed = subprocess.check_output(["git", "log", "--format=%s", "trunk"], cwd=home, text=True)
    assert pushed.count("work") == 3
    assert "**Students must never get either repository**" in SECTION


@pytest.fixture
def own(tmp_path: Path) -> Course:
    """A course that `init` made, as `../my-course` of a folder in which the kit's text lies."""
    made, _ = init_course(tmp_path / "my-course", About())
    (tmp_path / "kit").mkdir()
    shutil.copytree(ROOT / "solutions", tmp_path / "kit" / "solutions")
    shutil.copy(ROOT / SHARED, tmp_path / "kit")
    return made


@pytest.mark.parametrize("name", kits.course().names())
def test_each_assignment_can_be_taken_along(own: Course, tmp_path: Path, name: str) -> None:
    """Its folder, and what it shares with others: specification, solution and files are found."""
    [[one, shared, _]] = blocks("sh")
    typed([one.replace(kits.NAME, name), shared], tmp_path / "kit")
    assert own.names() == sorted([EXAMPLE, name])
    there, here = own.packed(name), kits.packed(name)
    assert (there.source, there.exercises) == (here.source, here.exercises)


@pytest.mark.slow
def test_one_that_was_taken_along_is_released(own: Course, tmp_path: Path) -> None:
    """By the README's commands; what students get of it is what the kit gives them."""
    [lines] = blocks("sh")
    assert "judged: the solution earns 95 of 95" in typed(lines, tmp_path / "kit")
    made, kept = (root.assignments / kits.NAME for root in (own, kits.course()))
    for path in kept.iterdir():
        if path.is_file():
            data, here = path.read_bytes(), (made / path.name).read_bytes()
            if path.suffix == ".npz":  # another processor rounds the last digits otherwise
                here = file_bytes(from_bytes(here), data)
            assert here == data, path.name
    found = {what: text for what, _, text in findings(own)}
    assert found[kits.NAME] == "released" and "not released yet" in found[EXAMPLE]
