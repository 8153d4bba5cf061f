"""What an instructor is told at the end of a run: who needs a look, the median, what waits."""

from __future__ import annotations

from dataclasses import replace

from grader.class_look import ClassLook
from grader.verdict import ExerciseResult, Verdict


def verdict(*outcomes: str, mended: tuple[str, ...] = ()) -> Verdict:
    """A verdict with these outcomes of exercises of ten points."""
    results = tuple(
        ExerciseResult(f"step{n}", outcome, 10.0 if outcome == "passed" else 0.0, 10.0)
        for n, outcome in enumerate(outcomes)
    )
    score = sum(result.points for result in results)
    made = Verdict("x", "toys", "toys", "graded", score, 20.0, exercises=results, mended=mended)
    return made if outcomes else replace(made, outcome="unreadable", message="No notebook.")


def test_each_group_is_named_with_its_students() -> None:
    """In the order of urgency; whoever is in none is not named."""
    look = ClassLook()
    look.add("ada", verdict("passed", "passed"))
    look.add("zoe", verdict())
    look.add("kofi", verdict("timed_out", "passed", mended=("a cell was given twice",)))
    look.add("bo", verdict("not_attempted", "missing"))
    look.add("cem", verdict("crashed", "failed", mended=("not run here: %cd ..",)))
    look.absent, look.waiting = ("nils",), 3
    assert list(look.lines()) == [
        "median 0 of 20 points by tests, 5 handed in",
        "unreadable, and without points: 1 (zoe)",
        "timed out or crashed: 2 (cem, kofi)",
        "handed in blank: 1 (bo)",
        "arrived damaged and was mended: 1 (kofi)",
        "nothing handed in: 1 (nils)",
        "waiting for a mark: 3 written answers",
    ]


def test_a_class_of_a_thousand_is_ten_names_a_line() -> None:
    """And of nobody, nothing is said."""
    look = ClassLook()
    assert list(look.lines()) == []
    for number in range(1000):
        look.add(f"s{number:04}", verdict("timed_out", "passed"))
    median, stopped = look.lines()
    assert median == "median 10 of 20 points by tests, 1000 handed in"
    assert stopped.endswith("s0008, s0009 and 990 more)") and "1000 (s0000" in stopped
