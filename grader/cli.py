"""Parse the command line, ``python -m grader VERB``, and print; the work is done elsewhere."""

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
from grader.html.wording import counted
from grader.plain_text import plain
from grader.progress import bar

# nbgrader imports jsonschema, which takes up to seconds to get ready to check addresses in any
# script ("iri"), unless this optional package is missing. No notebook's schema asks for that.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

LONGEST_LINE = 1_000  # characters
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
        click.echo(f"grader: {_for_a_terminal(line)}", err=True)
        sys.exit(2)


def say(line: str, err: bool = False) -> None:
    """Print one line; names of students and files are their owners', and may hold anything."""
    click.echo(_for_a_terminal(line), err=err)


def _for_a_terminal(text: str) -> str:
    """Return one line that fits a screen: what a file holds must not fill it or move its cursor."""
    line = " ".join(plain(text).split())
    half = LONGEST_LINE // 2  # the remedy stands at the end
    return line if len(line) <= LONGEST_LINE else f"{line[:half]} … {line[-half:]}"


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
        help="The course's folder; by default the current one.",
    )(function)


@main.command()
@click.argument("assignment", required=False)
@click.option("--adopt", is_flag=True, help="First take edits of a notebook into the lesson.")
@click.option("--source-only", is_flag=True, help="Write nbgrader's source folder alone.")
@in_course
def release(assignment: str | None, adopt: bool, source_only: bool, course: Course) -> None:
    """Make the student's folder from the assignment's lesson."""
    # Each verb imports its own work: nbgrader and what it brings along take seconds.
    from grader.gradebook.source_folder import write_source
    from grader.release.release import release as run

    if source_only:
        for name in [course.assignment(assignment)] if assignment else course.names():
            try:
                write_source(course, name)
            except UsageError as error:  # of one assignment: the others are wanted as well
                click.echo(f"{name}: left as it is, {error}", err=True)
        return
    made = run(course, course.assignment(assignment), adopt)
    for file in made.files:
        state = "changed" if file in made.changed else "unchanged"
        click.echo(f"{made.folder.relative_to(course.root) / file}  {state}")


@main.command()
@click.argument("assignment", required=False)
@click.option("--student", metavar="S", help="Grade this student's submission only.")
@click.option("--workers", type=click.IntRange(1, 256), help="Judge processes; default: cores.")
@click.option("--cluster", metavar="ADDRESS", help="Grade on the Dask cluster at this address.")
@click.option("--allow-unsafe", is_flag=True, help="Grade even where nothing can be isolated.")
@click.option("--force", is_flag=True, help="Grade again what is graded already.")
@in_course
def autograde(
    assignment: str | None,
    student: str | None,
    workers: int | None,
    cluster: str | None,
    allow_unsafe: bool,
    force: bool,
    course: Course,
) -> None:
    """Judge what was submitted and write notebooks, verdicts and the gradebook."""
    from grader.autograde.autograde import autograde as run

    name = course.assignment(assignment)
    with bar(f"grading {name}") as progress:
        summary = run(
            course,
            name,
            only=student,
            workers=workers,
            cluster=cluster,
            allow_unsafe=allow_unsafe,
            force=force,
            keep=False,
            progress=progress,
        )
    click.echo(f"{summary.number} graded, {summary.kept} unchanged (sandbox {summary.tier})")
    for line in summary.faults:
        say(f"grader error, not published: {line}", err=True)
    for line in summary.unreadable:
        say(f"unreadable, graded with no points: {line}", err=True)
    for stray in summary.strays:
        say(f"not graded: {course.submitted.name}/{stray}", err=True)
    for line in summary.times:
        say(f"graded without a time: {course.submitted.name}/{line}", err=True)
    for line in summary.extensions:
        say(f"fits nobody: {line}", err=True)
    for line in summary.penalties:
        say(f"late penalty changed: {line}")
    if summary.faults or summary.times or any(stray.lost for stray in summary.strays):
        sys.exit(1)


@main.command()
@click.argument("assignment", required=False)
@click.option("--student", metavar="S", help="Write this student's page only.")
@in_course
def feedback(assignment: str | None, student: str | None, course: Course) -> None:
    """Write a page of feedback for each graded student."""
    from grader.feedback.feedback import feedback as run

    name = course.assignment(assignment)
    with bar(f"feedback on {name}") as progress:
        made = run(course, name, student, progress)
    click.echo(f"{counted(len(made.written), 'page')} in {course.feedback}/<student>/{name}/")
    for line in made.left_out:
        say(f"no page for {line}", err=True)
    if made.left_out:
        sys.exit(1)


