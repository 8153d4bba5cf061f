"""GitHub's workflows and the files of hosted environments: they parse, and what they run works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from grader import cli
from grader.simulate.copy_course import copy_of
from grader.simulate.pupils import Pupil
from tests.kit.browser import OPEN, allow_root, jupyter
from tests.kit.course import NAME, assignment, course, released

ROOT = Path(__file__).resolve().parents[2]
CI = ROOT / "docs" / "ci"
COURSE, STUDENT, INSTRUCTOR, LITE = WORKFLOWS = (
    ROOT / ".github" / "workflows" / "course.yml",
    CI / "student.yml",
    CI / "instructor.yml",
    CI / "lite.yml",
)
LOCK = "requirements-student.lock"
ACTIONS = {
    *("actions/checkout", "actions/setup-python", "actions/upload-artifact"),
    *("actions/upload-pages-artifact", "actions/deploy-pages"),
}


def read(path: Path) -> dict[str, Any]:
    """A workflow; YAML 1.1 reads its key ``on`` as a truth."""
    made: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in made.items()}


def steps(path: Path) -> list[dict[str, Any]]:
    """The steps of a workflow's jobs, one after the other."""
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


def run(path: Path, name: str, folder: Path, **environment: str) -> int:
    """Run the command of the step ``name`` in ``folder`` as GitHub's shell does."""
    [command] = [step["run"] for step in steps(path) if step.get("name") == name]
    env = {**os.environ, **read(path).get("env", {}), **environment}
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env["PATH"]])
    # `make` in these steps uses the Python that runs the tests.
    env |= {"GITHUB_STEP_SUMMARY": str(folder / "summary.md"), "MAKEFLAGS": f"PY={sys.executable}"}
    return subprocess.call(["bash", "-eo", "pipefail", "-c", command], cwd=folder, env=env)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_reads_only_and_names_what_exists(path: Path) -> None:
    """Least permissions, known actions, a time limit, targets and files that we have."""
    made = read(path)
    assert made["permissions"] == {"contents": "read"} and made["on"]
    assert all(job["timeout-minutes"] <= 120 for job in made["jobs"].values())
    uses = [step["uses"].partition("@")[0] for step in steps(path) if "uses" in step]
    assert set(uses) <= ACTIONS
    commands = "\n".join(step.get("run", "") for step in steps(path))
    assert "${{" not in commands  # what comes from outside is given as a variable, never as code
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z-]+)", commands):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for file in re.findall(r"docs/ci/\S+", commands):
        assert (ROOT / file).exists(), file


def test_every_action_is_named_by_digest() -> None:
    """A tag can be moved to other code, a digest cannot; what release it is stands behind it."""
    files = [*ROOT.glob(".github/**/*.y*ml"), *CI.rglob("*.y*ml")]
    assert set(WORKFLOWS) <= set(files)
    named: dict[str, set[str]] = {}
    for path in files:
        for line in re.findall(r"^.*\buses\s*:.*$", path.read_text(encoding="utf-8"), re.MULTILINE):
            found = re.fullmatch(
                r" +(?:- )?uses: ([\w.-]+/[\w./-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)", line
            )
            assert found, f"{path.name}: {line.strip()}"
            named.setdefault(found[1], set()).add(found[2])
    assert set(named) == ACTIONS
    assert all(len(digests) == 1 for digests in named.values()), named


