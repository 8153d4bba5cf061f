"""Check a student's function on the visible example: say what is right, and why the rest is not.

``make release`` puts this file, the comparison and the view together as ``selfcheck.py``; the
references it reads lie beside it in ``references.npz``.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.comparison.causes import KEEPS_STATE, READS_GLOBALS, Cause
from grader.comparison.drivers import driven, run_portable
from grader.comparison.finding import Finding, changed_argument
from grader.comparison.ladder import by_name, compare
from grader.comparison.layout import INPUTS, Check, Layout, Tolerance, Tree, earned
from grader.comparison.properties import properties
from grader.comparison.stub import EMPTY
from grader.comparison.time_limit import time_limit
from grader.comparison.trees import deep_copy, returned_by, same
from grader.comparison.values import relative_error
from grader.selfcheck.known_mistakes import (
    form_of_error,
    form_of_result,
    known_by_error,
    known_by_result,
    on_its_own,
    possible_mistake,
)
from grader.selfcheck.names import names_around
from grader.selfcheck.panel import Panel, Row
from grader.selfcheck.references_file import Reference, references
from grader.selfcheck.replay import NotThisStep, replaying

SECONDS = 10.0  # a right answer to the visible example takes milliseconds
PATIENCE = 5.0  # times the processor time that a call may take where marks are made
_points: dict[str, tuple[float, float]] = {}


class CheckFailed(AssertionError):
    """A check that did not hold; shown as its message alone, without the lines of this file."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def check(name: str, function: Any) -> None:
    """Check your function on the visible example and show what is right and what is not.

    Parameters: ``name`` of the exercise, and your ``function``. Shows a table with the points
    that this example earns; raises AssertionError with a short message if anything is wrong.
    """
    if name not in references():
        raise ValueError(f"there is no exercise {name!r}; one of {', '.join(references())}")
    panel, message = examine(references()[name], function)
    _points[name] = (panel.points, panel.max_points)
    _show(panel)
    # An autograder reads the points of this cell from here, and of a bonus takes no more than 0.
    sys.displayhook(0.0 if panel.bonus else float(panel.points))
    if message:
        raise CheckFailed(message)


def drive(name: str, *arguments: Any) -> Any:
    """Do with your functions what the check of an exercise does with them, on other arguments.

    Parameters: ``name`` of the exercise, and its arguments. Returns what the check would compare.
    """
    if name not in references() or not references()[name].driver:
        raise ValueError(f"{name!r} is no exercise whose function is driven: call it yourself")
    return driven(references()[name].driver, sys._getframe(1).f_globals)(*arguments)


def summary() -> None:
    """Show the points of every exercise that was checked since the notebook was started."""
    rows = []
    for name, reference in references().items():
        whole = round(float(sum(line.points for line in reference.layout.checks)), 9)
        points, _ = _points.get(name, (0.0, whole))
        bonus, waits = reference.layout.bonus, name not in _points
        remark = ", ".join(["bonus"] * bonus + ["not checked yet"] * waits)
        rows.append(Row(name, points == whole, points, whole, remark, waits, bonus=bonus))
    done = all(row.passed for row in rows if not row.bonus)
    _show(Panel("Your points on the visible examples", rows, good=done))


def examine(reference: Reference, function: Any) -> tuple[Panel, str]:
    """Return the panel to show and the short message; an empty message means all is right."""
    layout = reference.layout
    if not callable(function):
        got = "nothing" if function is None else type(function).__name__
        finding = Finding("defined", layout.name, "a function", got, "the cell that defines it")
        return _panel(reference, dict.fromkeys(_names(layout), finding), finding, (), {})
    attempt, cause = _attempt_again(reference, function, _attempt(reference, function))
    if attempt.failed and reference.steps and not attempt.empty:
        # A wrong cell function is not to fail the sequence that calls it.
        replayed = _attempt(reference, function, replay=True)
        below = _wrong_below(reference, function)
        if below and not replayed.failed:
            note = f"right, once {below} is: mend that one first"
            return _panel(reference, {}, None, (note,), replayed.outputs)
        if cause is None and (replayed.replay is not None or _says_empty(attempt.error)):
            attempt, cause = replayed, _known_mistake(reference, replayed)
    cause = cause or _other_cause(reference, attempt)
    first = next((finding for finding in attempt.findings.values() if finding), None)
    notes = (cause.text(),) if cause else ()
    panel, message = _panel(reference, attempt.findings, first, notes, attempt.outputs)
    if reference.sealed and not message:
        return _answered(panel, layout), ""
    return (_to_do(panel, layout) if attempt.empty else panel), message


