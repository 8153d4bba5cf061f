"""Export what an assignment's own modules may use: by these names content reaches the engine."""

from grader.assignment.spec import Case, Exercise, Forward, Functions, Mistake, Spec, SpecError
from grader.comparison.layout import Check
from grader.simulate.pupils import Book, Pupil
from grader.verify.gradients import (
    Gradients,
    Traced,
    Wiring,
    automatic_gradients,
    numeric_gradients,
)

__all__ = [
    "Book",
    "Case",
    "Check",
    "Exercise",
    "Forward",
    "Functions",
    "Gradients",
    "Mistake",
    "Pupil",
    "Spec",
    "SpecError",
    "Traced",
    "Wiring",
    "automatic_gradients",
    "numeric_gradients",
]
