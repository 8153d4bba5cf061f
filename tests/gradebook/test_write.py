"""What writing marks asks of the database, in a class of any size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.gradebook.write import GradebookWriter
from tests.kit.gradebook import NAME, WRITTEN, new_course, verdict

STEPS = 100  # of SQLite's machine, between two counts


def enter_again(folder: Path, size: int) -> int:
    """Enter a class, then one of them again; return the steps that took the database."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    with GradebookWriter(new_course(folder), NAME) as writer:
        for number in range(size):
            writer.save(f"s{number}", verdict(f"s{number}"), {WRITTEN: "said"})
        writer.commit()
        connection: Any = writer._db.connection().connection.driver_connection
        connection.set_progress_handler(count, STEPS)
        writer.save("s0", verdict("s0", 1), {WRITTEN: "more"})
        writer.commit()
        connection.set_progress_handler(None, 0)
    return counted


def test_who_is_graded_again_is_found_without_reading_the_class(tmp_path: Path) -> None:
    """In a class ten times as large it takes the database hardly more steps."""
    few, many = enter_again(tmp_path / "few", 20), enter_again(tmp_path / "many", 200)
    assert many < 1.5 * few, (few, many)
