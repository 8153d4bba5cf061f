"""Call a student's function on a reference's arguments and say what became of each check."""

from __future__ import annotations

import contextlib
import io
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.comparison.drivers import driven, run_portable
from grader.comparison.finding import Finding, changed_argument
from grader.comparison.ladder import by_name, compare
from grader.comparison.layout import INPUTS, Layout, Tolerance, Tree
from grader.comparison.properties import properties
from grader.comparison.stub import EMPTY
from grader.comparison.time_limit import time_limit
from grader.comparison.trees import deep_copy, returned_by, same
from grader.selfcheck.names import names_around
from grader.selfcheck.references_file import Reference, references
from grader.selfcheck.replay import NotThisStep, replaying
from grader.selfcheck.where_raised import WhereRaised, where_raised

SECONDS = 10.0  # a right answer to the visible example takes milliseconds
PATIENCE = 5.0  # times the processor time that a call may take where marks are made


@dataclass
class Tried:
    """An attempt: one call of the student's function and what became of it."""

    findings: dict[str, Finding | None]
    outputs: dict[str, Tree]
    result: Tree = None
    error: Exception | None = None
    empty: bool = False
    replay: NotThisStep | None = None
    called: str = ""  # another exercise's function, which this one is not to call

    @property
    def failed(self) -> bool:
        """Tell whether any check did not hold."""
        return any(self.findings.values())


def try_on(
    reference: Reference, function: Callable[..., Any], replay: bool = False, locate: bool = True
) -> Tried:
    """Call the function on the reference's arguments; what it calls may answer by replay.

    With ``locate`` an exception is told with the line to look at.
    """
    # The references serve the next check as well, whatever the function does to its arguments.
    layout, arguments = reference.layout, deep_copy(reference.arguments)
    scope = names_around(function)
    steps = replaying(reference, scope) if replay else contextlib.nullcontext()
    try:
        with _quiet(), time_limit(max(SECONDS, PATIENCE * reference.seconds)), steps:
            run = function
            if reference.driver:
                run = driven(reference.driver, {**scope, layout.name: function})
            result = returned_by(layout, run, arguments)
    except Exception as error:
        return _raised(reference, error, scope, locate)
    if reference.sealed:
        return Tried(_form_alone(layout, result), by_name(layout, result)[0], result)
    tol = Tolerance(1e-6, reveal=True)
    predicates = {name: run_portable(text) for name, text in reference.holds.items()}
    holds = properties(predicates, reference.arguments)
    findings = compare(layout, reference.result, result, tol, reference.dims, holds)
    if INPUTS in check_names(layout):
        findings[INPUTS] = _changed(layout, reference.arguments, arguments)
    return Tried(findings, by_name(layout, result)[0], result)


def _form_alone(layout: Layout, result: Tree) -> dict[str, Finding | None]:
    """Look whether there is an answer at all: which one is right is not known here."""
    like = {line.name: (line.among or (0.0,))[0] for line in layout.checks}
    expected: Tree = like if layout.returns_dict else tuple(like[name] for name in layout.returns)
    if len(layout.returns) == 1 and not layout.returns_dict:
        expected = like[layout.returns[0]]
    findings = compare(layout, expected, result, Tolerance(1e-6, reveal=True), {})
    return {
        name: None if found is not None and found.rung == "values" else found
        for name, found in findings.items()
    }


def check_names(layout: Layout) -> list[str]:
    """Return the names of an exercise's checks in their order."""
    return [line.name for line in layout.checks]


def _raised(reference: Reference, error: Exception, scope: dict[str, Any], locate: bool) -> Tried:
    layout = reference.layout
    frames = traceback.extract_tb(error.__traceback__)
    empty = says_empty(error) and frames[-1].name == layout.name  # not the cell that it calls
    where = where_raised(reference, error, scope, _right_alone) if locate else WhereRaised("")
    called = f"called with {'other sizes' if reference.sizes else 'the visible example'}"
    got = f"{type(error).__name__}: {error}"
    checked, look, short = f"{layout.name} {called}", where.look, f"{called}: got {got}"
    if empty:
        got, look, short = EMPTY, "the cell above: write the function there", EMPTY
    if isinstance(error, NotThisStep):
        called = str(error.off[0]).rpartition("> ")[2]
        checked, got, short = f"how {layout.name} calls {called}", str(error), ""
    finding = Finding("raised", checked, "a result", got, look, short)
    replay = error if isinstance(error, NotThisStep) else None
    findings: dict[str, Finding | None] = dict.fromkeys(check_names(layout), finding)
    return Tried(findings, {}, None, error, empty, replay, where.called)


def _right_alone(name: str, function: Any) -> bool:
    # Where that raises is nobody's question: two functions may call each other.
    cases = [references()[name], references()[name].other]
    return not any(try_on(case, function, locate=False).failed for case in cases if case)


def says_empty(error: Exception | None) -> bool:
    """Tell whether an exception is the stub's."""
    return isinstance(error, NotImplementedError) and EMPTY in str(error)


def _changed(layout: Layout, before: tuple[Tree, ...], after: tuple[Tree, ...]) -> Finding | None:
    for name, old, new in zip(layout.arguments, before, after, strict=False):
        if name not in layout.after and not same(old, new, 0.0):
            return changed_argument(name)
    return None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep prints and warnings of the function away from the marks."""
    sink = io.StringIO()
    with (
        contextlib.redirect_stdout(sink),
        contextlib.redirect_stderr(sink),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield
