"""Keep an assignment's tables in a file beside the course: made where they are missing or stale.

The file may be deleted at any time. What was made of it is kept whenever an exercise is done, so
that a run that was cut off goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from grader.assignment.assignment import Packed
from grader.files.atomic import write_beside
from grader.neighbourhood.making import make_tables, table_key
from grader.neighbourhood.table import tables_from_bytes, tables_to_bytes


def has_tables(packed: Packed) -> bool:
    """Tell whether an assignment has the tables of its wrong versions, and none is stale."""
    assignment, made = packed.load(), tables_from_bytes(packed.neighbourhood)
    return all(
        made.get(exercise.name, {}).get("key") == table_key(assignment, exercise)
        for exercise in assignment.spec.exercises
    )


def with_tables(
    packed: Packed, file: Path, progress: Callable[[int, int], None] = lambda done, of: None
) -> Packed:
    """Return an assignment with the tables of its wrong versions, made now where they are not."""
    if has_tables(packed):
        return packed
    made = packed.neighbourhood
    for tables in make_tables(packed, tables_from_bytes(made), progress):
        made = tables_to_bytes(tables)
        file.parent.mkdir(exist_ok=True)
        write_beside(file, made)
    return replace(packed, neighbourhood=made)
