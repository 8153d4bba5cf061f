"""Check a student's function on the example and once more: say what is right, and why not the rest.

``make release`` puts this file, the comparison and the view together as ``selfcheck.py``; the
references it reads lie beside it in ``references.npz``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grader.comparison.drivers import driven
from grader.comparison.finding import Finding
from grader.comparison.layout import Tree
from grader.selfcheck.attempts import check_names
from grader.selfcheck.panel import Panel, Row
from grader.selfcheck.panels import answered_panel, panel_of, to_do_panel
from grader.selfcheck.references_file import Reference, references
from grader.selfcheck.until import right_until
from grader.selfcheck.weighing import Weighed, weigh

NBGRADER = "NBGRADER_EXECUTION"  # set by nbgrader from 0.7 on while it grades or validates
ASK_SIZES = "Does every size come from the arguments?"
_checked: dict[str, Panel] = {}  # what was shown last of each exercise


class CheckFailed(AssertionError):
    """A check that did not hold; shown as its message alone, without the lines of this file."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def check(name: str, function: Any) -> None:
    """Check your function on the visible example, then on other sizes; show what is right and not.

    Parameters: ``name`` of the exercise, and your ``function``. Shows a table with the points
    that it earns there. Where nbgrader runs the notebook, the points are the cell's result, and if
    anything is wrong, AssertionError is raised with a short message.
    """
    if name not in references():
        raise ValueError(f"there is no exercise {name!r}; one of {', '.join(references())}")
    panel, message = examine(references()[name], function)
    _checked[name] = panel
    _show(panel)
    if os.environ.get(NBGRADER):  # a person reads the table, and goes on to the next exercise
        # The points of this cell are read from here; those of a bonus may be no more than 0.
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
        panel, bonus = _checked.get(name), reference.layout.bonus
        points, waits = (panel.points, panel.to_do) if panel else (0.0, True)
        why = ("not written yet" if panel else "not checked yet") if waits else ""
        remark = ", ".join(filter(None, ("bonus" * bonus, why)))
        rows.append(Row(name, points == whole, points, whole, remark, waits, bonus=bonus))
    done = all(row.passed for row in rows if not row.bonus)
    _show(Panel("Your points in this notebook", rows, good=done))


def examine(reference: Reference, function: Any) -> tuple[Panel, str]:
    """Return the panel to show and the short message; an empty message means all is right."""
    layout = reference.layout
    if not callable(function):
        got = "nothing" if function is None else type(function).__name__
        finding = Finding("defined", layout.name, "a function", got, "the cell that defines it")
        return panel_of(reference, dict.fromkeys(check_names(layout), finding), finding, (), {})
    shown = weigh(reference, function)
    outputs, sizes = shown.tried.outputs, ""
    if reference.other is not None and not shown.tried.failed:
        second = weigh(reference.other, function)
        if second.tried.failed or not shown.below:  # what is below may be wrong there alone
            shown, sizes = second, reference.other.sizes
    panel, message = _panel(reference, function, shown, outputs, sizes)
    if reference.sealed and not message:
        return answered_panel(panel, layout), ""
    return (to_do_panel(panel, layout) if shown.tried.empty else panel), message


def _panel(
    reference: Reference,
    function: Any,
    shown: Weighed,
    outputs: Mapping[str, Tree],
    sizes: str,
) -> tuple[Panel, str]:
    """Make the panel of an attempt; its ``sizes`` are told where they are not the example's."""
    if shown.below:
        note = f"right, once {shown.below} is: mend that one first"
        return panel_of(reference, {}, None, (note,), outputs)
    first = next((finding for finding in shown.tried.findings.values() if finding), None)
    notes = [shown.cause.text()] if shown.cause else []
    certain = shown.cause is not None and shown.cause.certain
    if first is not None and not certain and not shown.tried.empty:
        right = [name for name, finding in shown.tried.findings.items() if finding is None]
        notes += filter(None, [right_until(reference, function, right)])
    if first is not None and sizes:
        notes.insert(0, f"Right on the example, not where {sizes}. {ASK_SIZES}")
        short = first.short or f"{first.checked}: got {first.got}"
        first = replace(
            first, checked=f"{first.checked}, where {sizes}", short=f"{short}, where {sizes}"
        )
    return panel_of(reference, shown.tried.findings, first, tuple(notes), outputs)


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
