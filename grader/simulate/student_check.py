"""Load the check that students run from an assignment's released folder."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from grader.course import Course
from grader.errors import UsageError


def load_check(course: Course, name: str) -> ModuleType:
    """Return the released ``selfcheck.py`` as a module of its own.

    Raises UsageError when the assignment was not released.
    """
    path = course.assignments / name / "selfcheck.py"
    if not path.exists():
        raise UsageError(f"{path} is missing: run `make release` first")
    about = importlib.util.spec_from_file_location(f"selfcheck_of_{name}", path)
    assert about is not None and about.loader is not None
    module = importlib.util.module_from_spec(about)
    sys.modules[about.name] = module  # dataclasses look their module up by name
    about.loader.exec_module(module)
    return module
