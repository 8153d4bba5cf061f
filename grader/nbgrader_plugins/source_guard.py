"""Refuse to release from a source folder that is stale, edited or incomplete.

nbgrader has no hook before it deletes what was released (``generate_assignment --force``), but it
makes its exporter before that, and asks the configuration for the class.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.course import Course
from grader.gradebook.source_folder import source_problem
from grader.nbgrader_plugins.gradebook_guard import (
    GuardedGradebook,
    refuse,
    refuse_nameless_course,
)


class GuardedNotebook(GuardedGradebook):
    """An exporter of notebooks that is made only where the source folder is fit to be released."""

    def __init__(self, parent: Any = None, **more: Any) -> None:
        """Look at the folders that the converter is about to release.

        Raises NbGraderException, and logs what to do, where one of them is unfit.
        """
        super().__init__(parent=parent, **more)
        if parent is None:  # nbconvert asks for the class's defaults
            return
        refuse_nameless_course(parent)
        course = Course(Path(parent.coursedir.root))
        known = course.names()
        for folder in parent.assignments:
            name = Path(folder).name
            problem = source_problem(course, name) if name in known else ""
            if problem:
                refuse(parent, problem)
