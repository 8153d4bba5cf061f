"""A class on a Dask cluster: a real scheduler, real worker processes, one of them killed."""

import os
import signal
import subprocess
import sys

import pytest

from grader.autograde import cluster
from grader.autograde.cluster import check_address, connect
from grader.autograde.inbox import open_folder
from grader.autograde.judge_process import Task
from grader.autograde.pool import judge_all
from grader.errors import UsageError
from grader.judge.judgement import Judgement
from grader.judge.seeds import hidden_seeds
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import synthetic
from tests.kit.cluster import BACKSTOP, dask_cluster
from tests.kit.toy import NAME, ROOT, new_course, same_marks

CLASS = 10


@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1:8786", "tcp://localhost:1", "tcp://[::1]:8786", "tls://far.example:1"],
)
def test_loopback_and_tls_are_accepted(address):
    """In the clear only where nothing leaves the machine; TLS everywhere."""
    check_address(address)


@pytest.mark.parametrize(
    ("address", "remedy"),
    [
        ("tcp://192.0.2.1:8786", "TLS"),
        ("tcp://grading.example:8786", "TLS"),
        ("tcp://127.0.0.1.example:8786", "TLS"),
        ("127.0.0.1:8786", "tls://host:port"),
        ("http://127.0.0.1:1", "tls://host:port"),
        ("", "tls://host:port"),
    ],
)
def test_other_addresses_are_refused_with_the_remedy(address, remedy):
    """Submissions are never sent in the clear to another machine."""
    with pytest.raises(UsageError, match=remedy):
        check_address(address)


def test_nobody_answering_is_one_line(monkeypatch):
    """An address where no scheduler listens ends in a usage error, not in a traceback."""
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)  # nobody comes later either
    with pytest.raises(UsageError, match="no scheduler answers"):
        connect("tcp://127.0.0.1:9")


@pytest.mark.parametrize(
    ("address", "said"),
    [("tcp://127.0.0.1:9", "no scheduler answers"), ("tls://127.0.0.1:9", "needs certificates")],
)
def test_a_cluster_that_cannot_be_reached_ends_the_program_at_once(address, said, tmp_path):
    """One line and exit code 2, not the traceback of a client that never came up."""
    new_course(tmp_path)
    command = ["autograde", NAME, "--cluster", address, "--course", str(tmp_path)]
    hasty = (  # `python -m grader`, but nobody is waited for who will not come
        "import runpy, grader.autograde.cluster as cluster\n"
        "cluster.CONNECT_SECONDS = 1\n"
        "runpy.run_module('grader', run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", hasty, *command],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=BACKSTOP, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("grader: ") and said in line


@pytest.fixture(scope="module")
def tasks(tmp_path_factory):
    """A small synthetic class and its packed assignment."""
    course = new_course(tmp_path_factory.mktemp("cluster"))
    packed = course.packed(NAME)
    assignment = packed.load()
    pupils = synthetic(assignment, CLASS, seed=3)
    hand_in(course, assignment, pupils)
    made = []
    for pupil in pupils:
        submission = open_folder(course, assignment, pupil.name)
        drawn = hidden_seeds(b"secret", pupil.name, assignment, submission)
        made.append(Task(pupil.name, submission, drawn))
    return packed, made


@pytest.fixture
def scheduler(tmp_path):
    """A scheduler and two worker processes of its own; yields its address and the workers."""
    with dask_cluster(tmp_path) as started:
        yield started


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_cluster_gives_the_same_verdicts_though_a_worker_dies(tasks, scheduler, monkeypatch):
    """Two worker processes, one killed half-way: every verdict equals the local one."""
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", BACKSTOP)
    packed, made = tasks
    local = {task.student: judged for task, judged in judge_all(packed, made, 2)}
    address, workers = scheduler
    start, threads = connect(address)
    assert threads == 2
    found = {}
    for task, judged in judge_all(packed, made, threads, start=start):
        found[task.student] = judged
        if len(found) == 2:
            workers[0].send_signal(signal.SIGKILL)
    assert set(found) == set(local)
    for student, judged in found.items():
        assert isinstance(judged, Judgement), judged
        assert same_marks(judged.verdict, local[student].verdict), student
    assert workers[0].wait(BACKSTOP) == -signal.SIGKILL
