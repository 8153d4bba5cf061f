"""Say what is wrong with a result, and where, in four lines."""

from __future__ import annotations

from dataclasses import dataclass, field

LABELS = ("checked", "expected", "got", "look at")  # of the four lines that say what is wrong


@dataclass(frozen=True)
class Finding:
    """A finding, the first thing wrong with one output: checked, expected, got, where to look.

    ``short`` says it in one line to those who know already which function it is about.
    """

    rung: str
    checked: str
    expected: str
    got: str
    look: str
    short: str = field(default="", compare=False)

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Return the four lines, each with its label."""
        told = (self.checked, self.expected, self.got, self.look)
        return tuple(zip(LABELS, told, strict=True))

    def text(self) -> str:
        """Return the four lines as plain text."""
        return "\n".join(f"{label + ':':<9} {text}" for label, text in self.lines)


@dataclass(frozen=True)
class Place:
    """A part of what a function returned: ``caches[0][2] (x) of sequence``."""

    path: str
    function: str
    label: str = ""

    @property
    def part(self) -> str:
        """Return the part without the function's name."""
        return f"{self.path} ({self.label})" if self.label else self.path

    def __str__(self) -> str:
        return f"{self.part} of {self.function}"


def found_at(
    rung: str, place: Place, expected: str, got: str, look: str, about: str = "", short: str = ""
) -> Finding:
    """Describe what is wrong at a place; ``about`` says of what there: its shape, its values."""
    of = f"{about} of " if about else ""
    short = f"{of}{place.part}: {short or f'got {got}'}"
    return Finding(rung, f"{of}{place}", expected, got, look, short)


def changed_argument(argument: str = "") -> Finding:
    """Describe arguments that a call has changed; by name where it is known which."""
    which, were = (f"argument {argument}", "it was") if argument else ("arguments", "they were")
    look = "a line that writes into an argument (+= or [...] =): work on a copy"
    return Finding("inputs", f"the {which} after the call", f"as {were} before", "changed", look)