@main.command()
@click.argument("assignment", required=False)
@in_course
def report(assignment: str | None, course: Course) -> None:
    """Write the class report: scores, exercises, mistakes, submissions that are alike."""
    from grader.report.report import report as run

    name = course.assignment(assignment)
    with bar(f"report on {name}") as progress:
        written = run(course, name, progress)
    here = Path.cwd()
    for path in written:
        click.echo(path.relative_to(here) if path.is_relative_to(here) else path)


@main.command()
@click.argument("assignment", required=False)
@in_course
def demo(assignment: str | None, course: Course) -> None:
    """Run a bundled class through release, grading, feedback and export, in build/demo/."""
    from rich.console import Console

    from grader.simulate import demo as bundled

    name, folder = course.assignment(assignment), course.root / "build" / "demo"
    with bar("grading the bundled class") as progress:
        trial, summary = bundled.demo(course, name, folder, progress)
    places = bundled.write_results(trial, summary.assignment)
    bundled.show(summary, Console(width=None if sys.stdout.isatty() else 160))
    for what, path in places:
        click.echo(f"{what}: {path.relative_to(course.root)}")
    if summary.faults:
        sys.exit(1)


@main.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--assignment", metavar="A", help="The assignment it is of; default: by its name.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the verdict here.")
@click.option("--allow-unsafe", is_flag=True, help="Mark even where nothing can be isolated.")
@in_course
def mark(
    notebook: Path, assignment: str | None, target: Path | None, allow_unsafe: bool, course: Course
) -> None:
    """Mark one notebook against the course, without a gradebook."""
    from grader.autograde.mark import assignment_of
    from grader.autograde.mark import mark as run
    from grader.records import write_verdict

    verdict = run(course, assignment_of(course, notebook, assignment), notebook, allow_unsafe)
    if target is not None:
        write_verdict(target.resolve(), verdict)
    for exercise in verdict.exercises:
        score = f"{exercise.points:g}/{exercise.max_points:g}"
        bonus = ", bonus" if exercise.bonus else ""
        click.echo(f"{exercise.name:<22} {score:>6}  {exercise.outcome.replace('_', ' ')}{bonus}")
        if exercise.message:
            click.echo("    " + exercise.message.replace("\n", "\n    "))
    click.echo(f"{'all':<22} {verdict.score:g}/{verdict.max_score:g}  {verdict.message}".rstrip())
    if verdict.outcome == "grader_error":
        sys.exit(1)


@main.command()
@click.argument("student")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--assignment", metavar="A", help="Take out this assignment's work alone.")
@click.option("--copied", is_flag=True, help="A gradebook on a server has been copied there.")
@in_course
def forget(student: str, yes: bool, assignment: str | None, copied: bool, course: Course) -> None:
    """Take a student out of the course, who has left or was renamed; a copy is kept."""
    from grader.gradebook.forget import Leaving, to_forget
    from grader.gradebook.forget import forget as run

    leaving = Leaving(student, course.assignment(assignment) if assignment else None)
    found = to_forget(course, leaving)
    if not yes:
        click.confirm(_for_a_terminal(f"take out {student} ({', '.join(found)})?"), abort=True)
    say(f"{student} is taken out; what there was lies in {run(course, leaving, copied)}")


@main.command()
@click.argument("number", type=click.IntRange(1, 100_000))
@click.argument("assignment", required=False)
@click.option("--seed", default=0, show_default=True, help="Another seed gives another class.")
@in_course
def simulate(number: int, assignment: str | None, seed: int, course: Course) -> None:
    """Write a synthetic class into submitted/."""
    from grader.simulate.hand_in import simulate as run

    made = run(course, course.assignment(assignment), number, seed)
    click.echo(f"{made} submissions in {course.submitted}")


@main.command()
@in_course
def doctor(course: Course) -> None:
    """Say what isolation this machine offers and how the course stands."""
    from grader.doctor import DISPENSABLE, findings

    failed = False
    for what, well, text in findings(course):
        failed |= not well and what not in DISPENSABLE
        said = _for_a_terminal(text)
        click.echo(f"{what:<20} {'ok' if well else 'NOT OK':<7} {said}")
    if failed:
        sys.exit(1)