@dataclass
class _Attempt:
    """An attempt: one call of the student's function and what became of it."""

    findings: dict[str, Finding | None]
    outputs: dict[str, Tree]
    result: Tree = None
    error: Exception | None = None
    empty: bool = False
    replay: NotThisStep | None = None

    @property
    def failed(self) -> bool:
        return any(self.findings.values())


def _attempt(reference: Reference, function: Callable[..., Any], replay: bool = False) -> _Attempt:
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
        return _raised(layout, error)
    if reference.sealed:
        return _Attempt(_form_alone(layout, result), by_name(layout, result)[0], result)
    tol = Tolerance(1e-6, reveal=True)
    predicates = {name: run_portable(text) for name, text in reference.holds.items()}
    holds = properties(predicates, reference.arguments)
    findings = compare(layout, reference.result, result, tol, reference.dims, holds)
    if INPUTS in _names(layout):
        findings[INPUTS] = _changed(layout, reference.arguments, arguments)
    return _Attempt(findings, by_name(layout, result)[0], result)


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


def _names(layout: Layout) -> list[str]:
    return [line.name for line in layout.checks]


def _raised(layout: Layout, error: Exception) -> _Attempt:
    frames = traceback.extract_tb(error.__traceback__)
    empty = _says_empty(error) and frames[-1].name == layout.name  # not the cell that it calls
    called, got = "called with the visible example", f"{type(error).__name__}: {error}"
    checked, look, short = f"{layout.name} {called}", _line_of(error), f"{called}: got {got}"
    if empty:
        got, look, short = EMPTY, "the cell above: write the function there", EMPTY
    if isinstance(error, NotThisStep):
        checked, look = f"how {layout.name} calls its cell function", "the call inside the loop"
        got, short = str(error), ""
    finding = Finding("raised", checked, "a result", got, look, short)
    replay = error if isinstance(error, NotThisStep) else None
    findings: dict[str, Finding | None] = dict.fromkeys(_names(layout), finding)
    return _Attempt(findings, {}, None, error, empty, replay)


def _says_empty(error: Exception | None) -> bool:
    return isinstance(error, NotImplementedError) and EMPTY in str(error)


