"""How many texts a verdict's fields can hold, from the constants that the judge itself uses.

Each `Texts` is a pattern and how many texts fit it; whatever a process replies must fit, so that a
field carries no more bits than the logarithm of their number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from grader.assignment.spec import Exercise
from grader.comparison.error_causes import BY_TEXT
from grader.comparison.layout import INPUTS, Check, Tree
from grader.comparison.stub import EMPTY
from grader.judge import redact
from grader.judge.guarded import LEAST_ERROR, MOST_SIDES, MOST_TOLD, Guarded, nothing
from grader.judge.hidden_cases import Posed
from grader.judge.missing import UNFINISHED
from grader.judge.own_text import MOST_LINES, MOST_REPEATED, MOST_WORDS, OwnText
from grader.judge.work import TOO_MUCH
from grader.sandbox import Limits
from grader.sandbox.inside.wire import DTYPES
from grader.verdict import EXERCISE_OUTCOMES

SCALARS = ("bool", "int", "float", "complex", "str", *(dtype.type.__name__ for dtype in DTYPES))


@dataclass(frozen=True)
class Texts:
    """Some texts: a pattern that they fit, and how many they are."""

    pattern: str
    number: int

    def __or__(self, other: Texts) -> Texts:
        return Texts(f"{self.pattern}|{other.pattern}", self.number + other.number)

    def __add__(self, other: Texts) -> Texts:
        pattern = f"(?:{self.pattern})(?:{other.pattern})"
        return Texts(pattern, self.number * other.number)

    def fits(self, text: str) -> bool:
        """Tell whether a text is one of these."""
        return self._compiled.fullmatch(text) is not None

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


def these(*texts: Any) -> Texts:
    """Just these texts."""
    distinct = sorted({str(text) for text in texts})
    return Texts("|".join(map(re.escape, distinct)), len(distinct))


def repeated(own: OwnText, around: str = "") -> Texts:
    """A word of the submission's own: which ones are repeated is counted once an exercise."""
    return Texts(f"{around}(?:{'|'.join(sorted(own.words)) or '(?!)'}){around}", MOST_REPEATED)


@dataclass(frozen=True)
class Told:
    """What is told of a value that comes back in one case."""

    guard: Guarded
    own: OwnText

    @cached_property
    def lengths(self) -> Texts:
        return these(*self.guard.lengths, "another length")

    @cached_property
    def shapes(self) -> Texts:
        side = self.lengths
        sides = f"(?:(?:{side.pattern})(?:,|(?:, (?:{side.pattern})){{1,{MOST_SIDES - 1}}}))?"
        number = sum(side.number**axes for axes in range(MOST_SIDES + 1))
        flat = these(*(f"shape ({size},)" for size in self.guard.sizes))
        many = these(f"more than {MOST_SIDES} axes")
        return Texts(rf"shape \({sides}\)", number) | flat | many

    @cached_property
    def keys(self) -> Texts:
        return these(*map(repr, self.guard.names)) | repeated(self.own, "'?")

    @cached_property
    def dictionaries(self) -> Texts:
        others = these(*self.guard.lengths, "many", "one", "none")
        known = len(self.guard.names) + MOST_REPEATED
        told = sum(math.comb(known, some) for some in range(MOST_TOLD + 1))
        key, count = self.keys.pattern, others.pattern
        pattern = (
            "an empty dictionary"
            f"|a dictionary with (?:{count}) other keys?"
            f"|a dictionary with the keys (?:{key})(?:, (?:{key})){{0,{MOST_TOLD - 1}}}"
            f"(?: and (?:{count}) others?)?"
        )
        return Texts(pattern, told * others.number)

    @cached_property
    def kinds(self) -> Texts:
        scalars = these("None", *(f"{'an' if n[0] in 'aeiou' else 'a'} {n}" for n in SCALARS))
        containers = these("a tuple of ", "a list of ") + self.lengths
        return scalars | containers | (these("an array of ") + self.shapes) | self.dictionaries

    @cached_property
    def got(self) -> Texts:
        """All that the third line of a finding on a value may say."""
        return self.kinds | self.shapes | of_any_value()


@cache
def of_any_value() -> Texts:
    """What is told of a value whatever was asked for: how far off it is, where, of which dtype."""
    tell = Guarded.__new__(Guarded)
    steps = np.logspace(np.log10(LEAST_ERROR) - 3, 3, 5_000)
    errors = these(*{tell.error(error) for error in (*steps, 0.0, math.nan, math.inf)})
    shares = these(*{tell.share(n, size) for size in (1, 2, 60) for n in range(1, size + 1)})
    bad = {tell.not_finite(n, 9) for n in range(1, 10)}
    dtypes = these(*(f"dtype {dtype}" for dtype in DTYPES), "dtype object")
    values = errors | (shares + these(" (") + errors + these(")"))
    places = these(*{tell.differs(place) for place in range(10_000)})
    few = these("nan", "inf", "-inf", "another value", "another one", *bad)
    told = "it does not hold", "it takes too long to tell"
    names = (f"it cannot be told of this value ({name})" for name in redact.ERRORS)
    return dtypes | values | shares | places | few | these(*told, *names)


