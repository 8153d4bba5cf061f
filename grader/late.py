"""Another name of the late penalties: it stands in courses' ``nbgrader_config.py``."""

from grader.nbgrader_plugins.late_penalties import TenPercentADay

__all__ = ["TenPercentADay"]
