"""A new gradebook says which version its tables have, and no process is started to find out."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.dbutil import _temp_alembic_ini

from grader.gradebook.config import nbgrader_api
from grader.gradebook.opening import open_gradebook
from grader.gradebook.table_version import table_version
from tests.kit.toy import new_course


def test_it_is_what_alembic_says() -> None:
    """Asked as nbgrader asks it, by a process."""
    with _temp_alembic_ini("sqlite://") as settings:
        command = [sys.executable, "-m", "alembic.config", "-c", settings, "heads"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.split() == [table_version(), "(head)"]


@pytest.mark.parametrize("door", ["kit", "nbgrader"])
def test_a_new_gradebook_starts_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    """Neither by the kit's own door nor by nbgrader's."""
    course = new_course(tmp_path)
    monkeypatch.setattr(subprocess, "Popen", None)
    if door == "kit":
        open_gradebook(course).close()
    else:
        nbgrader_api(course).gradebook.close()
    with sqlite3.connect(course.root / "gradebook.db") as db:
        assert db.execute("select version_num from alembic_version").fetchall() == [
            (table_version(),)
        ]
