"""Word outcomes, points and names as people read them."""

from __future__ import annotations

import re

HIDDEN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
# Marks of the direction of writing: with them code can be shown in another order than it runs.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

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


def plain(text: str) -> str:
    """Return ``text`` without control characters; those that turn its direction are spelt out."""
    text = HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return TURNING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def number(value: float) -> str:
    """Return points or a share with at most two decimals: ``7``, ``7.5``, ``0.25``."""
    # Plus zero, which takes the sign from a negative zero.
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def counted(count: int, one: str, many: str = "") -> str:
    """Return ``1 exercise`` or ``3 exercises``."""
    return f"{count} {one if count == 1 else many or one + 's'}"
