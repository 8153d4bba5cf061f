"""Attempt an exercise: call the student's function on every case and compare.

An exercise may be attempted in several ways (with the student's own cell function, with a stand-in
for it, with the student's own forward pass); each is one ``Attempt`` and the best one counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from grader.assignment.calling import Questions, driver_of
from grader.assignment.spec import Case, Exercise
from grader.comparison.finding import Finding, changed_argument
from grader.comparison.ladder import compare
from grader.comparison.layout import INPUTS, Layout, Tolerance, Tree, earned
from grader.comparison.properties import properties
from grader.comparison.stub import EMPTY
from grader.judge.guarded import Guarded, nothing
from grader.judge.hidden_cases import Posed
from grader.judge.own_text import OwnText, Repeated
from grader.judge.redact import redacted
from grader.judge.right_replies import right_of
from grader.judge.work import TOO_MUCH, Work
from grader.sandbox import ENDED, Call, Job, Later, RaisedError, Reply, Right, Stored

MOST_TIMES_AS_LARGE = 4  # as what a right function asks may be asked of a stand-in
AGAIN = "called again"  # the first case once more, after all the others


@dataclass(frozen=True)
class StandIns:
    """The right functions that take others' places, and what a case needs to ask them.

    With ``on_path`` they answer only what a right function asks, in its order.
    """

    functions: Mapping[str, Callable[..., Any]]
    needed: Callable[[Case], Questions]
    on_path: bool = False


@dataclass(frozen=True)
class Trial:
    """A judged case: what was asked, what the reference gives, what came back."""

    case: Case
    expected: Tree
    reply: Reply


@dataclass(frozen=True)
class Attempt:
    """An attempt at an exercise: all cases of one way of calling its function."""

    layout: Layout
    trials: tuple[Trial, ...]
    findings: Mapping[str, Finding | None]
    repeated: Repeated  # what its messages say in words of the submission's own
    stand_ins: tuple[str, ...] = ()  # the functions in whose place a right one was called
    given_up: bool = False  # more came back than is looked at
    sound: frozenset[str] = frozenset()  # exercises whose own functions are right
    own_forward: bool = False  # with caches of the student's own forward function
    failed: tuple[str, ...] = ()  # the names of the cases in which something is wrong

    @property
    def points(self) -> float:
        """Return the points that this attempt earns."""
        return sum(self.points_by_check.values())

    @property
    def points_by_check(self) -> dict[str, float]:
        """Return the points that this attempt earns, check by check."""
        return earned(self.layout, {name for name, found in self.findings.items() if found})

    @property
    def passed(self) -> bool:
        """Tell whether every check holds in every case."""
        return not any(self.findings.values())

    @property
    def stopped(self) -> Reply | None:
        """Return the call that hung or killed its process, None if none did."""
        return next((t.reply for t in self.trials if t.reply.outcome in ENDED), None)

    @property
    def error(self) -> RaisedError | None:
        """Return the first exception that a call raised, None if none did."""
        return next((t.reply.error for t in self.trials if t.reply.outcome == "raised"), None)

    @property
    def outcome(self) -> str:
        """Return the exercise's outcome in the words of the verdict."""
        if self.passed:
            return "passed"
        if self.stopped is not None:
            return self.stopped.outcome
        if self.error is not None and is_empty(self.error, self.layout.name):
            return "not_attempted"
        if not self.points and all(t.reply.outcome == "raised" for t in self.trials):
            return "raised"
        return "failed"


def from_a_stub(error: RaisedError) -> bool:
    """Tell whether an untouched stub raised this: the function's own, or that of one it calls."""
    return error.is_stub(EMPTY)


def is_empty(error: RaisedError, name: str) -> bool:
    """Tell whether the untouched stub of the exercise ``name`` itself raised this."""
    return from_a_stub(error) and error.cell in (None, name)


