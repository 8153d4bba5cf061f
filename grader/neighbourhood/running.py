"""Run the wrong versions of a function, in a process of its own that can be ended: no end is sure.

Each version is called on the diagnostic inputs up to the first that shows it. What takes its time,
or memory without bound, is left untold; so is what ends the process.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.calling import bound, returned_in_time
from grader.assignment.spec import Case, Exercise
from grader.comparison.trees import deep_copy
from grader.neighbourhood.inputs import diagnostic_seed, inputs_drawn
from grader.neighbourhood.prints import Print, print_of, print_of_error, same_print
from grader.neighbourhood.table import NEVER, UNTOLD, packed_against
from grader.neighbourhood.versions import Version, versions

CALL_SECONDS = 0.2  # of processor time; a right function takes some milliseconds
MOST_MEMORY = 2 << 30  # bytes that a version may take, beyond what is there already
Told = tuple[int, Print | None]  # the first case that shows a version, and its print there


def right_prints(assignment: Assignment, exercise: Exercise, cases: list[Case]) -> list[Print]:
    """Print what the solution gives on each case."""
    function = bound(exercise, assignment.functions)
    found = [_printed(exercise, function, case, CALL_SECONDS + 60.0) for case in cases]
    return [each for each in found if each is not None]


def run_version(
    assignment: Assignment,
    exercise: Exercise,
    version: Version,
    cases: list[Case],
    right: list[Print],
) -> Told:
    """Call a version on one case after the other, up to the first that shows it."""
    own = dict(assignment.names)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(version.source, "<version>", "exec"), own)
    except Exception:
        return UNTOLD, None
    function = bound(exercise, {**assignment.functions, exercise.name: own[exercise.name]})
    most = max(CALL_SECONDS, exercise.call_seconds)
    for number, case in enumerate(cases):
        mine = _printed(exercise, function, case, most)
        if mine is None:
            return UNTOLD, None
        if not same_print(mine, right[number]):
            return number, mine
    return NEVER, None


def _printed(
    exercise: Exercise, function: Callable[..., Any], case: Case, seconds: float
) -> Print | None:
    """Print what a function gives or raises; None where it does not come to its end."""
    layout = exercise.layout
    try:
        result = returned_in_time(layout, function, deep_copy(case.arguments), seconds)
        return print_of(layout, result)
    except (TimeoutError, MemoryError, RecursionError):
        return None
    except Exception as error:
        return print_of_error(layout, type(error).__name__, str(error))


def serve_versions(descriptor: int) -> None:
    """Run what is asked for on a connection, until its other end closes: a child's whole life."""
    connection = Connection(descriptor)
    with contextlib.suppress(EOFError, ConnectionError):
        assignment = connection.recv().load()
        _limit_memory()
        while True:
            name, first = connection.recv()
            for told in _told(assignment, assignment.spec.exercise(name), first):
                connection.send(told)
            connection.send(None)


def _told(assignment: Assignment, exercise: Exercise, first: int) -> Iterator[Any]:
    """Yield the solution's prints and the versions, then what each of them does."""
    seed = diagnostic_seed(exercise, assignment.functions)
    cases = inputs_drawn(exercise, assignment.functions, seed)
    right = right_prints(assignment, exercise, cases)
    listed = list(versions(assignment, exercise))
    yield seed, right, [replace(version, source="") for version in listed]
    source = assignment.source.function_source(exercise.name)
    for version in listed[first:]:
        yield (
            *run_version(assignment, exercise, version, cases, right),
            packed_against(version.source, source),
        )


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not everywhere
        import resource
        from pathlib import Path

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + MOST_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
