"""Write the filter as a program for the kernel: a tree over the numbers of system calls.

Source: the kernel's Documentation/userspace-api/seccomp_filter.rst, struct sock_filter.
"""

from __future__ import annotations

import errno

from .allowed import (
    ANSWERS,
    CONDITIONS,
    LOW_HALF,
    OWN_PROCESS,
    UNCONDITIONALLY,
    Condition,
    OneOf,
    OnlyBits,
)
from .system_calls import numbers

ALLOW, REFUSE, NOTIFY = 0x7FFF0000, 0x00050000, 0x7FC00000
LOAD, EQUAL, AT_LEAST, HAS_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant
Steps = list[Instruction]


def program(machine: str, own_pid: int) -> Steps:
    """Return the filter for a machine and a process."""
    steps: Steps = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, AUDIT[machine]),
        (RETURN, 0, 0, REFUSE | errno.ENOSYS),  # its numbers mean something else
        (LOAD, 0, 0, NUMBER),
    ]
    return steps + _search(_leaves(machine, own_pid))


def watched_program(machine: str, own_pid: int, connection: int, everything: bool) -> Steps:
    """Return the filter that asks a listener, but for a message by which it is handed over."""

    def asks(step: Instruction) -> bool:
        return step[0] == RETURN and (everything or step[3] != ALLOW)

    plain = program(machine, own_pid)
    loaded = plain.index((LOAD, 0, 0, NUMBER)) + 1
    steps = [(RETURN, 0, 0, NOTIFY) if asks(step) else step for step in plain[loaded:]]
    handing_over: Steps = [
        (EQUAL, 0, 4, numbers(machine)["sendmsg"]),
        (LOAD, 0, 0, _low_half(0)),
        (EQUAL, 0, 1, connection),
        (RETURN, 0, 0, ALLOW),
        (LOAD, 0, 0, NUMBER),
    ]
    return [*plain[:loaded], *handing_over, *steps]


def _leaves(machine: str, own_pid: int) -> list[tuple[int, Steps]]:
    """Return what is done from which number on, in order; neighbours are never the same.

    What is above the highest number is refused, the numbers of x32 among them.
    """
    names = {number: name for name, number in numbers(machine).items()}
    found: list[tuple[int, Steps]] = []
    for number in range(max(names) + 2):
        steps = _leaf(names.get(number, ""), own_pid)
        if not found or found[-1][1] != steps:
            found.append((number, steps))
    return found


def _leaf(name: str, own_pid: int) -> Steps:
    if name in UNCONDITIONALLY:
        return [(RETURN, 0, 0, ALLOW)]
    refusal: Instruction = (RETURN, 0, 0, REFUSE | ANSWERS.get(name, errno.ENOSYS))
    if name not in CONDITIONS:
        return [refusal]
    steps: Steps = []
    for condition in CONDITIONS[name]:
        steps += [(LOAD, 0, 0, _low_half(condition.argument)), *_unless(condition, own_pid)]
        steps.append(refusal)
    return [*steps, (RETURN, 0, 0, ALLOW)]


def _unless(condition: Condition, own_pid: int) -> Steps:
    """Skip the one instruction behind these if the loaded argument meets a condition."""
    if isinstance(condition, OnlyBits):
        return [(HAS_BITS, 0, 1, ~condition.mask & LOW_HALF)]
    values = [own_pid if value == OWN_PROCESS else value for value in condition.values]
    last = len(values) - 1
    if isinstance(condition, OneOf):
        return [(EQUAL, last - at + 1, 0, value) for at, value in enumerate(values)]
    return [(EQUAL, last - at, int(at == last), value) for at, value in enumerate(values)]


def _search(leaves: list[tuple[int, Steps]]) -> Steps:
    """Find a number's leaf by halves, so that few instructions are run for any of them."""
    if len(leaves) == 1:
        return leaves[0][1]
    middle = len(leaves) // 2
    below, above = _search(leaves[:middle]), _search(leaves[middle:])
    # A jump skips at most 255 instructions; where the halves grow beyond, packing it fails.
    return [(AT_LEAST, len(below), 0, leaves[middle][0]), *below, *above]


def _low_half(argument: int) -> int:
    """Return the offset of an argument's low 32 bits, on machines that store them first."""
    return 16 + 8 * argument
