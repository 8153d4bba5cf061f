"""Compute where a class stands, in numbers, from its verdicts and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from grader.verdict import ExerciseResult, Verdict

GROUPS = {  # how outcomes are grouped in the picture: label, outcomes
    "passed": ("passed",),
    "partly right": (),  # failed with points
    "wrong or raised": ("failed", "raised"),
    "timed out or crashed": ("timed_out", "crashed"),
    "not attempted or missing": ("not_attempted", "missing"),
}
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)  # points, of which people think in
MOST_BINS = 12
FEWEST = 5  # students below which a correlation says nothing


@dataclass(frozen=True)
class ExerciseStatistics:
    """Statistics of one exercise over the class.

    ``success`` is the mean share of its points (0 to 1); ``discrimination`` the correlation of
    these points with the points of all other exercises, None where it is not defined. Points of a
    ``bonus`` count on top of the maximum.
    """

    name: str
    max_points: float
    success: float
    discrimination: float | None
    groups: Mapping[str, int]
    stopped: Mapping[str, tuple[str, ...]]  # outcome: the students
    bonus: bool = False


@dataclass(frozen=True)
class MistakeStatistics:
    """A named mistake and who made it."""

    exercise: str
    id: str
    explanation: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class ClassStatistics:
    """Statistics of a class: scores by student, exercises, mistakes, and what was unusual."""

    max_score: float
    scores: Mapping[str, float]
    exercises: tuple[ExerciseStatistics, ...]
    mistakes: tuple[MistakeStatistics, ...]
    mended: Mapping[str, tuple[str, ...]]
    unreadable: Mapping[str, str]
    faults: tuple[str, ...]
    tiers: tuple[str, ...]

    @property
    def mean(self) -> float:
        """Compute the mean of the scores."""
        return float(np.mean(list(self.scores.values()))) if self.scores else 0.0

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """Compute the lower quartile, median and upper quartile of the scores."""
        if not self.scores:
            return 0.0, 0.0, 0.0
        low, middle, high = np.percentile(list(self.scores.values()), (25, 50, 75))
        return float(low), float(middle), float(high)

    @property
    def hardest(self) -> list[ExerciseStatistics]:
        """Return the exercises, the one with the lowest success first."""
        return sorted(self.exercises, key=lambda item: item.success)

    @property
    def edges(self) -> tuple[float, ...]:
        """Return where the steps of ten points begin, or of fewer where there are few to earn.

        The last number is the maximum: the last step may be shorter.
        """
        step = next((s for s in STEPS if self.max_score <= MOST_BINS * s), self.max_score)
        return (*(np.arange(0.0, self.max_score, step).tolist() or [0.0]), self.max_score)

    @property
    def counts(self) -> tuple[int, ...]:
        """Count the scores in the steps between ``edges``; the last one includes the maximum."""
        counts, _ = np.histogram(list(self.scores.values()), self.edges)
        return tuple(int(count) for count in counts)

    @property
    def above(self) -> int:
        """Count the scores above the maximum: those with a bonus."""
        return len(self.scores) - sum(self.counts)

    @property
    def bins(self) -> tuple[tuple[str, int], ...]:
        """Return the steps in words, each with its count; one above the maximum if it is needed."""
        names = [f"{low:g}–{high:g}" for low, high in pairwise(self.edges)]
        made = tuple(zip(names, self.counts, strict=True))
        return (*made, (f"above {self.max_score:g}", self.above)) if self.above else made


def statistics(verdicts: Mapping[str, Verdict]) -> ClassStatistics:
    """Sum up a class; verdicts with a grader error are listed and counted nowhere else."""
    usable = {s: v for s, v in verdicts.items() if v.outcome != "grader_error"}
    judged = {s: v for s, v in usable.items() if v.outcome == "graded"}
    return ClassStatistics(
        max_score=max((v.max_score for v in verdicts.values()), default=0.0),
        scores={student: verdict.score for student, verdict in usable.items()},
        exercises=tuple(_exercises(judged)),
        mistakes=tuple(_mistakes(judged)),
        mended={s: v.mended for s, v in usable.items() if v.mended},
        unreadable={s: v.message for s, v in usable.items() if v.outcome == "unreadable"},
        faults=tuple(s for s, v in verdicts.items() if v.outcome == "grader_error"),
        tiers=tuple(sorted({str(v.sandbox["tier"]) for v in judged.values() if v.sandbox})),
    )


def by_exercise(judged: Mapping[str, Verdict]) -> dict[str, dict[str, ExerciseResult]]:
    """Return each exercise's results by student, in the assignment's order."""
    found: dict[str, dict[str, ExerciseResult]] = {}
    for student, verdict in judged.items():
        for result in verdict.exercises:
            found.setdefault(result.name, {})[student] = result
    return found


def _exercises(judged: Mapping[str, Verdict]) -> list[ExerciseStatistics]:
    made = []
    for name, results in by_exercise(judged).items():
        points = np.array([result.points for result in results.values()])
        rest = np.array([judged[s].score - result.points for s, result in results.items()])
        first = next(iter(results.values()))
        most = first.max_points
        made.append(
            ExerciseStatistics(
                name,
                most,
                float(points.mean() / most) if most else 0.0,
                correlation(points, rest),
                _groups(list(results.values())),
                _stopped(results),
                first.bonus,
            )
        )
    return made


def correlation(x: np.ndarray, y: np.ndarray) -> float | None:
    """Compute Pearson's correlation; None for few students or where one side does not vary."""
    if len(x) < FEWEST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def group(result: ExerciseResult) -> str:
    """Return the picture's word for an outcome."""
    if result.outcome == "failed" and result.points:
        return "partly right"
    return next(label for label, outcomes in GROUPS.items() if result.outcome in outcomes)


def _groups(results: Sequence[ExerciseResult]) -> dict[str, int]:
    counts = dict.fromkeys(GROUPS, 0)
    for result in results:
        counts[group(result)] += 1
    return counts


def _stopped(results: Mapping[str, ExerciseResult]) -> dict[str, tuple[str, ...]]:
    """Return who did not get as far as a result, by outcome."""
    outcomes = ("not_attempted", "missing", "raised", "timed_out", "crashed")
    who = {o: tuple(s for s, r in results.items() if r.outcome == o) for o in outcomes}
    return {outcome: students for outcome, students in who.items() if students}


def _mistakes(judged: Mapping[str, Verdict]) -> list[MistakeStatistics]:
    """Return the named mistakes, the most frequent first."""
    who: dict[tuple[str, str], list[str]] = {}
    said: dict[tuple[str, str], str] = {}
    for exercise, results in by_exercise(judged).items():
        for student, result in results.items():
            if result.cause is not None and result.cause.certain:
                key = (exercise, result.cause.id)
                who.setdefault(key, []).append(student)
                said[key] = result.cause.text()
    made = [MistakeStatistics(*key, said[key], tuple(students)) for key, students in who.items()]
    return sorted(made, key=lambda mistake: -len(mistake.students))
