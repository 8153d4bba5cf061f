"""One at a time: who comes second is told who is first, and death lets go."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.files import alone as module
from grader.files.alone import alone
from tests.kit.toy import ROOT

HOLDER = """
import sys, time
from pathlib import Path
from grader.files.alone import alone
with alone(Path(sys.argv[1]), "grading leaky"):
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def held(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_is_told_who_is_first(tmp_path: Path) -> None:
    """In one line: who, what, since when, in which process; and it goes once that one is dead."""
    path = tmp_path / "lock"
    with held(path) as process:
        with pytest.raises(UsageError) as caught, alone(path, "grading slope"):
            raise AssertionError("both at once")
        told = str(caught.value)
        assert "is grading leaky since" in told and f"process {process.pid} on " in told
        assert str(tmp_path) in told and len(told.splitlines()) == 1
    with alone(path, "grading slope"):
        assert "is grading slope" in path.read_text() and str(os.getpid()) in path.read_text()
    assert not path.exists()


def test_a_folder_that_may_not_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is the right one, and says where: not that the file is missing."""

    def opened(path: Path, flags: int, *_: int) -> int:
        raise (
            PermissionError(13, "Permission denied", str(path))
            if flags & os.O_CREAT
            else (FileNotFoundError(2, "No such file or directory", str(path)))
        )

    monkeypatch.setattr(module.os, "open", opened)
    with pytest.raises(PermissionError, match="lock"), alone(tmp_path / "lock", "grading"):
        pass


def test_who_failed_lets_go(tmp_path: Path) -> None:
    """An error inside is the caller's, and the next one goes."""
    with pytest.raises(ZeroDivisionError), alone(tmp_path / "lock", "grading"):
        raise ZeroDivisionError
    with alone(tmp_path / "lock", "grading"):
        pass


def test_what_stands_in_the_lock_acts_in_no_terminal(tmp_path: Path) -> None:
    """Whoever may write to the course may write there anything."""
    path = tmp_path / "lock"
    with held(path):
        path.write_text("\x1b[2Jmallory\nis \u202egrading")
        with pytest.raises(UsageError) as caught, alone(path, "grading"):
            pass
    assert str(caught.value).isprintable() and "mallory is" in str(caught.value)
