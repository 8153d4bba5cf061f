"""Derive the seeds of a submission's hidden inputs from the course secret."""

from __future__ import annotations

import hmac

from grader.assignment.assignment import Assignment
from grader.intake.submission import Submission


def hidden_seeds(
    secret: bytes, student: str, assignment: Assignment, submission: Submission
) -> dict[str, int]:
    """Derive the seed of each exercise's hidden inputs.

    HMAC-SHA256 over student, assignment, exercise and the submitted cells: the same submission
    gets the same inputs, a changed one gets new ones.
    """

    def seed(exercise: str) -> int:
        told = "\0".join((student, assignment.spec.name, exercise, submission.sha256))
        digest = hmac.digest(secret, told.encode("utf-8", "surrogateescape"), "sha256")
        return int.from_bytes(digest[:16], "big")

    return {exercise.name: seed(exercise.name) for exercise in assignment.spec.exercises}