def attempt(
    job: Job,
    exercise: Exercise,
    cases: Posed,
    work: Work,
    own: OwnText,
    stand_ins: StandIns | None = None,
    own_forward: bool = False,
    sound: Collection[str] = (),
    one_by_one: bool = False,
) -> Attempt:
    """Call the function on every case until its process is gone or the stub shows itself.

    The first case comes again at the end: a right answer does not depend on what was called before.
    What comes back is taken off ``work``; when that is used up, the attempt is given up. An error
    in one of the ``sound`` functions, of exercises before, is looked for where they are called.
    Where the job ends and it is ``unclear`` in which case, ``one_by_one`` finds out, in another.
    """
    trials: list[Trial] = []
    repeated = Repeated(own)
    failed: list[tuple[str, dict[str, Finding | None]]] = []
    plan = _planned(exercise, cases, stand_ins, own_forward)
    replies = job.calls([c for *_, calls in plan for c in calls], EMPTY, one_by_one)
    heard, enough = job.heard, True
    for case, expected, calls in plan:
        found = list(islice(replies, len(calls)))
        enough = work.spend(job.heard - heard)
        heard = job.heard
        # The replies end early: the job is dead, or the stub has shown itself.
        if not found:
            break
        # Where the student's own forward gives no cache, that is what the case shows.
        reply = next((r for r in found if r.outcome != "returned"), found[-1])
        reply = redacted(reply, repeated, job.limits)
        if not enough and reply.outcome == "returned":
            reply = Reply("refused", reason=TOO_MUCH)
        trials.append(Trial(case, expected, as_result(exercise, reply)))
        found_here = _findings(exercise, trials[-1], repeated, sound)
        if not enough:
            failed = [(case.name, found_here)]
            break
        failed.append((case.name, found_here))
    replies.close()
    return Attempt(
        exercise.layout,
        tuple(trials),
        _first_findings(exercise, failed),
        repeated,
        tuple(stand_ins.functions) if stand_ins else (),
        given_up=not enough,
        sound=frozenset(sound),
        own_forward=own_forward,
        failed=tuple(name for name, found in failed if any(found.values())),
    )


def _planned(
    exercise: Exercise, cases: Posed, stand_ins: StandIns | None, own_forward: bool
) -> list[tuple[Case, Tree, list[Call]]]:
    """Return the calls of every case, and those of the first one again."""
    plan = []
    for number, (case, expected) in enumerate(cases):
        right = right_of(exercise, case, expected)
        plan.append(
            (case, expected, calls_on(exercise, case, stand_ins, own_forward, number, right))
        )
    return plan + [(replace(case, name=AGAIN), *rest) for case, *rest in plan[:1]]


def attempt_of(exercise: Exercise, trials: Sequence[Trial], own: OwnText) -> Attempt:
    """Return the attempt that was made by these trials, in whatever way they were asked."""
    repeated = Repeated(own)
    found = [(trial.case.name, _findings(exercise, trial, repeated, ())) for trial in trials]
    failed = tuple(name for name, of in found if any(of.values()))
    findings = _first_findings(exercise, found)
    return Attempt(exercise.layout, tuple(trials), findings, repeated, failed=failed)


def _first_findings(
    exercise: Exercise, cases: Sequence[tuple[str, Mapping[str, Finding | None]]]
) -> dict[str, Finding | None]:
    """Return the first finding on each check; the case is named where all others hold.

    What is wrong in several has not to do with one of them.
    """
    findings: dict[str, Finding | None] = {}
    first, several = cases[0][0] if cases else "", len({name for name, _ in cases} - {AGAIN}) > 1
    for check in exercise.checks:
        wrong = [(name, found) for name, of in cases if (found := of.get(check.name))]
        names = {name for name, _ in wrong}
        if first in names:  # then it is wrong again at the end
            names -= {AGAIN}
        findings[check.name] = wrong[0][1] if wrong else None
        if wrong and several and len(names) == 1:
            told = f"{wrong[0][1].checked} ({names.pop()})"
            findings[check.name] = replace(wrong[0][1], checked=told)
    return findings


def as_result(exercise: Exercise, reply: Reply) -> Reply:
    """Return a reply whose value is as the exercise's layout has it: with arguments' states."""
    names = exercise.layout.after
    if not names:
        return reply

    def both() -> Tree:
        return {"returned": reply.value, "after": dict(zip(names, reply.after, strict=False))}

    return replace(reply, returned=Later(both), states=())


def asked(exercise: Exercise, arguments: tuple[Any, ...], **more: Any) -> Call:
    """Return the call by which an exercise's function is judged."""
    after = [exercise.arguments.index(name) for name in exercise.layout.after]
    more.setdefault("mask_globals", True)
    return Call(
        exercise.name,
        arguments,
        driver=driver_of(exercise),
        after=tuple(after),
        cpu_seconds=exercise.call_seconds or None,
        **more,
    )


