"""A course to grade in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.autograde import autograde as room
from grader.autograde import pool
from grader.course import Course
from tests.kit.gradebook import new_course
from tests.kit.here import Here, InPlace
from tests.kit.sandbox import strongest


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course of one's own with its assignment in the gradebook, judged in this process."""
    warm = strongest()
    monkeypatch.setattr(room, "local_executor", lambda workers: Here())
    monkeypatch.setattr(pool, "_judge_process", lambda: InPlace(warm))
    monkeypatch.setattr(room, "choose_tier", lambda allow_unsafe, warming: warm.tier)
    return new_course(tmp_path / "course")
