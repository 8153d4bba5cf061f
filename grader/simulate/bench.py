"""Measure stock nbgrader, this kit and the floor on the same synthetic class, in one run.

Each way runs as a process of its own, from start to finish, so that its time holds everything a
user waits for and the system's own accounting gives its processor time and memory.
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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.autograde.isolation import cores
from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.config import CONFIG_FILE, stock_config
from grader.gradebook.source_folder import write_source
from grader.sandbox import adopt_orphans
from grader.simulate.copy_course import copy_of
from grader.simulate.hand_in import simulate
from grader.simulate.student_check import load_check

CHECKS = 9  # times that each check is timed
ORPHANS_SECONDS = 10.0  # that what a way of grading leaves behind may take to end


@dataclass(frozen=True)
class Measured:
    """A measurement of one way: submissions a second, processor seconds for each, peak memory."""

    per_second: float
    cpu_seconds: float
    peak_mb: float
    seconds: float
    submissions: int


def bench(
    course: Course,
    name: str,
    submissions: int,
    stock: int,
    workers: int | None,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Measure the three ways on a class of ``submissions``; stock grades the first ``stock``.

    Returns the figures as JSON data; raises UsageError when one of the ways fails.
    """
    used = workers or cores()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        made = _class(course, name, Path(folder) / "kit", submissions)
        fewer = _some(course, name, made, Path(folder) / "stock", stock)
        say(f"stock nbgrader on {stock} of {submissions} submissions")
        slow = _measure(_stock(fewer, name), fewer.root, stock)
        say(f"the floor on {submissions}, {used} workers")
        base = _measure(
            _python("simulate.bench_floor", str(made.root), name, str(used)), made.root, submissions
        )
        say(f"this kit on {submissions}, {used} workers")
        kit = _measure(_kit(made, name, used), made.root, submissions)
        say(f"pages of feedback: stock {stock}, this kit {submissions}")
        stock_pages = _measure(_stock(fewer, name, "generate_feedback"), fewer.root, stock)
        kit_pages = _measure(_pages(made, name), made.root, submissions)
    return {
        "stock": asdict(slow),
        "kit": asdict(kit),
        "floor": asdict(base),
        "feedback": {
            "stock_pages_per_second": stock_pages.per_second,
            "kit_pages_per_second": kit_pages.per_second,
            "speedup_over_stock": kit_pages.per_second / stock_pages.per_second,
        },
        "speedup_over_stock": kit.per_second / slow.per_second,
        "times_floor": base.per_second / kit.per_second,
        "submissions": submissions,
        "workers": used,
        "check_ms": check_times(course, name),
    }


def _class(course: Course, name: str, folder: Path, number: int) -> Course:
    """Make a class; the gradebook knows the assignment, as it does for stock nbgrader."""
    from grader.gradebook.write import register

    folder.mkdir(parents=True)
    made = copy_of(course, folder)
    simulate(made, name, number)
    register(made, name)
    return made


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
    return fewer


def _stock(course: Course, name: str, verb: str = "autograde") -> list[str]:
    return [str(Path(sys.executable).parent / "nbgrader"), verb, name]


def _pages(course: Course, name: str) -> list[str]:
    return [sys.executable, "-m", "grader", "feedback", name, "--course", str(course.root)]


def _kit(course: Course, name: str, workers: int) -> list[str]:
    options = ["--course", str(course.root), "--workers", str(workers)]
    return [sys.executable, "-m", "grader", "autograde", name, *options]


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"grader.{module}", *arguments]


def _measure(command: Sequence[str], folder: Path, submissions: int) -> Measured:
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
        _, status, usage = os.wait4(process.pid, 0)
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
    """Return the figures as a Markdown table."""
    lines = [
        "| way | submissions/s | CPU s a submission | peak MB a process | submissions |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for way in ("stock", "kit", "floor"):
        one = figures[way]
        lines.append(
            f"| {way} | {one['per_second']:.2f} | {one['cpu_seconds']:.3f} "
            f"| {one['peak_mb']:.0f} | {one['submissions']} |"
        )
    lines.append("")
    lines.append(
        f"{figures['speedup_over_stock']:.1f} times stock nbgrader, {figures['times_floor']:.2f} "
        f"times the floor's time, {figures['workers']} workers."
    )
    pages = figures["feedback"]
    lines.append(
        f"Pages of feedback: {pages['kit_pages_per_second']:.1f} a second, "
        f"{pages['speedup_over_stock']:.1f} times `nbgrader generate_feedback`."
    )
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
