"""Name the cause of a wrong result by its form, whatever the exercise is about.

A known mistake is found by its numbers; these are found by their form: a value that is None, keys
misspelt, values in another order. Used by the judge and, copied into ``selfcheck.py``, by the
student's check, so it needs nothing but NumPy.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.comparison.layout import Layout, Tree
from grader.comparison.telling import EVERYTHING, MOST_KEYS, Telling
from grader.comparison.trees import same

MOST_REORDERED = 5  # returned values of which every order is tried


@dataclass(frozen=True)
class Cause:
    """A cause of a wrong result: a stable id, what was done, and a hint that gives no answer away.

    One that is not ``certain`` explains a part of what is wrong; something else may be wrong, too.
    """

    id: str
    title: str
    hint: str
    certain: bool = True

    def text(self) -> str:
        """Return the paragraph that a student reads."""
        if self.certain:
            return f"It looks as if {self.title}. {self.hint}"
        return f"One possibility: {self.title}; something else may be wrong, too. {self.hint}"


READS_GLOBALS = Cause(
    "reads-notebook-globals",
    "the function reads variables of the notebook in place of its own arguments",
    "Does every name in it come from its arguments, or from a line above in the function?",
)
KEEPS_STATE = Cause(
    "depends-on-earlier-calls",
    "the same arguments give another result when the function is called again",
    "What does it keep from one call to the next: a default argument, a global, np.empty?",
)
DRAWS_RANDOM = Cause(
    "draws-random-numbers",
    "the function draws random numbers",
    "The same arguments are to give the same result each time: where does the text ask for chance?",
)

OF_CALLS = (KEEPS_STATE, DRAWS_RANDOM, READS_GLOBALS)  # what shows when a function is called again


def both_told(one: Cause, other: Cause) -> Cause:
    """Return the cause that tells two known mistakes, each in a sentence of its own."""
    title = f"{one.title}. It also looks as if {other.title}"
    return Cause(f"{one.id}+{other.id}", title, f"{one.hint} {other.hint}")


def calls_another(name: str, other: str) -> Cause:
    """Return the cause of a function that calls one which belongs to another exercise."""
    hint = "Which function does the text of this exercise tell you to call?"
    return Cause("calls-another-exercise", f"{name} calls {other}", hint)


def cause_of_result(
    layout: Layout, expected: Tree, got: Tree, tolerance: float, tell: Telling = EVERYTHING
) -> Cause | None:
    """Return why the returned value ``got`` is wrong, None when its form does not say."""
    if layout.after:
        expected = expected["returned"]
        got = got.get("returned") if isinstance(got, Mapping) else None
    if not layout.returns:
        return None
    if got is None:
        hint = "A function without a `return`, or whose `return` is not reached, gives None."
        return Cause("returns-nothing", "nothing is returned", hint)
    wanted = layout.returns
    if layout.returns_dict:
        if not isinstance(got, Mapping):
            return _another_kind(got, "a dictionary", tell)
        return _still_none(wanted, got) or _misspelt(wanted, expected, got, tolerance, tell)
    if len(wanted) == 1:
        return None
    if not isinstance(got, tuple | list):
        return _another_kind(got, f"{len(wanted)} values", tell)
    if len(got) != len(wanted):
        hint = "The docstring lists what is returned, in its order."
        title = f"{tell.length(len(got), 'many')} values are returned and not {len(wanted)}"
        return Cause("returns-another-number", title, hint)
    named = dict(zip(wanted, got, strict=True))
    return _still_none(wanted, named) or _reordered(expected, got, tolerance)


def _another_kind(got: Tree, wanted: str, tell: Telling) -> Cause:
    what = "one array" if isinstance(got, np.ndarray) else tell.kind(got)
    title = f"{what} is returned and not {wanted}"
    return Cause("returns-another-kind", title, "The docstring says what is returned, and how.")


def _still_none(wanted: tuple[str, ...], got: Mapping[str, Tree]) -> Cause | None:
    name = next((name for name in wanted if name in got and got[name] is None), None)
    if name is None:
        return None
    hint = "Which line computes it, and does a line below set it to None again?"
    return Cause("left-over-none", f"{name} is still None when it is returned", hint)


def _misspelt(
    wanted: tuple[str, ...],
    expected: Tree,
    got: Mapping[str, Tree],
    tolerance: float,
    tell: Telling,
) -> Cause | None:
    """Find every lacking value, right, under another key; the others must be right as they are."""
    lacking = [name for name in wanted if name not in got]
    # Plain words only: a key of the student's making can show itself in any way in a message.
    plain = (key for key in got if type(key) is str and key.isidentifier() and key not in wanted)
    spare = list(itertools.islice(plain, MOST_KEYS))
    found = {}
    for name in lacking:
        holders = [key for key in spare if same(got[key], expected[name], tolerance)]
        if not holders:
            return None
        found[name] = holders[0]
    others = (name for name in wanted if name not in lacking)
    if not lacking or not all(same(got[name], expected[name], tolerance) for name in others):
        return None
    title = f"{lacking[0]} is returned under {tell.key(found[lacking[0]])}"
    return Cause("key-misspelt", title, "The docstring lists the keys.")


def _reordered(expected: Tree, got: Tree, tolerance: float) -> Cause | None:
    """Find another order of the returned values in which each of them is right."""
    places = range(len(expected))
    if len(expected) > MOST_REORDERED:
        return None
    if all(map(same, got, expected, itertools.repeat(tolerance))):
        return None  # in their own order: what is wrong lies elsewhere
    holds = [[same(value, right, tolerance) for value in got] for right in expected]
    orders = itertools.permutations(places)
    if not any(all(holds[i][j] for i, j in zip(places, order, strict=True)) for order in orders):
        return None
    title = "the right values are returned in another order"
    return Cause("returns-in-another-order", title, "The docstring lists them in their order.")


def as_variables(
    dims: Mapping[str, int], names: Sequence[str], arguments: Sequence[Tree]
) -> dict[str, Tree]:
    """Return what the notebook's variables would hold if they were those of a call."""
    given = dict(zip(names, arguments, strict=False))
    return {**dims, **dict(named_parts(tuple(arguments))), **given}


def named_parts(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Yield every entry of every dictionary in ``tree`` that has a name for its key."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            if isinstance(key, str) and key.isidentifier():
                yield key, value
            yield from named_parts(value)
    elif isinstance(tree, tuple | list):
        for item in tree:
            if not isinstance(item, np.ndarray):
                yield from named_parts(item)
