"""Build ``references.npz``, what students get to check themselves against.

For each exercise the visible arguments, the reference result, the numerical gradient, the recorded
calls of the cell function, and fingerprints of the results of known mistakes; and the same of a
second case of other sizes. Plain arrays and JSON; never pickle, never a line of the solution.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from grader.assignment.calling import bound, driver_of
from grader.assignment.differences import numeric_gradients
from grader.assignment.example_calls import visible_cases
from grader.assignment.places import at, place_of
from grader.assignment.portable import portable
from grader.assignment.source import Source
from grader.assignment.spec import Case, Exercise, Functions, Spec
from grader.comparison.fingerprints import fingerprint, result_fingerprint, same_fingerprint
from grader.comparison.joined_arrays import joined, parted
from grader.comparison.ladder import by_name, compare
from grader.comparison.layout import Array, Tolerance, Tree
from grader.comparison.packing import pack
from grader.comparison.properties import properties
from grader.comparison.trees import deep_copy, returned_by, same
from grader.comparison.values import unlike_kind
from grader.errors import UsageError
from grader.release.edits import edited
from grader.release.known_values import known_values
from grader.release.second_case import second_case
from grader.selfcheck.attempts import try_on
from grader.selfcheck.references_file import Reference

ABOUT = "about"  # what the arrays are, as JSON
DIGITS = 9  # of an output's fingerprint; it is compared to a relative 1e-7
KEEP = 1e-12  # a committed array is kept when the recomputed one agrees to this
KEEP_NUMERIC = 1e-7  # and a numerical gradient, where the last bits are divided by a small step


def build_references(
    spec: Spec, source: Source, only: Collection[str] | None = None
) -> dict[str, Array]:
    """Return the arrays of ``references.npz`` for an assignment, computed from its solution.

    With ``only`` they are those of the exercises named there.

    Raises UsageError when the solution fails on a visible example, and when a known mistake no
    longer fits the solution's text.
    """
    store: dict[str, Array] = {}
    names: dict[int, str] = {}
    alive: list[Any] = []  # ids of freed arrays would be handed out again
    about = {}
    visible = visible_cases(spec, source)
    for exercise in (each for each in spec.exercises if only is None or each.name in only):
        case = visible[exercise.name]
        try:
            about[exercise.name] = _entry(spec, exercise, case, source, store, names, alive)
        except UsageError:
            raise
        except Exception as error:
            place = place_of(error, spec.name) or exercise.place
            raise UsageError(at(place, _failure(exercise, error))) from error
    text = json.dumps({"exercises": about})  # in the notebook's order, as students are shown it
    return {**store, ABOUT: np.frombuffer(text.encode(), dtype=np.uint8)}


def _failure(exercise: Exercise, error: Exception) -> str:
    """Say what failed; where no line of the author's is at work, the description does not fit."""
    return (
        f"the solution of {exercise.name} fails on its visible example, after the answer cells and "
        f"the one called 'setup': {type(error).__name__}: {error}"
    )


def _entry(
    spec: Spec,
    exercise: Exercise,
    case: Case,
    source: Source,
    store: dict[str, Array],
    names: dict[int, str],
    alive: list[Any],
) -> dict[str, Any]:
    functions = source.functions()
    # Before calls are recorded: differences make many, and are for nobody but the check.
    wanted = exercise.gradient is not None and not exercise.sealed
    numeric = _differentiated(spec, exercise, case, functions) if wanted else {}
    texts = {name: portable(of, f"the property of {name}") for name, of in exercise.holds.items()}
    second = second_case(spec, exercise, case, functions)
    alive += [numeric]
    called = _called(exercise, case, source, store, names, alive)
    other = _called(exercise, second, source, store, names, alive) if second else None
    if other is not None:
        shown = {known["id"] for known in called["mistakes"]}
        other["mistakes"] = [known for known in other["mistakes"] if known["id"] not in shown]
    values = known_values(spec, source, exercise, case)
    return {
        **({"values": values} if values else {}),
        "layout": _layout(exercise),
        "driver": driver_of(exercise),
        "holds": texts,
        "seconds": exercise.call_seconds,
        "numeric": {
            name: pack(value, store, names)["array"]
            for name, value in numeric.items()
            if isinstance(value, np.ndarray)
        },
        **called,
        "other": other,
    }


