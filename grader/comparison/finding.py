"""Say what is wrong with a result, and where, in four lines."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.comparison.layout import Tree

LABELS = ("checked", "expected", "got", "look at")  # of the four lines that say what is wrong
MOST_KEYS = 50  # of a returned dictionary, among which the one that was meant is looked for
LONGEST_KEY = 24  # characters of a dictionary's key that a message shows


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


def kind(value: Tree) -> str:
    """Say in words what ``value`` is: ``an array of shape (5, 10)``, ``None``, ``a list``."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if value is None:
        return "None"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, Mapping):
        keys = ", ".join(_key(key) for key in itertools.islice(value, 14))
        return f"a dictionary with the keys {keys}" if keys else "an empty dictionary"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _key(key: Any) -> str:
    """Show a dictionary's key, short: it may be anything, with any way of showing itself."""
    if type(key) is int and abs(key) < 10**LONGEST_KEY:
        return str(key)
    if type(key) is str and len(key) <= LONGEST_KEY and key.isidentifier():
        return repr(key)
    return f"a {type(key).__name__}"
