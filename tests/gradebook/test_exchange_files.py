"""The files that nbgrader's exchange lays beside a submission follow the work that was graded."""

from __future__ import annotations

from pathlib import Path

from grader.files.atomic import write_all
from grader.gradebook.exchange_files import MOST, SECRET, STAMP, carried, exchange_files


def test_files_follow_and_leave(tmp_path: Path) -> None:
    """What is absent beside the submission is absent beside the grade."""
    submitted, graded = tmp_path / "submitted", tmp_path / "autograded"
    submitted.mkdir()
    graded.mkdir()
    (submitted / STAMP).write_text("2025-03-01 10:00:00.000000 UTC\n")
    (graded / SECRET).write_text("of an earlier submission")
    write_all(carried(submitted, graded))
    assert set(exchange_files(graded)) == {STAMP}
    assert exchange_files(graded) == exchange_files(submitted)


def test_only_small_regular_files_are_read(tmp_path: Path) -> None:
    """Links, folders and large files beside a submission count as absent."""
    (tmp_path / STAMP).symlink_to("/etc/passwd")
    (tmp_path / SECRET).write_bytes(b"x" * (MOST + 1))
    assert exchange_files(tmp_path) == {}
    (tmp_path / STAMP).unlink()
    (tmp_path / STAMP).mkdir()
    assert exchange_files(tmp_path) == {}
