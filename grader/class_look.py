"""Gather, verdict by verdict, who of a class needs a look, and how the class stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from grader.html.wording import number
from grader.plain_text import some
from grader.verdict import Verdict

UNREADABLE, STOPPED, BLANK, MENDED = "unreadable", "stopped", "blank", "mended"
WORDS = {
    UNREADABLE: "unreadable, and without points",
    STOPPED: "timed out or crashed",
    BLANK: "handed in blank",
    MENDED: "arrived damaged and was mended",
}
EMPTY = ("not_attempted", "missing")
NOT_RUN = "not run here: "  # lines for the shell, which are no damage


@dataclass
class ClassLook:
    """Who needs a look, by why; the scores so far. Small, however large the class is.

    ``absent`` are known and have handed in nothing; ``waiting`` answers have no mark yet.
    """

    scores: list[float] = field(default_factory=list)
    max_score: float = 0.0
    groups: dict[str, list[str]] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    waiting: int = 0

    @classmethod
    def of(
        cls, verdicts: Mapping[str, Verdict], absent: Sequence[str] = (), waiting: int = 0
    ) -> ClassLook:
        """Gather a class whose verdicts are at hand; a fault of the kit counts nowhere."""
        look = cls(absent=tuple(absent), waiting=waiting)
        for student, verdict in verdicts.items():
            if verdict.outcome != "grader_error":
                look.add(student, verdict)
        return look

    def add(self, student: str, verdict: Verdict) -> None:
        """Take a student's verdict in."""
        self.scores.append(verdict.score)
        self.max_score = verdict.max_score
        for why in _reasons(verdict):
            self.groups.setdefault(why, []).append(student)

    def lines(self) -> Iterator[str]:
        """Yield what an instructor is told at the end."""
        if self.scores:
            middle = number(median(self.scores))
            told = f"{len(self.scores)} handed in"
            yield f"median {middle} of {number(self.max_score)} points by tests, {told}"
        for why, words in WORDS.items():
            if self.groups.get(why):
                yield _group(words, self.groups[why])
        if self.absent:
            yield _group("nothing handed in", self.absent)
        if self.waiting:
            yield f"waiting for a mark: {self.waiting} written answers"


def _group(words: str, students: Iterable[str]) -> str:
    named = sorted(students)
    return f"{words}: {len(named)} ({some(named)})"


def _reasons(verdict: Verdict) -> Iterator[str]:
    if verdict.outcome == UNREADABLE:
        yield UNREADABLE
        return
    outcomes = [exercise.outcome for exercise in verdict.exercises]
    if {"timed_out", "crashed"} & {*outcomes}:
        yield STOPPED
    if outcomes and all(outcome in EMPTY for outcome in outcomes):
        yield BLANK
    if any(not line.startswith(NOT_RUN) for line in verdict.mended):
        yield MENDED
