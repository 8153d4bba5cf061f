"""Run the filter's program as the kernel would, for any call on any machine."""

from __future__ import annotations

from collections.abc import Sequence

from grader.sandbox.inside.lockdown.program import (
    ARCHITECTURE,
    AT_LEAST,
    EQUAL,
    HAS_BITS,
    LOAD,
    NUMBER,
    RETURN,
    Steps,
)


def decide(steps: Steps, audit: int, number: int, arguments: Sequence[int]) -> tuple[int, int]:
    """Return what the program returns for a call, and after how many instructions."""
    words = {NUMBER: number, ARCHITECTURE: audit}
    for at, argument in enumerate(arguments):  # the low half comes first, as on both machines
        words |= {16 + 8 * at: argument & 0xFFFFFFFF, 20 + 8 * at: argument >> 32}
    at = loaded = taken = 0
    while True:
        code, yes, no, constant = steps[at]
        at += 1
        taken += 1
        if code == RETURN:
            return constant, taken
        if code == LOAD:
            loaded = words[constant]
        else:
            true = {
                EQUAL: loaded == constant,
                AT_LEAST: loaded >= constant,
                HAS_BITS: loaded & constant != 0,
            }[code]
            at += yes if true else no
