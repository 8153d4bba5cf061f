"""Files are written whole or not at all, and what the dead have left is swept."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.files import atomic
from grader.files.atomic import write_all, write_beside


def names(folder: Path) -> list[str]:
    """What lies in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def test_all_are_written_or_taken_away(tmp_path: Path) -> None:
    """In new folders and old ones, over what is there; a mode that was set stays."""
    one, two, three = tmp_path / "a" / "one", tmp_path / "two", tmp_path / "three"
    two.write_text("old")
    two.chmod(0o640)
    three.write_text("to go")
    write_all([(one, b"1"), (two, b"2"), (three, None), (tmp_path / "never", None)])
    assert (one.read_bytes(), two.read_bytes()) == (b"1", b"2")
    assert two.stat().st_mode & 0o777 == 0o640 and one.stat().st_mode & 0o777 == 0o644
    assert names(tmp_path) == ["a", "two"] and names(tmp_path / "a") == ["one"]


@pytest.mark.parametrize("step", ["write", "force", "replace"])
def test_a_full_disk_is_named_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The error names the path; before the first is in its place all places are as they were."""
    paths = [tmp_path / name for name in ("one", "two")]
    for path in paths:
        path.write_text("old")
    full = OSError(errno.ENOSPC, "No space left on device")
    true_fdopen = os.fdopen

    def fails(*_: object, **__: object) -> None:
        raise full

    if step == "write":
        calls: list[int] = []

        def fdopen(handle: int, *rest: str) -> object:
            calls.append(handle)
            file = true_fdopen(handle, *rest)
            if len(calls) == 2:
                file.close()
                raise full
            return file

        monkeypatch.setattr(atomic.os, "fdopen", fdopen)
    elif step == "force":
        monkeypatch.setattr(atomic.os, "open", fails)
    else:
        monkeypatch.setattr(atomic.os, "replace", fails)
    with pytest.raises(OSError, match="No space left") as caught:
        write_all([(path, b"new") for path in paths])
    monkeypatch.undo()
    if step != "replace":
        assert str(caught.value.filename).startswith(str(tmp_path))
    assert names(tmp_path) == ["one", "two"]
    assert {path.read_text() for path in paths} == {"old"}


DIES = """
import os, sys
from pathlib import Path
from grader.files import atomic
atomic.os.replace = lambda *_: os._exit(9)
atomic.write_beside(Path(sys.argv[1]), b"half")
"""


def test_what_the_dead_have_left_is_swept(tmp_path: Path) -> None:
    """By the next that writes there; what a living process writes is left alone."""
    path = tmp_path / "verdict.json"
    done = subprocess.run([sys.executable, "-c", DIES, str(path)], check=False)
    assert done.returncode == 9
    [left] = names(tmp_path)
    assert left.startswith(".verdict.json.") and not path.exists()
    others = [f".verdict.json.{os.getpid()}-living", ".verdict.json.notes", ".other.1-x"]
    for name in others:
        (tmp_path / name).touch()
    write_beside(path, b"whole")
    assert names(tmp_path) == sorted([*others, "verdict.json"]) and path.read_bytes() == b"whole"
