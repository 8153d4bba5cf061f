"""Print a class as a table that fits a terminal: a row a student, a sign an exercise."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.html.signs import SIGNS, sign
from grader.html.wording import number
from grader.verdict import ExerciseResult, Verdict

STYLES = {"good": "green", "part": "yellow", "bad": "red", "calm": "dim"}
MOST_CHECKS = 4  # that are named


def show(name: str, verdicts: Sequence[Verdict], console: Console) -> None:
    """Print who earned what, where to look first, and what the signs and numbers mean."""
    graded = sorted(verdicts, key=lambda verdict: verdict.student or "")
    names = next(([e.name for e in v.exercises] for v in graded if v.exercises), [])
    table = Table(title=f"{name}: {len(graded)} submissions", title_justify="left", box=None)
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column(_numbers(len(names)), no_wrap=True)
    table.add_column("look at first", overflow="fold")
    for verdict in graded:
        signs = Text(" ").join(_signed(each) for each in verdict.exercises)
        score = f"{number(verdict.score)}/{number(verdict.max_score)}"
        table.add_row(Text(verdict.student or ""), score, signs, Text(first_look(verdict)))
    console.print(table)
    console.print()
    scores = [verdict.score for verdict in graded]
    if scores:
        most = number(graded[0].max_score)
        console.print(f"median {number(median(scores))} of {most} points by tests")
    numbered = (Text(f"{place}:{each}") for place, each in enumerate(names, 1))
    console.print(Text("  ").join(numbered))
    told = (Text.assemble((s, STYLES[tone]), f" {what}") for s, (what, tone) in SIGNS.items())
    console.print(Text("  ").join(told))


def _signed(result: ExerciseResult) -> Text:
    one = sign(result)
    return Text(one, STYLES[SIGNS[one][1]])


def _numbers(exercises: int) -> str:
    """Return the heading over the signs: the exercises' numbers, of two digits the last."""
    return " ".join(str(place % 10) for place in range(1, exercises + 1))


def first_look(verdict: Verdict) -> str:
    """Return the first exercise that did not pass, with its mistake or the first thing wrong."""
    if verdict.outcome != "graded":
        return f"{verdict.outcome.replace('_', ' ')}: {verdict.message}"
    first = next((e for e in verdict.exercises if e.outcome != "passed"), None)
    return "nothing: all right" if first is None else f"{first.name}: {_reason(first)}"


def _reason(result: ExerciseResult) -> str:
    if result.mistake:
        return result.mistake
    if result.outcome == "failed":
        wrong = [check.name for check in result.checks if check.finding is not None]
        where = f" (line {result.where.line})" if result.where is not None else ""
        return f"{', '.join(wrong[:MOST_CHECKS])} not right{where}"
    if result.outcome == "missing":
        return result.message
    return result.outcome.replace("_", " ")
