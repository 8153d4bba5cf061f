"""Re-export ``configure`` under the name that stands in courses' ``nbgrader_config.py``."""

from grader.nbgrader_plugins.configure import configure

__all__ = ["configure"]
