"""Re-export ``grader.authoring`` under the name that stands in courses' exercises files."""

from grader.authoring import Case, Check, Exercise, Forward, Functions, Mistake, Spec, SpecError

__all__ = ["Case", "Check", "Exercise", "Forward", "Functions", "Mistake", "Spec", "SpecError"]
