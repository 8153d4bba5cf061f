"""The verb that begins a course: init."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from grader.cli.group import main


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", default="", metavar="T", help="The course's title; default: DIR's name.")
@click.option("--instructor", default="", metavar="NAME", help="Who teaches it.")
def init(folder: Path, title: str, instructor: str) -> None:
    """Begin a course of your own in an empty folder, with a small assignment as an example."""
    from grader.init.init import About, init_course

    course, written = init_course(folder, About(title, instructor))
    for path in written:
        click.echo(folder / path.relative_to(course.root))
    # The verbs work in the course's own folder, so that the next step begins with going there.
    click.echo(f"next: cd {shlex.quote(str(folder))} && python -m grader demo")
