"""A Dask cluster with TLS on this machine, by the commands of docs/cluster.md."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.course import Course
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.kit.cluster import BACKSTOP, dask_cluster
from tests.kit.toy import NAME, ROOT, assignment, new_course

PAGE = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
PUPILS = [Pupil("ada"), Pupil("bo", solved=("leak",)), Pupil("cy", solved=())]
POINTS = {"ada": 20.0, "bo": 10.0, "cy": 0.0}


def shown(start: str) -> str:
    """The block of commands on the page whose first line begins so."""
    [block] = re.findall(rf"^```sh\n({start}.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(block)


def certificates(folder: Path) -> Path:
    """A folder with an authority of its own and a certificate, made as the page says."""
    folder.mkdir()
    made = ["bash", "-ec", shown("openssl req -x509")]
    subprocess.run(made, cwd=folder, check=True, capture_output=True, timeout=BACKSTOP)
    return folder


def autograde(course: Course, address: str, shows: Path) -> subprocess.CompletedProcess[str]:
    """Grade the class on a cluster, with the certificates of a folder."""
    settings = f'{shown("export DASK")}cd "$1" && shift && exec "$@"'
    verb = [sys.executable, "-m", "grader", "autograde", NAME, "--cluster", address]
    return subprocess.run(
        ["bash", "-ec", settings, "bash", course.root, *verb],
        cwd=shows,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=BACKSTOP,
    )


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_class_is_graded_through_tls_by_the_pages_commands(tmp_path: Path) -> None:
    """Two workers; who shows a certificate of another authority gets nothing graded."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    course = new_course(tmp_path / "course")
    hand_in(course, assignment(), PUPILS)
    ours, others = certificates(tmp_path / "ours"), certificates(tmp_path / "others")
    [names] = set(re.findall(r"--tls-ca-file \S+ --tls-cert \S+ --tls-key \S+", PAGE))
    options = [str(ours / word) if word.endswith(".pem") else word for word in names.split()]
    with dask_cluster(ours, encrypted=tuple(options)) as (address, _):
        assert address.startswith("tls://")
        refused = autograde(course, address, others)
        assert refused.returncode == 2 and "no scheduler answers" in refused.stderr
        assert not course.autograded.exists()
        done = autograde(course, address, ours)
        assert done.returncode == 0 and "3 graded" in done.stdout, done.stderr
    found = {
        path.parent.parent.name: json.loads(path.read_text(encoding="utf-8"))["score"]
        for path in course.autograded.glob(f"*/{NAME}/verdict.json")
    }
    assert found == POINTS


def commands_of(container: dict[str, Any]) -> list[str]:
    """The words of a container's command."""
    return [str(word) for word in container["command"]]


def test_every_command_on_the_page_shows_certificates() -> None:
    """Of SLURM and Kubernetes, too, where nothing here is run: one thread a worker, and TLS."""
    named = ["--tls-ca-file", "--tls-cert", "--tls-key"]
    [script] = re.findall(r"^```bash\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    subprocess.run(["bash", "-n"], input=script, text=True, check=True, timeout=BACKSTOP)
    [manifest] = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    pods = [part["spec"]["template"]["spec"] for part in yaml.safe_load_all(manifest)
            if part["kind"] == "Deployment"]  # fmt: skip
    containers = [container for pod in pods for container in pod["containers"]]
    commands = [" ".join(commands_of(container)) for container in containers]
    commands += [line for line in script.splitlines() if "dask worker" in line]
    assert len(commands) == 3
    for command in commands:
        assert all(option in command for option in named), command
        assert ("--protocol tls" if "scheduler" in command.split() else "--nthreads 1") in command
    for pod, container in zip(pods, containers, strict=True):
        [mount], [volume] = container["volumeMounts"], pod["volumes"]
        assert mount["name"] == volume["name"] and mount["readOnly"]
        paths = [word for word in commands_of(container) if word.endswith(".pem")]
        assert len(paths) == 3 and all(path.startswith(mount["mountPath"]) for path in paths)
