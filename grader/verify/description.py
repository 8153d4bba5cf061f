"""Hold an exercise's description to its solution, and its words on mistakes to their rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Exercise, Mistake
from grader.release.described import unchecked, undescribed
from grader.verify.held import Held, held

LONGEST_TITLE, LONGEST_HINT = 100, 160  # characters: a panel in a notebook shows both
TELLS = 12  # characters of a solution's expression that would tell what to write


def described(assignment: Assignment, exercise: Exercise) -> Held:
    """Hold arguments, checks, shapes in letters and labels to what the solution takes and gives."""
    what = f"{exercise.name} is described as its solution is"
    problems = [*unchecked(exercise), *undescribed(assignment, exercise)]
    return held(what, problems, f"{len(exercise.checks)} checks")


def said_well(assignment: Assignment, exercise: Exercise) -> Held:
    """Hold the words on known mistakes to saying where to look, and not what to write.

    Each edit must leave one function of the same name and arguments; titles go on from "it looks as
    if", hints are whole sentences, and neither holds an expression of the solution.
    """
    source = assignment.source.function_source(exercise.name)
    problems = [
        f"{mistake.id}: {problem}"
        for mistake in exercise.mistakes
        for problem in _said_badly(mistake, exercise, source)
    ]
    what = f"words on mistakes of {exercise.name} say where to look"
    return held(what, problems, f"{len(exercise.mistakes)} titles and hints")


def _said_badly(mistake: Mistake, exercise: Exercise, source: str) -> Iterator[str]:
    if not all(word.isalnum() for word in mistake.id.split("-")):
        yield "its id is not words with hyphens"
    first = mistake.title.partition(" ")[0]
    if not first or (first.istitle() and first not in source) or mistake.title.endswith("."):
        yield "its title does not go on from 'it looks as if'"
    if not mistake.hint.endswith((".", "?")):
        yield "its hint is no sentence"
    if len(mistake.title) > LONGEST_TITLE or len(mistake.hint) > LONGEST_HINT:
        yield f"more than {LONGEST_TITLE} characters of title or {LONGEST_HINT} of hint"
    for expression in _expressions(source):
        if expression in mistake.title + mistake.hint:
            yield f"it tells {expression!r}"
    if _signatures(mistake.apply(source)) != _signatures(source):
        yield "its edits leave another function"


def _expressions(source: str) -> list[str]:
    """Return what the solution's lines assign, where that is long enough to tell anything."""
    lines = ast.unparse(ast.parse(source)).splitlines()
    values = (line.partition("=")[2].strip() for line in lines)
    return [value for value in values if len(value) >= TELLS]


def _signatures(source: str) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (node.name, tuple(argument.arg for argument in node.args.args))
        if isinstance(node, ast.FunctionDef)
        else (getattr(node, "name", type(node).__name__), ())
        for node in _body(source)
    ]


def _body(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:
        return []