def _line_of(error: Exception) -> str:
    """Name the line of the student's own code that raised ``error``."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__]
    outside = [frame for frame in own if "site-packages" not in frame.filename] or own
    if not outside:
        return "how the function is defined: does it take these arguments?"
    last = outside[-1]
    text = linecache.getline(last.filename, last.lineno or 0).strip()
    return f"line {last.lineno} of that cell, in {last.name}" + (f": {text}" if text else "")


def _changed(layout: Layout, before: tuple[Tree, ...], after: tuple[Tree, ...]) -> Finding | None:
    for name, old, new in zip(layout.arguments, before, after, strict=False):
        if name not in layout.after and not same(old, new, 0.0):
            return changed_argument(name)
    return None


def _attempt_again(
    reference: Reference, function: Callable[..., Any], first: _Attempt
) -> tuple[_Attempt, Cause | None]:
    """Return the attempt that shows what is wrong, and its cause where that is certain.

    A right answer must come again when the function is called again, and without the notebook's
    variables: where marks are made, others have been called before and the variables are gone.
    """
    known = _known_mistake(reference, first)
    if first.empty or known is not None:
        return first, known
    kept = _copied(first.result)  # a list that the function keeps would change with the next call
    second = _attempt(reference, function)
    if bool(first.error) != bool(second.error) or _differ(kept, second.result):
        return (first if first.failed else second), KEEPS_STATE
    alone = None if first.failed else on_its_own(function, reference.arguments)
    if alone is None or not (third := _attempt(reference, alone)).failed:
        return first, None
    return third, READS_GLOBALS


def _copied(result: Tree) -> Tree:
    try:
        return deep_copy(result)
    except Exception:  # it holds what cannot be copied
        return result


def _differ(one: Tree, other: Tree) -> bool:
    try:
        return not same(one, other, 1e-6)
    except Exception:  # a list that holds itself, a key that cannot be shown
        return False


def _known_mistake(reference: Reference, attempt: _Attempt) -> Cause | None:
    """Return the catalogued mistake that gives exactly this result."""
    if not attempt.failed or attempt.empty:
        return None
    if attempt.error is not None:
        return known_by_error(reference.mistakes, attempt.error)
    try:
        return known_by_result(reference.layout, reference.mistakes, attempt.result)
    except Exception:  # a list that holds itself, a key that cannot be shown
        return None


def _other_cause(reference: Reference, attempt: _Attempt) -> Cause | None:
    """Return what the form of the result says, or a mistake that explains a part of it."""
    if not attempt.failed or attempt.empty or attempt.replay is not None:
        return None
    layout, expected = reference.layout, reference.result
    if attempt.error is not None:
        made = [step[1] for steps in reference.steps.values() for step in steps[:1]]
        return form_of_error(attempt.error, reference.arguments, made)
    wrong = {name for name, finding in attempt.findings.items() if finding} - {INPUTS}
    try:
        return form_of_result(layout, expected, attempt.result) or possible_mistake(
            layout, reference.mistakes, attempt.result, wrong
        )
    except Exception:  # a list that holds itself, a key that cannot be shown
        return None


def _wrong_below(reference: Reference, function: Callable[..., Any]) -> str:
    """Return the function, however deep below this one, that is wrong by itself; or nothing."""
    scope = names_around(function)
    for name in reference.steps:
        known, own = references().get(name), scope.get(name)
        if known is None or not callable(own) or _attempt(known, own).failed:
            deeper = _wrong_below(known, own) if known is not None and callable(own) else ""
            return deeper or name
    return ""


def _panel(
    reference: Reference,
    findings: Mapping[str, Finding | None],
    first: Finding | None,
    notes: tuple[str, ...],
    outputs: Mapping[str, Tree],
) -> tuple[Panel, str]:
    layout = reference.layout
    failed = {name for name, finding in findings.items() if finding}
    points = earned(layout, failed)
    rows = [
        Row(
            line.name if line.name != INPUTS else "arguments untouched",
            line.name not in failed,
            points[line.name],
            line.points,
            _remark(reference, outputs, line, failed, points[line.name]),
            bonus=layout.bonus,
        )
        for line in layout.checks
    ]
    if first is None:
        return Panel(f"{layout.name}: all checks passed", rows, (), notes, True), ""
    panel = Panel(f"{layout.name}: not right yet", rows, first.lines, notes)
    short = first.short or f"{first.checked}: got {first.got}"
    return panel, f"{layout.name}: {short}"


def _remark(
    reference: Reference, outputs: Mapping[str, Tree], line: Check, failed: set[str], points: float
) -> str:
    """Say beside a check what its result should look like, or why it earns less than it could."""
    if line.name in failed:
        return line.shape and f"shape {line.shape}"
    if points < line.points:
        return f"counts {'in full ' if points else ''}when the main values are right"
    return _agreement(reference, outputs, line.name)


def _to_do(panel: Panel, layout: Layout) -> Panel:
    """Make the panel of a function that is still the stub: what there is to earn, nothing wrong."""
    rows = [replace(row, to_do=True) for row in panel.rows]
    note = f"{EMPTY.capitalize()}: write the function above."
    return Panel(f"{layout.name}: not written yet", rows, notes=(note,))


def _answered(panel: Panel, layout: Layout) -> Panel:
    """Make the panel of an answer that is compared where marks are made: which is not said here."""
    rows = [replace(row, passed=False, points=0.0, answered=True) for row in panel.rows]
    note = "Answered. Whether it is right is told where marks are made."
    return Panel(f"{layout.name}: answered", rows, notes=(note,), good=True)


def _agreement(reference: Reference, outputs: Mapping[str, Tree], name: str) -> str:
    """Say how well a gradient agrees with the numerical one of the same function."""
    if name not in reference.numeric or name not in outputs:
        return ""
    error = relative_error(outputs[name], reference.numeric[name], 1e-6)
    return f"agrees with the numerical gradient to {error:.0e}"


def _show(panel: Panel) -> None:
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        print(panel)
        return
    if get_ipython() is None:
        print(panel)
    else:
        display(panel)  # type: ignore[no-untyped-call]


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
