"""Say why there is no function to be judged."""

from __future__ import annotations

import ast
import sys

from grader.assignment.newer_python import newer_python
from grader.assignment.python_cells import defined_function, parsed
from grader.assignment.spec import Exercise
from grader.comparison.stub import EMPTY
from grader.intake.submission import PlannedCell
from grader.judge.bound_again import bound_by, stood_until
from grader.judge.session import Session

UNFINISHED = {
    "error": "raised an error",
    "timed_out": "ran out of time",
    "crashed": "ended its process",
    "not_run": "was not run",
}


def why_missing(session: Session, exercise: Exercise) -> tuple[str, str] | None:
    """Return an outcome and its reason when there is no such function; None when there is."""
    job = session.living()
    alive = job.alive
    if session.defines(exercise.name) == "function":
        return None
    if alive and not job.alive:
        return "crashed", "Its process ended between two calls."
    cells = [cell for cell in session.submission.cells if cell.id == exercise.name]
    if not cells:
        return "missing", "Its cell is gone from the notebook."
    return "missing", f"Its cell {_why(session, cells[-1], exercise.name)}."


def _why(session: Session, cell: PlannedCell, name: str) -> str:
    source = cell.source
    tree = parsed(source)
    if isinstance(tree, SyntaxError):
        if version := newer_python(source):
            newer, here = (f"{major}.{minor}" for major, minor in (version, sys.version_info[:2]))
            where = f"line {tree.lineno}: marks are made with Python {here}"
            return f"uses what only Python {newer} and later can read, {where}"
        return f"does not parse, line {tree.lineno}: {tree.msg}"
    if tree is None:
        return "does not parse"
    if defined_function(source) is None:
        return "defines no function"
    ran = next((result for result in session.results if result.id == name), None)
    if ran is not None and ran.outcome != "ok":
        return f"{UNFINISHED[ran.outcome]} before the function was defined"
    planned = session.submission.cells
    if bound_by(planned[stood_until(planned, name) :], name, ast.Delete):
        return "defines it, and a later cell deletes it"
    if bound_by([cell], name, ast.FunctionDef):
        return "defines it, and when all cells have run the name stands for no function"
    return f"defines another name, not {name}"


def written_elsewhere(session: Session, exercise: Exercise) -> str:
    """Say so where an untouched stub replaces a function that a cell above it defines."""
    cells = session.submission.cells
    stub = next((at for at, cell in enumerate(cells) if cell.id == exercise.name), 0)
    if EMPTY in cells[stub].source and bound_by(cells[:stub], exercise.name, ast.FunctionDef):
        return (
            f"A cell above defines {exercise.name}, too, and the untouched one in the exercise's "
            "own cell takes its place: write the function there."
        )
    return ""
