"""Outcomes, points and the judge's messages as people read them."""

from __future__ import annotations

import re
from dataclasses import dataclass

LABELS = ("checked", "expected", "got", "look at")
GUESS = ("It looks as if ", "One possibility: ")  # how a paragraph begins that names a mistake
HIDDEN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# outcome: the word, its mark, and a sentence to the student
OUTCOMES = {
    "passed": ("passed", "✓", "Every check holds. Well done."),
    "failed": ("not right yet", "✗", "The function runs, and something in its result is off."),
    "raised": ("raised an error", "✗", "The function stopped with an error before it returned."),
    "timed_out": ("timed out", "✗", "The function did not come to an end in time."),
    "crashed": ("crashed", "✗", "The function ended the whole process in which it ran."),
    "not_attempted": ("not attempted", "–", "This one is still empty. Its points wait for you."),
    "missing": ("missing", "–", "There was no such function to call after your cells had run."),
    "grader_error": ("not judged", "–", "The grader failed here; this says nothing of your work."),
}


@dataclass(frozen=True)
class Message:
    """A verdict's message taken apart: four labelled lines, the named mistake, and the rest."""

    lines: tuple[tuple[str, str], ...] = ()
    mistake: str = ""
    notes: tuple[str, ...] = ()


def read_message(text: str) -> Message:
    """Take apart what the judge wrote; what has no known form is kept whole as a note."""
    head, *rest = plain(text).split("\n\n") if text.strip() else [""]
    lines = _four_lines(head)
    paragraphs = rest if lines else [head, *rest]
    mistake = next((p for p in paragraphs if p.startswith(GUESS)), "")
    notes = tuple(p.strip() for p in paragraphs if p.strip() and p != mistake)
    return Message(lines, mistake, notes)


def _four_lines(text: str) -> tuple[tuple[str, str], ...]:
    pattern = r"\n".join(rf"{label}:\s+(.*)" for label in LABELS)
    found = re.fullmatch(pattern, text.strip(), re.DOTALL)
    return tuple(zip(LABELS, found.groups(), strict=True)) if found else ()


def plain(text: str) -> str:
    """Return ``text`` without control characters; those that turn its direction are spelt out."""
    text = HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return TURNING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def number(value: float) -> str:
    """Return points or a share with at most two decimals: ``7``, ``7.5``, ``0.25``."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def counted(count: int, one: str, many: str = "") -> str:
    """Return ``1 exercise`` or ``3 exercises``."""
    return f"{count} {one if count == 1 else many or one + 's'}"
