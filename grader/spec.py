"""Another name of ``grader.authoring``: it stands in the exercises files of courses."""

from grader.authoring import Case, Check, Exercise, Forward, Functions, Mistake, Spec, SpecError

__all__ = ["Case", "Check", "Exercise", "Forward", "Functions", "Mistake", "Spec", "SpecError"]
