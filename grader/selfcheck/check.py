"""Check a student's function on the visible example: say what is right, and why the rest is not.

``make release`` puts this file, the comparison and the view together as ``selfcheck.py``; the
references it reads lie beside it in ``references.npz``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from grader.comparison.drivers import driven
from grader.comparison.finding import Finding
from grader.selfcheck.attempts import check_names, says_empty, try_on
from grader.selfcheck.names import names_around
from grader.selfcheck.panel import Panel, Row
from grader.selfcheck.panels import answered_panel, panel_of, to_do_panel
from grader.selfcheck.reasons import by_form_or_part, catalogued, try_again
from grader.selfcheck.references_file import Reference, references

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
        return panel_of(reference, dict.fromkeys(check_names(layout), finding), finding, (), {})
    attempt, cause = try_again(reference, function, try_on(reference, function))
    if attempt.failed and reference.steps and not attempt.empty:
        # A wrong cell function is not to fail the sequence that calls it.
        replayed = try_on(reference, function, replay=True)
        below = _wrong_below(reference, function)
        if below and not replayed.failed:
            note = f"right, once {below} is: mend that one first"
            return panel_of(reference, {}, None, (note,), replayed.outputs)
        if cause is None and (replayed.replay is not None or says_empty(attempt.error)):
            attempt, cause = replayed, catalogued(reference, replayed)
    cause = cause or by_form_or_part(reference, attempt)
    first = next((finding for finding in attempt.findings.values() if finding), None)
    notes = (cause.text(),) if cause else ()
    panel, message = panel_of(reference, attempt.findings, first, notes, attempt.outputs)
    if reference.sealed and not message:
        return answered_panel(panel, layout), ""
    return (to_do_panel(panel, layout) if attempt.empty else panel), message


def _wrong_below(reference: Reference, function: Callable[..., Any]) -> str:
    """Return the function, however deep below this one, that is wrong by itself; or nothing."""
    scope = names_around(function)
    for name in reference.steps:
        known, own = references().get(name), scope.get(name)
        if known is None or not callable(own) or try_on(known, own).failed:
            deeper = _wrong_below(known, own) if known is not None and callable(own) else ""
            return deeper or name
    return ""


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
