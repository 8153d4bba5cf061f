"""Answer the questions of a stand-in: counted, bounded, and from copies."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .data import Call
from .inside.arguments import held, same_objects
from .inside.wire import Bounds, Encoded, Message, Stored, WireError, encode
from .outputs import text

MOST_REFUSALS = 100  # of questions that are not answered
LONGEST_SIDE = 1_000  # of what a stand-in is asked
NUMBERS = (np.ndarray, np.generic)
# What NumPy makes of numbers by itself: a float, a whole number, a truth value.
USUAL_DTYPES = frozenset(np.dtype(name) for name in ("float64", "int64", "bool"))
HALF = Bounds(message_bytes=15 << 20)  # of an answer, whose two parts must fit into one message


class OffPath(WireError):
    """A question that no right function asks, where only those are answered."""


class Answers:
    """The judge's answers to the questions that one call's stand-ins ask, counted and bounded.

    Numbers of another type than the case's are refused: a product in half precision takes a
    thousand times as long as one of doubles.
    """

    def __init__(self, call: Call) -> None:
        self.functions = call.stand_ins
        self.most = call.max_stand_in_calls
        self.elements = call.max_stand_in_elements
        self.on_path = call.on_path
        self.dtypes = USUAL_DTYPES | {np.dtype(name) for name in call.stand_in_dtypes}
        self.asked = 0
        self.refused = 0
        self.raised: tuple[str, Exception] | None = None  # by the last question

    def to(self, question: Message, size: int, largest: int) -> Message:
        """Answer a question, or say why not; what is asked is untrusted.

        Raises WireError at who does not stop asking what is not answered, OffPath at once where
        only what a right function asks is: a refusal could be caught, and other questions tried.
        """
        self.raised = None
        answer = self._answered(question, size, largest)
        if self.on_path is not None and "error" in answer:
            raise OffPath("a question off the path")
        self.refused += "error" in answer
        if self.refused > MOST_REFUSALS:
            raise WireError("it does not stop asking")
        return answer

    def _answered(self, question: Message, size: int, largest: int) -> Message:
        name = text(question, "name")
        arguments, keywords = question.get("arguments"), question.get("keywords")
        if name not in self.functions:
            return {"error": "there is no such function"}
        if not isinstance(arguments, tuple) or not isinstance(keywords, dict):
            return {"error": "these are not arguments"}
        if self.asked >= self.most:
            return {"error": f"{name} may be called {self.most} times only"}
        if size > largest:
            return {"error": f"the arguments of {name} are too large"}
        unfit = self._unfit(name, (arguments, keywords))
        if unfit:
            return {"error": unfit}
        if self.on_path is not None and not self.on_path(self.asked, name, arguments, keywords):
            return {"error": "no right function asks this"}
        self.asked += 1
        return self._called(name, arguments, keywords)

    def _unfit(self, name: str, tree: Any) -> str:
        """Say why a question is not answered; empty where it is.

        An array that comes again counts again: what is made of the arguments may hold it as often.
        """
        elements, parts = 0, [tree]
        while parts:
            part = parts.pop()
            if isinstance(part, NUMBERS):
                if part.dtype not in self.dtypes:
                    return f"the arguments of {name} are of an unusual dtype"
                elements += part.size
                longest = max(part.shape, default=0)
            elif isinstance(part, (dict, tuple, list)):
                longest = len(part)
                parts += reversed(part.values() if isinstance(part, dict) else part)
            else:
                continue
            # An outer product of two long ones could fill the memory.
            if elements > self.elements or longest > LONGEST_SIDE:
                return f"the arguments of {name} are too long"
        return ""

    def _called(self, name: str, arguments: tuple[Any, ...], keywords: Message) -> Message:
        """Call the right function; say what it wrote into what it was given, and what it kept.

        Where the right value holds an argument itself, so must the student's: a copy would hide
        what is written into that later.
        """
        tree = {"arguments": arguments, "keywords": keywords}
        given = _Given(tree)
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = self.functions[name](*arguments, **keywords)
            writes = Encoded(encode(tree, HALF)) if given.changed() else None
            marked = Encoded(encode(given.marked(value), HALF, markers=True))
            return {"value": marked, "writes": writes}
        except Exception as error:  # wrong shapes, missing keys: the student's call is at fault
            self.raised = name, error
            return {"error": f"{name}: {type(error).__name__}", "type": type(error).__name__}


class _Given:
    """What a right function is given: where each thing lies, and as what it was given."""

    def __init__(self, tree: Message) -> None:
        self.places: dict[int, tuple[int | str, ...]] = {}
        self.objects: list[Any] = []  # arrays, dicts and lists, each once
        self._find(tree, ())
        self.before = [_state(item) for item in self.objects]

    def _find(self, tree: Any, path: tuple[int | str, ...]) -> None:
        if isinstance(tree, (np.ndarray, dict, list)):
            if id(tree) not in self.places:
                self.objects.append(tree)
            self.places[id(tree)] = path
        if isinstance(tree, (dict, list, tuple)):
            for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
                self._find(value, (*path, key))

    def changed(self) -> bool:
        """Tell whether anything was written into it."""
        return not all(map(_holds, self.objects, self.before))

    def marked(self, value: Any) -> Any:
        """Return a value with marks in the places of what was given."""
        place = self.places.get(id(value))
        if place:
            return Stored("given", place)
        if isinstance(value, dict):
            return {key: self.marked(item) for key, item in value.items()}
        if isinstance(value, (tuple, list)):
            return type(value)([self.marked(item) for item in value])
        return value


def _state(item: Any) -> Any:
    """Return the bits of an array, or the very objects that a dict or list holds."""
    if isinstance(item, np.ndarray):
        return item.dtype, item.shape, item.tobytes()
    return held(item)


def _holds(item: Any, before: Any) -> bool:
    now = _state(item)
    return now == before if isinstance(item, np.ndarray) else same_objects(now, before)
