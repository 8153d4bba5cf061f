"""Make up submissions: the demo's bundled class and synthetic classes.

Each student is a choice for every exercise: the solution, the untouched stub, a catalogued
mistake, or a text of their own. Written as real notebooks, as students hand them in.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.filled import Book, filled
from grader.assignment.source import cell_id

WRITTEN = "The first part follows from the second, and a small example shows it."


@dataclass(frozen=True)
class Pupil:
    """A pupil: one made-up student.

    ``solved`` names the exercises done right (None: all of them), ``mistakes`` gives some of them
    a catalogued mistake by id, ``own`` a text instead; ``damage`` changes the finished notebook.
    ``written`` is the answer to the question that is marked by hand.
    """

    name: str
    solved: tuple[str, ...] | None = None
    mistakes: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    written: str = ""
    damage: Callable[[Book], Book | bytes] = lambda book: book

    def notebook(self, assignment: Assignment, released: Mapping[str, Any]) -> bytes:
        """Return the notebook's bytes, filled in on top of the ``released`` one."""
        texts = {name: self._answer(assignment, name) for name in map(cell_id, released["cells"])}
        answers = {name: text for name, text in texts.items() if text is not None}
        made = self.damage(filled(released, answers))
        return made if isinstance(made, bytes) else (json.dumps(made, indent=1) + "\n").encode()

    def _answer(self, assignment: Assignment, name: str) -> str | None:
        """Return the student's text of one cell, None where they left it as it was."""
        if name in self.own:
            return self.own[name]
        cells = assignment.source.cells
        if self.written and any(c.id == name and c.role == "written" for c in cells):
            return self.written
        names = [exercise.name for exercise in assignment.spec.exercises]
        if name not in names:
            return None
        source = assignment.source.function_source(name).rstrip()
        if name in self.mistakes:
            known = assignment.spec.exercise(name).mistakes
            return (
                next(m for m in known if m.id == self.mistakes[name]).apply(source + "\n").rstrip()
            )
        return source if self.solved is None or name in self.solved else None


def synthetic(assignment: Assignment, number: int, seed: int = 0) -> list[Pupil]:
    """Return ``number`` pupils as a class has them: mostly right, some wrong, some empty."""
    return list(synthetic_pupils(assignment, number, seed))


def synthetic_pupils(assignment: Assignment, number: int, seed: int = 0) -> Iterator[Pupil]:
    """Yield the same, one at a time, for a class of thousands."""
    rng = random.Random(f"{assignment.spec.name} {seed}")
    width = len(str(max(number - 1, 1)))
    for place in range(number):
        yield _one(assignment, rng, f"s{place:0{width}d}")


def _one(assignment: Assignment, rng: random.Random, name: str) -> Pupil:
    exercises = assignment.spec.exercises
    reached = len(exercises) if rng.random() < 0.75 else rng.randrange(len(exercises) + 1)
    slips = rng.choice((0, 0, 0, 1, 1, 2, 3))
    done = [exercise for exercise in exercises[:reached] if exercise.mistakes]
    wrong = rng.sample(done, min(slips, len(done)))
    mistakes = {exercise.name: rng.choice(exercise.mistakes).id for exercise in wrong}
    solved = tuple(exercise.name for exercise in exercises[:reached])
    written = WRITTEN if rng.random() < 0.8 else ""
    return Pupil(name, solved, mistakes, written=written)
