"""Parse the command line, ``python -m grader VERB``, and print; the work is done elsewhere."""

from . import authors, beginning, collecting, instructors, made_up, marking
from .group import main

__all__ = ["authors", "beginning", "collecting", "instructors", "made_up", "main", "marking"]
