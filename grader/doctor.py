"""Report what this machine offers, which verb lacks what, and the state of a course."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
from collections.abc import Iterator

from grader.autograde.isolation import cores
from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.class_list import class_list, gone
from grader.gradebook.config import gradebook_url
from grader.gradebook.opening import refuse_unfit
from grader.gradebook.source_folder import source_problem
from grader.gradebook.state import count_submissions, no_gradebook
from grader.records import unreadable_work
from grader.sandbox import SAFE, CellSource, Sandbox, SandboxError, available_tiers, bubblewrap
from grader.sandbox.inside.lockdown import kernel
from grader.sandbox.inside.lockdown.allowed import on_the_list

LAYERS = {
    "A": "bubblewrap namespaces, Landlock, seccomp, limits",
    "B": "Landlock, seccomp, limits",
    "C": "a separate process with limits; files can be read",
}


# What a verb needs beyond this package's own dependencies: the verb or its option, the package that
# it imports, the kit's extra that brings it, and what is not possible without.
OPTIONAL = (
    ("verify", "autograd", "test", "an exercise that computes gradients cannot be verified"),
    ("autograde --cluster", "distributed", "cluster", "no other machine can be graded on"),
    ("PostgreSQL", "psycopg", "postgres", "no gradebook on PostgreSQL can be used"),
)
# What may be missing here: the line `autograde` says whether the rest of them is enough, and
# `plain notebook` whether it does without the system calls that it was refused.
DISPENSABLE = (
    *("sandbox A", "sandbox B", "sandbox C", "bubblewrap", "system calls"),
    *(verb for verb, *_ in OPTIONAL),
)

PLAIN_NOTEBOOK = {
    "set-up": "import numpy as np\nimport matplotlib.pyplot as plt\nnp.random.seed(1)",
    "figure": "plt.plot(np.linspace(0, 6), np.sin(np.linspace(0, 6)))\nplt.show()",
    "matrix product": "a = np.random.randn(400, 400)\nprint(np.linalg.norm(a @ a.T))",
}


Told = tuple[str, bool, str]


def findings(course: Course | None) -> Iterator[Told]:
    """Yield what was looked at, whether it is well, and what was found or how to mend it.

    Without a course it is the machine alone: a worker of a cluster has none.
    """
    yield from _machine()
    yield from _verbs()
    if course is None:
        yield "course", True, "none in this folder; `grader init DIR` begins one"
    else:
        yield from _course(course)


def _machine() -> Iterator[Told]:
    """Try each layer of isolation, and count what there is."""
    tiers = available_tiers()
    for tier, problem in tiers.items():
        yield f"sandbox {tier}", not problem, problem or LAYERS[tier]
    best = next((tier for tier, problem in tiers.items() if not problem), None)
    safe = best in SAFE
    unsafe = "refuses without --allow-unsafe, as does mark; no other verb needs isolation"
    yield "autograde", safe, f"uses {best}" if safe else unsafe
    if best in SAFE:
        yield from _system_calls(best)
    found = bubblewrap()
    where = f"{found.path} ({found.origin})" if found else "none: install Debian's bubblewrap"
    yield "bubblewrap", found is not None, where
    yield "processors", True, f"{cores()} usable of {os.cpu_count()}"
    versions = (f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "nbgrader"))
    yield "versions", True, f"Python {platform.python_version()}, {', '.join(versions)}"


def _verbs() -> Iterator[Told]:
    """Say which verbs lack a package that not everybody needs."""
    for verb, package, extra, without in OPTIONAL:
        there = importlib.util.find_spec(package) is not None
        lacks = f"lacks {package}, the kit's extra `{extra}`: {without}"
        yield verb, there, f"has {package}" if there else lacks


def _course(course: Course) -> Iterator[Told]:
    """Look at the assignments, the gradebook and what was handed in."""
    for name in course.names():
        begun = (course.assignments / name).is_dir()
        problem = source_problem(course, name) if begun else ""
        well = "released" if begun else f"not released yet: `grader release {name}`"
        yield name, not problem, problem or well
    yield _gradebook(course)
    for name in course.names():
        yield from _class(course, name)


def _system_calls(tier: str) -> Iterator[Told]:
    """Run a plain notebook in the sandbox, and count what the filter refuses it."""
    listed = f"{len(on_the_list(kernel.MACHINE))} on the list"
    cells = [CellSource(name, source, "other") for name, source in PLAIN_NOTEBOOK.items()]
    try:
        with Sandbox(tier=tier) as sandbox:
            job, listener = sandbox.watched_job(cells)
            with job:
                results = job.run()
            listener.join()
    except SandboxError as error:
        yield "system calls", True, f"{listed}; refusals cannot be counted here: {error}"
        return
    refused = ", ".join(f"{name} ({count})" for name, count in listener.refused.most_common())
    yield "system calls", not refused, f"{listed}; a plain notebook is refused {refused or 'none'}"
    ended = [f"{result.id}: {result.outcome}" for result in results if result.outcome != "ok"]
    yield "plain notebook", not ended, ", ".join(ended) or "runs in the sandbox"


def _class(course: Course, name: str) -> Iterator[Told]:
    """Name what lies in the inbox and is not graded, and whose marks have no submission."""
    try:
        found = class_list(course, name)
    except UsageError:
        return  # it is said of the gradebook
    for student, why in unreadable_work(course, name):
        yield "unreadable", True, f"{student} ({name}): {why}"
    for stray in found.strays:
        yield "not graded", not stray.lost, f"{course.submitted.name}/{stray}"
    if found.gone:
        yield "no submission", True, gone(course, name, found.gone)


def _gradebook(course: Course) -> Told:
    """Look at the gradebook, where the course's configuration says that it is."""
    try:
        if no_gradebook(course):
            return "gradebook", True, "none yet: autograde makes it"
        refuse_unfit(gradebook_url(course))
        return "gradebook", True, f"{count_submissions(course)} submissions"
    except UsageError as error:
        return "gradebook", False, str(error)
