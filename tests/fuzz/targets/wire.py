"""Read whatever a fork could send: as plain data, a reply, outputs, a stand-in's question."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np

from grader.sandbox import Call, Limits, Right, replies
from grader.sandbox.inside.wire import (
    DTYPES,
    ROOMY,
    Bounds,
    Encoded,
    Refused,
    Stored,
    WireError,
    decode,
    decode_counted,
    encode,
    form,
)
from grader.sandbox.outputs import Allowance, cleaned
from grader.sandbox.returned import read_returned
from grader.sandbox.stand_ins import Answers
from tests.fuzz.checks import bounded, same, size, valid_outputs
from tests.fuzz.target import Change

MODULES = (
    "grader.sandbox.inside.wire.codec",
    "grader.sandbox.inside.wire.format",
    "grader.sandbox.inside.wire.keys",
    "grader.sandbox.inside.wire.reader",
    "grader.sandbox.inside.wire.writer",
    "grader.sandbox.replies",
    "grader.sandbox.returned",
    "grader.sandbox.outputs",
    "grader.sandbox.stand_ins",
    "grader.sandbox.inside.arguments",
)
LONGEST = 1 << 14
JUDGES = Bounds(LONGEST, 24, 100_000, 8)
TIGHT = Bounds(LONGEST - 100, 5, 60, 3)
LIMITS = Limits(output_bytes=2_000, image_bytes=4_000)
# Of memory: for what is there always, for a byte of the message, and for a value in it.
ALWAYS, FOR_A_BYTE, FOR_A_VALUE = 1 << 16, 4, 600
MOST_SHOWN = 1 << 20  # characters of a cell's outputs: far more than such short messages hold
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1 << 62, -(1 << 63), 0.0, float("nan"), "", "\x1b[31m", "é"),
    *((), [], {}, {0: {}}, np.float32(1), np.bool_(True), np.zeros(0), np.ones(3)),
    *(np.empty((0, 1 << 31)), np.zeros((1, 1, 1, 1)), np.zeros(2, "complex64"), np.array(False)),
    *(Stored("a", (0, "b")), Stored("", ())),
)  # fmt: skip
KEYS = (
    *("op", "outcome", "outputs", "output_type", "name", "text", "data", "text/plain"),
    *("image/png", "ename", "evalue", "traceback", "execution_count", "count", "skipped"),
    *("defines", "value", "after", "inputs_changed", "error", "reason", "arguments", "keywords"),
    *(0, -1),
)
# One level down: into a list, a tuple, a dict, the name of what is kept.
STEPS = (b"[\1\0\0\0", b"(\1\0\0\0", b"{\1\0\0\0\5\0\0\0S\0\0\0\0", b"K\0\0\0\0")
PARTS = struct.Struct("<II")  # lengths of a message's structure and of its sides
WORDS = (
    *("ok", "error", "timed_out", "returned", "raised", "refused", "missing", "stream"),
    *("stdout", "display_data", "execute_result", "function", "other", "ask", "helper"),
)


def run(data: bytes) -> None:
    """Decode with the judge's bounds, tighter ones and the fork's, and use what comes of it."""
    with contextlib.suppress(WireError):
        _decoded(data, TIGHT)
    # The fork's way of reading; what it reads is the judge's, yet nothing may end it otherwise.
    with contextlib.suppress(WireError):
        bounded(_most(data, ROOMY), lambda: decode(data, ROOMY, markers=True, layouts=True))
    with contextlib.suppress(WireError):
        _used(_decoded(data, JUDGES))
    with contextlib.suppress(WireError):
        _opened(decode_counted(data, JUDGES, apart=True)[0])


def _most(data: bytes, bounds: Bounds) -> int:
    """The bytes of memory that reading a message may take."""
    return ALWAYS + FOR_A_BYTE * len(data) + FOR_A_VALUE * min(len(data), bounds.items)


def _decoded(data: bytes, bounds: Bounds) -> Any:
    """Only plain data within the bounds comes of it, which crosses again as it is.

    Raises: WireError.
    """
    try:
        value = bounded(_most(data, bounds), lambda: decode(data, bounds))
    except WireError as error:
        # It would have been refused before its size was known to fit.
        assert not isinstance(error.__context__, MemoryError), "memory was asked for in vain"
        raise
    assert all(map(_plain, _values(value))), "not plain data"
    items, levels = size(value)
    assert items <= bounds.items and levels <= bounds.depth, "beyond the bounds"
    again = decode(encode(value, bounds), bounds)
    assert same(again, value), "not the same when it crosses again"
    return value


def _values(tree: Any) -> Iterator[Any]:
    yield tree
    if isinstance(tree, dict | list | tuple):
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from _values(value)


def _plain(value: Any) -> bool:
    if type(value) is np.ndarray:
        return value.dtype in DTYPES and value.flags.writeable and value.flags.c_contiguous
    if type(value) is dict:
        return all(type(key) in (str, int) for key in value)
    if isinstance(value, np.generic):
        return value.dtype in DTYPES
    return value is None or type(value) in (bool, int, float, str, list, tuple)


def _used(value: Any) -> None:
    """Whatever reads a reply raises WireError at most, and what it makes can be shown."""
    valid_outputs(cleaned(value, LIMITS, Allowance()))
    if not isinstance(value, dict):
        return
    helpers = {"helper": lambda *given, **named: (given, named)}
    answers = Answers(Call("f", (), stand_ins=helpers, max_stand_in_calls=1))
    with contextlib.suppress(WireError):
        encode(answers.to(value, len(encode(value)), LIMITS.stand_in_bytes))
    with contextlib.suppress(WireError):
        replies.reply(value)
    with contextlib.suppress(WireError):
        assert set(replies.definitions(["f"], value)) == {"f"}
    with contextlib.suppress(WireError):
        result = replies.cell_result("c", value, LIMITS, Allowance())
        valid_outputs(result.outputs, result.execution_count)
        shown = sum(len(part) for part in _values([*result.outputs]) if isinstance(part, str))
        assert shown < MOST_SHOWN, "more than may be shown"


def _opened(value: Any) -> None:
    """What is known by its form is what it is when it is looked at, and the other way round."""
    if not isinstance(value, dict):
        return
    known = None
    if isinstance(mine := value.get("value"), Encoded):
        with contextlib.suppress(Refused):
            known = Right(form(decode(mine.data, JUDGES)), None, lambda *_: True)
    apart = read_returned(value, JUDGES, None)
    short = read_returned(value, JUDGES, known)
    reply = replies.reply(value, short)
    if reply.outcome == "returned" and known is not None:
        assert same(reply.value, apart.value), "not the same when it is looked at"


def mutate(data: bytes, rng: Random, change: Change) -> bytes:
    """Change bytes, put another value in the place of one, or go many levels down."""
    what = rng.randrange(16)
    if what == 0:
        return _deeper(data, rng)
    if what < 8:
        return change(data)
    try:
        value = decode(data, ROOMY, markers=True)
        others = [*_values(value)]
        return encode(_changed(value, rng, others), ROOMY, markers=True)
    except (WireError, Refused):
        return change(data)


def _deeper(data: bytes, rng: Random) -> bytes:
    """Go many levels down somewhere in a message's structure."""
    step = STEPS[rng.randrange(len(STEPS))] * rng.randrange(LONGEST // 12)
    length, sides = PARTS.unpack(data[: PARTS.size].ljust(PARTS.size, b"\0"))
    rest = data[PARTS.size :]
    at = rng.randrange(min(length, len(rest)) + 1)
    return PARTS.pack((length + len(step)) % 2**32, sides) + rest[:at] + step + rest[at:]


def _changed(tree: Any, rng: Random, others: list[Any]) -> Any:
    """Go down to one value by chance, and put another one there, or beside it."""
    what = rng.randrange(6)
    if what == 0 or not isinstance(tree, dict | list | tuple):
        alike = [odd for odd in ODD if type(odd) is type(tree)]
        pools = (alike or ODD, ODD, others, WORDS)
        pool = pools[rng.randrange(len(pools))]
        return pool[rng.randrange(len(pool))]
    if what == 1:
        return ([tree, tree], (tree,), {"value": tree})[rng.randrange(3)]
    if isinstance(tree, dict):
        pairs = dict(tree)
        keys = [*tree, KEYS[rng.randrange(len(KEYS))]]
        key = keys[rng.randrange(len(keys))]
        pairs[key] = _changed(tree.get(key), rng, others)
        return pairs
    place = rng.randrange(len(tree) + 1)
    items = [*tree]
    items[place : place + 1] = [_changed(tree[place] if place < len(tree) else None, rng, others)]
    return type(tree)(items)