def _differentiated(
    spec: Spec, exercise: Exercise, case: Case, functions: Functions
) -> Mapping[str, Tree]:
    """Differentiate the example; raises UsageError where `gradient=` says what cannot be done."""
    try:
        return numeric_gradients(spec, exercise, case, functions)
    except Exception as error:
        why = str(error) if isinstance(error, UsageError) else f"{type(error).__name__}: {error}"
        place = place_of(error, spec.name) or exercise.place
        raise UsageError(
            at(place, f"what {exercise.name} says it differentiates does not fit: {why}")
        ) from error


def _called(
    exercise: Exercise,
    case: Case,
    source: Source,
    store: dict[str, Array],
    names: dict[int, str],
    alive: list[Any],
) -> dict[str, Any]:
    """Describe one call of the solution: its arguments and sizes, its steps, its result."""
    scope = source.namespace()
    functions = source.functions(scope)
    steps: dict[str, list[tuple[Tree, ...]]] = {name: [] for name in exercise.calls}
    recorded = {name: recording(functions[name], steps[name]) for name in exercise.calls}
    scope |= recorded
    # What a plain function returns may hold its arguments, which are stored once then.
    changes = bool(exercise.layout.after) or exercise.drive is not None
    own = deep_copy(case.arguments) if changes else case.arguments
    result = returned_by(exercise.layout, bound(exercise, {**functions, **recorded}), own)
    _refuse_unlike(exercise, case, result)
    alive += [case, result, steps]
    known: dict[str, Any] = {"result": None, "mistakes": []}
    if not exercise.sealed:
        known["result"] = pack(result, store, names)
        made = {name: tuple(calls) for name, calls in steps.items()}
        about = Reference(exercise.layout, case.arguments, result, case.dims, (), {}, made)
        about = replace(about, driver=driver_of(exercise), seconds=exercise.call_seconds)
        known["mistakes"] = _mistakes(exercise, source, about)
    return {
        "dims": dict(case.dims),
        "arguments": pack(case.arguments, store, names),
        "steps": {name: pack(tuple(made), store, names) for name, made in steps.items()},
        **known,
    }


def _layout(exercise: Exercise) -> dict[str, Any]:
    about = asdict(exercise.layout)
    if not exercise.bonus:  # so that files without one stay as they were released
        del about["bonus"]
    return about


def _refuse_unlike(exercise: Exercise, case: Case, result: Tree) -> None:
    """Raise UsageError where the solution's result is none that a check could call right.

    It is of another kind than is declared, or has not the property that is asked for.
    """
    outputs, _ = by_name(exercise.layout, result)
    for check in exercise.checks:
        why = unlike_kind(check, outputs[check.name]) if check.name in outputs else ""
        if why:
            told = f"{exercise.name}: {why}: declare what the solution returns"
            raise UsageError(at(exercise.place, told))
    holds = properties(exercise.holds, case.arguments)
    found = compare(exercise.layout, result, result, Tolerance(), case.dims, holds)
    wrong = next((f"{name}: {finding.got}" for name, finding in found.items() if finding), None)
    if wrong:
        told = f"the solution of {exercise.name} is not right by its own checks on {case.name}"
        raise UsageError(at(exercise.place, f"{told} ({wrong}): mend the check or the case"))


