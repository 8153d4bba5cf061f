"""Give an assignment's own modules all that they may use, and the words to describe it in."""

from grader.assignment.spec import Case, Exercise, Forward, Functions, Mistake, Spec, SpecError
from grader.authoring.assignment import Assignment, ExerciseInMaking, edit
from grader.authoring.draw import Challenge, Draw
from grader.authoring.kinds import after, array, flags, holds, ints, number, text, tree
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
    "Assignment",
    "Book",
    "Case",
    "Challenge",
    "Check",
    "Draw",
    "Exercise",
    "ExerciseInMaking",
    "Forward",
    "Functions",
    "Gradients",
    "Mistake",
    "Pupil",
    "Spec",
    "SpecError",
    "Traced",
    "Wiring",
    "after",
    "array",
    "automatic_gradients",
    "edit",
    "flags",
    "holds",
    "ints",
    "number",
    "numeric_gradients",
    "text",
    "tree",
]
