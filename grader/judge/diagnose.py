"""Diagnose a wrong result: name the mistake or the cause that explains it.

A known mistake is recognised by running it on the same inputs; it is named only when it explains
every case, to tolerance. So are two of them together, and a small change of the solution; which of
all these may be it, a table says. Where none is, the form of the result may say what happened; and
what explains a part of the result is offered as a possibility, never as if it were certain.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.calling import returned_in_time
from grader.assignment.python_cells import parsed
from grader.assignment.spec import Case, Exercise, Mistake
from grader.comparison.causes import (
    KEEPS_STATE,
    READS_GLOBALS,
    Cause,
    as_variables,
    both_told,
    calls_another,
    cause_of_result,
    named_parts,
)
from grader.comparison.error_causes import cause_of_error
from grader.comparison.ladder import by_name
from grader.comparison.layout import INPUTS, Tree
from grader.comparison.trees import deep_copy, same
from grader.judge.attempt import AGAIN, Attempt, Trial, compared
from grader.judge.guarded import Guarded
from grader.judge.neighbours import Neighbours
from grader.judge.roads import defined, says_much, wrong_road
from grader.neighbourhood.versions import CHANGE, PAIR
from grader.sandbox import Reply

APPEND_DROPPED = Cause(
    "append-result-dropped",
    "np.append is called and what it returns is not used",
    "np.append makes a new array and leaves its arguments as they are; a list has its own append.",
)
CALL_SECONDS = 5.0  # of processor time: a wrong version may not come to its end on other inputs
Ask = Callable[[Case, Mapping[str, Any]], Reply]


class Diagnosis:
    """A diagnosis of attempts at one exercise; what a known mistake gives is computed once a case.

    The attempts are on the same cases, whatever was called in the place of what.
    """

    def __init__(self, assignment: Assignment, exercise: Exercise, source: str) -> None:
        self.assignment = assignment
        self.exercise = exercise
        self.source = source  # of the student's function
        self._near: Neighbours | None = None
        self._made: dict[tuple[str, int], Tree | Exception] = {}

    def of(self, tried: Attempt, ask: Ask, near: Neighbours | None = None) -> Cause | None:
        """Return what made a failed attempt wrong, None when nothing is certain.

        ``ask`` calls the student's function on a case while global names have other values.
        Without neighbours every known mistake is run, and nothing that nobody wrote down is told.
        """
        if tried.passed or tried.stopped is not None:
            return None
        self._near = near
        return (
            # What is certain comes first; a mistake that explains a part only is the last resort.
            self._catalogued(tried)
            or self._whole(tried, PAIR)
            or _calls_another(self.assignment, self.exercise, tried)
            or _keeps_state(tried)
            or _reads_globals(self.exercise, tried, ask)
            or _drops_result(self.source, self.exercise.name, tried, raised=True)
            or _by_form(self.assignment, self.exercise, tried)
            or self._whole(tried, CHANGE)
            or self._possible(tried)
            or self._in_part(tried)
            or wrong_road(self.assignment, self.exercise, tried)
            or _drops_result(self.source, self.exercise.name, tried, raised=False)
        )

    def _catalogued(self, tried: Attempt) -> Cause | None:
        """Return the catalogued mistake that gives exactly what the student's function gave."""
        likely = self._near.known() if self._near is not None else None
        trials = _shortest_first(tried)
        for mistake, function in self._mistakes(likely):
            if self._gives_all(tried, trials, mistake.id, function):
                return Cause(mistake.id, mistake.title, mistake.hint)
        return None

    def _mistakes(
        self, likely: Collection[str] | None
    ) -> Iterator[tuple[Mistake, Callable[..., Any]]]:
        """Yield the known mistakes, or those of them that are likely, with their functions."""
        for number, mistake in enumerate(self.exercise.mistakes):
            if likely is None or mistake.id in likely:
                yield mistake, self.assignment.mistaken_bound(self.exercise, number)

    def _gives_all(
        self, tried: Attempt, trials: list[Trial], name: str, function: Callable[..., Any]
    ) -> bool:
        """Tell whether a wrong function does on every case what the student's did."""
        return all(
            _explains(tried, trial, self._result(tried, name, function, trial)) for trial in trials
        )

    def _whole(self, tried: Attempt, kind: str) -> Cause | None:
        """Return the version that nobody wrote down and that gives exactly what was given.

        Where only a few whole numbers or words are wrong, others may give the same by chance.
        """
        if self._near is None or all(trial.reply.outcome != "returned" for trial in tried.trials):
            return None
        trials = _shortest_first(tried)
        for row in self._near.of_kind(kind):
            if self._gives_all(tried, trials, f"{row}", self._version(row)):
                return self._told(row, certain=kind == PAIR or says_much(self.exercise, tried))
        return None

    def _in_part(self, tried: Attempt) -> Cause | None:
        """Return the version that nobody wrote down and that explains the most wrong outputs."""
        rows = [] if self._near is None else self._near.of_kind(CHANGE, whole=False)
        found = [(len(self._explained_by(tried, row)), -row) for row in rows]
        most, row = max(found, default=(0, 0))
        return self._told(-row, certain=False) if most and says_much(self.exercise, tried) else None

    def _explained_by(self, tried: Attempt, row: int) -> set[str]:
        function = self._version(row)
        results = ((t, self._result(tried, f"{row}", function, t)) for t in tried.trials)
        return _explained(tried, results)

    def _version(self, row: int) -> Callable[..., Any]:
        """Return the function of a row of the table."""
        assert self._near is not None
        return defined(self.assignment, self.exercise, self._near.table.text(row))

    def _told(self, row: int, certain: bool) -> Cause:
        """Say what a version does wrong: of two mistakes both, each in its author's words."""
        assert self._near is not None
        version = self._near.table.versions[row]
        if version.kind != PAIR:
            return Cause(version.ids[0], version.title, version.hint, certain)
        known = {mistake.id: mistake for mistake in self.exercise.mistakes}
        named = (known[name] for name in version.ids)
        return both_told(*(Cause(each.id, each.title, each.hint) for each in named))

    def _possible(self, tried: Attempt) -> Cause | None:
        """Return the mistake that explains the most wrong outputs, where another is made, too."""
        best: Cause | None = None
        most = 0
        likely = self._near.known_in_part() if self._near is not None else None
        for mistake, function in self._mistakes(likely):
            results = (
                (trial, self._result(tried, mistake.id, function, trial)) for trial in tried.trials
            )
            explained = _explained(tried, results)
            if len(explained) > most:
                best = Cause(mistake.id, mistake.title, mistake.hint, certain=False)
                most = len(explained)
        return best

    def _result(
        self, tried: Attempt, mistake: str, function: Callable[..., Any], trial: Trial
    ) -> Tree | Exception:
        """Return what a mistaken function returns on a case, or the exception that it raises."""
        place = mistake, id(trial.case.arguments)  # which live as long as the exercise is judged
        if place not in self._made:
            self._made[place] = _called(tried, function, trial)
        return self._made[place]


