"""Tell little of what came back: it may be chosen by a process that knows the hidden inputs.

Nothing free-form of a reply is repeated. Keys are told where the reference has them too or the
submission's own text holds them, lengths where the case has them or they are small; how much is
wrong, and by how much, in a few steps. `docs/security.md` says what that leaves, in bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from grader.assignment.spec import Case
from grader.comparison.layout import Layout, Tree
from grader.comparison.telling import LONGEST_KEY, Telling
from grader.comparison.within import within

MOST_NAMES = 64  # of the reference's that are known
MOST_LOOKED_AT = 128  # keys of a dictionary
MOST_TOLD = 5  # of them
MOST_SIDES = 4  # of an array's shape
SMALL = 9  # lengths up to this are told
LEAST_ERROR = 1e-9  # smaller ones are told as this
LATEST_PLACE = 60  # character of a text that is told
SHARES = ((1 / 3, "few"), (2 / 3, "about half of the"), (1.0, "most"))


def nothing(_: str) -> bool:
    """Tell that no word may be repeated: nobody reads this message."""
    return False


class Guarded(Telling):
    """A telling on one case: in words of the reference's, of the case's or of the submission's.

    ``may`` says whether a message may repeat a word of the submission's own.
    """

    def __init__(
        self, layout: Layout, case: Case, expected: Tree, may: Callable[[str], bool]
    ) -> None:
        self._layout = layout
        self._case = case
        self._expected = expected
        self._may = may

    @cached_property
    def names(self) -> dict[str | int, None]:
        """Return the keys that the reference's result has, in its order."""
        keys = (*self._layout.outputs, *_keys(self._expected))
        return dict.fromkeys(islice(dict.fromkeys(filter(_short, keys)), MOST_NAMES))

    @cached_property
    def lengths(self) -> frozenset[int]:
        """Return the lengths that are told: small ones, and about as long as something here."""
        given = (self._case.arguments, self._expected)
        there = {*self._case.dims.values(), *_lengths(given)}
        return frozenset({*range(SMALL + 1), *(n + by for n in there for by in (-1, 0, 1))})

    @cached_property
    def sizes(self) -> frozenset[int]:
        """Return how many values each array here has: as long is one that is laid out flat."""
        given = (self._case.arguments, self._expected)
        return frozenset(array.size for array in _arrays(given))

    def shape(self, array: np.ndarray[Any, Any]) -> str:
        """Say which shape an array has, as far as its sides are those of something here."""
        if array.ndim > MOST_SIDES:
            return f"more than {MOST_SIDES} axes"
        flat = array.ndim == 1 and array.size in self.sizes
        sides = [str(side) if flat else self.length(side) for side in array.shape]
        return f"shape ({', '.join(sides)}{',' if len(sides) == 1 else ''})"

    def length(self, number: int, other: str = "another length") -> str:
        """Say how long something is, or only that it is of another length."""
        # The small ones are told without looking for what is as long.
        return str(number) if 0 <= number <= SMALL or number in self.lengths else other

    def dictionary(self, value: Mapping[Any, Any]) -> str:
        """Say which keys a dictionary has: its maker's own first, then the reference's."""
        if not value:
            return "an empty dictionary"
        few = (key for key in islice(value, MOST_LOOKED_AT) if key not in self.names)
        own = sorted((key for key in few if self._knows(key)), key=str)
        told = [*own, *(name for name in self.names if name in value)][:MOST_TOLD]
        others = len(value) - len(told)
        number = "one" if others == 1 else self.length(others, "many")
        keys = ", ".join(map(repr, told))
        if not told:
            return f"a dictionary with {number} other key{'s' if others > 1 else ''}"
        more = f" and {number} other{'s' if others > 1 else ''}" if others else ""
        return f"a dictionary with the keys {keys}{more}"

    def key(self, key: str) -> str:
        """Say which key it is, if it is known."""
        return super().key(key) if self._knows(key) else "another key"

    def near(self, name: str, keys: Iterable[Any]) -> str:
        """Return the key that was written where ``name`` was meant, if it is known."""
        found = super().near(name, filter(_short, islice(keys, MOST_LOOKED_AT)))
        return found if found and self._knows(found) else ""

    def _knows(self, key: Any) -> bool:
        return _short(key) and (key in self.names or self._may(str(key)))

    def share(self, off: int, size: int) -> str:
        """Say about how many values are not right."""
        if off == size:
            return "all values are off" if size > 1 else "the value is off"
        if off == 1:
            return "one value is off"
        return f"{next(word for most, word in SHARES if off / size <= most)} values are off"

    def not_finite(self, bad: int, size: int) -> str:
        """Say about how many numbers are not finite."""
        return "none of them is" if bad == size else "one is not" if bad == 1 else "some are not"

    def error(self, error: float) -> str:
        """Say how far a value is from the right one, to one digit, or to a power of ten."""
        if not error < 0.1:  # or no number at all
            return f"relative error {min(error, 1.0):.1g}"
        power = math.floor(math.log10(max(error, LEAST_ERROR)))
        return f"relative error about 1e{power:03d}"

    def differs(self, place: int) -> str:
        """Say at which character a text begins to differ, if it is one of the first."""
        if place > LATEST_PLACE:
            return f"it differs from somewhere after character {LATEST_PLACE} on"
        return super().differs(place)


def _short(key: Any) -> bool:
    """Tell whether a key may be shown as it stands: a name, or a number of so many digits."""
    if type(key) is str:
        return len(key) <= LONGEST_KEY and key.isidentifier()
    return type(key) is int and abs(key) < 10**LONGEST_KEY


def _keys(tree: Tree) -> Iterator[str | int]:
    """Yield the keys of all dictionaries in a tree."""
    for part in within(tree):
        if isinstance(part, Mapping):
            yield from part


def _arrays(tree: Tree) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the arrays of a tree."""
    yield from (part for part in within(tree) if isinstance(part, np.ndarray))


def _lengths(tree: Tree) -> Iterator[int]:
    """Yield the sides of the arrays of a tree, and how many things its containers hold."""
    for part in within(tree):
        if isinstance(part, np.ndarray):
            yield from part.shape
        elif isinstance(part, tuple | list):
            yield len(part)
