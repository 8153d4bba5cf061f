"""Name the cause of a wrong result by its form, whatever the exercise is about.

A known mistake is found by its numbers; these are found by their form: a value that is None, keys
misspelt, values in another order, an exception that names its reason. Used by the judge and, copied
into ``selfcheck.py``, by the student's check, so it needs nothing but NumPy.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from grader.comparison.layout import Layout, Tree
from grader.comparison.telling import EVERYTHING, LONGEST_KEY, MOST_KEYS, Telling
from grader.comparison.trees import same

MOST_REORDERED = 5  # returned values of which every order is tried
QUOTED = re.compile(rf"'(\w{{1,{LONGEST_KEY}}})'")
CALLED_WRONGLY = re.compile(r"positional argument|keyword argument")
SMALL_NUMBER = re.compile(r"-?\d{1,9}")
UNPACKED = re.compile(r"(too many|not enough) values to unpack")
SHAPES = re.compile(r"broadcast|matmul|not aligned|dimensions.* must match|same number of dim")


@dataclass(frozen=True)
class Cause:
    """A cause of a wrong result: a stable id, what was done, and a hint that gives no answer away.

    One that is not ``certain`` explains a part of what is wrong; something else is wrong as well.
    """

    id: str
    title: str
    hint: str
    certain: bool = True

    def text(self) -> str:
        """Return the paragraph that a student reads."""
        if self.certain:
            return f"It looks as if {self.title}. {self.hint}"
        return f"One possibility: {self.title}; something else is wrong as well. {self.hint}"


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


def cause_of_error(
    name: str, message: str, keys: Iterable[str], known: Callable[[str], bool]
) -> Cause | None:
    """Return why an exception of the type ``name`` was raised, None when it does not say.

    ``keys`` are those of the dictionaries that the function is given. Of the exception's own text,
    which could carry hidden values, one word is repeated if it is ``known`` to the reader already.
    """
    quoted = QUOTED.search(message)
    word = quoted[1] if quoted and known(quoted[1]) else ""
    if name == "KeyError" and word:
        near = _nearest(word, sorted(set(keys) - {word}))
        hint = f"Is {near!r} meant?" if near else "Which keys does the docstring list?"
        return Cause("key-unknown", f"the key {word!r} is looked up and is not there", hint)
    if name == "KeyError" and SMALL_NUMBER.fullmatch(message):
        hint = "Its entries have names: which keys does the docstring list?"
        return Cause("key-is-a-number", "an entry of a dictionary is asked for by position", hint)
    if name == "IndexError":
        hint = "How long is what is indexed there, and how far does the loop count?"
        return Cause("index-out-of-range", "an index runs past the end", hint)
    if name == "NameError" and word:
        hint = "Is it spelt as where it is set, and set within the function?"
        return Cause("name-not-defined", f"the name {word!r} is used and defined nowhere", hint)
    if name == "UnboundLocalError" and word:
        hint = "Is the line that sets it reached before the line that uses it?"
        return Cause("name-not-set", f"{word!r} is used before it has a value", hint)
    if name in ("TypeError", "AttributeError") and "NoneType" in message:
        hint = "Which value on that line is not computed yet, or comes from a missing `return`?"
        return Cause("none-is-used", "a value is still None when it is used", hint)
    if name == "TypeError" and CALLED_WRONGLY.search(message):
        hint = "Compare the call with the `def` line of the function that it calls."
        return Cause(
            "arguments-do-not-fit",
            "a function is called with other arguments than its `def` line lists",
            hint,
        )
    if name == "ValueError" and UNPACKED.match(message):
        hint = "Count the names on the left of that line. How many things does the right side hold?"
        return Cause("unpacks-another-number", "a value is taken apart into a wrong number", hint)
    if name == "ValueError" and SHAPES.search(message):
        hint = "Write the shape beside each array on that line, in letters, and look where it ends."
        return Cause("shapes-do-not-fit", "two arrays are put together that do not fit", hint)
    return None


def _nearest(word: str, keys: list[str]) -> str:
    """Return the key that ``word`` may stand for; swapped letters first: Wxa is Wax and not Wya."""
    swapped = [key for key in keys if sorted(key) == sorted(word)]
    return next(iter(swapped or difflib.get_close_matches(word, keys, n=1, cutoff=0.5)), "")


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
