"""Hostile students and honest ones, as notebooks that they hand in."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.filled import Book
from grader.course import Course
from grader.simulate.pupils import Pupil
from tests.kit.solution import ROOT, SPEC

NAME = SPEC.name
NAMES = tuple(exercise.name for exercise in SPEC.exercises)
FULL = SPEC.points
FORWARD = tuple(name for name in NAMES if name.endswith("forward"))
FORWARD_POINTS = sum(SPEC.exercise(name).points for name in FORWARD)
MARKER = "hostile-was-here"  # the name of whatever an attack manages to make
LOOT = "LOOT:"  # what an attack prints before something that it should not have got at
SOLVED = ("rnn_cell_forward", "lstm_cell_backward")  # by who attacks and solves
EARNED = sum(SPEC.exercise(name).points for name in SOLVED)
TRIED = ("rnn_cell_forward", "rnn_cell_backward")
# The answer of a student who solves nothing: right shapes, zeros, and the attack before them.
ZEROS = """\
def rnn_cell_forward(xt, a_prev, p):
    attack()
    return 0 * a_prev, 0 * (p["Wya"] @ a_prev), (0, 0, 0, p)"""
RUNNER = """\
ATTACK = {code!r}
def attack():
    try:
        exec(ATTACK, globals())
        print("attack ran")
    except BaseException as error:
        print("attack met", type(error).__name__, error)
attack()"""


def returning(value: str, names: Sequence[str] = TRIED) -> dict[str, str]:
    """Answers to some exercises that return one value, whatever they are given."""
    return {name: f"def {name}(*inputs):\n    return {value}" for name in names}


def with_cell(source: str, place: int = 0, kind: str = "code") -> Callable[[Book], Book]:
    """Add a cell of the student's own to a notebook."""

    def damage(book: Book) -> Book:
        cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
        if kind == "code":
            cell.update(execution_count=None, outputs=[])
        book["cells"].insert(place if place >= 0 else len(book["cells"]), cell)
        return book

    return damage


def attackers(attacks: Mapping[str, str]) -> list[Pupil]:
    """Two students an attack: one solves nothing and attacks in calls too, one is honest beside."""
    pupils = []
    for name, code in attacks.items():
        damage = with_cell(RUNNER.format(code=code))
        empty = {"rnn_cell_forward": ZEROS}  # the others stay as they are, which is soon judged
        pupils.append(Pupil(f"{name}-empty", solved=(), own=empty, damage=damage))
        pupils.append(Pupil(f"{name}-solved", SOLVED, damage=damage))
    return pupils


def neighbours(number: int) -> list[Pupil]:
    """Honest students, every other one with half of the exercises."""
    return [Pupil(f"honest-{n:02d}", solved=None if n % 2 == 0 else FORWARD) for n in range(number)]


def honest_score(student: str) -> float:
    """What an honest neighbour has earned."""
    return FULL if int(student.removeprefix("honest-")) % 2 == 0 else FORWARD_POINTS


def assignment() -> Assignment:
    """The assignment as the judge needs it."""
    return _packed().load()


@functools.cache
def _packed() -> Any:
    return Course.at(ROOT).packed(NAME)


@functools.cache
def released_text() -> str:
    """The released notebook's JSON text."""
    path = ROOT / "assignments" / NAME / f"{NAME}.ipynb"
    return path.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Places:
    """Where the things are that attacks reach for; an attacker may have guessed every path."""

    course: Course
    values: Mapping[str, str] = field(default_factory=dict)

    def fill(self, code: str) -> str:
        """Put the paths into an attack's code."""
        root, world = self.course.root, self.course.root.parent
        here = {
            "ROOT": str(ROOT),
            "COURSE": str(root),
            "WORLD": str(world),
            "HOME": str(world / "home"),
            "MARKER": MARKER,
            "LOOT": LOOT,
            **self.values,
        }
        head = "".join(f"{name} = {value!r}\n" for name, value in here.items())
        return head + code
