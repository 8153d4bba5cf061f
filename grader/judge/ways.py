"""Attempt an exercise in every way that can still help, and choose the one that counts.

The attempt that earns the most counts, and of those that earn the same the one that explains the
most: where a step and the sequence of it are both wrong, only the attempt with a right step shows
what is wrong with the sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.assignment.calling import questions_needed
from grader.assignment.spec import Case, Exercise
from grader.comparison.causes import DRAWS_RANDOM, KEEPS_STATE, OF_CALLS, Cause
from grader.judge.attempt import Attempt, StandIns, as_result, asked, attempt, from_a_stub
from grader.judge.bound_again import draws_random
from grader.judge.diagnose import Diagnosis
from grader.judge.hidden_cases import Posed
from grader.judge.neighbours import Neighbours, asked_in, neighbourhood
from grader.judge.session import Session
from grader.judge.work import TOO_MUCH, Work
from grader.sandbox import ENDED, Job, Reply
from grader.verdict import ExerciseResult

MOST_TOLD = 3  # by a mistake's own results
ROUNDED = 1e-9  # points are capped by a factor, so equal ones may differ in their last digits


class Ways:
    """The ways to attempt one exercise of a submission; ``before`` are the results so far."""

    def __init__(
        self,
        session: Session,
        exercise: Exercise,
        cases: Posed,
        before: Sequence[ExerciseResult],
        work: Work,
    ) -> None:
        self.session = session
        self.exercise = exercise
        self.cases = cases
        self.work = work
        self.helpers = [result for result in before if result.name in exercise.calls]
        # A right function of the student's own is not replaced: what is wrong lies elsewhere. One
        # that is right only with a right function below it, or as it stood, is not right here.
        passed = (result for result in before if result.outcome == "passed")
        self.sound = {r.name for r in passed if not r.stand_ins} - session.stood
        self.wrong = [result.name for result in self.helpers if result.name not in self.sound]
        self.near: dict[int, Neighbours | None] = {}  # by the attempt's identity
        self.worthless = {result.name for result in before if not result.points}

    def best(self) -> tuple[Attempt, Cause | None]:
        """Make the attempts; return the one that counts, and what explains it where that is known.

        Where several explain the same, one with right functions below tells more of this one.
        """
        tried = self._tried()
        most = max(made.points for made in tried)
        source = self.session.submission.answer(self.exercise.name) or ""
        diagnosis = Diagnosis(self.session.assignment, self.exercise, source)
        alike = [made for made in tried if most - made.points < ROUNDED]
        best: list[tuple[Attempt, Cause | None]] = []
        for made in sorted(alike, key=lambda made: not made.stand_ins):
            best.append((made, self._cause(made, diagnosis)))
            if self._rank(best[-1][1]) == MOST_TOLD:  # no other one could tell more
                break
        return max(best, key=lambda way: (self._rank(way[1]), bool(way[0].stand_ins)))

    def _rank(self, cause: Cause | None) -> int:
        """Rate what is known: by a mistake's own results, by form, in part, or not at all."""
        if cause is None:
            return 0
        if not cause.certain:
            return 1
        known = {mistake.id for mistake in self.exercise.mistakes}
        return MOST_TOLD if cause.id in known or cause in OF_CALLS else 2

    def _tried(self) -> list[Attempt]:
        """Make the attempts, up to one that leaves nothing to be tried."""
        tried: list[Attempt] = []
        # A cell function that hangs or kills its process would do so in the sequence again.
        hopeless = any(result.outcome in ENDED for result in self.helpers)
        if not hopeless:
            first = self._attempt()
            if first.passed or first.given_up or first.outcome == "not_attempted":
                return [first]
            # That the cell is still empty says nothing of the sequence; the stand-in shows what is.
            stopped_at_stub = first.error is not None and from_a_stub(first.error)
            empty = any(result.outcome == "not_attempted" for result in self.helpers)
            if not (stopped_at_stub and empty):
                tried.append(first)
        if self.wrong and not (tried and self.session.out_of_budget()):
            tried.append(self._with_stand_ins())
        forward = self.cases[0][0].forward
        useful = forward is not None and forward.function not in self.worthless and not hopeless
        done = any(made.passed or made.given_up for made in tried)
        if useful and not done and not self.session.out_of_budget():
            tried.append(self._attempt(own_forward=True))
        return tried

    def _attempt(self, own_forward: bool = False) -> Attempt:
        session = self.session
        return self._clear(session.living, lambda _: None, own_forward=own_forward)

    def _clear(
        self, give: Callable[[], Job], end: Callable[[Job], None], **options: Any
    ) -> Attempt:
        """Attempt in a job; where it is unclear in which case that ended, again case by case."""
        for one_by_one in (False, True):
            spent, job = self.work.spent, give()
            try:
                made = attempt(
                    job,
                    self.exercise,
                    self.cases,
                    self.work,
                    self.session.own,
                    sound=self.sound,
                    one_by_one=one_by_one,
                    **options,
                )
                if right := options.get("stand_ins"):  # asked while its fork lives
                    self.near[id(made)] = self._looked_up(job, made, right)
            finally:
                end(job)
            if not job.unclear or self.session.out_of_budget():
                break
            self.work.spent = spent
        return made

    def _with_stand_ins(self) -> Attempt:
        """Attempt with the right functions.

        Code that has met another exercise's inputs could hand them to a stand-in and print what it
        answers, for the next submission to replay. So in the fork in use they answer what a right
        function asks, and the first other question ends it: then the attempt is void, and made in a
        fork that has seen no other hidden inputs, where they answer whatever is asked.
        """
        session, exercise = self.session, self.exercise
        functions = session.assignment.functions
        names = tuple(self.wrong)
        right = StandIns(
            {name: functions[name] for name in names},
            lambda case: questions_needed(exercise, functions, case, names),
        )
        spent, job = self.work.spent, session.living()
        on_path = replace(right, on_path=True)
        made = attempt(
            job, exercise, self.cases, self.work, session.own, stand_ins=on_path, sound=self.sound
        )
        if not (job.off_path or job.unclear):
            self.near[id(made)] = self._looked_up(job, made, on_path)
            return made
        self.work.spent = spent
        return self._clear(session.fork, session.end, stand_ins=right)

    def _cause(self, best: Attempt, diagnosis: Diagnosis) -> Cause | None:
        """Return why an attempt is wrong, where that is known."""
        if best.given_up or best.outcome not in ("failed", "raised"):
            return None
        cause = diagnosis.of(best, self._ask, self._near(best))
        if cause == KEEPS_STATE and draws_random(self.session.submission.cells, self.exercise.name):
            return DRAWS_RANDOM
        return cause

    def _near(self, tried: Attempt) -> Neighbours | None:
        """Look up what is like an attempt; one with right functions was, while its fork lived."""
        if id(tried) not in self.near:
            self.near[id(tried)] = self._looked_up(self.session.living(), tried, None)
        return self.near[id(tried)]

    def _looked_up(self, job: Job, tried: Attempt, right: StandIns | None) -> Neighbours | None:
        around = neighbourhood(self.session.assignment, self.exercise)
        if around is None or tried.passed or tried.given_up or tried.stopped is not None:
            return None
        return around.look(asked_in(job, self.exercise, right, tried.own_forward))

    def _ask(self, case: Case, names: Mapping[str, Any]) -> Reply:
        """Call the student's function on a case while global names have other values."""
        job = self.session.living()
        heard = job.heard
        reply = next(job.calls([asked(self.exercise, case.arguments, mask_globals=names)]))
        if not self.work.spend(job.heard - heard):
            return Reply("refused", reason=TOO_MUCH)
        return as_result(self.exercise, reply)
