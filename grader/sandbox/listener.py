"""Answer for the filter what a watched job asks of the kernel, and count it.

For code of the kit's own only: whoever holds the descriptor decides which calls go through.
Source: the kernel's Documentation/userspace-api/seccomp_filter.rst, "Userspace Notification".
"""

from __future__ import annotations

import fcntl
import os
import select
import socket
import struct
import threading
from collections import Counter

from .data import SandboxError
from .inside.frames import HEADER
from .inside.lockdown import kernel
from .inside.lockdown.allowed import answer
from .inside.lockdown.system_calls import numbers
from .inside.wire import WireError, decode

RECEIVE, SEND = 0xC0502100, 0xC0182101  # SECCOMP_IOCTL_NOTIF_RECV, SECCOMP_IOCTL_NOTIF_SEND
NOTICE = struct.Struct("QIIiIQ6Q")  # id, process, flags, number, architecture, address, arguments
REPLY = struct.Struct("QqiI")  # id, value, error, flags
GO_ON = 1  # SECCOMP_USER_NOTIF_FLAG_CONTINUE, as of Linux 5.5
HANDED_OVER_SECONDS = 30.0


class Listener:
    """A thread that answers as the filter would have, and counts; it ends with the job."""

    def __init__(self, connection: socket.socket, pid: int) -> None:
        """Take over the descriptor that a watched job hands over before anything else.

        Raises: SandboxError when the job could not be watched.
        """
        self.made: Counter[str] = Counter()  # names, or numbers where a call is unknown here
        self.refused: Counter[str] = Counter()
        self._names = {number: name for name, number in numbers(kernel.MACHINE).items()}
        self._pid = pid
        self._descriptor = _taken(connection)
        self._thread = threading.Thread(target=self._answer_all, daemon=True)
        self._thread.start()

    def _answer_all(self) -> None:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        while not poll.poll()[0][1] & select.POLLHUP:
            self._answer()
        os.close(self._descriptor)

    def _answer(self) -> None:
        notice = bytearray(NOTICE.size)
        try:
            fcntl.ioctl(self._descriptor, RECEIVE, notice)
        except OSError:  # what asked has been interrupted, or has ended
            return
        identity, _, _, number, _, _, *arguments = NOTICE.unpack(notice)
        name = self._names.get(number, str(number))
        error = answer(name, arguments, self._pid)
        (self.refused if error else self.made)[name] += 1
        reply = bytearray(REPLY.pack(identity, 0, -error, 0 if error else GO_ON))
        try:
            fcntl.ioctl(self._descriptor, SEND, reply)
        except OSError:
            return

    def join(self) -> None:
        """Wait until the job has ended and everything is counted."""
        self._thread.join()


def _taken(connection: socket.socket) -> int:
    connection.settimeout(HANDED_OVER_SECONDS)
    try:
        first, descriptors, _, _ = socket.recv_fds(connection, 1, 1)
        if descriptors:
            return descriptors[0]
        rest = connection.recv(1 << 12)
    except OSError as error:
        raise SandboxError(f"a job could not be watched: {error}") from None
    raise SandboxError(f"a job could not be watched: {_fault(first + rest)}")


def _fault(frame: bytes) -> str:
    """Return what a job that could not lock itself in says of it."""
    try:
        told = decode(frame[HEADER.size :])
    except WireError:
        told = None
    return str(told["fault"]) if isinstance(told, dict) and "fault" in told else "it has ended"
