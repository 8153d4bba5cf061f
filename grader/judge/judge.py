"""Judge one submission: a notebook's cells go in, a verdict comes out.

Knows no files and no gradebook. The student's cells run in the sandbox; inputs are drawn and
results compared here. Expected values never leave this process.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.calling import questions_needed
from grader.assignment.python_cells import defined_function, parsed
from grader.assignment.spec import Case, Exercise, SpecError
from grader.comparison.causes import Cause
from grader.intake.submission import Submission
from grader.judge.attempt import Attempt, StandIns, as_result, asked, attempt, from_a_stub
from grader.judge.diagnose import diagnose
from grader.judge.hidden_cases import Posed, draw
from grader.judge.session import Session
from grader.judge.work import TOO_MUCH, Work
from grader.plain_text import one_line
from grader.sandbox import ENDED, CellResult, Reply, Sandbox
from grader.verdict import CheckResult, ExerciseResult, Verdict

LONGEST_FAILURE = 500  # characters of what is said of a fault of the kit
UNFINISHED = {
    "error": "raised an error",
    "timed_out": "ran out of time",
    "crashed": "ended its process",
    "not_run": "was not run",
}


@dataclass(frozen=True)
class Judgement:
    """A judgement: a verdict, what the student's own cells printed, and whether to try again.

    It is ``inconclusive`` when something was stopped that need not be the student's doing: by the
    clock on the wall, or by the end of its process, which a crowded machine kills, too.
    """

    verdict: Verdict
    outputs: Mapping[str, CellResult]
    inconclusive: bool = False


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
    try:
        for exercise in assignment.spec.exercises:
            results.append(_exercise(session, exercise, seeds[exercise.name], results))
    finally:
        session.close()
    faulty = any(result.outcome == "grader_error" for result in results)
    skipped = [f"not run here: {line}" for cell in session.results for line in cell.skipped]
    verdict = replace(
        _nothing(assignment, submission.sha256, student),
        outcome="grader_error" if faulty else "graded",
        score=round(float(sum(result.points for result in results)), 9),  # 9, not 8.999999999999998
        exercises=tuple(results),
        mended=(*submission.mended, *skipped),
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


def unreadable(assignment: Assignment, why: str, digest: str, student: str | None) -> Verdict:
    """Return the verdict on a notebook that cannot be read at all."""
    nothing = _nothing(assignment, digest, student)
    return replace(nothing, message=f"The notebook cannot be read: {why}.")


def failed(assignment: Assignment, student: str | None, error: Exception) -> Verdict:
    """Return the verdict on a submission on which the kit itself failed: no marks."""
    message = _failure(error)
    return replace(_nothing(assignment, "", student), outcome="grader_error", message=message)


def _failure(error: Exception) -> str:
    """Say what failed here; an error's text may quote what a process replied."""
    return one_line(f"The grader failed here: {type(error).__name__}: {error}", LONGEST_FAILURE)


def _nothing(assignment: Assignment, digest: str, student: str | None) -> Verdict:
    """Return what every verdict on the assignment says, without an exercise."""
    return Verdict(
        student=student,
        assignment=assignment.spec.name,
        notebook=assignment.source.name,
        outcome="unreadable",
        score=0.0,
        max_score=assignment.max_score,
        manual={"max_points": assignment.manual_points},
        inputs=assignment.inputs(digest),
    )


def _exercise(
    session: Session, exercise: Exercise, seed: int, before: list[ExerciseResult]
) -> ExerciseResult:
    """Judge one exercise; whatever goes wrong on the kit's side is no zero of the student's."""
    try:
        if session.out_of_budget():
            note = "No time is left for it: what came before took too much."
            return _not_judged(exercise, "timed_out", note)
        gone = _missing(session, exercise)
        if gone is not None:
            return gone
        cases = draw(exercise, session.assignment.functions, seed)
        if not cases:  # with no case no check could fail, and everybody would pass
            raise SpecError(f"{exercise.name} draws no cases: nothing would be asked")
        work = Work(cases)
        best = _best(session, exercise, cases, before, work)
        return _result(session, exercise, best, work)
    except Exception as error:
        note = _failure(error)
        return _not_judged(exercise, "grader_error", note)


def _not_judged(exercise: Exercise, outcome: str, note: str) -> ExerciseResult:
    return ExerciseResult(
        exercise.name, outcome, 0.0, exercise.points, note=note, bonus=exercise.bonus
    )


