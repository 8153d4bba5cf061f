"""Hold the judge to telling what nobody wrote down: two mistakes at once, and small changes.

The functions are the kit's own and run in this process; what is told of them is the judge's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.calling import bound, returned_in_time
from grader.assignment.spec import Case, Exercise, Mistake
from grader.comparison.causes import Cause
from grader.comparison.trees import deep_copy, same
from grader.judge.attempt import Trial, attempt_of
from grader.judge.diagnose import Diagnosis
from grader.judge.hidden_cases import Posed
from grader.judge.neighbours import Neighbourhood
from grader.judge.own_text import OwnText
from grader.neighbourhood.mutants import mutants
from grader.neighbourhood.versions import with_both
from grader.sandbox import CellSource, RaisedError, Reply
from grader.verify import in_process
from grader.verify.held import SEED, Held

PAIRS = 200  # that are told both, of all exercises together
LEAST_BOTH = 0.95
CHANGES = 16  # of each style
LEAST_TOLD = 0.7  # of them are named or offered
Around = Mapping[str, Neighbourhood]


def cause_told(around: Neighbourhood, source: str, posed: Posed) -> Cause | None:
    """Return what the judge tells of a function of the kit's own, None where it tells nothing."""
    assignment, exercise = around.assignment, around.exercise
    function = bound(
        exercise,
        {**assignment.names, exercise.name: _defined(assignment, exercise, source)},
    )
    trials = [Trial(case, right, _asked(exercise, function, case)) for case, right in posed]
    own = OwnText([CellSource(exercise.name, source, "answer")])
    tried = attempt_of(exercise, trials, own)
    if tried.passed or any(trial.reply.outcome == "timed_out" for trial in trials):
        return None
    near = around.look(lambda case, _: _plain(exercise, _asked(exercise, function, case)))
    return Diagnosis(assignment, exercise, source).of(tried, lambda *_: Reply("refused"), near)


def _defined(assignment: Assignment, exercise: Exercise, source: str) -> Callable[..., Any]:
    return in_process.define(source, exercise.name, assignment.names)


def _asked(exercise: Exercise, function: Callable[..., Any], case: Case) -> Reply:
    """Call a function as the sandbox would, in this process."""
    arguments = deep_copy(case.arguments)
    try:
        value = returned_in_time(exercise.layout, function, arguments, in_process.CALL_SECONDS)
    except TimeoutError:
        return Reply("timed_out")
    except Exception as error:
        return Reply("raised", error=RaisedError(type(error).__name__, str(error)))
    pairs = zip(exercise.arguments, arguments, case.arguments, strict=False)
    after = exercise.layout.after
    changed = not all(same(a, b, 0.0) for name, a, b in pairs if name not in after)
    return Reply("returned", value, inputs_changed=changed)


def _plain(exercise: Exercise, reply: Reply) -> Reply:
    """Take a reply apart as it would come from the sandbox."""
    if reply.outcome != "returned" or not exercise.layout.after:
        return reply
    after = tuple(reply.value["after"][name] for name in exercise.layout.after)
    return Reply("returned", reply.value["returned"], states=after)


def pairs_are_told(around: Around, number: int = PAIRS) -> Held:
    """Hold pairs of known mistakes in one function to being told both.

    Those that do together what one of them does alone, or nothing, are told as that.
    """
    told, total, alone = 0, 0, 0
    missed: list[str] = []
    for of, one, other, source in _pairs(around, number):
        exercise = of.exercise
        posed = in_process.pose(exercise, of.assignment.functions, SEED)
        cause = cause_told(of, source, posed)
        if _is_one(of, (one, other), source, posed):
            alone += 1
            continue
        total += 1
        text = cause.text() if cause is not None and cause.certain else ""
        good = one.title in text and other.title in text
        told += good
        if not good:
            missed.append(f"{exercise.name}: {one.id} with {other.id}")
    share = told / total if total else 1.0
    text = f"{told} of {total} pairs, {share:.0%}; at least {LEAST_BOTH:.0%}"
    text += f" ({alone} more do what one of them does alone)" if alone else ""
    missing = f"; not told both: {'; '.join(missed)}" if share < LEAST_BOTH else ""
    return Held("two mistakes in one function are told both", share >= LEAST_BOTH, text + missing)


def _pairs(around: Around, number: int) -> Iterator[tuple[Neighbourhood, Mistake, Mistake, str]]:
    """Yield pairs that edit different places, the same number of each exercise, always the same."""
    each = -(-number // max(len(around), 1))
    left = number
    for of in around.values():
        source = of.assignment.source.function_source(of.exercise.name)
        found = [
            (of, *pair, text)
            for pair in combinations(of.exercise.mistakes, 2)
            if (text := with_both(source, *pair)) is not None
        ]
        chosen = random.Random(f"{SEED} {of.exercise.name}").sample(found, min(each, len(found)))
        yield from chosen[:left]
        left -= len(chosen[:left])


def _is_one(of: Neighbourhood, pair: Sequence[Mistake], source: str, posed: Posed) -> bool:
    """Tell whether a pair does what one of the two does alone, or what the solution does."""
    solution = of.assignment.source.function_source(of.exercise.name)
    alone = [solution, *(mistake.apply(solution) for mistake in pair)]
    both = _results(of, source, posed)
    return any(_alike(both, _results(of, text, posed)) for text in alone)


def _results(of: Neighbourhood, source: str, posed: Posed) -> list[Any]:
    names = {**of.assignment.names, of.exercise.name: _defined(of.assignment, of.exercise, source)}
    function = bound(of.exercise, names)
    replies = [_asked(of.exercise, function, case) for case, _ in posed]
    return [reply.error.type if reply.error else reply.value for reply in replies]


def _alike(ours: Sequence[Any], theirs: Sequence[Any]) -> bool:
    return all(same(a, b, 1e-6) for a, b in zip(ours, theirs, strict=True))


def styles_are_told(
    around: Around, styles: Mapping[str, Mapping[str, str]], most: int = CHANGES
) -> Held:
    """Hold small changes of right answers in other styles to being named, or offered.

    Of the right answers themselves nothing is told.
    """
    named, offered, total = 0, 0, 0
    wrong: list[str] = []
    for name, of in around.items():
        posed = in_process.pose(of.exercise, of.assignment.functions, SEED)
        for style, source in styles.get(name, {}).items():
            if cause_told(of, source, posed) is not None:
                wrong.append(style)
            for text in _changed_styles(of, source, posed, most):
                cause = cause_told(of, text, posed)
                named += cause is not None and cause.certain
                offered += cause is not None and not cause.certain
                total += 1
    share = (named + offered) / total if total else 1.0
    text = f"{named} named and {offered} offered of {total}, {share:.0%}; at least {LEAST_TOLD:.0%}"
    text += f"; told of right ones: {', '.join(wrong)}" if wrong else ""
    holds = share >= LEAST_TOLD and not wrong
    return Held("small changes of other styles are named or offered", holds, text)


def _changed_styles(of: Neighbourhood, source: str, posed: Posed, most: int) -> list[str]:
    """Return texts of small changes of a style that lose marks, always the same."""
    found = list(mutants(source, of.assignment.spec.lookalikes))
    random.Random(SEED).shuffle(found)
    chosen: list[str] = []
    for mutant in found:
        if len(chosen) == most:
            break
        function = _defined(of.assignment, of.exercise, mutant.source)
        whole = bound(of.exercise, {**of.assignment.names, of.exercise.name: function})
        if in_process.loses(of.exercise, whole, posed):
            chosen.append(mutant.source)
    return chosen
