"""Measure ways of grading one synthetic class, in turn, in one run: stock, this kit, floor, limit.

Each way runs as a process of its own, from start to finish, so that its time holds everything a
user waits for and the system's own accounting gives its processor time and memory. Several rounds
show how much of a difference is the machine's.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.autograde.isolation import cores
from grader.course import KEPT_FOLDER, NEIGHBOURHOOD, Course
from grader.errors import UsageError
from grader.gradebook.config import CONFIG_FILE, stock_config
from grader.gradebook.source_folder import write_source
from grader.gradebook.state import gradebook_file
from grader.html.wording import counted
from grader.neighbourhood.keeping import with_tables
from grader.sandbox import adopt_orphans
from grader.simulate.bench_memory import MemoryWatch, memory_line
from grader.simulate.copy_course import copy_of
from grader.simulate.hand_in import simulate
from grader.simulate.student_check import load_check

CHECKS = 9  # times that each check is timed
EMPTY = "gradebook-without-marks.db"
WAYS = ("stock", "floor", "limit", "kit", "stock_pages", "kit_pages", "kit_report")
ORPHANS_SECONDS = 10.0  # that what a way of grading leaves behind may take to end


@dataclass(frozen=True)
class Measured:
    """A measurement of one way: submissions a second, processor seconds for each, peak memory."""

    per_second: float
    cpu_seconds: float
    peak_mb: float
    seconds: float
    submissions: int
    memory: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # by role of a process


@dataclass(frozen=True)
class Way:
    """A way of grading: its command, where it runs, on how many, and what it starts from anew."""

    name: str
    command: Sequence[str]
    course: Course
    submissions: int
    marks: bool = False  # it begins with a gradebook that has none

    def round(self, say: Callable[[str], None]) -> Measured:
        """Measure it once."""
        if self.marks:
            _without_marks(self.course)
        return _measure(self.command, self.course.root, self.submissions, say)


def bench(
    course: Course,
    name: str,
    submissions: int,
    stock: int,
    workers: int | None,
    say: Callable[[str], None],
    rounds: int = 1,
) -> dict[str, Any]:
    """Measure the ways in turn on a class of ``submissions``; stock grades the first ``stock``.

    Returns the figures as JSON data, medians over ``rounds`` with their spread; raises UsageError
    when one of the ways fails.
    """
    used = workers or cores()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        made = _class(course, name, Path(folder) / "kit", submissions)
        ways = list(_ways(course, name, made, Path(folder) / "stock", stock, used))
        found: dict[str, list[Measured]] = {way.name: [] for way in ways}
        for number in range(1, rounds + 1):
            for way in ways:
                say(f"round {number} of {rounds}: {way.name} on {way.submissions}, {used} workers")
                found[way.name].append(way.round(say))
    figures: dict[str, Any] = {way: _summed(of) for way, of in found.items()}
    return {
        **figures,
        **_compared(figures),
        "submissions": submissions,
        "workers": used,
        "rounds": rounds,
        "check_ms": check_times(course, name),
    }


def _ways(
    course: Course, name: str, made: Course, folder: Path, stock: int, workers: int
) -> Iterator[Way]:
    """Yield what is measured; pages come last, since they need marks."""
    number = sum(1 for _ in made.submitted.iterdir())
    if stock:
        fewer = _some(course, name, made, folder, stock)
        yield Way("stock", _stock(fewer, name), fewer, stock, marks=True)
    where = str(made.root)
    floor = _python("simulate.bench_floor", where, name, str(workers))
    yield Way("floor", floor, made, number)
    yield Way("limit", _python("simulate.bench_limit", where, name), made, number)
    yield Way("kit", _kit(made, name, workers), made, number, marks=True)
    if stock:
        yield Way("stock_pages", _stock(fewer, name, "generate_feedback"), fewer, stock)
    yield Way("kit_pages", _verb(made, "feedback", name), made, number)
    yield Way("kit_report", _verb(made, "report", name), made, number)


def _summed(of: Sequence[Measured]) -> dict[str, Any]:
    """Return the medians of some rounds, the largest peak of memory, and the spread."""
    return {
        "per_second": statistics.median(one.per_second for one in of),
        "cpu_seconds": statistics.median(one.cpu_seconds for one in of),
        "peak_mb": max(one.peak_mb for one in of),
        "memory": of[-1].memory,
        "seconds": statistics.median(one.seconds for one in of),
        "submissions": of[0].submissions,
        "per_second_spread": [min(o.per_second for o in of), max(o.per_second for o in of)],
        "cpu_seconds_spread": [min(o.cpu_seconds for o in of), max(o.cpu_seconds for o in of)],
    }


def _compared(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the ways compare; nothing of stock where it was not measured."""
    kit = figures["kit"]
    made: dict[str, Any] = {
        "times_floor": figures["floor"]["per_second"] / kit["per_second"],
        # The limit is one process: its processor time is what compares.
        "times_limit": kit["cpu_seconds"] / figures["limit"]["cpu_seconds"],
    }
    if "stock" in figures:
        pages = figures["kit_pages"]["per_second"], figures["stock_pages"]["per_second"]
        made["speedup_over_stock"] = kit["per_second"] / figures["stock"]["per_second"]
        made["pages_speedup_over_stock"] = pages[0] / pages[1]
    return made


def _without_marks(course: Course) -> None:
    """Put a course back to where nothing is graded, its assignment in the gradebook."""
    for folder in (course.autograded, course.feedback):
        shutil.rmtree(folder, ignore_errors=True)
    for file in (course.root / KEPT_FOLDER).glob("*.inbox"):  # tables are made once a release
        file.unlink()
    empty, now = course.root / EMPTY, gradebook_file(course)
    if now is not None:
        shutil.copyfile(empty, now)


