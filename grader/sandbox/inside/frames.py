"""Send and receive length-prefixed frames at the two ends that run beside student code."""

from __future__ import annotations

import array
import socket
import struct
from time import monotonic

HEADER = struct.Struct("<I")
MOST_GATHERED = 1 << 18  # bytes
LONGEST_GATHERED_SECONDS = 0.1


def send(connection: socket.socket, data: bytes) -> None:
    """Write one frame."""
    connection.sendall(HEADER.pack(len(data)) + data)


class Gathering:
    """Frames that are sent together: each sent by itself wakes the other end, and both go slower.

    A frame waits no longer than the next one takes that comes more than a moment after the first;
    what still waits when the process ends is lost.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._waiting: list[bytes] = []
        self._size = 0
        self._since = 0.0

    def add(self, data: bytes) -> None:
        """Add a frame, and send all that wait where that is much, or has waited for a moment."""
        now = monotonic()
        if not self._waiting:
            self._since = now
        self._waiting += (HEADER.pack(len(data)), data)
        self._size += len(data)
        if self._size > MOST_GATHERED or now - self._since > LONGEST_GATHERED_SECONDS:
            self.send()

    def send(self) -> None:
        """Send all that wait."""
        if self._waiting:
            together = b"".join(self._waiting)
            self._waiting, self._size = [], 0
            self._connection.sendall(together)


def receive(connection: socket.socket) -> bytearray | None:
    """Read one frame; None at the end of the connection."""
    header = _exactly(connection, HEADER.size)
    return None if header is None else _exactly(connection, HEADER.unpack(header)[0])


def receive_with_descriptor(connection: socket.socket) -> tuple[bytearray | None, int | None]:
    """Read one frame and the open descriptor that may travel with it."""
    room = socket.CMSG_SPACE(array.array("i").itemsize)
    header, ancillary, _, _ = connection.recvmsg(HEADER.size, room)
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    rest = _exactly(connection, HEADER.size - len(header)) if header else None
    if rest is None:
        return None, None
    body = _exactly(connection, HEADER.unpack(header + rest)[0])
    return body, descriptors[0] if descriptors else None


def _exactly(connection: socket.socket, count: int) -> bytearray | None:
    data = bytearray(count)
    rest = memoryview(data)
    while rest:
        came = connection.recv_into(rest)
        if not came:
            return None
        rest = rest[came:]
    return data
