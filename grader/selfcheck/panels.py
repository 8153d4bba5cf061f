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

LONGEST_REMARK = 60  # characters


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
            _remark(reference, outputs, line, findings.get(line.name), points[line.name]),
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
    reference: Reference,
    outputs: Mapping[str, Tree],
    line: Check,
    finding: Finding | None,
    points: float,
) -> str:
    """Say beside a check what is wrong with it, or why it earns less than it could."""
    if finding is not None:
        return _in_short(finding)
    if points < line.points:
        return f"counts {'in full ' if points else ''}when the main values are right"
    return _agreement(reference, outputs, line.name)


def _in_short(finding: Finding) -> str:
    """Say in a few words what is wrong, beside the name of what it is wrong with."""
    if finding.rung in ("raised", "defined"):
        return "no result"
    if finding.rung == "inputs":
        return finding.checked.removesuffix(" after the call") + " changed"
    told = " ".join((finding.short.partition(": ")[2] or f"got {finding.got}").split())
    return told if len(told) <= LONGEST_REMARK else told[: LONGEST_REMARK - 1] + "…"


def to_do_panel(panel: Panel, layout: Layout) -> Panel:
    """Make the panel of a function that is still the stub: what there is to earn, nothing wrong."""
    shapes = (line.shape and f"shape {line.shape}" for line in layout.checks)
    rows = [
        replace(row, to_do=True, remark=shape)
        for row, shape in zip(panel.rows, shapes, strict=True)
    ]
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
