"""Point at the line of a wrong function from which nothing right follows, once all marks are made.

The function is called once more, rewritten so that it tells its values, on inputs that are the
same for everybody, in a fork that has met no other. What its process says of itself is not trusted:
it picks a line of the submission's own text and a sentence of a closed list, and touches no mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.calling import driver_of, questions_needed
from grader.assignment.spec import Exercise
from grader.instrument.portable import portable_text
from grader.instrument.recorder import Full
from grader.instrument.weave import NotWoven, Woven, woven
from grader.judge.attempt import Attempt
from grader.judge.diagnostic_cases import Diagnostic, Diagnostics, diagnostics
from grader.judge.in_process_runs import between_in_process
from grader.judge.own_cells import OwnCells
from grader.judge.right_runs import after_of
from grader.judge.roads import of_a_change, speaks_of
from grader.judge.session import Session
from grader.parting.between import Between, Path
from grader.parting.finding import Parting
from grader.parting.recording import NotTold, Recording, read
from grader.parting.where import where
from grader.sandbox import Call
from grader.verdict import ExerciseResult

CPU_SECONDS = 1.0  # of a call; the rewritten function takes some ten times as long as the plain one
MOST_TIMES_AS_MANY = 2  # questions as a right function asks, and a few
MOST_CASES = 2  # that are tried until one shows the mistake


def to_be_pointed_at(
    assignment: Assignment, results: Iterable[ExerciseResult], tried: Mapping[str, Attempt]
) -> list[str]:
    """Return the names of the functions of which it is not known for certain what is wrong."""
    spec = assignment.spec
    return [
        result.name
        for result in results
        if result.name in tried
        and not _explained(spec.exercise(result.name), result, tried[result.name])
    ]


def pointed(
    session: Session, exercise: Exercise, result: ExerciseResult, tried: Attempt
) -> ExerciseResult:
    """Return the result with the line from which nothing right follows, where that is known.

    A function whose mistake is known for certain costs nothing. A mistake that is only possible is
    left out where the values say that something else is wrong.
    """
    if _explained(exercise, result, tried) or session.out_of_budget():
        return result
    if tried.given_up or tried.own_forward:
        return result
    try:
        own = OwnCells.of(session, exercise.name)
    except NotWoven:
        return result
    cases = diagnostics(session.assignment, exercise)
    for name in _names(cases, tried):
        diagnostic = cases.of(name)
        told = _told(session, exercise, diagnostic, own.woven) if diagnostic is not None else None
        if diagnostic is None or told is None:
            return result
        between = Between(diagnostic.reference, told)
        if between.failed:
            found = where(between) if _agrees(exercise, between, tried) else None
            if found is None or (found.kind == "raises" and not found.text):
                return result  # the line of an exception is told without it
            if not speaks_of(result.cause, found):
                if result.mistake is not None:
                    return result  # what is certain says something else
                result = replace(result, cause=None)
            other = _other_mistake(session.assignment, exercise, result, diagnostic, found)
            names = diagnostic.reference.names.values()
            made = replace(result, where=own.where(found, session.own.words, names))
            return replace(made, cause=None) if other else made
    return result


def _explained(exercise: Exercise, result: ExerciseResult, tried: Attempt) -> bool:
    """Tell whether it is known what is wrong; how an exception came about may be told better."""
    if result.outcome not in ("failed", "raised"):
        return True
    if result.mistake is None or of_a_change(result.cause):
        return False
    known = {mistake.id for mistake in exercise.mistakes}
    return tried.error is None or result.mistake in known


def _other_mistake(
    assignment: Assignment,
    exercise: Exercise,
    result: ExerciseResult,
    diagnostic: Diagnostic,
    found: Parting,
) -> bool:
    """Tell whether a mistake that is only possible would be about another value than was found."""
    possible = next(
        (m for m in exercise.mistakes if result.cause and m.id == result.cause.id), None
    )
    if possible is None or not found.wanted:
        return False
    source = possible.apply(assignment.source.function_source(exercise.name))
    try:
        own = woven(source, [exercise.name])
        theirs = where(between_in_process(assignment, exercise, diagnostic, own))
    except (NotWoven, NotTold, Full, TimeoutError):
        return False
    return theirs is not None and bool(theirs.wanted) and theirs.wanted != found.wanted


def _names(cases: Diagnostics, tried: Attempt) -> list[str]:
    """Return the diagnostic cases to try: the first one, if it failed, and others that did."""
    failed = tried.failed
    first = cases.first()
    ordered = [first] if first in failed else []
    ordered += [name for name in failed if name in cases.cases and name != first]
    return list(dict.fromkeys(ordered))[:MOST_CASES]


def _agrees(exercise: Exercise, between: Between, tried: Attempt) -> bool:
    """Tell whether what is wrong here is wrong in the hidden cases, too."""
    if bool(between.run.error) != (tried.error is not None):
        return False
    checked = {check.name for check in exercise.layout.checks} & {*exercise.layout.returns}
    wrong = {name for name, finding in tried.findings.items() if finding}
    return not any(_output(exercise, path) in checked - wrong for path in between.wrong)


def _output(exercise: Exercise, path: Path) -> str | int:
    """Return the output in which something came back, empty where it is in none."""
    layout = exercise.layout
    if not layout.returns_dict and len(layout.returns) == 1:
        return layout.returns[0]
    if layout.returns_dict or not path:
        return path[0] if path else ""
    places: dict[str | int, str] = dict(enumerate(layout.returns))
    return places.get(path[0], "")


def _told(
    session: Session, exercise: Exercise, diagnostic: Diagnostic, own: Woven
) -> Recording | None:
    """Call the rewritten function once in the sandbox, and read what it told."""
    assignment, case = session.assignment, diagnostic.case
    others = [name for name in exercise.calls if name not in own.defines]
    text = portable_text(own, exercise.name, others, after_of(exercise), driver_of(exercise))
    needed = questions_needed(exercise, assignment.functions, case, tuple(exercise.calls))
    call = Call(
        exercise.name,
        case.arguments,
        stand_ins={name: assignment.functions[name] for name in exercise.calls},
        max_stand_in_calls=MOST_TIMES_AS_MANY * needed.calls + 4,
        max_stand_in_elements=MOST_TIMES_AS_MANY * needed.elements,
        stand_in_dtypes=needed.dtypes,
        mask_globals=True,
        cpu_seconds=CPU_SECONDS,
        driver=text,
    )
    doubtful = session.inconclusive
    job = session.living()
    reply = next(job.calls([call]))
    session.inconclusive = doubtful  # whatever happened here, the marks are made
    job.inconclusive = False
    if reply.outcome != "returned" or not isinstance(reply.value, dict):
        return None
    try:
        return _read(reply.value, own)
    except (NotTold, TypeError, ValueError, KeyError):
        return None


def _read(told: Mapping[str, Any], own: Woven) -> Recording:
    report, error = told["report"], told["error"]
    if type(report) is not str:
        raise NotTold("no report")
    if error is None:
        return read(report, own.places, told["returned"], uses=own.uses)
    kind, lines, unbound = error
    if type(kind) is not str or type(unbound) is not str:
        raise NotTold("no error")
    through = [own.lines[line] for line in lines if type(line) is int and line in own.lines]
    return read(report, own.places, None, kind or "Exception", through, own.uses, unbound)
