"""Filter system calls: what is not on the list of those allowed is "not implemented".

A few calls answer otherwise; one with the numbers of another architecture kills the process.
Source: the kernel's Documentation/userspace-api/seccomp_filter.rst.
"""

from __future__ import annotations

import array
import ctypes
import os
import socket
import struct
from functools import lru_cache

from . import kernel
from .program import Steps, program, watched_program
from .system_calls import MACHINES, numbers

SET_MODE_FILTER, ALL_THREADS, NEW_LISTENER = 1, 1, 8
UNKNOWN_PROCESS = 0x7FFFFFFF  # no process has this number


def supported() -> bool:
    """Tell whether this is a machine whose system calls are known here."""
    return kernel.LINUX and kernel.MACHINE in MACHINES


def enter(own_pid: int) -> None:
    """Put the filter, for good, on every thread of the calling process."""
    code, places = prepared()
    own = bytearray(code)
    for place in places:
        struct.pack_into("I", own, place, own_pid)
    _install(bytes(own), ALL_THREADS)


@lru_cache(maxsize=1)
def prepared() -> tuple[bytes, tuple[int, ...]]:
    """Make the filter but for the process's number: a worker does it once, for all its forks.

    Returns: the code, and the offsets at which the number is due.
    """
    steps = program(kernel.MACHINE, UNKNOWN_PROCESS)
    due = [at for at, step in enumerate(steps) if step[3] == UNKNOWN_PROCESS]
    return _code(steps), tuple(8 * at + 4 for at in due)


def enter_watched(own_pid: int, connection: int, everything: bool) -> None:
    """Put on a filter that asks whoever is at the other end of ``connection`` instead of refusing.

    For code of the kit's own only. With ``everything`` it asks before every call. The other end
    gets one byte and the descriptor to answer by; here none is left.

    Raises: OSError where the kernel has no such filters (before Linux 5.0), or this process is
    being watched already.
    """
    steps = watched_program(kernel.MACHINE, own_pid, connection, everything)
    line = socket.socket(fileno=connection)
    try:
        descriptor = array.array("i", [_install(_code(steps), NEW_LISTENER)])
        line.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptor)])
        os.close(descriptor[0])
    finally:
        line.detach()


def _install(code: bytes, flags: int) -> int:
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    return kernel.syscall(
        numbers(kernel.MACHINE)["seccomp"],
        ctypes.c_uint(SET_MODE_FILTER),
        ctypes.c_uint(flags),
        header,
    )


def _code(steps: Steps) -> bytes:
    return b"".join(struct.pack("HBBI", *step) for step in steps)
