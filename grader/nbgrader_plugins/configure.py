"""Configure nbgrader for this kit: the steps of its commands are named, and imported by these.

Every verb reads a course's ``nbgrader_config.py``, which calls this, so nothing here may take long
to import.
"""

from __future__ import annotations

import functools
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader.course import Course
from grader.gradebook.config import set_folders
from grader.gradebook.source_folder import write_source
from grader.gradebook.submission_time import UnusableTime, read_time

STEP = "grader.nbgrader_plugins.autograde_step"


def register_before(config: Config, **about: Any) -> None:
    """Enter the assignment into the gradebook, and write the files that nbgrader copies from.

    The course is where nbgrader takes it to be: formgrader's server may run in another folder.
    """
    from grader.gradebook.write import register

    places = config.CourseDirectory
    course = Course.at(Path(places.root) if "root" in places else Path.cwd())
    write_source(course, about["assignment"])
    register(course, about["assignment"])


def existing_time(coursedir: CourseDirectory, folder: str) -> datetime | None:
    """Read ``timestamp.txt`` for nbgrader as `GradebookWriter` does; takes a method's place.

    A time that cannot be told is logged. It stops no collecting, and grading stops at it later.
    """
    try:
        return read_time(Path(folder))
    except UnusableTime as why:
        coursedir.log.error(str(why))
        return None


def configure(config: Config) -> None:
    """Set nbgrader up for this kit; called from ``nbgrader_config.py``."""
    set_folders(config)
    # nbgrader has no hook for it; its own stops at a byte order mark, and guesses at dates.
    CourseDirectory.get_existing_timestamp = existing_time
    config.Autograde.sanitize_preprocessors = [f"{STEP}.Judge"]
    # Without Execute, which stands here in nbgrader: the judge's outputs are in the cells already.
    config.Autograde.autograde_preprocessors = [
        "nbgrader.preprocessors.SaveAutoGrades",
        f"{STEP}.SaveBonus",
        "nbgrader.preprocessors.AssignLatePenalties",
        f"{STEP}.Publish",
    ]
    config.Autograde.exporter_class = "grader.nbgrader_plugins.gradebook_guard.GuardedGradebook"
    config.Autograde.pre_convert_hook = functools.partial(register_before, config)
    config.GenerateAssignment.exporter_class = (
        "grader.nbgrader_plugins.source_guard.GuardedNotebook"
    )
    config.GenerateFeedback.exporter_class = (
        "grader.nbgrader_plugins.feedback_exporter.FeedbackPage"
    )
