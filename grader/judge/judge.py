"""Judge one submission: a notebook's cells go in, a verdict comes out.

Knows no files and no gradebook. The student's cells run in the sandbox; inputs are drawn and
results compared here. Expected values never leave this process.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Exercise, SpecError
from grader.comparison.causes import Cause
from grader.intake.submission import Submission
from grader.judge.attempt import Attempt
from grader.judge.bound_again import bound_again
from grader.judge.hidden_cases import Posed, draw
from grader.judge.judgement import Judgement, empty_verdict, failure
from grader.judge.missing import why_missing, written_elsewhere
from grader.judge.pointing import pointed, to_be_pointed_at
from grader.judge.session import Session
from grader.judge.ways import Ways
from grader.judge.work import Work
from grader.sandbox import Sandbox
from grader.verdict import CheckResult, ExerciseResult

AS_IT_STOOD = "Judged as it stood at its own check: a later cell defines {name} anew or deletes it."


def judge(
    assignment: Assignment,
    submission: Submission,
    seeds: Mapping[str, int],
    sandbox: Sandbox,
    student: str | None = None,
) -> Judgement:
    """Judge ``submission``; ``seeds`` gives each exercise the seed of its hidden inputs.

    Raises nothing that a submission could cause; the kit's own faults become ``grader_error``.
    """
    started = time.perf_counter()
    session = Session(assignment, submission, sandbox)
    results: list[ExerciseResult] = []
    tried: dict[str, Attempt] = {}
    faults: list[str] = []  # of the kit's that no mark depends on
    try:
        for exercise in assignment.spec.exercises:
            results.append(_exercise(session, exercise, seeds[exercise.name], results, tried))
        session.close()  # what is asked now is asked of a fork that has met no hidden input
        session.leave_out_examples(to_be_pointed_at(assignment, results, tried))
        results = [_pointed(session, result, tried, faults) for result in results]
    finally:
        session.close()
    faulty = any(result.outcome == "grader_error" for result in results)
    skipped = [f"not run here: {line}" for cell in session.results for line in cell.skipped]
    verdict = replace(
        empty_verdict(assignment, submission.sha256, student),
        outcome="grader_error" if faulty else "graded",
        score=round(float(sum(result.points for result in results)), 9),  # 9, not 8.999999999999998
        exercises=tuple(results),
        mended=(*submission.mended, *skipped, *faults),
        sandbox={"tier": sandbox.tier, "limits": session.limits.to_dict()},
        seconds=round(time.perf_counter() - started, 1),  # which a process can choose
    )
    return Judgement(verdict, {cell.id: cell for cell in session.results}, session.inconclusive)


def judge_alone(
    assignment: Assignment,
    submission: Submission,
    seeds: Mapping[str, int],
    sandbox: Sandbox,
    student: str | None = None,
) -> Judgement:
    """Judge one submission by itself; one that is inconclusive is judged again."""
    made = judge(assignment, submission, seeds, sandbox, student)
    return judge(assignment, submission, seeds, sandbox, student) if made.inconclusive else made


def _exercise(
    session: Session,
    exercise: Exercise,
    seed: int,
    before: list[ExerciseResult],
    tried: dict[str, Attempt],
) -> ExerciseResult:
    """Judge one exercise; whatever goes wrong on the kit's side is no zero of the student's.

    The attempt that counts goes into ``tried``.
    """
    try:
        if session.out_of_budget():
            note = "No time is left for it: what came before took too much."
            return _not_judged(exercise, "timed_out", note)
        cases = draw(exercise, session.assignment.functions, seed)
        if not cases:  # with no case no check could fail, and everybody would pass
            raise SpecError(f"{exercise.name} draws no cases: nothing would be asked")
        work = Work(cases)
        made, counts = _judged(session, exercise, cases, before, work)
        if counts is not None:
            tried[exercise.name] = counts
        if made.outcome in ("passed", "not_attempted") or session.out_of_budget():
            return made
        name = bound_again(session.submission.cells, exercise.name)
        if not name:
            return made
        with session.as_it_stood(exercise.name) as earlier:
            other, _ = _judged(earlier, exercise, cases, before, work)
        known = {mistake.id for mistake in exercise.mistakes}
        # Of two that earn the same, a mistake in the function itself is what is to be told.
        if (other.points, other.mistake in known) <= (made.points, made.mistake in known):
            return made
        session.stood.add(exercise.name)
        tried.pop(exercise.name, None)  # of another state of the notebook
        return replace(other, note=AS_IT_STOOD.format(name=name))
    except Exception as error:
        note = failure(error)
        return _not_judged(exercise, "grader_error", note)


def _pointed(
    session: Session,
    result: ExerciseResult,
    tried: Mapping[str, Attempt],
    faults: list[str],
) -> ExerciseResult:
    """Say where a function goes wrong; marks are made, and do not depend on whether this fails."""
    if result.name not in tried:
        return result
    exercise = session.assignment.spec.exercise(result.name)
    try:
        return pointed(session, exercise, result, tried[result.name])
    except Exception as error:
        faults.append(f"no line of {result.name} is told: {type(error).__name__}")
        return result


def _judged(
    session: Session,
    exercise: Exercise,
    cases: Posed,
    before: Sequence[ExerciseResult],
    work: Work,
) -> tuple[ExerciseResult, Attempt | None]:
    """Judge an exercise by the functions as a session has them; give the attempt that counts."""
    gone = why_missing(session, exercise)
    if gone is not None:
        return _not_judged(exercise, *gone), None
    best, cause = Ways(session, exercise, cases, before, work).best()
    made = _result(exercise, best, cause)
    if made.outcome == "not_attempted":
        return replace(made, note=written_elsewhere(session, exercise)), None
    return made, best


def _not_judged(exercise: Exercise, outcome: str, note: str) -> ExerciseResult:
    return ExerciseResult(
        exercise.name, outcome, 0.0, exercise.points, note=note, bonus=exercise.bonus
    )


def _result(exercise: Exercise, best: Attempt, cause: Cause | None) -> ExerciseResult:
    """Turn the best attempt into the exercise's result; what did not come to its end earns 0."""
    counts = best.outcome in ("passed", "failed")
    points = {name: value if counts else 0.0 for name, value in best.points_by_check.items()}
    checks = tuple(
        CheckResult(
            check.name,
            # Arguments left alone hold by themselves beside a wrong main value, and earn nothing.
            "failed" if best.findings[check.name] or not points[check.name] else "passed",
            points[check.name],
            check.points,
            best.findings[check.name],
        )
        for check in exercise.checks
    )
    whole = exercise.points if best.outcome == "passed" else round(float(sum(points.values())), 9)
    return ExerciseResult(
        exercise.name,
        best.outcome,
        whole,
        exercise.points,
        checks,
        finding=next((found for found in best.findings.values() if found), None),
        cause=cause,
        stand_ins=best.stand_ins,
        bonus=exercise.bonus,
    )
