"""Lock what is said of known mistakes with what each of them gives on a visible call.

So are pairs of them that edit different places: whoever makes both can read both.
"""

from __future__ import annotations

import hashlib
import inspect
import itertools
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.assignment.calling import bound
from grader.assignment.source import Source
from grader.assignment.spec import Exercise
from grader.comparison import fingerprints, locks
from grader.comparison.fingerprints import fingerprint, result_fingerprint, same_fingerprint
from grader.comparison.ladder import by_name
from grader.comparison.layout import Tree
from grader.comparison.locks import Locking, sums_text
from grader.comparison.time_limit import time_limit
from grader.comparison.trees import deep_copy, returned_by
from grader.neighbourhood.versions import with_both
from grader.release.edits import with_mistake
from grader.selfcheck import replay
from grader.selfcheck.attempts import try_on
from grader.selfcheck.references_file import Reference

CALL_SECONDS = 2.0  # of a wrong function; a mistake may not come to its end


def lock_mistakes(
    exercise: Exercise,
    source: Source,
    called: dict[str, Any],
    other: dict[str, Any] | None,
    before: Mapping[str, Any],
) -> None:
    """Put the known mistakes into what is told of a call, and into that of the other call.

    Those that were made ``before`` from the same texts are taken over.
    """
    key = _made_from(exercise, source)
    taken = _key_of(before) == key and _key_of(before.get("other")) == (key if other else "")
    shown: set[str] = set()
    for about, kept in ((called, before), (other, before.get("other"))):
        if about is not None and taken and kept is not None:
            about["mistakes"] = kept["mistakes"]
        elif about is not None:
            made = locked_mistakes(exercise, source, about["right"], shown)
            about["mistakes"] = {"key": key, **made}


def _key_of(about: Mapping[str, Any] | None) -> str:
    """Return what the mistakes of a call were made from; nothing of what an older kit wrote."""
    found = about.get("mistakes") if about else None
    return str(found.get("key", "")) if isinstance(found, Mapping) else ""


def _made_from(exercise: Exercise, source: Source) -> str:
    """Digest what the locks are made from: the catalogue, the solution's cells and this kit."""
    known = [(m.id, m.title, m.hint, m.edits, m.value) for m in exercise.mistakes]
    cells = [(cell.id, cell.source) for cell in source.cells if cell.role != "text"]
    parts = [repr(known), repr(cells), repr(source.files), repr(exercise.layout)]
    engine = (locks, fingerprints, replay, sys.modules[__name__])
    parts += [inspect.getsource(with_both), *(inspect.getsource(module) for module in engine)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def locked_mistakes(
    exercise: Exercise, source: Source, about: Reference, shown: set[str]
) -> dict[str, Any]:
    """Return the known mistakes that show on a call of the solution, as locked data.

    Those ``shown`` already are left out; the others are added to them.
    """
    locking, scope = Locking(), source.namespace()
    truth = result_fingerprint(exercise.layout, about.result)
    numbers: dict[str, int] = {}
    for number, mistake in enumerate(exercise.mistakes):
        if mistake.id in shown:
            continue
        wrong = with_mistake(exercise, source, number, scope)
        result = _called_with(exercise, {**scope, exercise.name: wrong}, about.arguments)
        text, changes = _locks_with(exercise, result), {}
        if not isinstance(result, Exception):
            if same_fingerprint(result_fingerprint(exercise.layout, result), truth):
                continue
            changes = _changed_outputs(exercise, about.result, result)
        known: dict[str, Any] = {"id": mistake.id, "title": mistake.title, "hint": mistake.hint}
        known |= {"number": number, "changes": sorted(changes)}
        made = numbers[mistake.id] = locking.add(known, text)
        found = [text, *(sums_text(f"part {name}", of) for name, of in changes.items())]
        left = try_on(about, wrong, replay=True, locate=False).replay if about.steps else None
        if left is not None:  # what it first asks of a right function that a right one does not
            found.append(sums_text(f"off {left.off[0]}", left.off[1:]))
        for lock in filter(None, found):
            locking.give(lock, made)
    if not shown:  # the second call is for what the first one does not show
        _lock_pairs(exercise, source, about, locking, numbers)
    shown.update(numbers)
    return locking.data()


def _lock_pairs(
    exercise: Exercise,
    source: Source,
    about: Reference,
    locking: Locking,
    numbers: Mapping[str, int],
) -> None:
    """Lock each two mistakes with what they give together; the first of some alike."""
    solution, scope = source.function_source(exercise.name), source.namespace()
    known = [mistake for mistake in exercise.mistakes if mistake.id in numbers]
    taken: set[str] = set()
    for one, other in itertools.combinations(known, 2):
        text = with_both(solution, one, other)
        if text is None:
            continue
        own = dict(scope)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(compile(text, "<both>", "exec"), own)
        except SyntaxError:
            continue
        result = _called_with(exercise, own, about.arguments)
        if isinstance(result, Exception):
            continue
        lock = sums_text("pair", result_fingerprint(exercise.layout, result))
        if lock and lock not in taken:
            taken.add(lock)
            locking.give(lock, numbers[one.id], numbers[other.id])


def _called_with(
    exercise: Exercise, scope: Mapping[str, Any], arguments: tuple[Tree, ...]
) -> Tree | Exception:
    """Return what a wrong function gives on a copy of the arguments, or what it raises."""
    function: Callable[..., Any] = bound(exercise, scope)
    try:
        with np.errstate(all="ignore"), time_limit(CALL_SECONDS, processor=True):
            return returned_by(exercise.layout, function, deep_copy(arguments))
    except Exception as error:
        return error


def _locks_with(exercise: Exercise, result: Tree | Exception) -> str:
    if isinstance(result, Exception):
        return f"error {type(result).__name__}: {result}"
    return sums_text("whole", result_fingerprint(exercise.layout, result))


def _changed_outputs(exercise: Exercise, right: Tree, wrong: Tree) -> dict[str, Any]:
    """Fingerprint each output that a mistake changes; empty when it returns something else."""
    truth, _ = by_name(exercise.layout, right)
    outputs, whole = by_name(exercise.layout, wrong)
    if whole is not None:
        return {}
    prints = {name: fingerprint(outputs.get(name)) for name in truth}
    return {
        name: of
        for name, of in prints.items()
        if not same_fingerprint(of, fingerprint(truth[name]))
    }
