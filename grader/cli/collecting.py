"""The verb that takes a platform's archive: collect."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.group import A_FILE, in_course, main, next_step, say
from grader.course import Course
from grader.html.wording import counted
from grader.plain_text import some


@main.command()
@click.argument("archive", metavar="FILE", type=A_FILE)
@click.argument("assignment", required=False)
@click.option("--roster", type=A_FILE, metavar="FILE", help="The class; default: roster.csv.")
@click.option("--replace", is_flag=True, help="Take the archive's also where times are not told.")
@in_course
def collect(
    archive: Path, assignment: str | None, roster: Path | None, replace: bool, course: Course
) -> None:
    """Put what Moodle, Canvas or Gradescope collected into submitted/."""
    from grader.collect.collect import collect as run
    from grader.collect.place import KEPT, NEW, REPLACED, SAME

    name = course.assignment(assignment)
    made = run(course, name, archive, roster, replace)
    told = [f"{made.count(outcome)} {outcome}" for outcome in (NEW, REPLACED, SAME, KEPT)]
    books = counted(len(made.placed), "notebook")
    click.echo(f"{made.platform}: {books} of {name} ({', '.join(told)})")
    for who in made.twice:
        say(f"two attempts of {who}: the later one is taken")
    for each in made.placed:
        if each.outcome in (REPLACED, KEPT):
            say(f"{each.outcome}: {each.student}: {each.said}", err=each.outcome == KEPT)
    if made.copies:
        say(f"what was replaced lies in {made.copies.relative_to(course.root)}/")
    if made.late:
        say(f"late, says {made.platform}: {some(made.late)}")
    if made.absent:
        say(f"nothing in the archive of {some(made.absent)}")
    for stray in made.strays:
        say(f"{'not taken' if stray.lost else 'left out'}: {stray}", err=stray.lost)
    next_step(f"autograde {name}")
    if not made.complete:
        sys.exit(1)
