"""Diagnose a wrong result: name the mistake or the cause that explains it.

A known mistake is recognised by running it on the same inputs; it is named only when it explains
every case, to tolerance. Where none does, the form of the result may say what happened; and one
that explains a part of the result is offered as a possibility, never as if it were certain.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Case, Exercise
from grader.comparison.causes import (
    KEEPS_STATE,
    READS_GLOBALS,
    Cause,
    cause_of_error,
    cause_of_result,
    named_parts,
)
from grader.comparison.ladder import by_name
from grader.comparison.layout import INPUTS, Tree
from grader.comparison.trees import deep_copy, leaves, returned_by, same
from grader.judge.attempt import AGAIN, Attempt, Trial, compared
from grader.judge.guarded import Guarded
from grader.sandbox import Reply

Ask = Callable[[Case, Mapping[str, Any]], Reply]


def diagnose(
    assignment: Assignment,
    exercise: Exercise,
    tried: Attempt,
    ask: Ask,
) -> Cause | None:
    """Return what made a failed attempt wrong, None when nothing is certain.

    ``ask`` calls the student's function on a case while global names have other values.
    """
    if tried.passed or tried.stopped is not None:
        return None
    return (
        # What is certain comes first; a mistake that explains a part only is the last resort.
        _catalogued(assignment, exercise, tried)
        or _keeps_state(tried)
        or _reads_globals(exercise, tried, ask)
        or _by_form(assignment, exercise, tried)
        or _possible(assignment, exercise, tried)
    )


def _catalogued(assignment: Assignment, exercise: Exercise, tried: Attempt) -> Cause | None:
    """Return the catalogued mistake that gives exactly what the student's function gave."""
    trials = sorted(tried.trials, key=_work)  # most mistakes are ruled out by the shortest
    for mistake, function in assignment.mistakes(exercise):
        if all(_explains(tried, trial, function) for trial in trials):
            return Cause(mistake.id, mistake.title, mistake.hint)
    return None


def _work(trial: Trial) -> int:
    """Estimate how much a call on this case has to compute."""
    return sum(leaf.size for _, leaf in leaves(trial.case.arguments) if hasattr(leaf, "size"))


def _explains(tried: Attempt, trial: Trial, function: Callable[..., Any]) -> bool:
    """Tell whether the mistaken function does on this case what the student's did."""
    reply, result = trial.reply, _result(tried, function, trial)
    if isinstance(result, Exception):
        raised = reply.error
        # The messages are compared here and never shown: they could carry hidden inputs.
        same_type = raised is not None and raised.type == type(result).__name__
        return same_type and raised is not None and raised.message == str(result)
    if reply.outcome != "returned":
        return False
    return _same_outputs(tried, result, reply.value, trial.case.tolerance)


def _result(tried: Attempt, function: Callable[..., Any], trial: Trial) -> Tree | Exception:
    """Return what a mistaken function returns on a case, or the exception that it raises."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return returned_by(tried.layout, function, deep_copy(trial.case.arguments))
    except Exception as error:
        return error


def _same_outputs(tried: Attempt, mine: Tree, yours: Tree, tolerance: float) -> bool:
    ours, whole = by_name(tried.layout, mine)
    theirs, other = by_name(tried.layout, yours)
    if whole is not None or other is not None:
        return whole is not None and other is not None and same(mine, yours, tolerance)
    names = [*ours, *(name for name in theirs if name not in ours)]
    return all(
        (name in ours) == (name in theirs) and same(ours[name], theirs[name], tolerance)
        for name in names
    )


def _right(exercise: Exercise, trial: Trial, reply: Reply) -> bool:
    if reply.outcome != "returned":
        return False
    return not any(compared(exercise, replace(trial, reply=reply)).values())


def _keeps_state(tried: Attempt) -> Cause | None:
    """Return a cause when the first case, called again at the end, gave something else."""
    first, last = tried.trials[0], tried.trials[-1]
    if last.case.name != AGAIN:
        return None
    one, other = first.reply, last.reply
    unlike = one.outcome != other.outcome or not same(one.value, other.value, last.case.tolerance)
    return KEEPS_STATE if unlike else None


def _reads_globals(exercise: Exercise, tried: Attempt, ask: Ask) -> Cause | None:
    """Return a cause when the answer is right once the notebook's variables hold the arguments."""
    wrong = next(
        (trial for trial in tried.trials if not _right(exercise, trial, trial.reply)), None
    )
    if wrong is None:
        return None
    case = wrong.case
    arguments = dict(zip(exercise.arguments, case.arguments, strict=False))
    names = {**case.dims, **dict(named_parts(case.arguments)), **arguments}
    return READS_GLOBALS if _right(exercise, wrong, ask(case, names)) else None


def _by_form(assignment: Assignment, exercise: Exercise, tried: Attempt) -> Cause | None:
    """Return what the form of every wrong result says, when all say the same.

    Where the first one raised, and every other that raised says the same, that is what is shown.
    """
    named = {*exercise.returns}
    for name in exercise.calls:
        named |= {*assignment.spec.exercise(name).returns}
    wrong = [trial for trial in tried.trials if not _right(exercise, trial, trial.reply)]
    if wrong and wrong[0].reply.error is not None:
        wrong = [trial for trial in wrong if trial.reply.error is not None]
    causes = {_form(tried, trial, named) for trial in wrong}
    return causes.pop() if len(causes) == 1 else None


def _form(tried: Attempt, trial: Trial, named: set[str]) -> Cause | None:
    layout, reply, may = tried.layout, trial.reply, tried.repeated.may
    if reply.outcome == "returned":
        tell = Guarded(layout, trial.case, trial.expected, may)
        return cause_of_result(layout, trial.expected, reply.value, trial.case.tolerance, tell)
    if reply.error is None:
        return None
    keys = named | {key for key, _ in named_parts(trial.case.arguments)}
    return cause_of_error(reply.error.type, reply.error.message, keys, may)


def _possible(assignment: Assignment, exercise: Exercise, tried: Attempt) -> Cause | None:
    """Return the mistake that explains the most wrong outputs, where another is made as well."""
    best: Cause | None = None
    most = 0
    for mistake, function in assignment.mistakes(exercise):
        explained = _explained(tried, function)
        if len(explained) > most:
            best = Cause(mistake.id, mistake.title, mistake.hint, certain=False)
            most = len(explained)
    return best


def _explained(tried: Attempt, function: Callable[..., Any]) -> set[str]:
    """Return the wrong outputs that a mistaken function gives too; none if it spoils right ones."""
    explained = {name for name, found in tried.findings.items() if found} - {INPUTS}
    changed: set[str] = set()
    for trial in tried.trials:
        result = _result(tried, function, trial)
        mine, spoilt = by_name(tried.layout, result)
        yours, other = by_name(tried.layout, trial.reply.value)
        if spoilt is not None or other is not None or trial.reply.outcome != "returned":
            return set()
        truth, tolerance = by_name(tried.layout, trial.expected)[0], trial.case.tolerance
        differs = {name for name in truth if not same(mine.get(name), truth[name], tolerance)}
        agrees = {name for name in truth if same(mine.get(name), yours.get(name), tolerance)}
        if any(tried.findings.get(name) is None for name in differs):
            return set()
        explained &= agrees
        changed |= differs
        if not explained:
            return set()
    return explained & changed
