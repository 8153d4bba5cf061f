"""Re-export late penalties under the name that stands in courses' ``nbgrader_config.py``."""

from grader.nbgrader_plugins.late_penalties import TenPercentADay

__all__ = ["TenPercentADay"]