def test_a_site_is_published_by_a_job_that_runs_nothing() -> None:
    """What may publish runs no program of the repository's; what builds may not publish."""
    build, publish = read(LITE)["jobs"].values()
    assert "permissions" not in build and publish["needs"] == "build"
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == ["actions/deploy-pages"]
    assert "persist-credentials" in build["steps"][0]["with"]
    for name in read(LITE)["env"]["ASSIGNMENTS"].split():
        assert name in course().names()
    [uploaded] = [step["with"]["path"] for step in build["steps"] if "path" in step.get("with", {})]
    assert uploaded == "build/lite/site/"  # where `make lite` puts it
    assert re.search(r"^LITE +\?= build/lite$", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_only_publishing_asks_for_more(path: Path) -> None:
    """No other job has permissions of its own, which would take the place of the workflow's."""
    asking = [name for name, job in read(path)["jobs"].items() if "permissions" in job]
    assert asking == (["publish"] if path == LITE else [])


def test_the_course_repository_is_validated() -> None:
    """Tests, what is derived, and verify: solutions earn full marks and blanks none."""
    commands = [step["run"] for step in steps(COURSE) if "run" in step]
    called = re.findall(r"\bmake ([a-z-]+)", "\n".join(commands))
    assert called == ["setup", "lint", "audit", "test", "release", "verify-every", "test-slow"]
    assert {"verify", "release", "mark"} <= set(cli.main.commands)


def test_the_documentation_shows_every_file_of_its_folder() -> None:
    """docs/ci/README.md says where each goes, but for those that a workflow calls by path."""
    shown = (CI / "README.md").read_text(encoding="utf-8")
    called = INSTRUCTOR.read_text(encoding="utf-8")
    for path in set(CI.iterdir()) - {CI / "README.md"}:
        assert f"({path.name})" in shown or f"docs/ci/{path.name}" in called


def student_repository(folder: Path, pupil: Pupil) -> Path:
    """The files of ``assignments/<a>/`` with a student's notebook, and the workflow's script."""
    shutil.copytree(course().assignments / NAME, folder)
    (folder / f"{NAME}.ipynb").write_bytes(pupil.notebook(assignment(), released()))
    (folder / ".github").mkdir()
    shutil.copy(CI / "notebook_points.py", folder / ".github")
    return folder


def test_a_students_repository_installs_by_hashes() -> None:
    """Its workflow takes the students' lock, which the documentation says to put there."""
    [command] = [step["run"] for step in steps(STUDENT) if step.get("name") == "Install"]
    assert "pip install" in command and "--require-hashes" in command
    assert command.split()[-2:] == ["--requirement", f".github/{LOCK}"]
    shown = (CI / "README.md").read_text(encoding="utf-8")
    assert f"(../../{LOCK})" in shown and f"`.github/{LOCK}`" in shown


@pytest.mark.slow
def test_a_students_repository_shows_the_points(tmp_path: Path) -> None:
    """The table has a line for each exercise and says what is wrong; the step fails then."""
    mistake = assignment().spec.exercise("lstm_cell_forward").mistakes[0].id
    solved = ("rnn_cell_forward", "rnn_forward")
    half = Pupil("elif", solved=solved, mistakes={"lstm_cell_forward": mistake})
    for pupil, code in ((half, 1), (Pupil("ada"), 0)):
        folder = student_repository(tmp_path / pupil.name, pupil)
        assert run(STUDENT, "Run the notebook", folder) == 0
        assert run(STUDENT, "Points on the visible examples", folder) == code
        table = (folder / "summary.md").read_text(encoding="utf-8")
        assert len(re.findall(r"^\| `\w+` \|", table, re.MULTILINE)) == 8
        if code:
            assert "| `rnn_forward` | 10 of 10 | &#10003; passed |" in table
            assert "| `lstm_forward` | 0 of 10 | CheckFailed: lstm\\_forward: this" in table
        else:
            assert "**95 of 95 points**" in table


@pytest.mark.slow
def test_a_workflow_of_before_calls_nothing_passed_that_is_not(tmp_path: Path) -> None:
    """Where the checks were run as a person runs them, the table says what theirs says."""
    folder = student_repository(tmp_path / "elif", Pupil("elif", solved=("rnn_cell_forward",)))
    assert run(STUDENT, "Run the notebook", folder, NBGRADER_EXECUTION="") == 0
    assert run(STUDENT, "Points on the visible examples", folder) == 1
    table = (folder / "summary.md").read_text(encoding="utf-8")
    assert table.count("passed") == 1 and table.count("| 0 of 1") == 7
    assert "| `lstm_forward` | 0 of 10 | not written yet |" in table


@pytest.mark.parametrize("text", ["", "{}", '{"cells": []}'])
def test_no_table_without_checks(tmp_path: Path, text: str) -> None:
    """A notebook that is not there, or has no checks, is an error of its own."""
    if text:
        (tmp_path / "made.ipynb").write_text(text)
    command = [sys.executable, str(CI / "notebook_points.py"), str(tmp_path / "made.ipynb")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and not done.stdout


@pytest.mark.parametrize(("earned", "of_all"), [("5", "15"), ("0", "10")])
def test_a_bonus_counts_on_top_of_a_students_points(
    tmp_path: Path, earned: str, of_all: str
) -> None:
    """The maximum leaves it out, and without it the step passes all the same."""
    bars = {"f": "[##] 10 of 10 points", "g": f"[##] {earned} of 5 points, a bonus on top"}
    cells = [
        {
            "cell_type": "code",
            "source": f'check("{name}", {name})',
            "outputs": [{"output_type": "display_data", "data": {"text/plain": bar}}],
        }
        for name, bar in bars.items()
    ]
    (tmp_path / "made.ipynb").write_text(json.dumps({"cells": cells}))
    command = [sys.executable, str(CI / "notebook_points.py"), str(tmp_path / "made.ipynb")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"| `g` | {earned} of 5, bonus |" in done.stdout
    assert f"**{of_all} of 10 points**" in done.stdout


@pytest.fixture
def instructor(tmp_path: Path) -> Path:
    """A copy of the course with the workflow's files, and a server with student repositories."""
    folder = tmp_path / "course"
    folder.mkdir()
    copy_of(course(), folder)
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copytree(CI, folder / "docs" / "ci")
    for name, pupil in {"ada": Pupil("ada"), "blank": Pupil("blank", solved=())}.items():
        made = student_repository(tmp_path / "server" / "rnn" / name, pupil)
        for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "handed in"]):
            who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
            subprocess.run(["git", *who, *command], cwd=made, check=True)
    lines = ["ada,rnn/ada", "gone,rnn/gone", "../x,rnn/ada", "blank,rnn/blank"]
    text = "\r\n".join(["student,repository", *lines])  # the last line without an end
    (folder / "students.csv").write_bytes(text.encode("utf-8-sig"))
    return folder


@pytest.mark.slow
@pytest.mark.sandbox
def test_an_instructors_repository_marks_the_class(instructor: Path) -> None:
    """Repositories are fetched and marked; a missing one is named and stops nobody else."""
    server = (instructor.parent / "server").as_uri()
    secret = "The course's secret, so that a submission always gets the same inputs"
    assert run(INSTRUCTOR, secret, instructor, COURSE_SECRET="") != 0
    assert run(INSTRUCTOR, secret, instructor, COURSE_SECRET="a long random text") == 0
    assert run(INSTRUCTOR, "Fetch", instructor, SERVER=server) == 0
    assert run(INSTRUCTOR, "Mark", instructor) == 0
    assert run(INSTRUCTOR, "Table of marks", instructor) == 0
    table = (instructor / "summary.md").read_text(encoding="utf-8")
    assert "| ada | 95 of 95 | nothing: all right |" in table
    assert "| blank | 0 of 95 | `rnn_cell_forward`: not attempted" in table
    assert "| gone | no mark |" in table
    assert (instructor / ".course_secret").stat().st_mode & 0o77 == 0
    assert sorted(path.name for path in (instructor / "build" / "students").iterdir()) == [
        "ada",
        "blank",
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"name,repository\nada,rnn/ada\n", "must be student,repository"),
        (b"student;repository\nada;rnn/ada\n", "must be student,repository"),
        ("student,repository\nada,rnn/ada\n".encode("utf-16"), "must be student,repository"),
        (b"", "must be student,repository"),
        (b"student,repository\nada,rnn/a\nbo,rnn/b\nada,rnn/c", "two lines for ada:"),
    ],
    ids=["column", "separator", "encoding", "empty", "twice"],
)
def test_a_bad_list_of_students_fetches_nothing(tmp_path: Path, content: bytes, says: str) -> None:
    """Columns, encoding and duplicates: one line with the remedy, and nobody's work is touched."""
    (tmp_path / "students.csv").write_bytes(content)
    command = ["bash", str(CI / "fetch.sh"), "students.csv"]
    env = {**os.environ, "SERVER": tmp_path.as_uri()}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 2 and says in done.stdout
    assert len(done.stdout.splitlines()) == 1 and not done.stderr
    assert not (tmp_path / "build").exists()