def _class(course: Course, name: str, folder: Path, number: int) -> Course:
    """Make a class; the gradebook knows the assignment, as it does for stock nbgrader."""
    from grader.gradebook.write import register

    folder.mkdir(parents=True)
    made = copy_of(course, folder)
    simulate(made, name, number)
    register(made, name)
    with_tables(made.packed(name), made.kept(name, NEIGHBOURHOOD))
    _keep_empty(made)
    return made


def _keep_empty(course: Course) -> None:
    """Keep a copy of a gradebook without marks."""
    file = gradebook_file(course)
    if file is not None:
        shutil.copyfile(file, course.root / EMPTY)


def _some(course: Course, name: str, whole: Course, folder: Path, number: int) -> Course:
    """Make stock nbgrader's own course, with the first submissions of the same class."""
    from grader.gradebook.write import register

    folder.mkdir()
    fewer = copy_of(course, folder)
    (folder / CONFIG_FILE).write_text(stock_config())
    for student in sorted(path.name for path in whole.submitted.iterdir())[:number]:
        shutil.copytree(whole.submitted / student, fewer.submitted / student)
    write_source(fewer, name)  # from where stock takes what the notebook imports
    register(fewer, name)
    _keep_empty(fewer)
    return fewer


def _stock(course: Course, name: str, verb: str = "autograde") -> list[str]:
    return [str(Path(sys.executable).parent / "nbgrader"), verb, name]


def _verb(course: Course, verb: str, name: str) -> list[str]:
    return [sys.executable, "-m", "grader", verb, name, "--course", str(course.root)]


def _kit(course: Course, name: str, workers: int) -> list[str]:
    return [*_verb(course, "autograde", name), "--workers", str(workers)]


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"grader.{module}", *arguments]


def _measure(
    command: Sequence[str],
    folder: Path,
    submissions: int,
    say: Callable[[str], None] = lambda line: None,
) -> Measured:
    """Run a command to its end; measure its time, and what the system counted for all of it."""
    package = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PYTHONPATH": package, "PATH": path}
    adopt_orphans()
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=output, env=environment
        )
        watch = MemoryWatch(process.pid, output, say)
        status, usage = watch.wait()
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        if process.returncode not in (0, 1):
            output.seek(0)
            last = output.read().decode(errors="replace").strip().splitlines()[-1:]
            raise UsageError(f"{command[0]} failed: {' '.join(last)}")
    used = [usage, *_orphans()]
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    return Measured(
        round(submissions / seconds, 3),
        round(cpu / submissions, 4),
        round(max(one.ru_maxrss for one in used) / 1024, 1),
        round(seconds, 2),
        submissions,
        watch.memory(),
    )


def _orphans() -> Iterator[resource.struct_rusage]:
    """Yield what each process used that the measured one left behind, once it has ended.

    bubblewrap does not wait for the worker that it starts: nobody else would count it.
    """
    end = time.monotonic() + ORPHANS_SECONDS
    while time.monotonic() < end:
        try:
            process, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if process:
            yield usage
        else:
            time.sleep(0.05)


def check_times(course: Course, name: str) -> dict[str, float]:
    """Measure the student's own check by exercise, on right functions: medians in milliseconds."""
    module = load_check(course, name)
    functions = course.packed(name).load().functions
    times = {}
    for exercise, reference in module.references().items():
        taken = []
        for _ in range(CHECKS):
            began = time.perf_counter()
            repr(module.examine(reference, functions[exercise])[0])
            taken.append(1000.0 * (time.perf_counter() - began))
        times[exercise] = round(statistics.median(taken), 1)
    return times


def figures_table(figures: dict[str, Any]) -> str:
    """Return the figures as a Markdown table, and below it how the ways compare."""
    lines = [
        "| way | submissions/s | CPU s a submission | from … to | peak MB | submissions |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for way in WAYS:
        if one := figures.get(way):
            low, high = one["cpu_seconds_spread"]
            lines.append(
                f"| {way.replace('_', ' ')} | {one['per_second']:.2f} | {one['cpu_seconds']:.3f} "
                f"| {low:.3f} … {high:.3f} | {one['peak_mb']:.0f} | {one['submissions']} |"
            )
    lines.append("")
    stock = figures.get("speedup_over_stock")
    told = f"{stock:.1f} times stock nbgrader, " if stock else ""
    lines.append(
        f"{told}{figures['times_floor']:.2f} times the floor's time, "
        f"{figures['times_limit']:.2f} times the limit's processor time, {figures['workers']} "
        f"workers; medians of {counted(figures['rounds'], 'round')}."
    )
    if stock:
        faster = figures["pages_speedup_over_stock"]
        lines.append(f"Pages of feedback: {faster:.1f} times `nbgrader generate_feedback`.")
    lines += [
        memory_line(way, figures[way]["memory"])
        for way in WAYS
        if way in figures and figures[way]["memory"]
    ]
    checks = figures["check_ms"]
    slowest = max(checks, key=checks.get)
    lines.append(
        f"A student's check takes {statistics.median(checks.values()):.0f} ms (median), "
        f"the slowest, {slowest}, {checks[slowest]:.0f} ms."
    )
    return "\n".join(lines)


def write(figures: dict[str, Any], path: Path) -> None:
    """Write the figures as JSON."""
    path.write_text(json.dumps(figures, indent=1) + "\n")
