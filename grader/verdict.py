"""What the judge says of one submission: frozen, and refusing scores that cannot be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

SCHEMA = 1
OUTCOMES = ("graded", "unreadable", "grader_error")
EXERCISE_OUTCOMES = (
    "passed",
    "failed",
    "raised",
    "timed_out",
    "crashed",
    "not_attempted",
    "missing",
    "grader_error",
)
CHECK_OUTCOMES = ("passed", "failed")


class VerdictError(ValueError):
    """A verdict contradicts itself."""


def _within(points: float, most: float, what: str) -> None:
    if not 0.0 <= points <= most + 1e-9:
        raise VerdictError(f"{what}: {points} points of {most}")


@dataclass(frozen=True)
class CheckResult:
    """One check of an exercise; ``message`` is empty when it passed."""

    name: str
    outcome: str
    points: float
    max_points: float
    message: str = ""

    def __post_init__(self) -> None:
        if self.outcome not in CHECK_OUTCOMES:
            raise VerdictError(f"check {self.name}: no such outcome {self.outcome!r}")
        _within(self.points, self.max_points, f"check {self.name}")
        if self.outcome == "failed" and self.points:
            raise VerdictError(f"check {self.name} failed and earned {self.points} points")


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise: its outcome, points, the named mistake if one is certain, and its checks."""

    name: str
    outcome: str
    points: float
    max_points: float
    with_reference_helpers: bool = False
    mistake: str | None = None
    message: str = ""
    checks: tuple[CheckResult, ...] = ()

    def __post_init__(self) -> None:
        if self.outcome not in EXERCISE_OUTCOMES:
            raise VerdictError(f"{self.name}: no such outcome {self.outcome!r}")
        _within(self.points, self.max_points, self.name)
        if (self.outcome == "passed") != (abs(self.points - self.max_points) < 1e-9):
            raise VerdictError(f"{self.name}: {self.outcome} with {self.points} points")
        if self.outcome not in ("passed", "failed") and self.points:
            raise VerdictError(f"{self.name}: {self.outcome} earned {self.points} points")
        earned = sum(check.points for check in self.checks)
        if self.checks and abs(earned - self.points) > 1e-6:
            raise VerdictError(f"{self.name}: {self.points} points, its checks earned {earned}")


@dataclass(frozen=True)
class Verdict:
    """One submission's marks by tests, with everything needed to explain and repeat them."""

    student: str | None
    assignment: str
    notebook: str
    outcome: str
    score: float
    max_score: float
    exercises: tuple[ExerciseResult, ...] = ()
    manual: Mapping[str, float] = field(default_factory=dict)
    mended: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    sandbox: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    message: str = ""

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise VerdictError(f"no such outcome {self.outcome!r}")
        _within(self.score, self.max_score, "score")
        earned = sum(exercise.points for exercise in self.exercises)
        if abs(earned - self.score) > 1e-6:
            raise VerdictError(f"score {self.score} is not the exercises' sum {earned}")
        worth = sum(exercise.max_points for exercise in self.exercises)
        if self.exercises and abs(worth - self.max_score) > 1e-6:
            raise VerdictError(f"{self.max_score} points at most, the exercises are worth {worth}")
        if self.outcome == "unreadable" and self.exercises:
            raise VerdictError("an unreadable notebook has exercises")
        faulty = any(exercise.outcome == "grader_error" for exercise in self.exercises)
        if faulty and self.outcome != "grader_error":
            raise VerdictError("an exercise has a grader error, the verdict has none")

    def to_json(self) -> str:
        """Return the verdict as JSON text: a line for each entry and each exercise."""
        exercises = [
            json.dumps({**vars(exercise), "checks": [vars(check) for check in exercise.checks]})
            for exercise in self.exercises
        ]
        entries = [
            f" {json.dumps(name)}: {json.dumps(value)}"
            for name, value in {"schema": SCHEMA, **vars(self)}.items()
            if name != "exercises"
        ]
        listed = ",\n  ".join(exercises)
        entries.append(f' "exercises": [\n  {listed}\n ]' if exercises else ' "exercises": []')
        return "{\n" + ",\n".join(entries) + "\n}\n"

    def same_marks(self, other: Verdict) -> bool:
        """Say whether two verdicts agree in everything but the time they took."""
        return replace(self, seconds=0.0) == replace(other, seconds=0.0)

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """Read a verdict back; raises VerdictError when it is not one of this schema."""
        try:
            data = json.loads(text)
            if data.pop("schema") != SCHEMA:
                raise VerdictError("made by another version of the kit")
            data["exercises"] = tuple(
                ExerciseResult(
                    **{**entry, "checks": tuple(CheckResult(**check) for check in entry["checks"])}
                )
                for entry in data["exercises"]
            )
            data["mended"] = tuple(data["mended"])
            return cls(**data)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise VerdictError(f"not a verdict: {error}") from None
