"""What stands in courses' own files goes on working, wherever the engine has it now."""

from __future__ import annotations

import pytest

import grader.authoring
import grader.late
import grader.nbgrader_plugins.autograde_step as step
import grader.nbgrader_plugins.late_penalties as penalties
import grader.seam
import grader.spec


@pytest.mark.parametrize("name", grader.spec.__all__)
def test_exercises_files_may_import_grader_spec(name: str) -> None:
    """Each name is that of grader.authoring."""
    assert getattr(grader.spec, name) is getattr(grader.authoring, name)


def test_nbgrader_config_may_name_grader_seam_and_grader_late() -> None:
    """Both are other names of the doors."""
    assert grader.seam.configure is step.configure
    assert grader.late.TenPercentADay is penalties.TenPercentADay
