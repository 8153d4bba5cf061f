"""Tell what was recorded of a call, as JSON: of each value a sketch, and how it was made."""

from __future__ import annotations

import binascii
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from grader.instrument.recorder import (
    DEEPEST,
    LONGEST_OPERAND,
    MOST_RECORDS,
    Made,
    Recorder,
    arrays_in,
)
from grader.instrument.sketches import Numeric, sketched

MOST_NODES = 400  # of what is returned
MOST_NUMBER = 1 << 31
MOST_AT_ONCE = 1 << 16  # numbers of values that are sketched together


def report_of(
    recorder: Recorder,
    returned: Any,
    error: Exception | None,
    inputs: tuple[Any, ...],
    before: list[Numeric],
) -> str:
    """Tell what was recorded, as JSON: records, calls, and what is known of what came back.

    ``before`` are copies of the arrays in the ``inputs``, made before the call.
    """
    nodes = list(_nodes(returned))[:MOST_NODES]
    for _, node in nodes:
        recorder.use(node)
    changed = [
        value
        for value, old in zip(arrays_in(inputs), before, strict=False)
        if value.shape != old.shape or not np.array_equal(value, old, equal_nan=True)
    ]
    written = [
        k
        for k, _, target in recorder.writes
        if any(np.may_share_memory(target, v) for v in changed)
    ]
    raised, place, used, operands, origin, via = recorder.raised
    sketches = _sketches(recorder.records)
    joined = b"".join(sketch.numbers for sketch in sketches)
    return json.dumps(
        {
            "records": list(map(_record_told, recorder.records, sketches)),
            # As text, numbers would take most of the time and of the room.
            "sketches": binascii.b2a_base64(joined, newline=False).decode(),
            "calls": recorder.calls,
            "own_calls": recorder.own_calls,
            "returned": [_node(recorder, path, node) for path, node in nodes],
            "changed": written[:1] if written else [-1] if changed else [],
            "raised": {
                "place": place,
                "inputs": used,
                "operands": operands,
                "origin": origin,
                "via": via,
            },
            "here": raised is error,
            "bindings": recorder.bindings[:MOST_RECORDS],
            "sizes": [size for size in recorder.sizes[:MOST_NODES] if abs(size[2]) < MOST_NUMBER],
        },
        allow_nan=False,
    )


class _Sketched(NamedTuple):
    """What is known of a value: its largest number, its sketch, whether all numbers are one."""

    dtype: str
    scale: float
    numbers: bytes  # of the sketch, none where not every one of the value is finite
    constant: bool


def _sketches(records: list[Made]) -> list[_Sketched]:
    """Sketch the values of records; those of one shape together."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    for number, record in enumerate(records):
        alike.setdefault((record.value.shape, record.value.dtype), []).append(number)
    found: dict[int, _Sketched] = {}
    for (_, dtype), numbers in alike.items():
        most = max(1, MOST_AT_ONCE // records[numbers[0]].value.size)
        for at in range(0, len(numbers), most):
            some = numbers[at : at + most]
            stack = np.array([records[n].value for n in some])
            found.update(zip(some, _of_stack(stack, dtype.name), strict=True))
    return [found[number] for number in range(len(records))]


def _of_stack(stack: Numeric, dtype: str) -> list[_Sketched]:
    flat = stack.reshape(len(stack), -1)
    scales = np.maximum.reduce(np.abs(flat), axis=1).astype(float)
    told = np.isfinite(scales) & (scales < 1e150)
    numbers = iter(sketched(stack[told]) if told.any() else ())
    constant = np.logical_and.reduce(flat == flat[:, :1], axis=1).tolist()
    return [
        _Sketched(dtype, scale, next(numbers).tobytes(), one)
        if known
        else _Sketched(dtype, 0.0, b"", one)
        for known, scale, one in zip(told.tolist(), scales.tolist(), constant, strict=True)
    ]


def _record_told(record: Made, sketch: _Sketched) -> list[Any]:
    flags = record.moved + 2 * sketch.constant
    return [
        record.place,
        record.value.shape,
        sketch.dtype,
        sketch.scale,
        len(sketch.numbers) // 8,
        record.inputs,
        record.operands,
        flags,
        record.origin,
        record.via,
        record.source,
        record.same,
    ]


def _node(recorder: Recorder, path: list[Any], node: Any) -> dict[str, Any]:
    """Tell what is known of one thing in what came back."""
    number = recorder.last.get(id(node), -1)
    first = recorder.first.get(id(node), -1)
    write = -1
    if isinstance(node, np.ndarray):
        targets = (w for w in reversed(recorder.writes) if np.may_share_memory(w[2], node))
        write = next((k for k, n, _ in targets if n > first), -1)
    return {
        "path": path,
        "kind": type(node).__name__[:LONGEST_OPERAND],
        "size": len(node) if isinstance(node, (tuple, list, dict)) else -1,
        "first": first,
        "last": number,
        "write": write,
        "place": recorder.containers.get(id(node), -1),
        "display": recorder.displays.get(id(node), -1),
        "names": recorder.bound_to.get(id(node), [])[-8:],
        "held": recorder.held.get(id(node), [])[:2],
    }


def _nodes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[list[Any], Any]]:
    """Yield each thing in what came back with the way to it, what holds something first."""
    yield list(path), value
    if isinstance(value, (tuple, list, dict)) and len(path) < DEEPEST:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(key, (str, int)):
                yield from _nodes(item, (*path, key))


def trace(error: BaseException, filename: str) -> list[int]:
    """Return the lines of the rewritten text through which an error came, outermost first."""
    found, step = [], error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == filename:
            found.append(step.tb_lineno)
        step = step.tb_next
    return found
