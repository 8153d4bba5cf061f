"""Make the panel that a check shows: a row for each line of the marks, and what is wrong first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.comparison.finding import Finding
from grader.comparison.layout import INPUTS, Check, Layout, Tree, earned
from grader.comparison.stub import EMPTY
from grader.comparison.values import relative_error
from grader.selfcheck.panel import Panel, Row
from grader.selfcheck.references_file import Reference


def panel_of(
    reference: Reference,
    findings: Mapping[str, Finding | None],
    first: Finding | None,
    notes: tuple[str, ...],
    outputs: Mapping[str, Tree],
) -> tuple[Panel, str]:
    """Return the panel of a check's findings and the short message of the ``first`` of them."""
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


def to_do_panel(panel: Panel, layout: Layout) -> Panel:
    """Make the panel of a function that is still the stub: what there is to earn, nothing wrong."""
    rows = [replace(row, to_do=True) for row in panel.rows]
    note = f"{EMPTY.capitalize()}: write the function above."
    return Panel(f"{layout.name}: not written yet", rows, notes=(note,))


def answered_panel(panel: Panel, layout: Layout) -> Panel:
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
