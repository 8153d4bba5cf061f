"""Say what comes of judging: a judgement, or a verdict where there was nothing to judge.

Whoever hands submissions to judges of other processes needs this, and none of what judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.assignment.assignment import Assignment
from grader.plain_text import one_line
from grader.sandbox import CellResult
from grader.verdict import Verdict

LONGEST_FAILURE = 500  # characters of what is said of a fault of the kit


@dataclass(frozen=True)
class Judgement:
    """A judgement: a verdict, what the student's own cells printed, and whether to try again.

    It is ``inconclusive`` when something was stopped that need not be the student's doing: by the
    clock on the wall, or by the end of its process, which a crowded machine kills, too.
    """

    verdict: Verdict
    outputs: Mapping[str, CellResult]
    inconclusive: bool = False


def unreadable(assignment: Assignment, why: str, digest: str, student: str | None) -> Verdict:
    """Return the verdict on a notebook that cannot be read at all."""
    made = empty_verdict(assignment, digest, student)
    return replace(made, message=f"The notebook cannot be read: {why}.")


def failed(assignment: Assignment, student: str | None, error: Exception) -> Verdict:
    """Return the verdict on a submission on which the kit itself failed: no marks."""
    message = failure(error)
    return replace(empty_verdict(assignment, "", student), outcome="grader_error", message=message)


def failure(error: Exception) -> str:
    """Say what failed here; an error's text may quote what a process replied."""
    return one_line(f"The grader failed here: {type(error).__name__}: {error}", LONGEST_FAILURE)


def empty_verdict(assignment: Assignment, digest: str, student: str | None) -> Verdict:
    """Return what every verdict on the assignment says, without an exercise."""
    return Verdict(
        student=student,
        assignment=assignment.spec.name,
        notebook=assignment.source.name,
        outcome="unreadable",
        score=0.0,
        max_score=assignment.max_score,
        manual={"max_points": assignment.manual_points},
        inputs=assignment.inputs(digest),
    )