def calls_on(
    exercise: Exercise,
    case: Case,
    stand_ins: StandIns | None,
    own_forward: bool,
    number: int,
    right: Right | None = None,
) -> list[Call]:
    """Return the call of a case, and before it that of the student's own forward if wanted."""
    arguments, forward = case.arguments, case.forward
    more: dict[str, Any] = {"right": right}
    if stand_ins is not None:
        # As often as a right function asks, or one that goes on where it should stop; further
        # questions would only collect right answers.
        most = stand_ins.needed(case)
        more |= {
            "stand_ins": stand_ins.functions,
            "max_stand_in_calls": most.calls + exercise.more_questions,
            "max_stand_in_elements": MOST_TIMES_AS_LARGE * most.elements,
            "stand_in_dtypes": most.dtypes,
            "on_path": most.next_is if stand_ins.on_path else None,
        }
    if not own_forward or forward is None:
        return [asked(exercise, arguments, **more)]
    kept = Stored(f"forward {number}", (forward.pick,))
    arguments = (*arguments[: forward.into], kept, *arguments[forward.into + 1 :])
    return [
        Call(forward.function, forward.arguments, store_as=kept.name, mask_globals=True),
        asked(exercise, arguments, **more),
    ]


def _findings(
    exercise: Exercise, trial: Trial, repeated: Repeated, sound: Collection[str]
) -> dict[str, Finding | None]:
    """Find what is wrong with one reply, by check."""
    layout, reply = exercise.layout, trial.reply
    if reply.outcome != "returned":
        finding = _no_result(layout, reply, repeated.own, sound)
        return {check.name: finding for check in layout.checks}
    found = compared(exercise, trial, repeated.may)
    if reply.inputs_changed and any(check.name == INPUTS for check in layout.checks):
        found[INPUTS] = changed_argument()
    return found


def compared(
    exercise: Exercise, trial: Trial, may: Callable[[str], bool] = nothing
) -> dict[str, Finding | None]:
    """Compare what came back with what is right; the inputs are hidden, and no value is shown.

    ``may`` says which words of the submission's own a message may repeat.
    """
    case = trial.case
    if trial.reply.right:
        return {check.name: None for check in exercise.checks if check.name != INPUTS}
    tell = Guarded(exercise.layout, case, trial.expected, may)
    tolerance = Tolerance(case.tolerance, reveal=False, tell=tell)
    holds = properties(exercise.holds, case.arguments)
    return compare(exercise.layout, trial.expected, trial.reply.value, tolerance, case.dims, holds)


def _no_result(layout: Layout, reply: Reply, own: OwnText, sound: Collection[str]) -> Finding:
    """Describe a call that gave no result: it raised, hung, died, or returned no plain data."""
    checked, expected = f"{layout.name} called", "a result"
    if reply.reason == TOO_MUCH:
        look = "the `return` line, and what is collected on the way to it"
        return Finding("returned", checked, "what the docstring lists", TOO_MUCH, look)
    if reply.outcome == "refused":
        look = "the `return` line: NumPy arrays in a tuple or dictionary"
        return Finding("returned", checked, "plain arrays", reply.reason, look)
    if reply.outcome == "timed_out":
        look = "the loop: does it come to an end?"
        return Finding("raised", checked, expected, "no answer within the time limit", look)
    if reply.outcome == "crashed":
        look = "what ends the process: exit, or memory without bound"
        return Finding("raised", checked, expected, "its process ended", look)
    if reply.outcome == "missing" or reply.error is None:
        return Finding("defined", layout.name, "a function", "nothing by that name", "its cell")
    return _raised(layout, reply.error, checked, own, sound)


def _raised(
    layout: Layout, error: RaisedError, checked: str, own: OwnText, sound: Collection[str]
) -> Finding:
    """Describe an exception by its type and the student's line; its text could carry inputs."""
    if is_empty(error, layout.name):
        look = "the exercise's cell: write the function there"
        return Finding("raised", checked, "a result", EMPTY, look)
    place = _place(error, sound)
    look = own.quoted(place) if place else "the function's cell"
    return Finding("raised", checked, "a result", f"it raised {error.type}", look)


def _place(error: RaisedError, sound: Collection[str]) -> tuple[str, int] | None:
    """Return the place to look at: where it was raised, or where a sound function was called."""
    found = None
    for place in error.through:
        if place[0] in sound and found is not None:
            break
        found = place
    return found
