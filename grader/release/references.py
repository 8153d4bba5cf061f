"""Build ``references.npz``, what students get to check themselves against.

For each exercise the visible arguments, the reference result, the numerical gradient, the recorded
calls of the cell function, and what is said of known mistakes, locked with their own results; and
the same of a second case of other sizes. Plain arrays and JSON; never pickle, never a line of the
solution.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from grader.assignment.calling import bound, driver_of
from grader.assignment.differences import numeric_gradients
from grader.assignment.example_calls import visible_cases
from grader.assignment.places import at, place_of
from grader.assignment.portable import portable
from grader.assignment.source import Source
from grader.assignment.spec import Case, Exercise, Functions, Spec
from grader.comparison.joined_arrays import joined, parted
from grader.comparison.ladder import by_name, compare
from grader.comparison.layout import Array, Tolerance, Tree
from grader.comparison.locks import Locked
from grader.comparison.packing import pack
from grader.comparison.properties import properties
from grader.comparison.trees import deep_copy, returned_by, same
from grader.comparison.values import unlike_kind
from grader.errors import UsageError
from grader.release.known_mistakes import lock_mistakes
from grader.release.known_values import known_values
from grader.release.second_case import second_case
from grader.selfcheck.references_file import Reference

ABOUT = "about"  # what the arrays are, as JSON
KEEP = 1e-12  # a committed array is kept when the recomputed one agrees to this
KEEP_NUMERIC = 1e-7  # and a numerical gradient, where the last bits are divided by a small step
PACKED = 9  # as small as zlib makes it: students fetch it


def build_references(
    spec: Spec,
    source: Source,
    only: Collection[str] | None = None,
    before: Mapping[str, Array] | None = None,
) -> dict[str, Array]:
    """Return the arrays of ``references.npz`` for an assignment, computed from its solution.

    With ``only`` they are those of the exercises named there. What was locked ``before`` of the
    same mistakes and the same solution is taken over.

    Raises UsageError when the solution fails on a visible example, and when a known mistake no
    longer fits the solution's text.
    """
    store: dict[str, Array] = {}
    names: dict[int, str] = {}
    alive: list[Any] = []  # ids of freed arrays would be handed out again
    about = {}
    locked = {} if before is None else json.loads(bytes(before[ABOUT]))["exercises"]
    visible = visible_cases(spec, source)
    for exercise in (each for each in spec.exercises if only is None or each.name in only):
        case = visible[exercise.name]
        try:
            taken = locked.get(exercise.name, {})
            about[exercise.name] = _entry(spec, exercise, case, source, store, names, alive, taken)
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
    before: Mapping[str, Any],
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
    if not exercise.sealed:
        lock_mistakes(exercise, source, called, other, before)
    for about in filter(None, (called, other)):
        del about["right"]
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
    """Describe one call of the solution: its arguments and sizes, its steps, its result.

    What is ``right`` is the call as the student's check reads it, for those who look at mistakes.
    """
    scope = source.namespace()
    functions = source.functions(scope)
    calls: dict[str, list[Recorded]] = {name: [] for name in exercise.calls}
    recorded = {name: recording(functions[name], calls[name]) for name in exercise.calls}
    scope |= recorded
    # What a plain function returns may hold its arguments, which are stored once then.
    changes = bool(exercise.layout.after) or exercise.drive is not None
    own = deep_copy(case.arguments) if changes else case.arguments
    result = returned_by(exercise.layout, bound(exercise, {**functions, **recorded}), own)
    _refuse_unlike(exercise, case, result)
    steps = {name: tuple(call.step() for call in made) for name, made in calls.items()}
    alive += [case, result, calls]
    known: dict[str, Any] = {"result": None, "mistakes": {}}
    if not exercise.sealed:
        known["result"] = pack(result, store, names)
    about = Reference(exercise.layout, case.arguments, result, case.dims, Locked({}), {}, steps)
    about = replace(about, driver=driver_of(exercise), seconds=exercise.call_seconds)
    return {
        "dims": dict(case.dims),
        "arguments": pack(case.arguments, store, names),
        "steps": {name: pack(made, store, names) for name, made in steps.items()},
        **known,
        "right": about,
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


@dataclass(frozen=True)
class Recorded:
    """A recorded call: the very objects, and copies of what they were before and after it."""

    arguments: tuple[Tree, ...]
    result: Tree
    before: tuple[Tree, ...]
    after: tuple[Tree, ...]
    kept: Tree  # the result, with the arguments' copies where it holds them

    def step(self) -> tuple[Tree, ...]:
        """Return arguments and result and, where the call changed them, the arguments after it.

        The objects themselves, which may be shared with other calls; copies where somebody has
        written into one since.
        """
        if not same(self.after, self.before, 0.0):
            return self.before, self.kept, self.after
        if same(self.arguments, self.before, 0.0) and same(self.result, self.kept, 0.0):
            return self.arguments, self.result
        return self.before, self.kept


def recording(function: Callable[..., Any], calls: list[Recorded]) -> Callable[..., Any]:
    """Wrap ``function`` so that each of its calls is added to ``calls``."""

    def wrapped(*arguments: Tree) -> Tree:
        made: dict[int, Any] = {}
        before = deep_copy(arguments, made)
        result = function(*arguments)
        kept = deep_copy(result, made)
        calls.append(Recorded(arguments, result, before, deep_copy(arguments), kept))
        return result

    return wrapped


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


def file_bytes(new: Mapping[str, Array], committed: bytes | None) -> bytes:
    """Return the ``.npz`` file's bytes: the ``committed`` ones where these arrays agree with them.

    What is packed by another build of zlib is the same file in other bytes.
    """
    if committed is None:
        return to_bytes(new)
    data = to_bytes(keep_committed(new, from_bytes(committed)))
    return committed if _unpacked(data) == _unpacked(committed) else data


def _unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def to_bytes(arrays: Mapping[str, Array]) -> bytes:
    """Return the ``.npz`` file's bytes; the same arrays give the same headers with every Python.

    ``np.savez`` leaves them to ``zipfile``, which writes them in other ways from one Python to the
    next.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in joined(arrays, apart=(ABOUT,)).items():
            entry = zipfile.ZipInfo(f"{name}.npy")  # dated 1980, without the system's own flags
            entry.create_system = 3
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(array), allow_pickle=False)
            archive.writestr(entry, content.getvalue(), zipfile.ZIP_DEFLATED, PACKED)
    return buffer.getvalue()


def from_bytes(data: bytes) -> dict[str, Array]:
    """Read ``to_bytes``'s result back."""
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return parted({name: stored[name] for name in stored.files})