def _missing(session: Session, exercise: Exercise) -> ExerciseResult | None:
    """Return the result, with its reason, when there is no such function; None when there is."""
    job = session.living()
    alive = job.alive
    if session.defines(exercise.name) == "function":
        return None
    if alive and not job.alive:
        return _not_judged(exercise, "crashed", "Its process ended between two calls.")
    cells = [cell for cell in session.submission.cells if cell.id == exercise.name]
    if not cells:
        why = "is gone from the notebook"
    else:
        why = _why_undefined(cells[-1].source, exercise.name, session.results)
    return _not_judged(exercise, "missing", f"Its cell {why}.")


def _why_undefined(source: str, name: str, results: tuple[CellResult, ...]) -> str:
    tree = parsed(source)
    if isinstance(tree, SyntaxError):
        return f"does not parse, line {tree.lineno}: {tree.msg}"
    if tree is None:
        return "does not parse"
    if defined_function(source) is None:
        return "defines no function"
    ran = next((result for result in results if result.id == name), None)
    if ran is not None and ran.outcome != "ok":
        return f"{UNFINISHED[ran.outcome]} before the function was defined"
    return f"defines another name, not {name}"


def _best(
    session: Session,
    exercise: Exercise,
    cases: Posed,
    before: list[ExerciseResult],
    work: Work,
) -> Attempt:
    """Attempt the exercise in every way that can still help; the best whole attempt counts."""
    tried: list[Attempt] = []
    helpers = [result for result in before if result.name in exercise.calls]
    # A cell function that hangs or kills its process would do so in the sequence again.
    hopeless = any(result.outcome in ENDED for result in helpers)
    if not hopeless:
        first = attempt(session.living(), exercise, cases, work, session.own)
        if first.passed or first.given_up or first.outcome == "not_attempted":
            return first
        # That the cell is still empty says nothing of the sequence; the stand-in shows what is.
        stopped_at_stub = first.error is not None and from_a_stub(first.error)
        if not (stopped_at_stub and any(r.outcome == "not_attempted" for r in helpers)):
            tried.append(first)
    # A right function of the student's own is not replaced: what is wrong lies elsewhere. One that
    # is right only with a right function below it is not right by itself.
    wrong = [r.name for r in helpers if r.outcome != "passed" or r.stand_ins]
    if wrong and not (tried and session.out_of_budget()):
        tried.append(_with_stand_ins(session, exercise, cases, wrong, work))
    forward = cases[0][0].forward
    usable = forward is not None and not any(
        r.name == forward.function and not r.points for r in before
    )
    useful = usable and not hopeless and not any(a.passed or a.given_up for a in tried)
    if useful and not session.out_of_budget():
        living, own = session.living(), session.own
        tried.append(attempt(living, exercise, cases, work, own, own_forward=True))
    # Of ways that earn the same the earlier one counts: the student's own before a stand-in.
    return max(tried, key=lambda attempt: attempt.points)


def _with_stand_ins(
    session: Session, exercise: Exercise, cases: Posed, names: Sequence[str], work: Work
) -> Attempt:
    """Attempt with the right functions, in a fork that has seen no other hidden inputs."""
    functions = session.assignment.functions
    right = StandIns(
        {name: functions[name] for name in names},
        lambda case: questions_needed(exercise, functions, case, tuple(names)),
    )
    # Code that has met another exercise's inputs could hand them to the stand-in and print what it
    # answers, for the next submission to replay.
    job = session.fork()
    try:
        return attempt(job, exercise, cases, work, session.own, stand_ins=right)
    finally:
        session.end(job)


def _cause(session: Session, exercise: Exercise, best: Attempt, work: Work) -> Cause | None:
    """Return why the best attempt is wrong, where that is known."""

    def ask(case: Case, names: Mapping[str, Any]) -> Reply:
        job = session.living()
        heard = job.heard
        reply = next(job.calls([asked(exercise, case.arguments, mask_globals=names)]))
        if not work.spend(job.heard - heard):
            return Reply("refused", reason=TOO_MUCH)
        return replace(reply, value=as_result(exercise, reply))

    if best.given_up or best.outcome not in ("failed", "raised"):
        return None
    return diagnose(session.assignment, exercise, best, ask)


def _result(session: Session, exercise: Exercise, best: Attempt, work: Work) -> ExerciseResult:
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
        cause=_cause(session, exercise, best, work),
        stand_ins=best.stand_ins,
        bonus=exercise.bonus,
    )
