"""The verbs of whoever writes an assignment: new, try, watch, release, verify."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import click

from grader.cli.group import A_FILE, in_course, main, next_step, painted
from grader.course import Course
from grader.errors import UsageError
from grader.progress import bar


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
    next_step(f"try {assignment}")


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
    target = page and page.resolve()
    if not try_out(course, name, function, mistake, target, click.echo, painted):
        sys.exit(1)
    next_step(f"release {name}")


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
    click.echo(
        f"judged: the solution earns {made.points:g} of {made.points:g} points, a blank none"
    )
    next_step(f"verify {made.folder.name}")


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

    warnings.simplefilter("ignore")  # of what the author's own functions do on odd inputs
    name, failed = course.assignment(assignment), 0
    with bar(f"judging the solution and the mistakes of {name}") as progress:
        for held in run(course, name, workers or cores(), every, progress):
            failed += not held.holds
            click.echo(f"{'ok' if held.holds else 'NOT OK':<7} {held.what}: {held.text}")
    if failed:
        click.echo(f"{failed} of these do not hold", err=True)
        sys.exit(1)
    next_step(f"demo {name}")
