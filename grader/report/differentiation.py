"""Find backward functions that differentiate by themselves, as something to look at.

Which exercises are backward ones, and what they are the gradient of, is what the assignment says
of them. Code is read and never run, so what is found are signs: whoever looks decides.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from grader.assignment.spec import Exercise, Spec
from grader.files.kept import Kept
from grader.plain_text import plain
from grader.report.finite_differences import finite_differences
from grader.report.reach import Definitions, definitions_in, reach, used
from grader.report.seen import Place, Seen, listed, parts
from grader.report.tapes import LOOPS, tapes

LOOPING = (*LOOPS, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Lines = tuple[tuple[str, bool], ...]  # of a cell, each with whether something was seen there


@dataclass(frozen=True)
class Sighting:
    """A sighting: what was seen in a student's backward functions, and in what they lead to.

    ``seen`` is in words, each with the exercises in which just that was seen; ``cells`` are those
    in which it stands, in the notebook's order.
    """

    student: str
    seen: Mapping[tuple[str, ...], tuple[str, ...]]
    cells: tuple[Lines, ...]


def sightings(
    notebooks: Mapping[str, Sequence[str]], spec: Spec, modules: Mapping[str, str], kept: Kept
) -> list[Sighting]:
    """Return what is to be looked at in a class; a student without it is left out.

    Args:
        notebooks: the code of every cell by student.
        spec: the assignment; an exercise with a gradient is a backward one.
        modules: what is handed out beside the notebook, by the names that are imported.
        kept: what was found in earlier runs.
    """
    seen = (sighting(student, cells, spec, modules, kept) for student, cells in notebooks.items())
    return [each for each in seen if each is not None]


def sighting(
    student: str, cells: Sequence[str], spec: Spec, modules: Mapping[str, str], kept: Kept
) -> Sighting | None:
    """Return what is to be looked at in one student's ``cells``, None where nothing is."""
    asked = [(e.name, e.calls, e.gradient and e.gradient.forward) for e in spec.exercises]
    parts = ("seen", str(asked), str(sorted(modules.items())), *cells)
    listed = kept.of(parts, partial(_seen_by_exercise, cells, spec, modules))
    found = {name: [Seen.of(*each) for each in seen] for name, seen in listed.items()}
    words: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name, seen in found.items():
        what = tuple(each.what for each in seen)
        words |= {what: (*words.get(what, ()), name)} if seen else {}
    shown = _shown(cells, [each for seen in found.values() for each in seen])
    return Sighting(student, words, shown) if words else None


def _seen_by_exercise(
    cells: Sequence[str], spec: Spec, modules: Mapping[str, str]
) -> dict[str, list[tuple[str, tuple[Place, ...]]]]:
    """Return what is seen in each backward exercise, as data to keep."""
    names = frozenset(exercise.name for exercise in spec.exercises)
    backward = [exercise for exercise in spec.exercises if exercise.gradient is not None]
    # Nobody writes by hand an expression that is nested a thousandfold: it is left out.
    with contextlib.suppress(RecursionError):
        defined = definitions_in(cells, modules, names)
        found = {exercise.name: seen_in(exercise, defined, spec) for exercise in backward}
        return {name: [(each.what, each.places) for each in seen] for name, seen in found.items()}
    return {}


def seen_in(exercise: Exercise, defined: Definitions, spec: Spec) -> list[Seen]:
    """Return what is seen in a student's function for a backward ``exercise``; often nothing."""
    names = frozenset(other.name for other in spec.exercises)
    backward = {other.name for other in spec.exercises if other.gradient is not None}
    reached = reach(exercise.name, defined, names)
    passes = _forward_passes(spec, exercise)
    return [
        *_calls(exercise, reached, passes),
        *tapes(reached, backward),
        *finite_differences(exercise.name, reached, passes),
    ]


def _forward_passes(spec: Spec, exercise: Exercise) -> list[str]:
    """Return the functions that gradients are of, and those these call; not what is asked for."""
    calls = {other.name: other.calls for other in spec.exercises}
    waiting = [other.gradient.forward for other in spec.exercises if other.gradient is not None]
    passes: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in passes:
            passes.add(name)
            waiting += calls.get(name, ())
    passes -= {exercise.name, *exercise.calls}
    return [name for name in calls if name in passes]


def _calls(exercise: Exercise, reached: Definitions, passes: Sequence[str]) -> Iterator[Seen]:
    """Yield which forward passes the code calls or uses, how often, and by way of what."""
    for name in passes:
        places: list[Place] = []
        ways: list[str] = []
        called = looped = False
        for way, definition in reached.items():
            uses = {id(node): node for word, node in used(definition.node) if word == name}
            if uses:
                places += [(definition.cell, node.lineno) for node in uses.values()]
                ways += [way] if way != exercise.name else []
                called |= any(id(part) in uses for part in _called(definition.node))
                looped |= any(id(part) in uses for part in _in_loops(definition.node))
        if places:
            words = f"{'calls' if called else 'uses'} {name}"
            words += f" in {len(places)} places" if len(places) > 1 else ""
            words += " in a loop" if looped else ""
            words += f" (by way of {listed(ways)})" if ways else ""
            yield Seen(words, tuple(places))


def _called(node: ast.AST) -> Iterator[ast.AST]:
    yield from (part.func for part in parts(node) if isinstance(part, ast.Call))


def _in_loops(node: ast.AST) -> Iterator[ast.AST]:
    for part in parts(node):
        if isinstance(part, LOOPING):
            yield from parts(part)


def _shown(cells: Sequence[str], seen: Sequence[Seen]) -> tuple[Lines, ...]:
    """Return the lines of the cells in which something was seen."""
    places = {place for each in seen for place in each.places}
    return tuple(
        tuple(
            (line, (number, at) in places)
            for at, line in enumerate(plain(cells[number]).split("\n"), 1)
        )
        for number in sorted({number for number, _ in places})
    )
