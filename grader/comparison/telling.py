"""Tell of what a function gave, in the words of a message: here all that there is to tell.

A student's own check speaks to the one who made it. Where inputs are hidden, what came may carry
them, and who compares tells less in the same places, by a telling of its own.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import numpy as np

LONGEST_KEY = 24  # characters of a dictionary's key that a message shows
MOST_KEYS = 50  # of a returned dictionary, among which the one that was meant is looked for
MOST_SHOWN_KEYS = 14  # of them that a message shows
LIKENESS = 0.5  # from which on one key may have been meant by another


class Telling:
    """A telling: what a message says of a value that came, of its shape, its keys, its error."""

    def kind(self, value: Any) -> str:
        """Say in words what ``value`` is: ``an array of shape (5, 10)``, ``None``, ``a list``."""
        if isinstance(value, np.ndarray):
            return f"an array of {self.shape(value)}"
        if value is None:
            return "None"
        if isinstance(value, tuple | list):
            return f"a {type(value).__name__} of {self.length(len(value))}"
        if isinstance(value, Mapping):
            return self.dictionary(value)
        name = type(value).__name__
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"

    def shape(self, array: np.ndarray[Any, Any]) -> str:
        """Say which shape an array has."""
        return f"shape {array.shape}"

    def length(self, number: int, other: str = "another length") -> str:
        """Say how long something is; ``other`` is for who does not tell."""
        return str(number)

    def dictionary(self, value: Mapping[Any, Any]) -> str:
        """Say which keys a dictionary has, the first of them."""
        keys = ", ".join(_shown_key(key) for key in islice(value, MOST_SHOWN_KEYS))
        return f"a dictionary with the keys {keys}" if keys else "an empty dictionary"

    def key(self, key: str) -> str:
        """Say which key it is that something lies under."""
        return f"the key {key[:LONGEST_KEY]!r}"

    def near(self, name: str, keys: Iterable[Any]) -> str:
        """Return the key that was written where ``name`` was meant; empty where none is like it."""
        short = (key for key in keys if type(key) is str and len(key) <= LONGEST_KEY)
        words = list(islice(short, MOST_KEYS))
        return next(iter(difflib.get_close_matches(name, words, n=1, cutoff=LIKENESS)), "")

    def share(self, off: int, size: int) -> str:
        """Say how many of ``size`` values are not right."""
        return f"{off} of {size} values are off"

    def not_finite(self, bad: int, size: int) -> str:
        """Say how many of ``size`` numbers are not finite."""
        return f"{bad} of {size} are not"

    def error(self, error: float) -> str:
        """Say how far a value is from the right one, as a share of their sizes."""
        return f"relative error {error:.2g}"

    def differs(self, place: int) -> str:
        """Say at which character a text begins to differ."""
        return f"it differs from character {place} on"


EVERYTHING = Telling()


def kind(value: Any) -> str:
    """Say in words what a value is that is no secret: the right one, or its maker's own."""
    return EVERYTHING.kind(value)


def _shown_key(key: Any) -> str:
    """Show a dictionary's key, short: it may be anything, with any way of showing itself."""
    if type(key) is int and abs(key) < 10**LONGEST_KEY:
        return str(key)
    if type(key) is str and len(key) <= LONGEST_KEY and key.isidentifier():
        return repr(key)
    return f"a {type(key).__name__}"
