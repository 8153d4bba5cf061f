"""The verbs of a course's week: autograde, feedback, report, mark, forget, export."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from grader.cli.group import A_FILE, FOLDER, for_a_terminal, in_course, main, next_step, say
from grader.course import Course
from grader.errors import UsageError
from grader.html.wording import counted
from grader.progress import bar


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
    from grader.autograde.tables import make_ready, tables_missing

    name = course.assignment(assignment)
    if (missing := tables_missing(course, name, student, force)) is not None:
        with bar("looking at wrong versions, once a release") as progress:
            make_ready(course, missing, progress)
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
    new = f"{summary.number} graded" if summary.number else "nothing new"
    where = f" (sandbox {summary.tier})" if summary.tier else ""
    click.echo(f"{new}, {summary.kept} unchanged{where}")
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
    for line in summary.look.lines():
        say(line)
    next_step(f"{'written' if summary.look.waiting else 'feedback'} {name}")
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
    for line in made.look.lines():
        say(line)
    next_step(f"report {name}")
    if made.left_out:
        sys.exit(1)


@main.command()
@click.argument("assignment", required=False)
@click.option("--all", "every", is_flag=True, help="Over all assignments; `--course` alone, too.")
@click.option("--course", default=".", flag_value="", is_flag=False, metavar="[DIR]", help=FOLDER)
def report(assignment: str | None, every: bool, course: str) -> None:
    """Write the class report: students, exercises, mistakes, submissions that are alike."""
    from grader.report.course_report import course_report
    from grader.report.report import report as run

    here = Course.at(Path(course or "."))
    if every or not course:
        if assignment is not None:
            raise UsageError(f"--all has {assignment} in it: leave the name out")
        with bar("report on the course") as progress:
            _say_where(course_report(here, progress))
        return
    name = here.assignment(assignment)
    with bar(f"report on {name}") as progress:
        made = run(here, name, progress)
    _say_where((made.page, made.table))
    for line in made.look.lines():
        say(line)
    next_step(f"export {name} --format csv")


def _say_where(paths: Iterable[Path]) -> None:
    here = Path.cwd()
    for path in paths:
        click.echo(path.relative_to(here) if path.is_relative_to(here) else path)


@main.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--assignment", metavar="A", help="The assignment it is of; default: by its name.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the verdict here.")
@click.option("--allow-unsafe", is_flag=True, help="Mark even where nothing can be isolated.")
@in_course
def mark(
    notebook: Path, assignment: str | None, target: Path | None, allow_unsafe: bool, course: Course
) -> None:
    """Mark one notebook against the course, without a gradebook; exit code 1 if it is not right."""
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
    for line in verdict.mended:
        say(f"mended: {line}", err=True)
    next_step(f"autograde {verdict.assignment}")
    if not verdict.is_right:
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
        click.confirm(for_a_terminal(f"take out {student} ({', '.join(found)})?"), abort=True)
    say(f"{student} is taken out; what there was lies in {run(course, leaving, copied)}")
    next_step("report --all")


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

    name = course.assignment(assignment)
    made = run(course, name, Wanted(**wanted))
    if made.path is not None:
        click.echo(str(made.path))
    for line in (*made.notes, *made.problems):
        say(line, err=True)
    if made.problems:
        sys.exit(1)
    if made.standing:
        say(made.standing, err=True)  # a script that asks for the path gets that alone
        say(f"next: nbgrader release_feedback {name}", err=True)
