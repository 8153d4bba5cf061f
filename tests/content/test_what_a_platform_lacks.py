"""The students' check where Python has less than on a desktop, as in a browser or a phone."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.kit.course import assignment, right, student_folder

ABSENT = (
    *("signal", "threading", "multiprocessing", "concurrent.futures", "subprocess"),
    *("resource", "select", "socket", "ssl", "ctypes", "fcntl", "pwd", "tempfile", "asyncio"),
    *("IPython", "matplotlib"),
    *("signal.setitimer", "signal.SIGALRM", "signal.SIGPROF", "signal.ITIMER_REAL"),
    *("signal.ITIMER_PROF", "signal.signal", "os.fork", "time.process_time"),
    "signal.setitimer refuses",
    "signal.signal refuses",
    "threading.Thread.start refuses",
)

CHECKS = """
import json, sys
# What NumPy needs itself, and what reads its files, is there wherever it runs.
import numpy, numpy.random, pathlib, zipfile
absent, texts = sys.argv[1], json.loads(sys.argv[2])
place, _, refuses = absent.partition(" ")
owner, _, name = place.rpartition(".")
if refuses:
    def refuse(*_):
        raise OSError("not here") if "setitimer" in place else ValueError("not here")
    found = __import__(place.split(".")[0])
    for part in place.split(".")[1:-1]:
        found = getattr(found, part)
    setattr(found, name, refuse)
elif owner in ("signal", "os", "time"):
    delattr(__import__(owner), name)
else:
    sys.modules[place] = None
sys.path.insert(0, ".")
from rnn_utils import sigmoid, softmax
import selfcheck
scope = globals() | {"np": numpy}
points = {}
sys.displayhook = lambda value: points.update({asked: value})
for asked, text in texts.items():
    exec(text, scope)
    selfcheck.check(asked, scope[asked])
print(json.dumps(points))
"""


@pytest.fixture(autouse=True)
def _graded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check runs as where nbgrader grades: it publishes the points, and raises."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The eight right functions' texts, by name."""
    return {exercise.name: right(exercise.name) for exercise in assignment().spec.exercises}


@pytest.mark.parametrize("absent", ABSENT)
def test_what_is_absent_costs_no_right_function_a_point(absent: str, texts: dict[str, str]) -> None:
    """Timers, threads, processes: each taken away alone, every right function earns all points."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", CHECKS, absent, json.dumps(texts)],
        cwd=student_folder(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    whole = {exercise.name: exercise.points for exercise in assignment().spec.exercises}
    assert len(whole) == 8 and json.loads(done.stdout.splitlines()[-1]) == whole
