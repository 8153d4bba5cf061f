"""Hold an assignment's two descriptions, the lesson and the exercises, to saying the same."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path

from grader.assignment.example_calls import EXAMPLE_CELL
from grader.assignment.places import at, in_lesson
from grader.assignment.python_cells import defined_function, parsed
from grader.assignment.source import WRITTEN_CELL, Source, check_cell
from grader.assignment.spec import Spec
from grader.comparison.stub import STUB
from grader.errors import UsageError

SHOWN = re.compile(
    r"!\[[^\]]*\]\(figures/(?P<figure>[\w.-]+)\)|^<!-- expected: (?P<cell>\w+) -->$", re.M
)


def check_agreement(spec: Spec, source: Source) -> None:
    """Raise UsageError, with the line at fault, unless the exercises and the lesson agree.

    They must agree in functions, solution marks, checks and points, those of rubrics included.
    """
    lines = {cell.id: in_lesson(source.name, cell.line) for cell in source.cells}
    _refuse_other_functions(spec, source, lines)
    for cell in source.cells:
        # Without its BEGIN mark a cell would be released as a bare raise, without its `def` line.
        if cell.role == "answer" and not re.fullmatch("(BE)+", _marks(cell.source)):
            raise UsageError(
                f"{lines[cell.id]}: cell {cell.id} has no pair of marks '### BEGIN SOLUTION' and "
                "'### END SOLUTION', or one mark without the other: put them around the solution's "
                "lines"
            )
    checks = {cell.id: cell.points for cell in source.cells if cell.role == "check"}
    for exercise in spec.exercises:
        if not any(check.main for check in exercise.checks):
            why = f"no check of {exercise.name} has main=True: say what the exercise is about"
            raise UsageError(at(exercise.place, why))
        cell_name = check_cell(exercise.name)
        if EXAMPLE_CELL + exercise.name not in lines:
            why = f"{exercise.name} has no example: add a cell headed '# %% example' that calls it"
            raise UsageError(f"{lines[exercise.name]}: {why}")
        if cell_name not in checks:
            why = f"{exercise.name} has no check: add a cell headed '# %% check' below its example"
            raise UsageError(f"{lines[exercise.name]}: {why}")
        if checks[cell_name] != exercise.counted:
            worth = "a bonus has 0 there" if exercise.bonus else f"its checks {exercise.points:g}"
            why = f"cell {cell_name} says {checks[cell_name]} points, {worth}"
            raise UsageError(f"{lines[cell_name]}: {why}")
    _refuse_idle_calls(spec, source)
    _refuse_other_rubrics(spec, source)


def _refuse_idle_calls(spec: Spec, source: Source) -> None:
    """Raise UsageError where an exercise says that it calls what nothing in it names."""
    for exercise in spec.exercises:
        tree = parsed(source.function_source(exercise.name))
        walked = ast.walk(tree) if isinstance(tree, ast.Module) else ()
        named = {node.id for node in walked if isinstance(node, ast.Name)}
        for name in exercise.calls if exercise.drive is None else ():
            if name not in named:
                why = f"{exercise.name} says that it calls {name}, and its solution never does"
                raise UsageError(at(exercise.place, why))


def _refuse_other_functions(spec: Spec, source: Source, lines: Mapping[str, str]) -> None:
    answers = [cell.id for cell in source.cells if cell.role == "answer"]
    wanted = [exercise.name for exercise in spec.exercises]
    if not answers:
        place = in_lesson(source.name)
        raise UsageError(f"{place} has no answer cells: is it jupytext's percent format?")
    for name in answers:
        if name not in wanted:
            known = ", ".join(wanted)
            why = f"{name} is an answer, and no exercise is called so ({known}): describe it"
            raise UsageError(f"{lines[name]}: {why}")
    for exercise in spec.exercises:
        if exercise.name not in answers:
            why = f"{exercise.name} is no answer in {in_lesson(source.name)}: write its cell there"
            raise UsageError(at(exercise.place, why))
    if answers != wanted:
        orders = f"{', '.join(answers)}, the exercises {', '.join(wanted)}"
        raise UsageError(f"{in_lesson(source.name)}: the answers are in the order {orders}")


def _refuse_other_rubrics(spec: Spec, source: Source) -> None:
    asked = {
        cell.id.removeprefix(WRITTEN_CELL): cell
        for cell in source.cells
        if cell.role == "written" and cell.id.startswith(WRITTEN_CELL)
    }
    for name, items in spec.rubrics.items():
        if name not in asked:
            known = ", ".join(asked) or "none"
            raise UsageError(
                f"the exercises of {spec.name}: there is a rubric for {name!r}, and no written "
                f"question of that name: name one of the notebook's ({known}), or take the rubric "
                "out"
            )
        total, question = float(sum(items.values())), asked[name]
        if not math.isclose(total, question.points):
            raise UsageError(
                f"{in_lesson(source.name, question.line)}: the rubric of {name!r} adds up to "
                f"{total:g} points and its question has {question.points:g}: change an item, or "
                "the points in the question's header"
            )


def _marks(source: str) -> str:
    """Return the solution marks of a cell in their order: B where one begins, E where it ends."""
    return "".join(found[0] for found in re.findall(r"(BEGIN|END) SOLUTION", source))


def refuse_lost_places(source: Source, figures: Path) -> None:
    """Raise UsageError where a text shows a figure, or an example's output, that there is not."""
    known = {cell.id for cell in source.cells if cell.role not in ("text", "written")}
    for cell in source.cells:
        for found in SHOWN.finditer(cell.source) if cell.role == "text" else ():
            place = in_lesson(source.name, cell.line + cell.source.count("\n", 0, found.start()))
            if found["figure"] and not (figures / found["figure"]).exists():
                why = (
                    f"the text shows {found['figure']}, but {figures / found['figure']} is missing"
                )
                raise UsageError(f"{place}: {why}")
            if found["cell"] and found["cell"] not in known:
                why = f"the text expects the output of {found['cell']!r}: no such code cell"
                raise UsageError(f"{place}: {why}")


def refuse_told_answers(spec: Spec, text: str) -> None:
    """Raise UsageError where a lesson shows the answer to a question below its example."""
    for exercise in spec.exercises:
        shown = f"<!-- expected: {EXAMPLE_CELL}{exercise.name} -->"
        if exercise.sealed and shown in text:
            line = text[: text.index(shown)].count("\n") + 1
            raise UsageError(
                f"{in_lesson(spec.name, line)}: the answer to {exercise.name} would be shown below "
                f"its example: take the line '{shown}' away"
            )


def check_stubs(spec: Spec, source: Source, released: Path) -> None:
    """Raise UsageError unless students get every function's `def` line and a stub at its end."""
    book = json.loads((released / f"{spec.name}.ipynb").read_text(encoding="utf-8"))
    texts = {cell["id"]: "".join(cell["source"]) for cell in book["cells"]}
    for exercise in spec.exercises:
        text = texts[exercise.name]
        if defined_function(text) != exercise.name or not text.rstrip().endswith(STUB):
            raise UsageError(
                f"{in_lesson(source.name, source.answer(exercise.name).line)}: cell "
                f"{exercise.name} would be released without its `def` line, or with lines "
                "below the stub: the solution marks go around all that students write"
            )