def _own_containers(tree: Tree) -> Tree:
    """Copy what holds arrays, and no array: a caller may take entries out of a dictionary."""
    if isinstance(tree, dict):
        return {key: _own_containers(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)([_own_containers(value) for value in tree])
    return tree


def recording(function: Callable[..., Any], steps: list[Any]) -> Callable[..., Any]:
    """Wrap ``function`` so that each call's arguments and result are added to ``steps``.

    Where it writes into its arguments, they are added as they were before, and their state after
    the call beside the result.
    """

    def wrapped(*arguments: Tree) -> Tree:
        made: dict[int, Any] = {}
        before = deep_copy(arguments, made)
        result = function(*arguments)
        if same(arguments, before, 0.0):
            steps.append((arguments, _own_containers(result)))
        else:
            steps.append((before, deep_copy(result, made), deep_copy(arguments)))
        return result

    return wrapped


def _mistakes(exercise: Exercise, source: Source, about: Reference) -> list[dict[str, Any]]:
    """Fingerprint what each known mistake gives on a call of the solution, where it shows there."""
    entries: list[dict[str, Any]] = []
    truth, scope = result_fingerprint(exercise.layout, about.result), source.namespace()
    for number, mistake in enumerate(exercise.mistakes):
        entry: dict[str, Any] = {"id": mistake.id, "title": mistake.title, "hint": mistake.hint}
        wrong = edited(exercise, source, number, scope)
        function = bound(exercise, {**scope, exercise.name: wrong})
        try:
            with np.errstate(all="ignore"):
                result = returned_by(exercise.layout, function, deep_copy(about.arguments))
        except Exception as error:
            entry["error"] = f"{type(error).__name__}: {error}"
        else:
            entry["fingerprint"] = result_fingerprint(exercise.layout, result)
            if same_fingerprint(entry["fingerprint"], truth):
                continue
            entry["outputs"] = _changed_outputs(exercise, about.result, result)
        left = try_on(about, wrong, replay=True, locate=False).replay if about.steps else None
        if left is not None:  # what it first asks of a right function that a right one does not
            entry["off"] = [*left.off[:2], *map(_shortened, left.off[2:])]
        entries.append(entry)
    return entries


def _changed_outputs(exercise: Exercise, right: Tree, wrong: Tree) -> dict[str, Any]:
    """Fingerprint each output that a mistake changes; empty when it returns something else."""
    truth, _ = by_name(exercise.layout, right)
    outputs, whole = by_name(exercise.layout, wrong)
    if whole is not None:
        return {}
    prints = {name: fingerprint(outputs.get(name)) for name in truth}
    return {
        name: [of[0], *map(_shortened, of[1:])]
        for name, of in prints.items()
        if not same_fingerprint(of, fingerprint(truth[name]))
    }


def _shortened(number: float) -> float:
    return float(f"{number:.{DIGITS}e}")


def keep_committed(new: Mapping[str, Array], old: Mapping[str, Array] | None) -> dict[str, Array]:
    """Return ``new`` with each array of ``old`` that agrees, so that other CPUs change no file."""
    if old is None or set(old) != set(new):
        return dict(new)
    about_new, about_old = (json.loads(bytes(which[ABOUT])) for which in (new, old))
    numeric = _numeric(about_new)
    kept = {
        name: old[name]
        if _agree(old[name], new[name], KEEP_NUMERIC if name in numeric else KEEP)
        else new[name]
        for name in new
    }
    kept[ABOUT] = old[ABOUT] if _same_json(about_new, about_old) else new[ABOUT]
    return kept


def _numeric(about: Mapping[str, Any]) -> set[str]:
    """Return the names of the stored arrays that are numerical gradients."""
    return {name for entry in about["exercises"].values() for name in entry["numeric"].values()}


def _agree(old: Array, new: Array, tolerance: float) -> bool:
    return old.dtype == new.dtype and same(old, new, tolerance)


def _same_json(new: Any, old: Any) -> bool:
    """Tell whether JSON data are equal, floats to a relative 1e-9."""
    if isinstance(new, float) and isinstance(old, float):
        return bool(abs(new - old) <= 1e-9 * max(abs(old), 1.0)) or (new != new and old != old)
    if isinstance(new, dict) and isinstance(old, dict):
        return list(new) == list(old) and all(_same_json(new[key], old[key]) for key in new)
    if isinstance(new, list) and isinstance(old, list):
        return len(new) == len(old) and all(map(_same_json, new, old))
    return bool(new == old)


def to_bytes(arrays: Mapping[str, Array]) -> bytes:
    """Return the ``.npz`` file's bytes; the same arrays give the same bytes with every Python.

    ``np.savez`` leaves the archive's headers to ``zipfile``, which writes them in other ways from
    one Python to the next.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in joined(arrays, apart=(ABOUT,)).items():
            entry = zipfile.ZipInfo(f"{name}.npy")  # dated 1980, without the system's own flags
            entry.create_system = 3
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(array), allow_pickle=False)
            archive.writestr(entry, content.getvalue())
    return buffer.getvalue()


def from_bytes(data: bytes) -> dict[str, Array]:
    """Read ``to_bytes``'s result back."""
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return parted({name: stored[name] for name in stored.files})