def test_a_development_container_opens_the_notebook() -> None:
    """It installs what Binder installs, knows Jupyter's settings, and opens a file there is."""
    about = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    [opened] = about["customizations"]["codespaces"]["openFiles"]
    assert (ROOT / opened).exists()
    assert about["containerEnv"]["JUPYTER_CONFIG_PATH"].endswith("/.jupyter")
    assert ".binder/requirements.txt" in about["postCreateCommand"]


def test_hosted_environments_install_the_versions_that_we_test() -> None:
    """They take the students' lock by its hashes, and a Python that we support."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / ".binder" / "requirements.txt").read_text(encoding="utf-8")
    asked = [line for line in text.splitlines() if not line.startswith("#")]
    assert asked == ["--require-hashes", f"-r ../{LOCK}"] and (ROOT / LOCK).exists()
    version = (ROOT / ".binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert Requirement(f"python{project['requires-python']}").specifier.contains(version)


@pytest.mark.slow
def test_binder_opens_the_notebook(tmp_path: Path) -> None:
    """After postBuild, JupyterLab in the home folder leads to the student's notebook."""
    for part in ("assignments", ".binder", ".jupyter"):
        shutil.copytree(ROOT / part, tmp_path / part)
    beside = str(Path(sys.executable).parent)
    env = {"HOME": str(tmp_path), "PATH": os.pathsep.join([beside, os.environ["PATH"]])}
    subprocess.run([tmp_path / ".binder" / "postBuild"], cwd=tmp_path, env=env, check=True)
    command = [sys.executable, "-m", "jupyterlab", *OPEN, *allow_root()]
    with jupyter(tmp_path, command, tmp_path) as url, urllib.request.urlopen(url) as page:
        opened = page.url.removeprefix(f"{url}lab/tree/")
        assert opened == f"assignments/{NAME}/{NAME}.ipynb" and (tmp_path / opened).exists()
        assert b"@jupyterlab/apputils-extension:announcements" in page.read()
