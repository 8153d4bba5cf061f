"""A course kit for recurrent networks from scratch in NumPy: release, judge, feedback."""

__version__ = "0.1.0"
