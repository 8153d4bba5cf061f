"""Make the course's plugin that says what is taken off for lateness, as nbgrader makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.course import Course
from grader.gradebook.config import load_config

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.plugins import LateSubmissionPlugin

POLICY = "AssignLatePenalties"  # the part of a course's configuration that names its own


def has_own_policy(course: Course) -> bool:
    """Tell whether the course's configuration names a plugin of its own, which may fail."""
    return POLICY in load_config(course)


def late_plugin(course: Course, name: str, gradebook: Gradebook) -> LateSubmissionPlugin:
    """Return the course's plugin; its parent knows assignment and gradebook, as in nbgrader."""
    from nbgrader.preprocessors import AssignLatePenalties  # it brings all of nbconvert along

    penalties = AssignLatePenalties(config=load_config(course))
    penalties.assignment_id, penalties.gradebook = name, gradebook
    penalties.init_plugin()
    return penalties.plugin_inst
