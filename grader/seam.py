"""Re-export ``configure`` under the name that stands in courses' ``nbgrader_config.py``."""

from grader.nbgrader_plugins.autograde_step import configure

__all__ = ["configure"]