@main.command()
@click.argument("assignment", required=False)
@click.option("--submissions", default=300, show_default=True, help="Size of the class.")
@click.option("--stock", default=10, show_default=True, help="How many of them stock grades.")
@click.option("--workers", type=click.IntRange(1, 256), help="Judge processes; default: cores.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the figures here.")
@in_course
def bench(
    assignment: str | None,
    submissions: int,
    stock: int,
    workers: int | None,
    target: Path | None,
    course: Course,
) -> None:
    """Measure stock nbgrader, this kit and the floor on the same class."""
    from grader.simulate.bench import bench as run
    from grader.simulate.bench import figures_table, write

    def say(line: str) -> None:
        click.echo(line, err=True)

    stock = min(stock, submissions)
    figures = run(course, course.assignment(assignment), submissions, stock, workers, say)
    click.echo(figures_table(figures))
    if target is not None:
        write(figures, target)


@main.command()
@click.argument("assignment")
@click.option("--exercise", metavar="SIGNATURE", help='Add one: "step(x, h) -> h_next".')
@click.option("--course", default=".", metavar="DIR", help="The course's folder.")
def new(assignment: str, exercise: str | None, course: str) -> None:
    """Lay out an assignment that releases as it is, or add an exercise to one."""
    from grader.drafting.start import new_assignment, new_exercise

    root = Path(course).resolve()
    if exercise is None:  # a course begins with its first assignment
        (root / "solutions").mkdir(exist_ok=True)
        made = new_assignment(Course.at(root), assignment)
    else:
        made = new_exercise(Course.at(root), assignment, exercise)
    for path, is_new in made.files:
        click.echo(f"{path.relative_to(root)}  {'new' if is_new else 'changed'}")
    click.echo(f"next: python -m grader try {assignment}")


@main.command("try")
@click.argument("assignment", required=False)
@click.argument("function", required=False)
@click.option("--mistake", metavar="ID", help="Show what a student with this mistake sees.")
@click.option("--page", type=A_FILE, metavar="FILE", help="Write the students' notebook as a page.")
@in_course
def try_(
    assignment: str | None,
    function: str | None,
    mistake: str | None,
    page: Path | None,
    course: Course,
) -> None:
    """Try an assignment as it is written now: solutions, mistakes, a student's panel."""
    from grader.drafting.try_out import try_out

    name = course.assignment(assignment)
    if not try_out(course, name, function, mistake, page and page.resolve(), click.echo):
        sys.exit(1)


@main.command()
@click.argument("assignment", required=False)
@click.argument("function", required=False)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the page; default: any.")
@in_course
def watch(assignment: str | None, function: str | None, port: int, course: Course) -> None:
    """Try an assignment at every save, and show the students' notebook as a page."""
    from grader.drafting.watch import watch as run

    run(course, course.assignment(assignment), function, port, click.echo)


@main.command()
@click.argument("assignment", required=False)
@click.option("--workers", type=click.IntRange(1, 256), help="Judge processes; default: cores.")
@click.option(
    "--every",
    is_flag=True,
    help="Mark every mutant, not a sample, and pairs of mistakes.",
)
@in_course
def verify(assignment: str | None, workers: int | None, every: bool, course: Course) -> None:
    """Hold an assignment's marking to account: solution, blank, mistakes, references."""
    from grader.autograde.isolation import cores
    from grader.verify.verify import verify as run

    name, failed = course.assignment(assignment), 0
    with bar(f"judging the solution and the mistakes of {name}") as progress:
        for held in run(course, name, workers or cores(), every, progress):
            failed += not held.holds
            click.echo(f"{'ok' if held.holds else 'NOT OK':<7} {held.what}: {held.text}")
    if failed:
        click.echo(f"{failed} of these do not hold", err=True)
        sys.exit(1)


@main.command()
@click.argument("assignment", required=False)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "canvas", "moodle", "blackboard", "gradescope"]),
    default="csv",
    show_default=True,
)
@click.option("--roster", type=A_FILE, metavar="FILE", help="CSV with names, ids, who is excused.")
@click.option("--worksheet", type=A_FILE, metavar="FILE", help="Moodle: the worksheet to fill in.")
@click.option("--column-id", "column", metavar="N", help="Canvas, Blackboard: their number of it.")
@click.option("--student", metavar="S", help="Gradescope: whose submission.")
@click.option("--provisional", is_flag=True, help="Even while answers still wait for marks.")
@click.option("--output", type=A_FILE, metavar="FILE", help="Write here, not into exports/.")
@in_course
def export(assignment: str | None, course: Course, **wanted: Any) -> None:
    """Write grades into a file for a spreadsheet or a learning platform."""
    from grader.export.export import Wanted
    from grader.export.export import export as run

    made = run(course, course.assignment(assignment), Wanted(**wanted))
    if made.path is not None:
        click.echo(str(made.path))
    for line in (*made.notes, *made.problems):
        say(line, err=True)
    if made.problems:
        sys.exit(1)
