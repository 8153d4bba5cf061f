"""Lay out the command line: one group of verbs, its errors one line, what all verbs share."""

from __future__ import annotations

import errno
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from grader import __version__
from grader.course import Course
from grader.errors import UsageError
from grader.plain_text import plain

LONGEST_LINE = 1_000  # characters
FOLDER = "The course's folder; by default the current one."
A_FILE = click.Path(path_type=Path)


class Verbs(click.Group):
    """A group whose usage errors are one line on standard error and exit code 2."""

    def main(self, *arguments: Any, **extra: Any) -> Any:
        """Run the program; click's own errors, too, are one line."""
        extra["standalone_mode"] = False
        try:
            code = super().main(*arguments, **extra)
        except click.UsageError as error:
            verb = error.ctx.command_path if error.ctx is not None else "grader"
            click.echo(f"grader: {error.format_message()} (see {verb} --help)", err=True)
            sys.exit(2)
        except click.Abort:
            click.echo("grader: interrupted; run it again to finish the rest", err=True)
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs, each with its whole sentence: click would cut it to one line."""
        verbs = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, verb.get_short_help_str(LONGEST_LINE)) for name, verb in verbs if verb]
        with formatter.section("Verbs"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; what the caller can mend becomes one line, not a traceback."""
        try:
            return super().invoke(ctx)
        except UsageError as error:
            line = str(error)
        except OSError as error:  # no space, no permission, a file in a folder's place
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            if error.filename is None and not full:
                raise
            where = error.filename or f"the course's folder or {tempfile.gettempdir()}"
            remedy = "make space there" if full else "mend that"
            line = f"{where} cannot be used ({error.strerror}): {remedy} and run it again"
        click.echo(f"grader: {for_a_terminal(line)}", err=True)
        sys.exit(2)


def next_step(command: str) -> None:
    """Say what usually comes next, as it is typed."""
    click.echo(f"next: python -m grader {command}")


def say(line: str, err: bool = False) -> None:
    """Print one line; names of students and files are their owners', and may hold anything."""
    click.echo(for_a_terminal(line), err=err)


def for_a_terminal(text: str) -> str:
    """Return one line that fits a screen: what a file holds must not fill it or move its cursor."""
    line = " ".join(plain(text).split())
    half = LONGEST_LINE // 2  # the remedy stands at the end
    return line if len(line) <= LONGEST_LINE else f"{line[:half]} … {line[-half:]}"


PAINTS: dict[str, dict[str, Any]] = {
    "good": {"fg": "green"},
    "bad": {"fg": "red"},
    "strong": {"bold": True},
    "quiet": {"dim": True},
}


def painted(text: str, how: str) -> str:
    """Return a text in colour, which `click.echo` takes away where there is no terminal."""
    return click.style(text, **PAINTS[how]) if how in PAINTS else text


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="grader")
@click.pass_context
def main(context: click.Context) -> None:
    """Release, grade and explain assignments in which students write functions."""
    if context.invoked_subcommand is None:  # as `make` alone, list what there is
        click.echo(context.get_help())


def in_course(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--course DIR``, given to the verb as a ``Course``."""
    return click.option(
        "--course",
        default=".",
        metavar="DIR",
        callback=lambda _c, _p, value: Course.at(Path(value)),
        help=FOLDER,
    )(function)