def _shortest_first(tried: Attempt) -> list[Trial]:
    """Return the trials in the order in which they rule out most with the least work."""
    return sorted(tried.trials, key=_work)


def _work(trial: Trial) -> int:
    """Estimate how much a call on this case has to compute."""
    return math.prod(trial.case.dims.values())


def _explains(tried: Attempt, trial: Trial, result: Tree | Exception) -> bool:
    """Tell whether a mistaken function did on this case what the student's did."""
    reply = trial.reply
    if isinstance(result, Exception):
        # The messages are compared here and never shown: they could carry hidden inputs.
        return _error_of(reply) == (type(result).__name__, str(result))
    if reply.outcome != "returned":
        return False
    return _same_outputs(tried, result, reply.value, trial.case.tolerance)


def _error_of(reply: Reply) -> tuple[str, str] | None:
    """Return the type and text of what a call raised: that of the stand-in where it was one."""
    if reply.below is not None:
        return type(reply.below[1]).__name__, str(reply.below[1])
    return (reply.error.type, reply.error.message) if reply.error else None


def _called(tried: Attempt, function: Callable[..., Any], trial: Trial) -> Tree | Exception:
    try:
        arguments = deep_copy(trial.case.arguments)
        return returned_in_time(tried.layout, function, arguments, CALL_SECONDS)
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


