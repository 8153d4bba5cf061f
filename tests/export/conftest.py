"""A class that was graded once a module, and a copy of it for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course import Course
from tests.export.kit import another, graded_class


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return graded_class(tmp_path_factory.mktemp("export"))


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    return another(graded, tmp_path / "course")
