"""The installed package: it holds no line of a solution, and a course works with it alone."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course import Course
from grader.release.kept_back import solution_lines
from grader.simulate.copy_course import copy_of
from tests.kit.cluster import dask_cluster
from tests.kit.course import NAME, course
from tests.kit.toy import ROOT
from tests.kit.wheel import build_wheel

SHORTEST = 20  # characters of a line that says something


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the project's own backend in a copy of what git knows."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the wheel was unpacked: all that installing it does."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def secrets(home: Course) -> set[str]:
    """Lines that students must not read: solutions, model answers, the catalogue's edits."""
    found: set[str] = set()
    for name in home.names():
        assignment = home.packed(name).load()
        found |= set(solution_lines(assignment.source))
        for exercise in assignment.spec.exercises:
            right = assignment.source.function_source(exercise.name)
            for mistake in exercise.mistakes:
                found |= {line.strip() for line in mistake.apply(right).splitlines()}
                found |= {text.strip() for edit in mistake.edits for text in edit}
    return {line for line in found if len(line) >= SHORTEST}


def found_in(folder: Path, lines: set[str]) -> list[tuple[str, str]]:
    """Which lines stand in which files below ``folder``."""
    hits = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", errors="replace")
            hits += [(str(path.relative_to(folder)), line) for line in lines if line in text]
    return hits


def test_the_package_holds_the_engine_and_nothing_of_a_course(wheel: Path) -> None:
    """No assignment, no module that students import, no test; the licence, in its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [metadata] = [name for name in names if name.endswith("dist-info/METADATA")]
        about = archive.read(metadata).decode()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"grader", "rnn_course_kit"}
    assert "grader/html/templates/feedback.html.j2" in names
    page = ROOT / "grader" / "written" / "page"
    assert {f"grader/written/page/{path.name}" for path in page.iterdir()} <= {*names}
    assert "License-Expression: MIT" in about and any(n.endswith("LICENSE") for n in names)


def test_the_package_holds_no_line_of_a_solution(installed: Path, tmp_path: Path) -> None:
    """On a hub with one environment every student can read it, line by line."""
    lines = secrets(course())
    assert len(lines) > 300
    assert found_in(installed, lines) == []
    shutil.copy(course().folder(NAME) / "exercises" / "lstm_backward.py", tmp_path)
    assert len(found_in(tmp_path, lines)) > 20  # it finds what there is to find


Run = Callable[..., str]


@pytest.fixture
def run(installed: Path, tmp_path: Path) -> Run:
    """Run a verb on the course in ``tmp_path``, with the engine from the wheel."""

    def with_the_wheel(*arguments: str, at: str = ".") -> str:
        environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path / at,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return with_the_wheel


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_course_works_with_the_installed_engine(
    run: Run, installed: Path, tmp_path: Path
) -> None:
    """In a folder without the kit: release, a class on a cluster and here, the same marks."""
    here = copy_of(course(), tmp_path / "course")
    where = ("--course", str(here.root))
    assert run("-c", "import grader; print(grader.__file__)").startswith(str(installed))
    assert "changed" not in run("-m", "grader", "release", NAME, *where).replace("unchanged", "")
    run("-m", "grader", "simulate", "4", NAME, *where)
    marks = []
    with dask_cluster(tmp_path, workers=1, kit=installed) as (address, _):
        for options in (("--cluster", address), ("--force", "--workers", "1")):
            assert run("-m", "grader", "autograde", NAME, *options, *where).startswith("4 graded")
            found = here.autograded.glob(f"*/{NAME}/verdict.json")
            verdicts = {path.parent.parent.name: json.loads(path.read_text()) for path in found}
            marks.append({name: (v["outcome"], v["score"]) for name, v in verdicts.items()})
    assert marks[0] == marks[1] and len(marks[0]) == 4
    assert {outcome for outcome, _ in marks[0].values()} == {"graded"}
    assert "4 pages" in run("-m", "grader", "feedback", NAME, *where)
    run("-m", "grader", "release", "--source-only", *where)
    assert "released" in run("-m", "grader", "doctor", *where)


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_course_of_ones_own_needs_the_wheel_alone(run: Run, tmp_path: Path) -> None:
    """`init` in an empty folder; then every command of the README that it wrote, word for word."""
    said = run("-m", "grader", "init", "mine", "--title", "Memories")
    assert said.splitlines()[-1] == "next: cd mine && python -m grader demo"
    page = (tmp_path / "mine" / "README.md").read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    told = {}
    for line in lines:
        python, *arguments = shlex.split(line)
        assert python == "python"
        told[" ".join(arguments[2:])] = run(*arguments, at="mine")
    verbs = [line.split()[3] for line in lines]
    assert verbs[:4] == ["doctor", "demo", "release", "verify"]
    assert {"simulate", "autograde", "feedback", "report", "export", "new", "try"} <= set(verbs)
    assert "median" in told["demo"] and "NOT OK" not in told["verify fading_average"]
    assert told["autograde fading_average"].startswith("8 graded")