def _drops_result(source: str, name: str, tried: Attempt, raised: bool) -> Cause | None:
    """Return a cause when a line calls np.append and does nothing with what it returns.

    It is certain where that line has ``raised`` the exception, and else a possibility.
    """
    if raised != (tried.error is not None):
        return None
    lines = {line for cell, line in tried.error.through if cell == name} if tried.error else set()
    tree = parsed(source)
    for node in ast.walk(tree) if isinstance(tree, ast.Module) else ():
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("np.append", "numpy.append"):
            here = range(call.lineno, (call.end_lineno or call.lineno) + 1)
            if not raised:
                return replace(APPEND_DROPPED, certain=False)
            if not lines.isdisjoint(here):
                return APPEND_DROPPED
    return None


def _calls_another(assignment: Assignment, exercise: Exercise, tried: Attempt) -> Cause | None:
    """Return a cause when an error came through a right function that belongs to another exercise.

    A gradient may run the forward pass that it is the gradient of.
    """
    through = [place[0] for place in tried.error.through] if tried.error else []
    below = through[through.index(exercise.name) :] if exercise.name in through else []
    fit = called_below(assignment, exercise) | {exercise.name}
    fit |= {exercise.gradient.forward} if exercise.gradient is not None else set()
    wrong = next((cell for cell in below if cell in tried.sound - fit), "")
    return calls_another(exercise.name, wrong) if wrong else None


def called_below(assignment: Assignment, exercise: Exercise) -> set[str]:
    """Return the exercises that one calls, at any depth."""
    found = set(exercise.calls)
    for name in exercise.calls:
        found |= called_below(assignment, assignment.spec.exercise(name))
    return found


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
    names = as_variables(case.dims, exercise.arguments, case.arguments)
    return READS_GLOBALS if _right(exercise, wrong, ask(case, names)) else None


def _by_form(assignment: Assignment, exercise: Exercise, tried: Attempt) -> Cause | None:
    """Return what the form of every wrong result says, when all say the same.

    Where the first one raised, and every other that raised says the same, that is what is shown.
    """
    called = [exercise.layout, *(assignment.spec.exercise(name).layout for name in exercise.calls)]
    named = {name for layout in called if layout.returns_dict for name in layout.returns}
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
    if below := _raised_below(tried, reply):
        return _refused(*below)
    keys = named | {key for key, _ in named_parts(trial.case.arguments)}
    return cause_of_error(reply.error.type, reply.error.message, keys, may)


def _explained(tried: Attempt, results: Iterable[tuple[Trial, Tree | Exception]]) -> set[str]:
    """Return the wrong outputs that a mistaken function gives too; none if it spoils right ones."""
    explained = {name for name, found in tried.findings.items() if found} - {INPUTS}
    changed: set[str] = set()
    for trial, result in results:
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


def _raised_below(tried: Attempt, reply: Reply) -> tuple[str, str] | None:
    """Return the right function in which an error was raised, with its type; None elsewhere."""
    if reply.below is not None:
        name, error = reply.below
        return name, type(error).__name__
    through = reply.error.through[1:] if reply.error else ()
    found = next((cell for cell, _ in through if cell in tried.sound), "")
    return (found, reply.error.type) if reply.error and found else None


def _refused(name: str, error: str) -> Cause:
    """Say that a right function raised an error when it was called as the student's code does."""
    hint = f"In which order does {name} take its arguments, and of which shapes?"
    return Cause("called-wrongly", f"a right {name} raises {error} at what it is given", hint)
