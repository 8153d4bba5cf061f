"""Hold the kit to pointing at the line that was changed, in answers of another style."""

from __future__ import annotations

import contextlib
import difflib
import random
from collections.abc import Mapping

from grader.assignment.assignment import Assignment
from grader.assignment.calling import bound
from grader.assignment.spec import Exercise
from grader.instrument.recorder import Full
from grader.instrument.weave import woven
from grader.judge.diagnostic_cases import diagnostics
from grader.judge.in_process_runs import between_in_process
from grader.neighbourhood.mutants import Mutant, as_mutated, mutants
from grader.parting.finding import Parting
from grader.parting.recording import NotTold
from grader.parting.where import where
from grader.verify import in_process
from grader.verify.held import SEED, Held

LEAST = 0.8  # of the changed lines are pointed at
NO_LINE = ("dropped", "moved")  # operators that leave no changed line
SAMPLE = 16  # mutants of each style that a run looks at; all of them with every=True


def styles_earn_all(assignment: Assignment, exercise: Exercise, styles: Mapping[str, str]) -> Held:
    """Hold right answers in other styles to full marks, and to no line pointed at."""
    posed = in_process.pose(exercise, assignment.functions, SEED)
    wrong = []
    for style, source in styles.items():
        function = in_process.define(source, exercise.name, assignment.names)
        whole = bound(exercise, {**assignment.names, exercise.name: function})
        if in_process.loses(exercise, whole, posed):
            wrong.append(f"{style} loses marks")
        elif pointed_at(assignment, exercise, source) is not None:
            wrong.append(f"a line of {style} is pointed at")
    what = f"other styles of {exercise.name} are right"
    return Held(what, not wrong, "; ".join(wrong) or f"{len(styles)} of them")


def changed_lines_are_pointed_at(
    assignment: Assignment, styles: Mapping[str, Mapping[str, str]], every: bool
) -> Held:
    """Hold the kit to pointing at exactly the changed line of mutants that lose marks."""
    exact, total, no_line = 0, 0, 0
    for exercise in assignment.spec.exercises:
        for source in styles[exercise.name].values():
            for mutant, lines in _wrong(assignment, exercise, source, every):
                found = pointed_at(assignment, exercise, mutant.source)
                if mutant.operator in NO_LINE:
                    no_line += 1
                    continue
                exact += found is not None and found.line in lines
                total += 1
    share = exact / total if total else 1.0
    text = (
        f"{exact} of {total} mutants of other styles, {share:.0%}; at least {LEAST:.0%} "
        f"({no_line} more drop or move a statement: no line is left to point at)"
    )
    return Held("the changed line is pointed at", share >= LEAST, text)


def _wrong(
    assignment: Assignment, exercise: Exercise, source: str, every: bool
) -> list[tuple[Mutant, set[int]]]:
    """Return the mutants that lose marks, each with the lines that it changed."""
    posed = in_process.pose(exercise, assignment.functions, SEED)
    found = list(mutants(source, assignment.spec.lookalikes))
    random.Random(SEED).shuffle(found)
    before = as_mutated(source).splitlines()
    chosen: list[tuple[Mutant, set[int]]] = []
    for mutant in found:
        if len(chosen) == SAMPLE and not every:
            break
        function = in_process.define(mutant.source, exercise.name, assignment.names)
        whole = bound(exercise, {**assignment.names, exercise.name: function})
        if in_process.loses(exercise, whole, posed):
            chosen.append((mutant, _changed(before, mutant.source.splitlines())))
    return chosen


def _changed(before: list[str], after: list[str]) -> set[int]:
    """Return the lines that are others than before, from 1 on."""
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return {line for tag, _, _, a, b in blocks if tag != "equal" for line in range(a + 1, b + 1)}


def pointed_at(assignment: Assignment, exercise: Exercise, source: str) -> Parting | None:
    """Return where a function of the kit's own goes wrong; it runs in this process."""
    cases = diagnostics(assignment, exercise)
    own = woven(source, [exercise.name])
    for name in cases.cases:
        diagnostic = cases.of(name)
        assert diagnostic is not None
        between = None
        with contextlib.suppress(Full, TimeoutError, NotTold):
            between = between_in_process(assignment, exercise, diagnostic, own)
        if between is None:
            return None
        if between.failed:
            return where(between)
    return None
