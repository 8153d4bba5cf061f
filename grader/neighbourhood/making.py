"""Make an assignment's tables: once for the same solution, catalogue, operators and NumPy.

What was made before is kept, exercise by exercise, so that a run that was cut off goes on.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from grader import __version__
from grader.assignment.assignment import Assignment, Packed
from grader.assignment.spec import Exercise
from grader.neighbourhood.prints import Print
from grader.neighbourhood.table import UNTOLD, VersionTable, key_of
from grader.neighbourhood.versions import Version

WORKERS = min(2, os.cpu_count() or 1)  # processes at a time
WAIT_SECONDS = 30.0  # for a version's print; its calls are stopped long before
MOST_ENDED = 20  # versions of an exercise that may end the process that runs them
START = (
    "import json, sys; path, rest = json.loads(sys.argv.pop()); sys.path[:] = path; "
    "from grader.neighbourhood.running import serve_versions; serve_versions(*rest)"
)
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def table_key(assignment: Assignment, exercise: Exercise) -> str:
    """Return the key of an exercise's table: what it is made from."""
    catalogue = [(m.id, m.edits, m.value) for m in exercise.mistakes]
    parts = [repr(catalogue), repr(sorted(exercise.equations.items())), exercise.name]
    return key_of([__version__, np.__version__, assignment.sha256, _own_text(), *parts])


@cache
def _own_text() -> str:
    """Return the text of this room: the operators, and how versions are run and told."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return "\0".join(file.read_text(encoding="utf-8") for file in files)


def make_tables(
    packed: Packed,
    before: Mapping[str, Any],
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Iterator[dict[str, Any]]:
    """Make what is not there yet; yield the data of all that is, each time another one is made."""
    assignment = packed.load()
    exercises = assignment.spec.exercises
    keys = {exercise.name: table_key(assignment, exercise) for exercise in exercises}
    made = {name: known for name in keys if (known := _known(before, name, keys[name]))}
    missing = [exercise for exercise in exercises if exercise.name not in made]
    missing.sort(key=lambda e: len(assignment.source.function_source(e.name)), reverse=True)
    with closing(Children(packed)) as children, ThreadPoolExecutor(WORKERS) as pool:
        waiting = {pool.submit(version_table, children, assignment, e): e.name for e in missing}
        for future in as_completed(waiting):
            name = waiting[future]
            made[name] = {"key": keys[name], **future.result().to_data()}
            progress(len(made), len(exercises))
            yield {e.name: made[e.name] for e in exercises if e.name in made}


def _known(before: Mapping[str, Any], name: str, key: str) -> Any:
    found = before.get(name)
    return found if isinstance(found, Mapping) and found.get("key") == key else None


def version_table(children: Children, assignment: Assignment, exercise: Exercise) -> VersionTable:
    """Run every wrong version of an exercise's solution, in processes that may end."""
    told: list[tuple[int, Print | None, str]] = []
    right: list[Print] = []
    seed = 0
    listed: list[Version] = []
    for _ in range(MOST_ENDED):
        try:
            with children.one() as connection:
                connection.send((exercise.name, len(told)))
                seed, right, listed = _next(connection)
                while (each := _next(connection)) is not None:
                    told.append(each)
            break
        except (EOFError, OSError):
            told.append((UNTOLD, None, ""))
    told += [(UNTOLD, None, "")] * (len(listed) - len(told))
    source = assignment.source.function_source(exercise.name)
    return VersionTable.of(listed, told[: len(listed)], right, source, seed)


def _next(connection: Connection) -> Any:
    if not connection.poll(WAIT_SECONDS):
        raise EOFError
    return connection.recv()


class Children:
    """Processes that run versions; one that an exercise has not ended goes on with another."""

    def __init__(self, packed: Packed) -> None:
        self._packed = packed
        self._idle: list[tuple[Connection, subprocess.Popen[bytes]]] = []

    @contextmanager
    def one(self) -> Iterator[Connection]:
        """Lend one that is idle, or a new one; where an error comes through it is ended."""
        connection, process = self._idle.pop() if self._idle else self._started()
        try:
            yield connection
        except BaseException:
            _end(connection, process)
            raise
        self._idle.append((connection, process))

    def _started(self) -> tuple[Connection, subprocess.Popen[bytes]]:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-c", START, json.dumps((sys.path, (theirs.fileno(),)))],
                env={**os.environ, **dict.fromkeys(THREADS, "1")},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        connection = Connection(ours.detach())
        try:
            connection.send(self._packed)
        except BaseException:
            _end(connection, process)
            raise
        return connection, process

    def close(self) -> None:
        """End those that are idle."""
        while self._idle:
            _end(*self._idle.pop())


def _end(connection: Connection, process: subprocess.Popen[bytes]) -> None:
    connection.close()
    process.kill()
    process.wait()


def table_of(
    assignment: Assignment, exercise: Exercise, data: Mapping[str, Any]
) -> VersionTable | None:
    """Read an exercise's table; None where there is none, or where it is of another solution."""
    found = data.get(exercise.name)
    if not isinstance(found, Mapping) or found.get("key") != table_key(assignment, exercise):
        return None
    return VersionTable.from_data(found, assignment.source.function_source(exercise.name))
