"""The verb of whoever marks written answers: written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.group import A_FILE, in_course, main, next_step, say
from grader.course import Course
from grader.html.wording import counted

if TYPE_CHECKING:
    from grader.written.desk import Desk

SHOWN = 20  # problems of a table


@main.command()
@click.argument("assignment", required=False)
@click.option("--anonymous", is_flag=True, help="Without names: they are not sent to the page.")
@click.option("--port", type=click.IntRange(0, 65535), help="Of the page; default: its own.")
@click.option("--host", "names", multiple=True, metavar="NAME", help="A hub's that passes it on.")
@click.option("--export", "target", type=A_FILE, metavar="FILE", help="Write answers and marks.")
@click.option("--import", "table", type=A_FILE, metavar="FILE", help="Take such a table back.")
@in_course
def written(
    assignment: str | None,
    anonymous: bool,
    port: int | None,
    names: tuple[str, ...],
    target: Path | None,
    table: Path | None,
    course: Course,
) -> None:
    """Mark written answers, one question at a time, on a page of this machine."""
    from grader.written.desk import Desk
    from grader.written.table import write_marks
    from grader.written.written import serve_marking

    name = course.assignment(assignment)
    desk = Desk(course, name)
    if table is not None:
        take(desk, table)
    if target is not None:
        rows = write_marks(desk, target.resolve(), anonymous)
        say(f"{target}: {counted(rows, 'answer')}; fill in points, items or comment, then --import")
    if target is None and table is None:
        serve_marking(desk, port=port, names=names, anonymous=anonymous, say=say)
    tally = desk.tally()
    given = f"{counted(desk.given, 'mark')} given; " if desk.given else ""
    say(f"{given}{tally.marked} marked, {tally.waiting} waiting, {tally.empty} left empty")
    next_step(f"written {name}" if tally.waiting else f"feedback {name}")


def take(desk: Desk, table: Path) -> None:
    """Take a table's marks, and say what changed; end where something in it is wrong."""
    from grader.written.table import take_marks

    taken = take_marks(desk, table.resolve())
    for line in taken.problems[:SHOWN]:
        say(line, err=True)
    if taken.problems:
        more = len(taken.problems) - SHOWN
        say(f"{f'{more} more, and n' if more > 0 else 'N'}othing was changed: mend this", err=True)
        sys.exit(2)
    for line in taken.changed:
        say(line)
    say(f"{len(taken.changed)} changed, {taken.same} as they were")
