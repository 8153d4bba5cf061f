"""Give an assignment's own modules all that they may use, and the words to describe it in."""

from grader.assignment.filled import Book
from grader.assignment.spec import (
    Case,
    Exercise,
    Forward,
    Functions,
    Gradient,
    Mistake,
    Spec,
    SpecError,
)
from grader.authoring import arrangements
from grader.authoring.assignment import Assignment, ExerciseInMaking, edit
from grader.authoring.draw import Challenge, Draw
from grader.authoring.kinds import Kind, after, array, flags, holds, ints, number, text, tree
from grader.comparison.layout import Check
from grader.simulate.pupils import Pupil

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
    "Gradient",
    "Kind",
    "Mistake",
    "Pupil",
    "Spec",
    "SpecError",
    "after",
    "arrangements",
    "array",
    "edit",
    "flags",
    "holds",
    "ints",
    "number",
    "text",
    "tree",
]
