"""Define the verdict on one submission: frozen, and refusing scores that cannot be.

What was found is kept as data (`Finding`, `Cause`); texts are made of it for whoever reads, and
never read back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from grader.comparison.causes import Cause
from grader.comparison.finding import Finding
from grader.comparison.where import OtherLine, Where

SCHEMA = 2
VERDICT_OUTCOMES = ("graded", "unreadable", "grader_error")
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
# What reading JSON that is no verdict raises.
UNREADABLE = (
    *(ValueError, KeyError, TypeError, AttributeError, RecursionError),
    msgspec.ValidationError,
)


class VerdictError(ValueError):
    """An error in a verdict: it contradicts itself, or is none of this schema."""


def _within(points: float, most: float, what: str) -> None:
    if not 0.0 <= points <= most + 1e-9:
        raise VerdictError(f"{what}: {points} points of {most}")


@dataclass(frozen=True)
class CheckResult:
    """A result of one check; the ``finding`` says what did not hold, None where it did."""

    name: str
    outcome: str
    points: float
    max_points: float
    finding: Finding | None = None

    def __post_init__(self) -> None:
        if self.outcome not in CHECK_OUTCOMES:
            raise VerdictError(f"check {self.name}: no such outcome {self.outcome!r}")
        _within(self.points, self.max_points, f"check {self.name}")
        if self.outcome == "failed" and self.points:
            raise VerdictError(f"check {self.name} failed and earned {self.points} points")

    @property
    def remark(self) -> str:
        """Return why a check that holds by itself earned nothing; empty for any other."""
        held = self.outcome == "failed" and self.finding is None
        return "counts when the main values are right" if held else ""

    @property
    def message(self) -> str:
        """Return what is said of the check; empty when it passed."""
        return self.finding.text() if self.finding else self.remark

    def to_data(self) -> dict[str, Any]:
        """Return the check as JSON data."""
        about = {key: getattr(self, key) for key in ("name", "outcome", "points", "max_points")}
        return {**about, "message": self.message, "finding": _data(self.finding, FINDING)}


@dataclass(frozen=True)
class ExerciseResult:
    """A result of one exercise: its outcome, its points by check, and what is known of why.

    ``finding`` is the first thing wrong, ``cause`` what explains it, ``where`` the line from which
    nothing right follows. ``note`` is a sentence on an
    exercise that could not be judged; ``stand_ins`` are the functions of the student's in whose
    place right ones were called. The points of a ``bonus`` count on top of the maximum.
    """

    name: str
    outcome: str
    points: float
    max_points: float
    checks: tuple[CheckResult, ...] = ()
    finding: Finding | None = None
    cause: Cause | None = None
    note: str = ""
    stand_ins: tuple[str, ...] = ()
    bonus: bool = False
    where: Where | None = None

    def __post_init__(self) -> None:
        if self.outcome not in EXERCISE_OUTCOMES:
            raise VerdictError(f"{self.name}: no such outcome {self.outcome!r}")
        _within(self.points, self.max_points, self.name)
        if (self.outcome == "passed") != (abs(self.points - self.max_points) < 1e-9):
            raise VerdictError(f"{self.name}: {self.outcome} with {self.points} points")
        if self.outcome not in ("passed", "failed") and self.points:
            raise VerdictError(f"{self.name}: {self.outcome} earned {self.points} points")
        earned = sum(check.points for check in self.checks)
        # Points of a check may be thirds once an exercise is capped: their sum is not exact.
        if self.checks and abs(earned - self.points) > 1e-6:
            raise VerdictError(f"{self.name}: {self.points} points, its checks earned {earned}")

    @property
    def counted(self) -> float:
        """Return the points that count in the maximum: none of a bonus."""
        return 0.0 if self.bonus else self.max_points

    @property
    def mistake(self) -> str | None:
        """Return the id of the mistake that explains the whole result, None if none is certain."""
        return self.cause.id if self.cause and self.cause.certain else None

    @property
    def with_reference_helpers(self) -> bool:
        """Tell whether it was judged with right functions in place of the student's own."""
        return bool(self.stand_ins)

    @property
    def judged_with(self) -> str:
        """Return a sentence on the stand-ins, empty where there were none."""
        names = " and ".join(self.stand_ins)
        return f"Judged with a right {names} in place of yours." if names else ""

    @property
    def told(self) -> Finding | None:
        """Return the first thing wrong; where a line is known to look at, it says that one."""
        if self.finding is None or self.where is None or self.finding.rung != "values":
            return self.finding
        return replace(self.finding, look=f"line {self.where.line} of the cell {self.where.cell}")

    @property
    def message(self) -> str:
        """Return what is said of the exercise, in paragraphs; empty when there is nothing."""
        note = self.note
        if self.outcome == "missing" and note:
            note = f"No such function: {note[:1].lower()}{note[1:]}"
        said = [told.text() for told in (self.told, self.cause) if told is not None]
        where = self.where.paragraph() if self.where is not None else ""
        return "\n\n".join(filter(None, (*said, where, note, self.judged_with)))

    @property
    def brief(self) -> ExerciseResult:
        """Return marks, outcome and named mistake alone; where these are the same, one object."""
        certain = self.cause if self.mistake is not None else None
        about = (self.name, self.outcome, self.points, self.max_points)
        return _shared(ExerciseResult(*about, cause=certain, bonus=self.bonus))

    def to_data(self) -> dict[str, Any]:
        """Return the exercise as JSON data, its texts included."""
        return {
            "name": self.name,
            "outcome": self.outcome,
            "points": self.points,
            "max_points": self.max_points,
            **({"bonus": True} if self.bonus else {}),  # no other verdict says anything of it
            "with_reference_helpers": self.with_reference_helpers,
            "mistake": self.mistake,
            "message": self.message,
            "finding": _data(self.finding, FINDING),
            "cause": _data(self.cause, CAUSE),
            **({"where": _where(self.where)} if self.where else {}),
            "note": self.note,
            "stand_ins": list(self.stand_ins),
            "checks": [check.to_data() for check in self.checks],
        }


