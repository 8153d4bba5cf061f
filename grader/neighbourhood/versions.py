"""List the wrong versions around a solution: known mistakes, pairs of them, and every small change.

Two mistakes make a pair where they edit different places of the function. What a small change is
told as names only what the exercise's own text names.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.assignment.assignment import Assignment
from grader.assignment.published import published_names
from grader.assignment.spec import Exercise, Mistake, SpecError
from grader.neighbourhood.changes import WORDS
from grader.neighbourhood.flow import Flow
from grader.neighbourhood.mutants import Mutant, mutants

KINDS = MISTAKE, PAIR, CHANGE = ("mistake", "pair", "change")
MOST_NAMED = 2  # places to which a change leads


@dataclass(frozen=True)
class Version:
    """A wrong version of a function: the ids of what was done, what is said of it, its text.

    A known mistake, and a pair of them, say what their authors say.
    """

    kind: str
    ids: tuple[str, ...]
    source: str
    title: str = ""
    hint: str = ""


def versions(assignment: Assignment, exercise: Exercise) -> Iterator[Version]:
    """Yield the known mistakes, the pairs and the small changes, always in the same order."""
    source = assignment.source.function_source(exercise.name)
    for mistake in exercise.mistakes:
        yield Version(MISTAKE, (mistake.id,), mistake.apply(source))
    for one, other in itertools.combinations(exercise.mistakes, 2):
        both = with_both(source, one, other)
        if both is not None:
            yield Version(PAIR, (one.id, other.id), both)
    places = Places(assignment, exercise)
    for mutant in mutants(source, assignment.spec.lookalikes):
        yield places.told(mutant)


def with_both(source: str, one: Mistake, other: Mistake) -> str | None:
    """Return the source with two mistakes that edit different places; None where they do not."""
    if one.value is not None or other.value is not None:
        return None
    spans = sorted(
        (source.find(old), old, new) for mistake in (one, other) for old, new in mistake.edits
    )
    ends = [start + len(old) for start, old, _ in spans]
    starts = [start for start, _, _ in spans]
    if min(starts, default=-1) < 0 or any(e > s for e, s in zip(ends, starts[1:], strict=False)):
        return None
    try:
        return Mistake("both", "", "", one.edits + other.edits, place="-").apply(source)
    except SpecError:  # what one puts in is what the other one looks for
        return None


class Places:
    """The places of an exercise's solution, in names that its text has published."""

    def __init__(self, assignment: Assignment, exercise: Exercise) -> None:
        self.exercise = exercise
        source = assignment.source.function_source(exercise.name)
        self.flow = Flow(source, exercise.returns)
        named = published_names(assignment.source, exercise.name) | {*exercise.equations}
        self.names = (named & self.flow.made_from.keys()) | {*exercise.returns}

    def told(self, mutant: Mutant) -> Version:
        """Return a small change with what is said of it."""
        what, hint = WORDS[mutant.kind]
        where, names = self._where(mutant.binds)
        words = "-".join([CHANGE, *mutant.kind.split(), *(["in"] if names else []), *names])
        return Version(CHANGE, (words,), mutant.source, f"{what} {where}", hint)

    def _where(self, binds: Sequence[str]) -> tuple[str, list[str]]:
        if not binds:
            return "where the result is put together", []
        own = [name for name in binds if name in self.names]
        if own:
            return f"where {_several(map(self.named, own))} is made", own[:MOST_NAMED]
        later = [n for name in binds for n in self.flow.after(name, self.names)]
        later = list(dict.fromkeys(later))[:MOST_NAMED]
        if not later:
            return "on the way to the result", []
        return f"on the way to {_several(map(self.named, later))}", later

    def named(self, name: str) -> str:
        """Return a name with the number of its equation."""
        number = self.exercise.equations.get(name)
        return f"{name}, equation ({number})," if number else name


def _several(names: Iterator[str]) -> str:
    return " and ".join(itertools.islice(names, MOST_NAMED))
