"""A course with a roster, for archives to be taken into."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course import Course
from tests.collect.archives import ROSTER
from tests.kit.toy import new_course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The toy course, whose class is in ``roster.csv``."""
    made = new_course(tmp_path / "course")
    (made.root / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return made