@lru_cache(maxsize=4096)  # most of a class have the same few results
def _shared(result: ExerciseResult) -> ExerciseResult:
    return result


FINDING = ("rung", "checked", "expected", "got", "look")
CAUSE = ("id", "title", "hint", "certain")
WHERE = ("cell", "line", "quoted", "kind", "said", "text")
ALSO = ("cell", "line", "quoted")


def _where(told: Where) -> dict[str, Any]:
    """Return where the values part; of a second line nothing is said where there is none."""
    also = {"also": _data(told.also, ALSO)} if told.also is not None else {}
    return {**(_data(told, WHERE) or {}), **also}


def _data(
    told: Finding | Cause | Where | OtherLine | None, keys: tuple[str, ...]
) -> dict[str, Any] | None:
    return None if told is None else {key: getattr(told, key) for key in keys}


@dataclass(frozen=True)
class Verdict:
    """A verdict on a submission: its marks by tests, and all that explains and repeats them."""

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
        if self.outcome not in VERDICT_OUTCOMES:
            raise VerdictError(f"no such outcome {self.outcome!r}")
        on_top = sum(exercise.max_points for exercise in self.exercises if exercise.bonus)
        _within(self.score, self.max_score + on_top, "score")
        earned = sum(exercise.points for exercise in self.exercises)
        if abs(earned - self.score) > 1e-6:
            raise VerdictError(f"score {self.score} is not the exercises' sum {earned}")
        worth = sum(exercise.counted for exercise in self.exercises)
        if self.exercises and abs(worth - self.max_score) > 1e-6:
            raise VerdictError(f"{self.max_score} points at most, the exercises are worth {worth}")
        if self.outcome == "unreadable" and self.exercises:
            raise VerdictError("an unreadable notebook has exercises")
        faulty = any(exercise.outcome == "grader_error" for exercise in self.exercises)
        if faulty and self.outcome != "grader_error":
            raise VerdictError("an exercise has a grader error, the verdict has none")

    @property
    def is_right(self) -> bool:
        """Tell whether every exercise passes; a bonus that is missing is no lack."""
        asked = [exercise for exercise in self.exercises if not exercise.bonus]
        passed = all(exercise.outcome == "passed" for exercise in asked)
        return self.outcome == "graded" and passed

    @property
    def fault(self) -> str:
        """Return what failed of the kit's own, the first thing; empty where nothing did."""
        if self.outcome != "grader_error":
            return ""
        notes = (item.note for item in self.exercises if item.outcome == "grader_error")
        return next(notes, self.message)

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256, in hexadecimal, of all but ``seconds`` and the texts made of it."""
        data = _as_read({**_without_texts(self.to_data()), "seconds": 0.0})
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()

    @property
    def brief(self) -> Verdict:
        """Return what is told of a whole class, which takes a hundredth of the memory.

        Findings, checks and lines are left out, and what only repeats the verdict. The digest is
        that of the verdict itself.
        """
        made = replace(
            self,
            exercises=tuple(exercise.brief for exercise in self.exercises),
            manual={},
            inputs={},
            sandbox={key: tier for key, tier in self.sandbox.items() if key == "tier"},
        )
        vars(made)["digest"] = self.digest
        return made

    def to_kept(self) -> dict[str, Any]:
        """Return as JSON data what is told of a class, with what it is known by."""
        return {**self.brief.to_data(), "inputs": dict(self.inputs), "digest": self.digest}

    @classmethod
    def from_kept(cls, data: Mapping[str, Any]) -> Verdict:
        """Return the brief verdict, with its inputs, that ``to_kept`` gave."""
        made = msgspec.convert(data, cls)
        vars(made)["digest"] = data["digest"]
        return made

    def to_data(self) -> dict[str, Any]:
        """Return the verdict as JSON data, its texts included."""
        about = {each.name: getattr(self, each.name) for each in fields(self)}
        del about["exercises"]
        about["mended"] = list(self.mended)
        exercises = [exercise.to_data() for exercise in self.exercises]
        return {"schema": SCHEMA, **about, "exercises": exercises}

    def to_json(self) -> str:
        """Return the verdict as JSON text: a line for each entry and each exercise."""
        data = self.to_data()
        exercises = ",\n  ".join(json.dumps(exercise) for exercise in data.pop("exercises"))
        entries = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in data.items()]
        entries.append(f' "exercises": [\n  {exercises}\n ]' if exercises else ' "exercises": []')
        return "{\n" + ",\n".join(entries) + "\n}\n"

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """Read a verdict back; raises VerdictError when it is not one of this schema."""
        try:
            data = json.loads(text)
            if data["schema"] != SCHEMA:
                raise VerdictError("made by another version of the kit")
            verdict = msgspec.convert(data, cls)
            # Entries that are made of others, such as `mistake`, must say what these say.
            if _without_texts(verdict.to_data()) != _without_texts(data):
                raise VerdictError("it lacks an entry, or has one that contradicts the others")
        except UNREADABLE as error:
            raise VerdictError(f"not a verdict: {error}") from None
        return verdict


def _as_read(tree: Any) -> Any:
    """Return JSON data with each whole number as the float that it may be read back as."""
    if isinstance(tree, Mapping):
        return {key: _as_read(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_as_read(value) for value in tree]
    return float(tree) if type(tree) is int else tree


def _without_texts(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is made of the rest for people to read."""

    def bare(entry: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in entry.items() if key != "message"}

    exercises = [
        {**bare(exercise), "checks": [bare(check) for check in exercise["checks"]]}
        for exercise in data["exercises"]
    ]
    return {**data, "exercises": exercises}
