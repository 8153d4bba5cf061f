"""Replies of a process that knows the hidden inputs and would tell them, in every way it can."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.assignment.assignment import Assignment
from grader.comparison.layout import Layout
from grader.comparison.trees import deep_copy
from grader.sandbox import Call, CellSource, Stored
from grader.sandbox.inside.wire import DTYPES, Message

MARK = "zq"  # what every word begins with that is to be told
LEAST = 10**7  # and what every number is above


class Forger:
    """A process of another mind at each call, or ``steady``; ``book`` are words of its own text."""

    def __init__(self, assignment: Assignment, seed: int, book: list[str], steady: bool) -> None:
        self.assignment = assignment
        self.seed = seed
        self.steady = steady
        self.rng = random.Random(seed)
        self.book = book
        self.numbers: set[int] = set()

    def __call__(self, call: Call) -> Message:
        """Answer a call."""
        if self.steady:
            self.rng.seed(self.seed)
        way = self.rng.choice((self.returned, self.returned, self.returned, self.odd))
        return {**way(call), "outputs": [self.word()], "skipped": [self.word()]}

    def cell(self, cell: CellSource, quiet: bool) -> Message:
        """Say what a cell has shown: in a fork that has seen inputs it shows them."""
        shown = {"output_type": "stream", "name": "stdout", "text": self.word() if quiet else "hi"}
        skipped = [self.word()] if quiet else []
        return {"outcome": "ok", "outputs": [shown], "count": 1, "skipped": skipped}

    def word(self) -> str:
        """A word that is to be told."""
        letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        return MARK + "".join(self.rng.choices(letters, k=self.rng.randint(6, 22)))

    def number(self) -> int:
        """A number that is to be told."""
        self.numbers.add(number := self.rng.randint(LEAST, 1 << 30))
        return number

    def any_word(self) -> str:
        """A word that is to be told, by itself or as the number of one in a book."""
        return self.rng.choice((self.word, lambda: self.rng.choice(self.book)))()

    def odd(self, call: Call) -> Message:
        """A reply without a result."""
        rng, names = self.rng, ("ValueError", "KeyError", self.any_word(), "NotImplementedError")
        text = rng.choice((self.word(), f"'{self.any_word()}'", "this exercise is still empty"))
        line = rng.choice((None, rng.randint(-1, 40), self.number()))
        place = (rng.choice((call.function, None, self.word())), line)
        error = (rng.choice(names), text, rng.choice(((place,), (place, place), (), line)))
        reasons = (
            f"dtype {self.word()}1234", f"larger than {self.number()} bytes", self.word(),
            f"a value of type {self.any_word()}", f"more than {self.number()} items",
            f"a dict key of type {self.any_word()}", f"an array side longer than {self.number()}",
            f"dtype str{self.number()}", "an integer beyond 64 bits", "a value of type dict",
        )  # fmt: skip
        return rng.choice(
            (
                {"outcome": "raised", "error": error},
                {"outcome": "raised", "error": error},
                {"outcome": "refused", "reason": rng.choice(reasons)},
                {"outcome": rng.choice(("timed_out", "missing", self.word()))},
            )
        )

    def returned(self, call: Call) -> Message:
        """A result with something in it that is to be told."""
        layout = self.assignment.spec.exercise(call.function).layout
        if any(isinstance(argument, Stored) for argument in call.arguments):
            return {"outcome": "returned", "value": self.value()}
        right = self.assignment.functions[call.function](*deep_copy(call.arguments))
        changed = self.rng.random() < 0.1
        return {"outcome": "returned", "value": self.near(layout, right), "inputs_changed": changed}

    def near(self, layout: Layout, right: Any) -> Any:
        """A right result, but for a part of it."""
        ways: list[Callable[[], Any]] = [
            self.value, lambda: self.within(right), lambda: self.within(right),
            lambda: self.scaled(right),
        ]  # fmt: skip
        if isinstance(right, dict):
            names = list(right)
            lost = set(self.rng.sample(names, self.rng.randint(0, len(names))))
            ways.append(
                lambda: {self.any_word() if name in lost else name: right[name] for name in right}
            )
        return self.rng.choice(ways)()

    def within(self, tree: Any) -> Any:
        """A tree with something else at one place."""
        if isinstance(tree, dict) and tree and self.rng.random() < 0.9:
            place: Any = self.rng.choice(list(tree))
            return {**tree, place: self.within(tree[place])}
        if isinstance(tree, tuple | list) and tree and self.rng.random() < 0.9:
            place = self.rng.randrange(len(tree))
            return type(tree)(
                [self.within(item) if i == place else item for i, item in enumerate(tree)]
            )
        return self.rng.choice((self.value, lambda: self.scaled(tree)))()

    def scaled(self, tree: Any) -> Any:
        """A tree whose arrays are off by an error of any size, in some values or all."""
        if isinstance(tree, np.ndarray) and tree.size:
            off = np.array(tree)
            some = off.reshape(-1)[: self.rng.randint(1, off.size)]
            some += self.rng.choice((1, -1)) * 10 ** self.rng.uniform(-14, 8)
            if self.rng.random() < 0.2:
                some[: self.rng.randint(1, some.size)] = self.rng.choice((np.nan, np.inf))
            return off
        if isinstance(tree, dict):
            return {key: self.scaled(value) for key, value in tree.items()}
        if isinstance(tree, tuple | list):
            return type(tree)([self.scaled(item) for item in tree])
        return tree

    def value(self, depth: int = 2) -> Any:
        """A value of any kind, which tells something by what it is."""
        rng = self.rng
        sides = [rng.choice((0, 1, rng.randint(0, 60))) for _ in range(rng.randint(0, 8))]
        huge = [self.number(), 0]
        rng.shuffle(huge)
        flat = [None, True, self.number(), float(self.number()), self.any_word(), 1.5, np.int8(3)]
        if depth == 0:
            return rng.choice(flat)
        return rng.choice(
            (
                rng.choice(flat),
                np.zeros([side % 7 for side in sides], rng.choice(DTYPES)),
                np.zeros((*huge, *sides[:2]) if sides else (60,), rng.choice(DTYPES)),
                [0] * rng.randint(0, 2000),
                tuple(self.value(depth - 1) for _ in range(rng.randint(0, 12))),
                {self.any_word(): self.value(depth - 1) for _ in range(rng.randint(0, 20))},
                {self.number(): self.value(depth - 1) for _ in range(rng.randint(0, 20))},
            )
        )
