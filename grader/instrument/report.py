"""Tell what was recorded of a call, as JSON: of each value a sketch, and how it was made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.instrument.recorder import (
    DEEPEST,
    LONGEST_OPERAND,
    MOST_RECORDS,
    Made,
    Recorder,
    arrays_in,
)
from grader.instrument.sketches import Numeric, rows

MOST_NODES = 400  # of what is returned
MOST_NUMBER = 1 << 31


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
    return json.dumps(
        {
            "records": [_record_told(record) for record in recorder.records],
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


def _record_told(record: Made) -> list[Any]:
    value = record.value
    scale = float(np.abs(value).max())
    if np.isfinite(scale) and scale < 1e150:
        sketch = [row.tolist() for row in rows(value)]
    else:
        scale, sketch = 0.0, []
    constant = bool((value == value.flat[0]).all())
    flags = record.moved + 2 * constant
    return [
        record.place,
        value.shape,
        value.dtype.name,
        scale,
        sketch,
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