def parts(tree: Tree) -> int:
    """How many places of a right value a finding may be about, lost keys included."""
    if isinstance(tree, Mapping):
        return 1 + len(tree) + sum(map(parts, tree.values()))
    return 1 + (sum(map(parts, tree)) if isinstance(tree, tuple | list) else 0)


@dataclass(frozen=True)
class Carried:
    """What the result of one exercise may say, for the cases that were drawn."""

    exercise: Exercise
    posed: Posed
    own: OwnText
    limits: Limits
    keys: Sequence[str] = ()  # that are asked for in what the function is given
    exercises: int = 8  # of the assignment

    @cached_property
    def told(self) -> list[Told]:
        layout = self.exercise.layout
        return [Told(Guarded(layout, *posed, nothing), self.own) for posed in self.posed]

    @property
    def near(self) -> int:
        """How many keys may be named as the one that was probably meant, or none."""
        return MOST_REPEATED + max(len(told.guard.names) for told in self.told) + 1

    def findings(self, line: Check) -> int:
        """How many findings there may be on one output; the first case comes twice."""
        if line.name == INPUTS:
            return len(self.posed) + 1
        number = 0
        for told, (_, expected) in zip(self.told, self.posed, strict=True):
            number += parts(expected) * told.got.number  # of all outputs: more than of this one
            number += told.kinds.number + told.dictionaries.number * self.near
        return 2 * number

    @property
    def raised(self) -> int:
        types = len(redact.ERRORS) + MOST_REPEATED + 1
        return types * (MOST_LINES + 1)

    @property
    def reasons(self) -> Texts:
        """Why a value may be refused."""
        own = repeated(self.own)
        types = these(*redact.TYPES) | own
        named = these("a value of type ", "a dict key of type ") + types
        unread = these("a value that cannot be read (") + types + these(")")
        plain = these(
            *self.limits.refusals, TOO_MUCH, redact.NO_PLAIN_DATA, "another dtype",
            *("a value", "a dict key", "a value that cannot be read"),
            *(f"dtype {name}" for name in redact.DTYPES),
        )  # fmt: skip
        return plain | named | unread

    @property
    def without_result(self) -> int:
        """How many findings there may be on a call that gave nothing: one for all outputs."""
        few = ("timed out", "crashed", "missing", EMPTY)
        return (len(self.posed) + 1) * (self.raised + self.reasons.number + len(few))

    @property
    def causes(self) -> int:
        """How many causes may be named, or none."""
        returns = len(self.exercise.returns)
        of_form = sum(told.kinds.number + told.lengths.number for told in self.told)
        of_form += 2 + returns + returns * self.near
        of_error = MOST_REPEATED * (len(self.keys) + 1) + 4 * MOST_REPEATED + len(BY_TEXT) + 1
        # Which right function raised what, and which function of another exercise was called.
        below = len(self.exercise.calls) * len(redact.ERRORS) + self.exercises
        return 5 + 2 * len(self.exercise.mistakes) + of_form + of_error + below

    @property
    def words(self) -> int:
        """How many choices there are of words of the submission's own."""
        return sum(math.comb(MOST_WORDS, some) for some in range(MOST_REPEATED + 1))

    @property
    def bits(self) -> dict[str, float]:
        """The bits that each field may carry, in a verdict's own terms."""
        checks = [self.findings(line) for line in self.exercise.checks]
        return {
            "words": math.log2(self.words),
            "outcome": math.log2(len(EXERCISE_OUTCOMES)),
            "points": len(checks),
            "finding": math.log2(sum(checks) + self.without_result + 1),
            "cause": math.log2(self.causes),
            "note": math.log2(len(UNFINISHED) + 8),
            "stand_ins": len(self.exercise.calls),
            "checks": sum(map(math.log2, checks)) + math.log2(self.without_result + 1),
        }

    @property
    def on_a_page(self) -> float:
        """The bits of what a student's page shows: the first finding, not that of each check."""
        return sum(bits for field, bits in self.bits.items() if field != "checks")

    @property
    def in_a_verdict(self) -> float:
        """The bits of all fields; which checks fail, and the first finding, follow from theirs."""
        found = self.bits
        return sum(found.values()) - found["points"] - found["finding"]
