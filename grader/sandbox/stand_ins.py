"""Answer the questions of a stand-in: counted, bounded, and from copies."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from .inside.arguments import copied, unchanged
from .inside.wire import Encoded, Message, Stored, WireError, encode
from .outputs import text

MOST_REFUSALS = 1_000  # of a stand-in that is called too often
LONGEST_SIDE = 1_000  # of what a stand-in is asked
LARGEST_IN_ALL = 16 << 20  # bytes of the arrays in a question


class Answers:
    """The judge's answers to a stand-in's questions, counted."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]], most: int) -> None:
        self.functions = functions
        self.most = most
        self.asked = 0
        self.refused = 0

    def to(self, question: Message, size: int, largest: int) -> Message:
        """Answer a question, or say why not; what is asked is untrusted."""
        name = text(question, "name")
        arguments, keywords = question.get("arguments"), question.get("keywords")
        if name not in self.functions:
            return {"error": "there is no such function"}
        if not isinstance(arguments, tuple) or not isinstance(keywords, dict):
            return {"error": "these are not arguments"}
        if self.asked >= self.most:
            self.refused += 1
            if self.refused > MOST_REFUSALS:
                raise WireError("it does not stop asking")
            return {"error": f"{name} may be called {self.most} times only"}
        if size > largest:
            return {"error": f"the arguments of {name} are too large"}
        if not _small((arguments, keywords)):  # an outer product of two could fill the memory
            return {"error": f"the arguments of {name} are too long"}
        self.asked += 1
        return self._called(name, arguments, keywords)

    def _called(self, name: str, arguments: tuple[Any, ...], keywords: Message) -> Message:
        """Call the right function; say what it wrote into what it was given, and what it kept.

        Where the right value holds an argument itself, so must the student's: a copy would hide
        what is written into that later.
        """
        given = {"arguments": arguments, "keywords": keywords}
        before = copied(given, {})
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = self.functions[name](*arguments, **keywords)
            writes = None if unchanged(given, before, set()) else Encoded(encode(given))
            marked = _marked(value, dict(_places(given)))
            return {"value": Encoded(encode(marked, markers=True)), "writes": writes}
        except Exception as error:  # wrong shapes, missing keys: the student's call is at fault
            return {"error": f"{name}: {type(error).__name__}"}


def _places(tree: Any, path: tuple[int | str, ...] = ()) -> Iterator[tuple[int, Stored]]:
    """Yield the identity of each array and container in what was given, with the way to it."""
    if isinstance(tree, (np.ndarray, dict, list)) and path:
        yield id(tree), Stored("given", path)
    if isinstance(tree, (dict, list, tuple)):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _places(value, (*path, key))


def _marked(tree: Any, places: Mapping[int, Stored]) -> Any:
    """Return a value with marks in the places of what was given."""
    if id(tree) in places:
        return places[id(tree)]
    if isinstance(tree, dict):
        return {key: _marked(value, places) for key, value in tree.items()}
    if isinstance(tree, (tuple, list)):
        return type(tree)([_marked(item, places) for item in tree])
    return tree


def _small(tree: Any) -> bool:
    """Tell whether no side of an array and no list is long, and all arrays together are small.

    One that comes again counts again: what is made of the arguments may hold it as often.
    """
    return _long_sides_or_bytes(tree) <= LARGEST_IN_ALL


def _long_sides_or_bytes(tree: Any) -> float:
    """Return the bytes of all arrays, or infinity when one has a long side."""
    if isinstance(tree, np.ndarray):
        return tree.nbytes if all(side <= LONGEST_SIDE for side in tree.shape) else math.inf
    if isinstance(tree, dict):
        return sum(map(_long_sides_or_bytes, tree.values()))
    if isinstance(tree, (tuple, list)):
        within = sum(map(_long_sides_or_bytes, tree))
        return within if len(tree) <= LONGEST_SIDE else math.inf
    return 0
