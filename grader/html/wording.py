"""Word outcomes, points and names as people read them."""

from __future__ import annotations

# outcome: the word, its mark, and a sentence to the student
OUTCOME_WORDS = {
    "passed": ("passed", "✓", "Every check holds. Well done."),
    "failed": ("not right yet", "✗", "The function runs, and something in its result is off."),
    "raised": ("raised an error", "✗", "The function stopped with an error before it returned."),
    "timed_out": ("timed out", "✗", "The function did not come to an end in time."),
    "crashed": ("crashed", "✗", "The function ended the whole process in which it ran."),
    "not_attempted": ("not attempted", "–", "This one is still empty. Its points wait for you."),
    "missing": ("missing", "–", "There was no such function to call after your cells had run."),
    "grader_error": ("not judged", "–", "The grader failed here; this says nothing of your work."),
}


def number(value: float) -> str:
    """Return points or a share with at most two decimals: ``7``, ``7.5``, ``0.25``."""
    # Plus zero, which takes the sign from a negative zero.
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def counted(count: int, one: str, many: str = "") -> str:
    """Return ``1 exercise`` or ``3 exercises``."""
    return f"{count} {one if count == 1 else many or one + 's'}"
