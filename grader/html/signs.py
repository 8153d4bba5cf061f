"""Say with one sign how an exercise went, for tables in which a student is a row."""

from __future__ import annotations

from grader.verdict import ExerciseResult

PASSED, PARTLY, WRONG, EMPTY, FAULT = "✓", "~", "✗", "–", "!"
SIGNS = {  # a sign: its word and its tone
    PASSED: ("passed", "good"),
    PARTLY: ("partly right", "part"),
    WRONG: ("not right", "bad"),
    EMPTY: ("empty or missing", "calm"),
    FAULT: ("not judged", "bad"),
}
WITHOUT_RESULT = {"not_attempted": EMPTY, "missing": EMPTY, "grader_error": FAULT}


def sign(result: ExerciseResult) -> str:
    """Return the sign of an exercise's result."""
    if result.outcome == "passed":
        return PASSED
    return WITHOUT_RESULT.get(result.outcome, PARTLY if result.points else WRONG)
