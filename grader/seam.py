"""Another name of ``grader.nbgrader_plugins``: it stands in courses' ``nbgrader_config.py``."""

from grader.nbgrader_plugins.autograde_step import configure

__all__ = ["configure"]
