"""Say why an attempt is wrong: a known mistake, another result the second time, its form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.comparison.causes import (
    DRAWS_RANDOM,
    KEEPS_STATE,
    READS_GLOBALS,
    Cause,
    as_variables,
    calls_another,
)
from grader.comparison.layout import INPUTS, Tree
from grader.comparison.trees import deep_copy, same
from grader.selfcheck.attempts import Tried, try_on
from grader.selfcheck.known_mistakes import (
    fed_by_names,
    form_of_error,
    form_of_result,
    known_by_error,
    known_by_path,
    known_by_result,
    on_its_own,
    possible_mistake,
)
from grader.selfcheck.names import names_random
from grader.selfcheck.references_file import Reference


def try_again(
    reference: Reference, function: Callable[..., Any], replay: bool = False
) -> tuple[Tried, Cause | None]:
    """Return the attempt that shows what is wrong, and its cause where that is certain.

    A right answer must come again when the function is called again, and without the notebook's
    variables: where marks are made, others have been called before and the variables are gone.
    """
    first = try_on(reference, function, replay)
    known = catalogued(reference, first)
    if first.empty or known is not None:
        return first, known
    kept = _copied(first.result)  # a list that the function keeps would change with the next call
    second = try_on(reference, function, replay)
    if bool(first.error) != bool(second.error) or _differ(kept, second.result):
        chance = names_random(function, but=reference.steps)
        return (first if first.failed else second), DRAWS_RANDOM if chance else KEEPS_STATE
    if reference.sizes and first.failed and _right_when_fed(reference, function, replay):
        return first, READS_GLOBALS
    alone = None if first.failed else on_its_own(function, reference.arguments)
    if alone is None or not (third := try_on(reference, alone, replay)).failed:
        return first, None
    return third, READS_GLOBALS


def _right_when_fed(reference: Reference, function: Callable[..., Any], replay: bool) -> bool:
    """Tell whether a function is right as soon as the notebook's variables are those of the call.

    They are the example's, so that it is right there.
    """
    names = as_variables(reference.dims, reference.layout.arguments, reference.arguments)
    fed = fed_by_names(function, names)
    return fed is not None and not try_on(reference, fed, replay).failed


def _copied(result: Tree) -> Tree:
    try:
        return deep_copy(result)
    except Exception:  # it holds what cannot be copied
        return result


def _differ(one: Tree, other: Tree) -> bool:
    try:
        return not same(one, other, 1e-6)
    except Exception:  # a list that holds itself, a key that cannot be shown
        return False


def catalogued(reference: Reference, attempt: Tried) -> Cause | None:
    """Return the catalogued mistake that gives exactly this result."""
    if not attempt.failed or attempt.empty:
        return None
    if attempt.replay is not None:
        return known_by_path(reference.mistakes, attempt.replay.off)
    if attempt.error is not None:
        return known_by_error(reference.mistakes, attempt.error)
    try:
        return known_by_result(reference.layout, reference.mistakes, attempt.result)
    except Exception:  # a list that holds itself, a key that cannot be shown
        return None


def by_form_or_part(reference: Reference, attempt: Tried) -> Cause | None:
    """Return what the form of the result says, or a mistake that explains a part of it."""
    if not attempt.failed or attempt.empty or attempt.replay is not None:
        return None
    layout, expected = reference.layout, reference.result
    if attempt.error is not None and attempt.called:
        return calls_another(layout.name, attempt.called)
    if attempt.error is not None:
        made = [step[1] for steps in reference.steps.values() for step in steps[:1]]
        return form_of_error(attempt.error, reference.arguments, made)
    wrong = {name for name, finding in attempt.findings.items() if finding} - {INPUTS}
    try:
        return form_of_result(layout, expected, attempt.result) or possible_mistake(
            layout, reference.mistakes, attempt.result, wrong
        )
    except Exception:  # a list that holds itself, a key that cannot be shown
        return None
