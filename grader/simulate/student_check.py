"""Load the check that students run from an assignment's released folder."""

from __future__ import annotations

import sys
import types

from grader.course import Course
from grader.files.atomic import read_text


def load_check(course: Course, name: str) -> types.ModuleType:
    """Return the released ``selfcheck.py`` as a module of its own.

    Raises UsageError when the assignment was not released.
    """
    path = course.assignments / name / "selfcheck.py"
    text = read_text(path, "run `make release` first")
    module = types.ModuleType(f"selfcheck_of_{name}")
    module.__file__ = str(path)  # its references lie beside it
    sys.modules[module.__name__] = module  # dataclasses look their module up by name
    # Not by Python's loader, which would leave compiled code in what students get.
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module
