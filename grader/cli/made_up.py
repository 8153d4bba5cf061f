"""The verbs that try the kit itself: demo, simulate, bench, doctor."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.group import for_a_terminal, in_course, main, next_step
from grader.course import Course
from grader.progress import bar


@main.command()
@click.argument("assignment", required=False)
@in_course
def demo(assignment: str | None, course: Course) -> None:
    """Run a bundled class through release, grading, feedback and export, in build/demo/."""
    from rich.console import Console

    from grader.simulate import demo as bundled
    from grader.simulate.class_table import show

    name, folder = course.assignment(assignment), course.root / "build" / "demo"
    with bar("grading the bundled class") as progress:
        trial, summary = bundled.demo(course, name, folder, progress)
    places = bundled.write_results(trial, summary.assignment)
    show(summary.assignment, summary.graded, Console(width=None if sys.stdout.isatty() else 100))
    for what, path in places:
        click.echo(f"{what}: {path.relative_to(course.root)}")
    click.echo("next: open the class report; `grader init DIR` begins a course of your own")
    if summary.faults:
        sys.exit(1)


@main.command()
@click.argument("number", type=click.IntRange(1, 100_000))
@click.argument("assignment", required=False)
@click.option("--seed", default=0, show_default=True, help="Another seed gives another class.")
@in_course
def simulate(number: int, assignment: str | None, seed: int, course: Course) -> None:
    """Write a synthetic class into submitted/."""
    from grader.simulate.hand_in import simulate as run

    name = course.assignment(assignment)
    made = run(course, name, number, seed)
    click.echo(f"{made} submissions in {course.submitted}")
    next_step(f"autograde {name}")


@main.command()
@click.argument("assignment", required=False)
@click.option("--submissions", default=300, show_default=True, help="Size of the class.")
@click.option("--stock", default=10, show_default=True, help="How many stock grades; 0: none.")
@click.option("--rounds", type=click.IntRange(1, 99), default=3, show_default=True, help="Of each.")
@click.option("--workers", type=click.IntRange(1, 256), help="Judge processes; default: cores.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the figures here.")
@in_course
def bench(
    assignment: str | None,
    submissions: int,
    stock: int,
    rounds: int,
    workers: int | None,
    target: Path | None,
    course: Course,
) -> None:
    """Measure stock nbgrader, this kit, the floor and the limit in turn on the same class."""
    from grader.simulate.bench import bench as run
    from grader.simulate.bench import figures_table, write

    def say(line: str) -> None:
        click.echo(line, err=True)

    stock = min(stock, submissions)
    figures = run(course, course.assignment(assignment), submissions, stock, workers, say, rounds)
    click.echo(figures_table(figures))
    if target is not None:
        write(figures, target)


@main.command()
@click.option("--course", metavar="DIR", help="The course's folder; default: here, if it is one.")
def doctor(course: str | None) -> None:
    """Say what this machine offers, which verb lacks what, and how the course stands."""
    from grader.doctor import DISPENSABLE, findings

    failed, here = False, Path()
    # A course that is asked for has to be one; anywhere else it is the machine that is asked about.
    wanted = course or (here if (here / "solutions").is_dir() else None)
    for what, well, text in findings(Course.at(Path(wanted)) if wanted else None):
        failed |= not well and what not in DISPENSABLE
        said = for_a_terminal(text)
        click.echo(f"{what:<20} {'ok' if well else 'NOT OK':<7} {said}")
    if failed:
        click.echo("next: mend what is NOT OK, and ask again")
        sys.exit(1)
    next_step("demo" if wanted else "init DIR")
